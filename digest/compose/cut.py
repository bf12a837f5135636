"""Which of the ranked stories get a card: by rank, and fairly between the themes and the outlets.

First every theme, turn by turn, gets up to three of its best, so that none starves. Then rank decides, but
no theme takes more than half of the cards, and no outlet leads more than a third of them, while others still
have stories waiting. A headline by itself waits for stories that say more. 'Also today' comes last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

FAIR_SHARE = 3  # stories that each theme gets before rank alone decides
THEME_SHARE = 1 / 2  # of the cards, at most, while another theme waits
OUTLET_SHARE = 1 / 3  # of the cards, at most, while another outlet waits


@dataclass(slots=True)
class _Taken:
    """What is on the cards so far."""

    max_stories: int
    chosen: list[int] = field(default_factory=list)
    themes: Counter[str] = field(default_factory=Counter)
    outlets: Counter[str] = field(default_factory=Counter)

    @property
    def full(self) -> bool:
        return len(self.chosen) >= self.max_stories

    def add(self, index: int, theme: str, outlet: str) -> None:
        self.chosen.append(index)
        self.themes[theme] += 1
        self.outlets[outlet] += 1

    def too_many(self, theme: str, outlet: str) -> bool:
        """Whether one more would be more than the theme's or the outlet's share."""
        too_many = self.themes[theme] >= THEME_SHARE * self.max_stories
        return too_many or self.too_many_of_outlet(theme, outlet)

    def too_many_of_outlet(self, _theme: str, outlet: str) -> bool:
        """The same of the outlet's alone."""
        return self.outlets[outlet] >= OUTLET_SHARE * self.max_stories


def choose(
    themes: Sequence[str],
    outlets: Sequence[str],
    *,
    max_stories: int,
    also_max: int,
    fits: Callable[[int], bool],
    bare: Callable[[int], bool] = lambda _index: False,
) -> tuple[list[int], list[int]]:
    """Indexes of the stories that get a card, and of the themed ones that don't, both in order of rank.

    Args:
        themes: For each story, in order of rank, the theme it is filed under; "" for 'Also today'.
        outlets: For each story, the publisher family that leads it.
        max_stories: Cards at most.
        also_max: Cards at most for 'Also today', out of the same number.
        fits: Asked once about a story that would be next; True books its place in the other budgets.
        bare: Whether a card would hold nothing but a headline: such a story waits for those that say more.
    """
    taken = _Taken(max_stories)
    refused: set[int] = set()
    for index in _fair_turns(themes, outlets, max_stories, bare):
        if taken.full:
            break
        if fits(index):
            taken.add(index, themes[index], outlets[index])
        else:
            refused.add(index)
    for index in _by_rank(themes, outlets, taken, refused, also_max, bare):
        if taken.full or not fits(index):
            break
        taken.add(index, themes[index], outlets[index])
    chosen = set(taken.chosen)
    left = [index for index, theme in enumerate(themes) if theme and index not in chosen]
    return sorted(taken.chosen), left


def _fair_turns(
    themes: Sequence[str], outlets: Sequence[str], max_stories: int, bare: Callable[[int], bool]
) -> Iterator[int]:
    """The first story of every theme, then every second, then every third; themes by their best story.

    A story whose outlet already has its share, or of which there is but a headline, is passed over while its
    theme has others.
    """
    queues: dict[str, list[int]] = {}
    for index, theme in enumerate(themes):
        if theme:
            queues.setdefault(theme, []).append(index)
    taken = _Taken(max_stories)
    for _turn in range(FAIR_SHARE):
        for queue in queues.values():
            waiting = [index for index in queue if index not in set(taken.chosen)]
            free = (
                index
                for index in waiting
                if not (taken.too_many_of_outlet("", outlets[index]) or bare(index))
            )
            for index in (next(free, waiting[0]),) if waiting else ():
                taken.add(index, themes[index], outlets[index])
                yield index


def _by_rank(
    themes: Sequence[str],
    outlets: Sequence[str],
    taken: _Taken,
    refused: set[int],
    also_max: int,
    bare: Callable[[int], bool],
) -> Iterator[int]:
    """The rest in the order in which they are asked: by rank, what exceeds a share or has no more later.

    ``taken`` grows between two of them.
    """
    done = {*taken.chosen, *refused}
    rest = [index for index in range(len(themes)) if index not in done]
    waiting = [index for index in rest if themes[index]]
    exceeds: Callable[[str, str], bool]
    # What exceeds a share of its theme may yet come before what exceeds one of its outlet.
    for exceeds in (taken.too_many, taken.too_many_of_outlet):
        later: list[int] = []
        for index in waiting:
            if exceeds(themes[index], outlets[index]) or bare(index):
                later.append(index)
            else:
                yield index
        waiting = later
    yield from waiting
    yield from [index for index in rest if not themes[index]][:also_max]
