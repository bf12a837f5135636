"""Who is called by a bare surname, and where a text said in full who that is.

A text names 'Mayor Ida Holt' once and 'Holt' from then on. A sentence that was taken from further down must
not come before its reader knows who Holt is. Told apart in English only: its nouns have no capitals, and the
words around them are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.summarise.abbreviations import word_set
from digest.summarise.name_words import CALENDAR
from digest.summarise.naming import WORD, Name, in_sentence, is_title, plain

_ARTICLES = word_set("the a an this that these those its their our his her")  # no surname follows these
_SAY_NOTHING = word_set("mr mrs ms miss mx jr sr ii iii iv")  # 'Mr Holt' says no more of him than 'Holt'


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What a sentence does with surnames, all in lower case."""

    introduces: frozenset[str]  # named in full: 'Ida Holt', 'Mayor Holt'
    presumes: frozenset[str]  # bare, and its text had named them in full before


class Reader:
    """Reads one text sentence by sentence, in order."""

    def __init__(self, language: str) -> None:
        """``language`` is BCP 47; a text of unknown language is read as English."""
        self._reads = (language or "en").lower().startswith("en")
        self._met: set[str] = set()
        self._small: set[str] = set()  # words that the text has without a capital

    def read(self, sentence: str) -> Acquaintance:
        """What the next sentence of the text does."""
        if not self._reads:
            return Acquaintance(frozenset(), frozenset())
        names = list(in_sentence(sentence))
        self._small.update(word.group() for word in WORD.finditer(sentence) if word.group().islower())
        told = [(name, _parts(name)) for name in names]
        introduces = frozenset(part[-1] for _, parts in told for part in parts if len(part) > 1)
        bare = {
            parts[0][0] for name, parts in told if len(parts[0]) == 1 and not _has_article(sentence, name)
        }
        if (first := _opening(sentence, names)) not in self._small:
            bare.add(first)
        presumes = frozenset(
            word for word in bare & self._met - introduces if not is_title(word) and word not in CALENDAR
        )
        self._met |= introduces
        return Acquaintance(introduces, presumes)


def _parts(name: Name) -> list[list[str]]:
    """Its words on either side of 'of', which no person's name goes over: 'Ida Holt' and 'Harne'."""
    return [
        [plain(word) for word in WORD.findall(part) if word[0].isupper() and plain(word) not in _SAY_NOTHING]
        for part in name.text.split(" of ")
    ]


def _opening(sentence: str, names: Sequence[Name]) -> str:
    """A sentence's first word, whose capital says nothing; "" when a name begins with it."""
    first = WORD.search(sentence)
    return plain(first.group()) if first and all(name.start != first.start() for name in names) else ""


def _has_article(sentence: str, name: Name) -> bool:
    before = sentence[: name.start].split()
    return bool(before) and before[-1].lower() in _ARTICLES
