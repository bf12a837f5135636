# ruff: noqa: RUF001 - typographic apostrophes stand in its patterns
"""Names in text: runs of capitalised words, and when two of them mean the same.

Scripts without capital letters show no names; a text in one is held to its figures and quotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.summarise.abbreviations import STARTERS, word_set
from digest.summarise.abbreviations import TITLES as NEVER_LAST
from digest.summarise.figure_words import SMALL
from digest.summarise.name_words import OPENERS, ORDINARY, ORIGINS, SAME, TITLES
from digest.summarise.sentences import sentences


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands.

    ``words`` are its plain words in lower case, joining words and middle initials left out.
    """

    text: str
    start: int
    end: int
    words: tuple[str, ...]


WORD = re.compile(r"[^\W\d_][\w’']*(?:[.\-–]\w[\w’']*)*")
_JOINING = word_set("of the de la le du von van der den al el bin ibn")
_GENITIVE = re.compile(r"['’]s$")
_MAX_WORDS = 12  # of one name; a longer run is a headline
_GAP = re.compile(r"[ \u00a0]{1,2}|\.\s?")  # between the words of one name; "Sen. Ida", "U.S. Army"
_DEMONYM = re.compile(
    r"(?:(?:i?a)?ns?|ese|is?|ish|s|es|ers?|ic|ite)?"
)  # what makes a people's name of a place's
_COUNTRY = re.compile(r"(?:ia?|e|o|y|a|ea|s)?")  # what is left of the place's name
_STEM = 4  # letters that the two share at least


def plain(word: str) -> str:
    """A word of a name as it is compared: lower case, without a genitive, other spellings made one."""
    low = word.lower().replace("’", "'").rstrip("'.-")
    low = low.removesuffix("'s").rstrip("'.")
    return SAME.get(low, low)


def alike(one: str, other: str) -> bool:
    """Whether two plain words are the same name, or a place and its people, or one and several of them."""
    if one == other:
        return True
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    if shared < _STEM:
        return False
    mine, theirs = one[shared:], other[shared:]
    return bool(
        (_DEMONYM.fullmatch(mine) and _COUNTRY.fullmatch(theirs))
        or (_DEMONYM.fullmatch(theirs) and _COUNTRY.fullmatch(mine))
    )


def names(text: str, language: str = "") -> tuple[str, ...]:
    """The names in ``text``, each once, in order."""
    return tuple(dict.fromkeys(name.text for name in find_names(text, language)))


def find_names(text: str, language: str = "") -> list[Name]:
    """The runs of capitalised words in ``text``, in order.

    A single capitalised word that opens a sentence or a quotation says nothing by its capital and is left
    out.
    """
    return [
        Name(name.text, name.start + offset, name.end + offset, name.words)
        for offset, sentence in located(text, language)
        for name in in_sentence(sentence)
    ]


def located(text: str, language: str) -> Iterator[tuple[int, str]]:
    """The sentences of a one-line text with where each begins."""
    at = 0
    for sentence in sentences(text, language):
        at = max(text.find(sentence, at), at)
        yield at, sentence
        at += len(sentence)


def in_sentence(sentence: str) -> Iterator[Name]:
    """The names of one sentence."""
    tokens = list(WORD.finditer(sentence))
    run: list[re.Match[str]] = []
    for position, token in enumerate(tokens):
        if run and _ends(run, sentence[run[-1].end() : token.start()]):
            yield from _named(run, sentence)
            run = []
        word = token.group()
        if word[0].isupper():
            follower = tokens[position + 1] if position + 1 < len(tokens) else None
            if not (_begins(sentence, token) and _opens(token, follower, sentence)):
                run.append(token)
                continue
        elif run and word in _JOINING:
            run.append(token)
            continue
        if run:
            yield from _named(run, sentence)
            run = []
    yield from _named(run, sentence)


def _ends(run: list[re.Match[str]], gap: str) -> bool:
    """Whether a name is over before the next word, whatever that is."""
    return len(run) == _MAX_WORDS or not _GAP.fullmatch(gap) or bool(_GENITIVE.search(run[-1].group()))


# A straight mark opens only what stands right behind it: in '"We lost," Holt said' it shuts.
_OPENED = re.compile(r"(?:^|[“„«‘:—–]\s?|[.!?]['\"”’]?\s)[\W_]*$|\"[“‘(\[]?$")
_ABBREVIATED = re.compile(r"(?<![\w.])([^\W\d_]{1,7})\.\s?$")  # 'Mr. ', 'Ida J. '


def _begins(sentence: str, token: re.Match[str]) -> bool:
    """Whether a sentence or a quotation opens at this word, as none does after a title or an initial."""
    short = _ABBREVIATED.search(sentence[max(0, token.start() - 10) : token.start()])
    if short and (len(short[1]) == 1 or short[1].lower() in NEVER_LAST):
        return False
    return bool(_OPENED.search(sentence[max(0, token.start() - 4) : token.start()]))


def _opens(token: re.Match[str], follower: re.Match[str] | None, sentence: str) -> bool:
    """Whether a sentence's first word is capitalised for that reason alone, as far as one can see."""
    word = token.group()
    if not (word[1:].islower() or len(word) == 1 or _GENITIVE.search(word)):
        return False
    low = _GENITIVE.sub("", word.lower())
    if low in STARTERS or word.lower() in OPENERS:
        return True
    named = (
        follower is not None
        and follower.group()[0].isupper()
        and bool(_GAP.fullmatch(sentence[token.end() : follower.start()]))
    )
    return not named and not _GENITIVE.search(word)


def ordinary(word: str) -> bool:
    """Whether a lower-case word ends as ordinary English words do, and names seldom."""
    return bool(ORDINARY.fullmatch(word))


def opener(sentence: str) -> Name | None:
    """A sentence's first word when its capital says nothing and its form allows a name; None otherwise.

    English only. Whether it is one shows when it is looked for in the sources: an ordinary word has kin
    there.
    """
    token = WORD.search(sentence)
    if token is None or not token.group()[0].isupper() or not token.group()[1:].islower():
        return None
    low = token.group().lower()
    if low in STARTERS or low in OPENERS or low in SMALL or ordinary(low):
        return None
    return Name(token.group(), token.start(), token.end(), (plain(low),))


def _named(run: list[re.Match[str]], sentence: str) -> Iterator[Name]:
    kept = list(run)
    while kept and kept[-1].group() in _JOINING:
        kept.pop()
    if not kept:
        return
    start, end = kept[0].start(), kept[-1].end()
    text = _GENITIVE.sub("", sentence[start:end].rstrip("'’.-"))
    plainly = [kept[0], *(token for token in kept[1:-1] if not _is_initial(token, sentence)), *kept[1:][-1:]]
    words = tuple(plain(token.group()) for token in plainly if token.group() not in _JOINING)
    yield Name(text, start, start + len(text), words)


def _is_initial(token: re.Match[str], sentence: str) -> bool:
    return len(token.group()) == 1 and sentence.startswith(".", token.end())


def key_words(name: Name) -> tuple[str, ...]:
    """The words that make the name this name: all but titles, or all when it is nothing but titles."""
    return tuple(word for word in name.words if not is_title(word))


def is_title(word: str) -> bool:
    """Whether a plain word of a name says what somebody is or where from, and not who."""
    return word in TITLES or bool(ORIGINS.fullmatch(word))
