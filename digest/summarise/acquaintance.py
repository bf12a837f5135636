"""Who is called by a bare surname, and where a text said in full who that is.

A text names 'Mayor Ida Holt' once and 'Holt' from then on. A sentence that was taken from further down must
not come before its reader knows who Holt is. Told apart in English only: its nouns have no capitals, and the
words around them are known.
"""

from __future__ import annotations

from dataclasses import dataclass

from digest.summarise.abbreviations import word_set
from digest.summarise.name_words import CALENDAR
from digest.summarise.naming import Name, in_sentence, is_title, opener

_ARTICLES = word_set("the a an this that these those its their our his her")  # no surname follows these


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What a sentence does with surnames, all in lower case."""

    introduces: frozenset[str]  # named in full: 'Mayor Ida Holt', 'Mr Holt'
    presumes: frozenset[str]  # bare, and its text had named them in full before


class Reader:
    """Reads one text sentence by sentence, in order."""

    def __init__(self, language: str) -> None:
        """``language`` is BCP 47; a text of unknown language is read as English."""
        self._reads = (language or "en").lower().startswith("en")
        self._met: set[str] = set()

    def read(self, sentence: str) -> Acquaintance:
        """What the next sentence of the text does."""
        if not self._reads:
            return Acquaintance(frozenset(), frozenset())
        names = list(in_sentence(sentence))
        introduces = frozenset(name.words[-1] for name in names if len(name.words) > 1)
        bare = {name.words[0] for name in names if len(name.words) == 1 and not _has_article(sentence, name)}
        if first := opener(sentence):
            bare.update(first.words)
        presumes = frozenset(
            word for word in bare & self._met - introduces if not is_title(word) and word not in CALENDAR
        )
        self._met |= introduces
        return Acquaintance(introduces, presumes)


def _has_article(sentence: str, name: Name) -> bool:
    before = sentence[: name.start].split()
    return bool(before) and before[-1].lower() in _ARTICLES
