"""The spellings a term is looked for under: plurals, and what Arabic and Hebrew write as one word with it.

A star at the end of a word ("арктич*") stands for any ending, none among them: for languages
that decline their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.group.text import words

ANY_ENDING = "*"
SHORTEST_STEM = 3  # letters before the star; fewer would find half a dictionary
_SHORTEST_PLURAL = 3
_ARABIC = re.compile("[\u0600-\u06ff]")
_HEBREW = re.compile("[\u05d0-\u05ea]")
_STARRED = re.compile(r"[^\W_]+\*?")
# "and", "in", "to", "so", "as" and "the" are written as one word with the noun.
_ARABIC_PREFIXES = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول")
_ARABIC_ARTICLES = ("ال", "وال", "فال", "بال", "كال", "لل", "ولل", "وبال")
_HEBREW_PREFIXES = ("", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "מה", "שה", "שב", "של")  # noqa: RUF001 - Hebrew letters are meant


def is_acronym(form: str) -> bool:
    """Whether a form is one word in capitals, as in a list of ministries and forces."""
    return len(form) > 1 and form.isalpha() and form.isascii() and form.isupper()


def star_trouble(form: str) -> str:
    """What is wrong with the stars of a form, or ""."""
    if ANY_ENDING not in form:
        return ""
    for word in re.split(r"[\s'-]+", form):
        stem = word.rstrip(ANY_ENDING)
        if ANY_ENDING in stem or word.endswith(ANY_ENDING * 2):
            return 'has a * that doesn\'t end a word: it stands for any ending, as in "arktisch*"'
        if stem != word and (len(stem) < SHORTEST_STEM or not stem.isalpha()):
            return f"has a * after fewer than {SHORTEST_STEM} letters, or after something else than letters"
    return ""


def split(folded: str) -> list[str]:
    """The words of a folded form, with their stars."""
    return _STARRED.findall(folded.replace("'", "")) if ANY_ENDING in folded else words(folded)


def first_words(parts: Sequence[str], *, exact: bool) -> set[str]:
    """The first words, in small letters, of the ``spellings``, without making all of them."""
    if len(parts) > 1 and (exact or parts[0].isascii()):
        return {parts[0].lower()}
    return {spelling[0].lower() for spelling in spellings(parts, exact=exact)}


def spellings(parts: Sequence[str], *, exact: bool) -> Iterator[tuple[str, ...]]:
    """What the words of a folded form may look like in a text."""
    first = parts[0]
    if exact:
        yield tuple(parts)
        yield (*parts[:-1], parts[-1] + "s")
    elif _ARABIC.match(first):
        yield from ((word, *parts[1:]) for word in _arabic(first))
    elif _HEBREW.match(first):
        yield from ((prefix + first, *parts[1:]) for prefix in _HEBREW_PREFIXES)
    else:
        yield from ((*parts[:-1], last) for last in sorted(_plurals(parts[-1])))


def _arabic(word: str) -> Iterator[str]:
    """The word with its particles; the article swallows its first letter after "to"."""
    noun = word.removeprefix("ال")
    if noun == word:
        yield from (prefix + word for prefix in (*_ARABIC_PREFIXES, *_ARABIC_ARTICLES))
    else:
        yield from (prefix + noun for prefix in _ARABIC_ARTICLES)


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
