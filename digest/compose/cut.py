"""Which of the ranked stories get a card: by rank, and fairly between the themes.

First every theme, turn by turn, gets up to three of its best, so that none starves. Then rank decides, but
no theme takes more than half of the cards while another still has stories waiting. 'Also today' comes last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

FAIR_SHARE = 3  # stories that each theme gets before rank alone decides


def choose(
    themes: Sequence[str], *, max_stories: int, also_max: int, fits: Callable[[int], bool]
) -> tuple[list[int], list[int]]:
    """Indexes of the stories that get a card, and of the themed ones that don't, both in order of rank.

    Args:
        themes: For each story, in order of rank, the theme it is filed under; "" for 'Also today'.
        max_stories: Cards at most.
        also_max: Cards at most for 'Also today', out of the same number.
        fits: Asked once about a story that would be next; True books its place in the other budgets.
    """
    chosen: list[int] = []
    refused: set[int] = set()
    for index in _fair_turns(themes):
        if len(chosen) < max_stories:
            (chosen.append if fits(index) else refused.add)(index)
    for index in _by_rank(themes, chosen, refused, max_stories, also_max):
        if len(chosen) >= max_stories or not fits(index):
            break
        chosen.append(index)
    left = [index for index, theme in enumerate(themes) if theme and index not in set(chosen)]
    return sorted(chosen), left


def _fair_turns(themes: Sequence[str]) -> Iterator[int]:
    """The first story of every theme, then every second, then every third; themes by their best story."""
    queues: dict[str, list[int]] = {}
    for index, theme in enumerate(themes):
        if theme and len(queues.setdefault(theme, [])) < FAIR_SHARE:
            queues[theme].append(index)
    for turn in zip_longest(*queues.values()):
        yield from (index for index in turn if index is not None)


def _by_rank(
    themes: Sequence[str], chosen: Sequence[int], refused: set[int], max_stories: int, also_max: int
) -> Iterator[int]:
    """The rest in the order in which they are asked: by rank, what exceeds half of the cards later."""
    taken = Counter(themes[index] for index in chosen)
    rest = [index for index in range(len(themes)) if index not in set(chosen) and index not in refused]
    waiting: list[int] = []
    for index in (i for i in rest if themes[i]):
        if taken[themes[index]] * 2 >= max_stories:
            waiting.append(index)
        else:
            taken[themes[index]] += 1
            yield index
    yield from waiting
    yield from [index for index in rest if not themes[index]][:also_max]
