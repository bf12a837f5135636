"""Finds every term of every theme in one pass over an article's words.

An index from first word to forms makes the cost one dictionary look-up a word, however many terms
there are. Within a theme the longest form at a place wins and covers its words: "Arctic Monkeys"
covers "Arctic". Themes don't cover each other's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digest.group.terms import Term, Theme
from digest.group.text import fold, is_unspaced, words

_Target = tuple[int, tuple[int, ...]]  # a theme's place in the list, and its terms
_ARABIC = re.compile("[\u0600-\u06ff]")
# "and", "in", "to", "the" are written as one word with the noun.
_ARABIC_PREFIXES = ("", "و", "ب", "ل", "ال", "وال", "بال", "لل")
_SHORTEST_PLURAL = 3


class Found(NamedTuple):
    """One form at one place. ``position`` counts words; ``form`` is as the theme writes it."""

    theme: int
    term: int
    position: int
    form: str


@dataclass(frozen=True, slots=True)
class _Form:
    tail: tuple[str, ...]  # lower-cased words after the first; exact ones as they stand
    capitals: tuple[bool, ...]
    exact: tuple[str, ...] | None
    text: str
    targets: tuple[_Target, ...]


def _is_acronym(form: str) -> bool:
    """Whether a form is one word in capitals, as in a list of ministries and forces."""
    return len(form) > 1 and form.isalpha() and form.isascii() and form.isupper()


def _plurals(word: str) -> set[str]:
    """The word and its regular plurals."""
    if not word.isascii() or not word.isalpha() or len(word) < _SHORTEST_PLURAL:
        return {word}
    forms = {word, word + "s"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms.add(word + "es")
    if word.endswith("y"):
        forms.add(word[:-1] + "ies")
    return forms


def _spellings(parts: list[str], *, exact: bool) -> Iterable[tuple[str, ...]]:
    if exact:
        yield tuple(parts)
        yield (*parts[:-1], parts[-1] + "s")
    elif _ARABIC.match(parts[0]):
        yield from ((prefix + parts[0], *parts[1:]) for prefix in _ARABIC_PREFIXES)
    else:
        yield from ((*parts[:-1], last) for last in sorted(_plurals(parts[-1])))


class Matcher:
    """The compiled terms of a list of themes. Made once, used for any number of articles."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        gathered: dict[tuple[tuple[str, ...], bool], dict[int, list[int]]] = {}
        written: dict[tuple[tuple[str, ...], bool], tuple[str, list[str]]] = {}
        unspaced: dict[str, dict[int, list[int]]] = {}
        for at, theme in enumerate(themes):
            for number, term in enumerate(theme.terms):
                self._gather(term, (at, number), gathered, written, unspaced)
        self._index: dict[str, tuple[_Form, ...]] = {}
        by_first: dict[str, list[_Form]] = {}
        for (spelling, exact), owners in gathered.items():
            text, parts = written[spelling, exact]
            by_first.setdefault(spelling[0].lower(), []).append(
                _Form(
                    tail=tuple(word.lower() for word in spelling[1:]),
                    capitals=tuple(part[0].isupper() for part in parts),
                    exact=spelling if exact else None,
                    text=text,
                    targets=tuple((theme, tuple(terms)) for theme, terms in owners.items()),
                )
            )
        for first, forms in by_first.items():
            self._index[first] = tuple(sorted(forms, key=lambda form: (-len(form.tail), form.text)))
        self._unspaced = {
            form: tuple((theme, tuple(terms)) for theme, terms in owners.items())
            for form, owners in unspaced.items()
        }
        longest_first = sorted(unspaced, key=lambda form: (-len(form), form))
        self._unspaced_pattern = (
            re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        )

    @staticmethod
    def _gather(
        term: Term,
        owner: tuple[int, int],
        gathered: dict[tuple[tuple[str, ...], bool], dict[int, list[int]]],
        written: dict[tuple[tuple[str, ...], bool], tuple[str, list[str]]],
        unspaced: dict[str, dict[int, list[int]]],
    ) -> None:
        at, number = owner
        for form in term.forms:
            folded = fold(form)
            if is_unspaced(folded):
                unspaced.setdefault(folded, {}).setdefault(at, []).append(number)
                continue
            parts = words(folded)
            exact = term.exact or _is_acronym(folded)
            for spelling in _spellings(parts, exact=exact):
                key = (spelling if exact else tuple(word.lower() for word in spelling), exact)
                numbers = gathered.setdefault(key, {}).setdefault(at, [])
                if number not in numbers:
                    numbers.append(number)
                written.setdefault(key, (form, parts))

    def find(self, tokens: Sequence[str], *, acronyms: bool = True) -> list[Found]:
        """All terms in ``tokens`` (see ``text.words``); ``acronyms`` False leaves exact ones out."""
        found: list[Found] = []
        index = self._index
        covered: dict[int, tuple[int, int]] = {}  # theme: where its last find began and ended
        for position, token in enumerate(tokens):
            forms = index.get(token.lower())
            if forms is None:
                continue
            for form in forms:
                if (acronyms or form.exact is None) and self._fits(form, tokens, position):
                    end = position + 1 + len(form.tail)
                    for theme, terms in form.targets:
                        begun, ended = covered.get(theme, (0, 0))
                        if ended <= position or (begun, ended) == (position, end):
                            covered[theme] = (position, end)
                            found.extend(Found(theme, term, position, form.text) for term in terms)
        return found

    @staticmethod
    def _fits(form: _Form, tokens: Sequence[str], position: int) -> bool:
        end = position + 1 + len(form.tail)
        if end > len(tokens):
            return False
        if form.exact is not None:
            return tuple(tokens[position:end]) == form.exact
        for offset, capital in enumerate(form.capitals):
            token = tokens[position + offset]
            if (offset and token.lower() != form.tail[offset - 1]) or (capital and token[0].islower()):
                return False
        return True

    def find_unspaced(self, folded: str) -> list[Found]:
        """The terms in scripts without spaces; positions are characters halved, about a word each."""
        if self._unspaced_pattern is None or not is_unspaced(folded):
            return []
        return [
            Found(theme, term, match.start() // 2, match.group())
            for match in self._unspaced_pattern.finditer(folded)
            for theme, terms in self._unspaced[match.group()]
            for term in terms
        ]
