# ruff: noqa: RUF001 - typographic marks stand in its patterns
"""Yes and no in English sentences: what denies, how far it reaches, which words say the opposite of which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.summarise.abbreviations import word_set

# Words that say no to what follows them; 'isn't' and its kin are known by their form.
_NEGATORS = word_set("not never no cannot without nor neither none nobody nothing nowhere")
_CONTRACTED = re.compile(r"[a-z]+n't")
# Words that say no less plainly: what stands near one is not so, or not yet, or not admitted. They can
# bear out a 'not' of the summary; by themselves they contradict nothing.
_DENIALS = word_set(
    """
    denied denies deny denying denial refused refuses refuse refusing refusal failed fails fail failing
    failure rejected rejects reject rejecting rejection declined declines decline declining lack lacks
    lacked lacking unable unlikely hardly barely scarcely few little absence absent prevent prevents
    prevented preventing block blocks blocked blocking stop stops stopped halt halts halted avoid avoids
    avoided avoiding ban bans banned banning bar bars barred spared spare oppose opposes opposed opposing
    dismiss dismissed dismisses disputes disputed dispute contradict contradicts contradicted doubt
    doubts doubted false falsely wrong wrongly baseless unfounded debunked instead rather unless except
    excluding cancel canceled cancelled cancels withdraw withdrew withdraws withdrawn abandon abandoned
    abandons ignore ignored ignores overturn overturned overturns repeal repealed invalidate invalidated
    missing forbid forbids forbade forbidden prohibits prohibit prohibited prohibiting
    """
)
_PREFIX = re.compile(r"(?:un|in|im|il|ir|dis|non-?|mis)(?=[a-z]{4})")

# The one for the other turns a claim round.
_PAIRS = """
    rise/fall rises/falls rose/fell rising/falling risen/fallen
    increase/decrease increases/decreases increased/decreased increasing/decreasing
    more/less more/fewer higher/lower highest/lowest win/lose wins/loses won/lost winning/losing
    approve/reject approves/rejects approved/rejected approving/rejecting
    accept/refuse accepts/refuses accepted/refused accept/reject accepts/rejects accepted/rejected
    support/oppose supports/opposes supported/opposed supporting/opposing
    gain/loss gains/losses gained/lost allow/forbid allows/forbids allowed/forbade allow/ban allowed/banned
    began/ended opening/closing opened/closed
    strengthen/weaken strengthened/weakened strengthens/weakens success/failure succeeded/failed
    legal/illegal constitutional/unconstitutional likely/unlikely guilty/innocent
    confirm/deny confirms/denies confirmed/denied admit/deny admits/denies admitted/denied
    raise/lower raised/lowered raises/lowers arrived/left entered/left joined/left
    expand/shrink expanded/shrank grow/shrink grew/shrank majority/minority
    ahead/behind best/worst better/worse most/least earlier/later true/false
    north/south east/west northern/southern eastern/western
    bought/sold buys/sells import/export imports/exports praised/criticized praised/criticised
    agree/disagree agreed/disagreed backs/opposes backed/opposed back/oppose
"""


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split():
        one, other = pair.split("/")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _opposites()

_REACH = 8  # words that a 'not' reaches forward
_REACH_OF_DENIAL = 6
_BACK = 5  # words that a denial reaches back: 'the request was refused'
_BREAK = re.compile(r"[,;:()—–]|\s-\s|[.!?]")
_LINKS = word_set(
    """
    but although though because while who because which that whereas and or if when as after before until
    since
    """
)
_SAYING = word_set("only just merely simply necessarily")  # 'not only': says no to nothing


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that says no.

    ``place`` is its number in the sentence, ``reach`` the numbers of the words it says no to, nearest first;
    ``plain`` for 'not' and the like, False for 'refused' and the like.
    """

    place: int
    reach: tuple[int, ...]
    plain: bool


def negates(word: str) -> bool:
    """Whether a lower-case word plainly says no to what follows ('not', 'isn't', 'never', 'without')."""
    return word in _NEGATORS or bool(_CONTRACTED.fullmatch(word))


def unprefixed(word: str) -> str:
    """The word that this one denies ('lawful' for 'unlawful'), or "" when it has no such prefix."""
    rest = _PREFIX.sub("", word, count=1)
    return rest if rest != word and _PREFIX.match(word) else ""


def denials(text: str, words: Sequence[str], spots: Sequence[tuple[int, int]]) -> tuple[Denial, ...]:
    """The words of a sentence that say no, with how far they reach.

    Args:
        text: The sentence.
        words: Its words in lower case.
        spots: Where each begins and ends in it.
    """
    found = []
    for place, word in enumerate(words):
        plain = negates(word)
        if plain or word in _DENIALS:
            forward = _forward(place, text, words, spots, plain=plain)
            back = () if plain else _back(place, text, spots)
            found.append(Denial(place, (*forward, *back), plain))
    return tuple(found)


def _forward(
    place: int, text: str, words: Sequence[str], spots: Sequence[tuple[int, int]], *, plain: bool
) -> list[int]:
    """The words after it that a word reaches: to the clause's end, the next link or the next 'not'."""
    reached: list[int] = []
    for at in range(place + 1, min(len(words), place + 1 + (_REACH if plain else _REACH_OF_DENIAL))):
        word = words[at]
        if negates(word) or (word in _SAYING and not reached):
            break
        if reached and (_broken(text, spots, at - 1) or (plain and word in _LINKS)):
            break
        reached.append(at)
    return reached


def _back(place: int, text: str, spots: Sequence[tuple[int, int]]) -> list[int]:
    reached: list[int] = []
    for at in range(place - 1, max(-1, place - 1 - _BACK), -1):
        if _broken(text, spots, at):
            break
        reached.append(at)
    return reached


def _broken(text: str, spots: Sequence[tuple[int, int]], left: int) -> bool:
    """Whether a mark stands between a word and the next."""
    return bool(_BREAK.search(text[spots[left][1] : spots[left + 1][0]]))
