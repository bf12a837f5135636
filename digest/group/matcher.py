"""Finds every term of every theme in one pass over an article's words.

An index from first word to forms makes the cost one dictionary look-up a word, however many terms
there are. Within a theme the longest form at a place wins and covers its words: "Arctic Monkeys"
covers "Arctic". Themes don't cover each other's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from digest.group.spellings import ANY_ENDING, first_words, is_acronym, spellings, split
from digest.group.terms import Theme
from digest.group.text import fold, is_unspaced

_Target = tuple[int, tuple[int, ...]]  # a theme's place in the list, and its terms
_Owners = dict[int, list[int]]  # a theme's place in the list: its terms
_Key = tuple[tuple[str, ...], bool]  # a spelling, and whether it is found letter by letter
_REMEMBERED = 100_000  # words whose stems were looked for once; a bound on memory


class Found(NamedTuple):
    """One form at one place. ``position`` counts words; ``form`` is as the theme writes it."""

    theme: int
    term: int
    position: int
    form: str


class _Form(NamedTuple):
    tail: tuple[str, ...]  # lower-cased words after the first, a stem with its star
    capitals: tuple[bool, ...]
    exact: tuple[str, ...] | None
    text: str
    targets: tuple[_Target, ...]
    simple: bool  # one word in small letters: found wherever its first word stands
    second: str  # the word that has to follow, "" for none or a stem


class _Entry(NamedTuple):
    """A form as the themes write it, not yet compiled."""

    text: str
    parts: tuple[str, ...]  # the words of the folded form, with their stars
    exact: bool
    owners: _Owners


class _Index(dict[str, tuple[_Form, ...]]):
    """Forms by their lower-cased first word, longest first; a word of no form has an empty tuple.

    A text holds few of the words that themes know. So forms are compiled, and stems resolved, when a word
    is first looked up, and then remembered: a command that looks at ten articles pays for their words only.
    """

    def __init__(self, entries: Iterable[_Entry]) -> None:
        super().__init__()
        self._entries: dict[str, list[_Entry]] = {}
        for entry in entries:
            for first in first_words(entry.parts, exact=entry.exact):
                self._entries.setdefault(first, []).append(entry)
        self._lengths = sorted({len(first) - 1 for first in self._entries if first.endswith(ANY_ENDING)})

    def __missing__(self, word: str) -> tuple[_Form, ...]:
        stems = (word[:length] + ANY_ENDING for length in self._lengths if length <= len(word))
        firsts = [first for first in (word, *stems) if first in self._entries]
        found = [form for first in firsts for form in _compile(first, self._entries[first])]
        forms = tuple(sorted(found, key=lambda form: (-len(form.tail), form.text)))
        if len(self) < _REMEMBERED:
            self[word] = forms
        return forms


class Matcher:
    """The terms of a list of themes, ready to be found. Made once, used for any number of articles."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        entries: list[_Entry] = []
        unspaced: dict[str, _Owners] = {}
        for (text, exact), owners in _by_form(themes).items():
            folded = fold(text)
            if is_unspaced(folded):
                _merge(unspaced.setdefault(folded, {}), owners)
            else:
                entries.append(_Entry(text, tuple(split(folded)), exact or is_acronym(folded), owners))
        self._index = _Index(entries)
        self._unspaced = {form: _targets(owners) for form, owners in unspaced.items()}
        longest_first = sorted(unspaced, key=lambda form: (-len(form), form))
        self._unspaced_pattern = (
            re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        )

    def find(self, tokens: Sequence[str], *, acronyms: bool = True) -> list[Found]:
        """All terms in ``tokens`` (see ``text.words``); ``acronyms`` False leaves exact ones out."""
        found: list[Found] = []
        lowered = [token.lower() for token in tokens]
        # For each theme where its last find began and ended, and the terms found there.
        covered: dict[int, tuple[int, int, set[int]]] = {}
        following = [*lowered[1:], ""]
        for position, forms in enumerate(map(self._index.__getitem__, lowered)):
            for form in forms:
                if form.second and form.second != following[position]:
                    continue
                if form.simple or (
                    (acronyms or form.exact is None) and _fits(form, tokens, lowered, position)
                ):
                    _note(form, position, covered, found)
        return found

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


def _by_form(themes: Sequence[Theme]) -> dict[tuple[str, bool], _Owners]:
    """Every form once, with its owners: themes share places and lists, and so most of their forms."""
    found: dict[tuple[str, bool], _Owners] = {}
    for at, theme in enumerate(themes):
        for number, term in enumerate(theme.terms):
            for form in term.forms:
                found.setdefault((form, term.exact), {}).setdefault(at, []).append(number)
    return found


def _compile(first: str, entries: Iterable[_Entry]) -> list[_Form]:
    """The forms that begin with ``first``; those spelled alike become one with all their owners."""
    owned: dict[_Key, _Owners] = {}
    written: dict[_Key, tuple[str, tuple[bool, ...]]] = {}
    for entry in entries:
        capitals = tuple(part[0].isupper() for part in entry.parts)
        for spelling in spellings(entry.parts, exact=entry.exact):
            if spelling[0].lower() != first:
                continue
            key = (spelling if entry.exact else tuple(map(str.lower, spelling)), entry.exact)
            _merge(owned.setdefault(key, {}), entry.owners)
            text, asked = written.setdefault(key, (entry.text, capitals))
            if asked != capitals:
                # "Arctic wolf" and "Arctic Wolf" are one form, which asks for the fewer capitals.
                written[key] = (text, tuple(map(min, zip(asked, capitals, strict=True))))
    return [_form(key, *written[key], owners) for key, owners in owned.items()]


def _form(key: _Key, text: str, capitals: tuple[bool, ...], owners: _Owners) -> _Form:
    spelling, exact = key
    tail = tuple(word.lower() for word in spelling[1:])
    return _Form(
        tail=tail,
        capitals=capitals,
        exact=spelling if exact else None,
        text=text,
        targets=_targets(owners),
        simple=not exact and not tail and not capitals[0],
        second=tail[0] if tail and not tail[0].endswith(ANY_ENDING) else "",
    )


def _merge(into: _Owners, owners: _Owners) -> None:
    for theme, numbers in owners.items():
        have = into.setdefault(theme, [])
        have.extend(number for number in numbers if number not in have)


def _targets(owners: _Owners) -> tuple[_Target, ...]:
    return tuple((theme, tuple(terms)) for theme, terms in owners.items())


def _note(
    form: _Form, position: int, covered: dict[int, tuple[int, int, set[int]]], found: list[Found]
) -> None:
    """Adds the form for the themes in which no longer one covers the place; a term once a place."""
    end = position + 1 + len(form.tail)
    for theme, terms in form.targets:
        begun, ended, there = covered.get(theme, (0, 0, set()))
        if ended <= position:
            there = set()
        elif (begun, ended) != (position, end):
            continue
        found.extend(Found(theme, term, position, form.text) for term in terms if term not in there)
        covered[theme] = (position, end, there.union(terms))


def _fits(form: _Form, tokens: Sequence[str], lowered: Sequence[str], position: int) -> bool:
    end = position + 1 + len(form.tail)
    if end > len(tokens):
        return False
    if form.exact is not None:
        return tuple(tokens[position:end]) == form.exact
    for offset, capital in enumerate(form.capitals):
        if capital and tokens[position + offset][0].islower():
            return False
        if not offset:
            continue
        wanted, word = form.tail[offset - 1], lowered[position + offset]
        if word != wanted and not (wanted[-1] == ANY_ENDING and word.startswith(wanted[:-1])):
            return False
    return True
