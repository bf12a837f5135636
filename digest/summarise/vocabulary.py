"""The words of meaning of some texts, and how much of a sentence they hold.

A model may put things in its own words, but not many of them: most of what a summary says has to be said in
its sources' words, or nobody could check it without reading. Verbs that would change lives (resign, kill,
arrest, invade) it may not bring along at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from digest.summarise.abbreviations import word_set
from digest.summarise.letters import HAN, THAI
from digest.summarise.sentences import sentences
from digest.summarise.stems import stem

NEW_WORDS = 0.3  # share of a sentence's words of meaning that no source has
COVERED = 0.5  # share of them that the sentences named as its ground have
MIN_COUNTED = 4  # words; in a shorter sentence one word more or less says nothing
_PREFIX = 5  # letters; longer words that begin alike count as forms of one word, in any language

# One character where words aren't parted by spaces; else letters, with the vowel signs that some scripts add.
_TERM = re.compile(f"[{HAN}{THAI}]|(?:[^\\W\\d_]|[\u0590-\u05cf\u0610-\u065f\u0900-\u0dff]){{3,}}")
_COMMON = word_set(
    """
    the and for but are was were been being has have had its that this with from she they his her their
    said says will would not after who which than more about into also over out when while what there can
    could may might should did does during before between under until since because both each other some
    such only own same too very just now then new amid among according across against through upon per
    say says many several others including around already still even well though although while where any
    make makes made take takes took give gave get got put set come came day days week weeks month months
    year years today later earlier recent recently first last next part way number time called calls
    """
)
# Deeds and events that make or end careers, lives and wars. If a summary has one, a source has to have it.
_GRAVE = word_set(
    """
    accuse acquit arrest assassinate attack bankrupt ban bomb bribe cancel capture ceasefire charge collapse
    confess convict corrupt coup crash dead death defeat deport detain die dismiss execute expel fire fraud
    genocide guilty hack hostage impeach indict injure invade jail kidnap kill lie murder nuclear overthrow
    poison quit rape rebel resign sabotage sack sanction scandal sentence shot stole stolen sue suicide
    surrender terrorist torture treason victory war withdraw withdrew won wound
    """
)


@cache
def _grave() -> frozenset[str]:
    return frozenset(map(stem, _GRAVE))


class Vocabulary:
    """The terms of some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        terms = [term for text in texts for term in _terms(text)]
        self._stems = {stem(term) for term in terms}
        self._prefixes = {term[:_PREFIX] for term in terms if len(term) > _PREFIX}

    def has(self, term: str) -> bool:
        """Whether the texts have this word in some form."""
        return stem(term) in self._stems or (len(term) > _PREFIX and term[:_PREFIX] in self._prefixes)

    def _lacks_grave(self, term: str) -> bool:
        """Whether it is a grave word that the texts don't have. A word that begins alike won't do."""
        stemmed = stem(term)
        return stemmed in _grave() and stemmed not in self._stems

    def covers(self, sentence: str) -> bool:
        """Whether the texts have half of the sentence's words of meaning or more."""
        terms = _terms(sentence)
        return not terms or sum(self.has(term) for term in terms) >= COVERED * len(terms)

    def objection(self, text: str, language: str) -> str:
        """What ``text`` brings along that these texts don't have; "" when it is little and harmless."""
        if not _terms(text):
            return "none of its words can be looked up in the sources"
        for sentence in sentences(text, language):
            terms = _terms(sentence)
            strange = [term for term in terms if not self.has(term)]
            if grave := next((term for term in terms if self._lacks_grave(term)), ""):
                return f"the word {grave!r} stands in no source"
            if len(strange) > max(NEW_WORDS * len(terms), 1 if len(terms) >= MIN_COUNTED else 0):
                return f"too many words are its own: {', '.join(strange[:5])}"
        return ""


def _terms(text: str) -> list[str]:
    """Its words of meaning, each once, in order; single characters of scripts that part no words."""
    found = _TERM.findall(text.lower())
    return [term for term in dict.fromkeys(found) if term not in _COMMON]
