"""A new theme from examples and words: its draft, loaded and tried until it files what it was made from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import InputError
from digest.group import GroupOptions, Theme, group, score_themes
from digest.group.text import fold, words
from digest.model.news import Article, ThemeScore, Verdict
from digest.tuning.colours import colours_from, new_colours
from digest.tuning.distinctive import Distinctive, Watch, holders, term_of, unwatched
from digest.tuning.files import gazetteer_of, load_with
from digest.tuning.starter import Draft, Examples, fill

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = {"gazetteer", "vocabulary"}
_MOST_EXAMPLES = 30  # articles that stand in for examples when only words were given
_MOST_RAISED = 8  # entries moved a level up, for one example


@dataclass(frozen=True, slots=True)
class Wish:
    """What an editor asked for. ``slug`` and ``colour`` may be "": they are then made up."""

    name: str
    slug: str
    colour: str
    examples: tuple[Article, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """A theme file's text, and what it would file of the articles it was tried on."""

    slug: str
    text: str
    unfiled: tuple[Article, ...]  # examples that it still doesn't take in
    matched: tuple[tuple[Article, ThemeScore], ...]  # IN or CHECK, best first

    def count(self, verdict: Verdict) -> int:
        """How many of the articles it was tried on have this verdict."""
        return sum(score.verdict is verdict for _, score in self.matched)


def slug_of(name: str) -> str:
    """A name as a slug: "Rivers & Lakes" gives "rivers-lakes".

    Raises:
        InputError: nothing of it is left.
    """
    plain = unicodedata.normalize("NFKD", fold(name)).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    if not slug:
        raise InputError(f"{name!r} has no letter from a to z: name a --slug for addresses and file names")
    return slug


def checked_slug(slug: str, themes: Sequence[Theme]) -> str:
    """``slug`` if a new theme may have it.

    Raises:
        InputError: it is none, or taken.
    """
    if not _SLUG.fullmatch(slug) or slug in _RESERVED:
        raise InputError(
            f"{slug!r} can't be a slug: letters a-z, digits and single hyphens, as in 'middle-east'"
        )
    if any(theme.slug == slug for theme in themes):
        raise InputError(f"there is a theme {slug!r} already; choose another --slug, or edit its file")
    return slug


def checked_words(given: Sequence[str]) -> tuple[str, ...]:
    """The editor's words, from lists parted by commas; each once.

    Raises:
        InputError: one has no letter in it.
    """
    found = [" ".join(word.split()) for line in given for word in line.split(",") if word.strip()]
    for word in found:
        if not words(fold(word)):
            raise InputError(f"{word!r} holds no word that could be found in an article")
    return tuple(dict.fromkeys(found))


def start(
    wish: Wish,
    themes: Sequence[Theme],
    stored: Sequence[Article],
    folders: Sequence[Path],
    options: GroupOptions,
    watch: Watch = unwatched,
) -> Started:
    """The draft of a theme, tried on ``stored`` articles.

    With words alone, stored articles that hold one of them serve as examples.

    Raises:
        InputError: the name, the slug or the colour can't be used, or nothing sets the examples apart.
    """
    examples = wish.examples or _standing_in(wish.words, stored)
    draft = _drafted(wish, examples, themes)
    own = {article.canonical_url for article in examples}
    others = [article for article in stored if article.canonical_url not in own]
    stories = _stories(examples, themes, options)
    found = fill(
        draft,
        Examples(examples, stories, bool(wish.examples)),
        wish.words,
        others,
        gazetteer_of(folders),
        watch,
    )
    if not any(levels for levels in draft.tables.values()):
        raise InputError("nothing sets these examples apart: give more of them, or --words")
    path = folders[-1] / f"{draft.slug}.toml"
    unfiled = _until_filed(draft, wish.examples, found, path, folders, options)
    theme = _loaded(draft, path, folders)
    return Started(draft.slug, draft.text(), unfiled, _matches(theme, stored, options))


def _drafted(wish: Wish, examples: Sequence[Article], themes: Sequence[Theme]) -> Draft:
    """The draft with its head alone."""
    name = " ".join(wish.name.split())
    if not name:
        raise InputError("the name is empty: say what readers should see")
    slug = checked_slug(wish.slug or slug_of(name), themes)
    taken = [colour for theme in themes for colour in (theme.colour, theme.colour_dark)]
    colour, dark = colours_from(wish.colour, taken) if wish.colour else new_colours(taken)
    return Draft(
        slug=slug,
        name=name,
        colour=colour,
        colour_dark=dark,
        priority=max((theme.priority for theme in themes), default=0) + 1,
        made_from=_made_from(wish, examples),
    )


def _standing_in(given: Sequence[str], stored: Sequence[Article]) -> tuple[Article, ...]:
    found = holders(stored, [term_of(word) for word in given])
    places = sorted(set().union(*found), reverse=True)  # the newest stand last
    return tuple(stored[at] for at in places[:_MOST_EXAMPLES])


def _stories(examples: Sequence[Article], themes: Sequence[Theme], options: GroupOptions) -> tuple[str, ...]:
    """The story of each example: two tellings of one event are one piece of evidence."""
    found = {
        article.canonical_url: story.key
        for story in group(examples, themes, options)
        for article in (*story.articles, *story.copies)
    }
    return tuple(found[article.canonical_url] for article in examples)


def _made_from(wish: Wish, examples: Sequence[Article]) -> str:
    parts = []
    if wish.examples:
        parts.append(f"{len(wish.examples)} example article{'s' * (len(wish.examples) != 1)}")
    if wish.words:
        parts.append(f"{len(wish.words)} word{'s' * (len(wish.words) != 1)} of an editor")
    if wish.words and examples and not wish.examples:
        parts.append(f"{len(examples)} stored article{'s' * (len(examples) != 1)} that hold them")
    return " and ".join(parts)


def _until_filed(
    draft: Draft,
    examples: Sequence[Article],
    found: Sequence[Distinctive],
    path: Path,
    folders: Sequence[Path],
    options: GroupOptions,
) -> tuple[Article, ...]:
    """Move entries up until the theme takes its own examples in; those it still doesn't."""
    for at, article in enumerate(examples):
        mine = [one for one in found if at in one.examples]
        mine.sort(key=lambda one, at=at: (at not in one.phrase.in_titles, -one.score))  # type: ignore[misc]
        entries = [("acronyms" if one.phrase.is_acronym else "phrases", one.phrase.text) for one in mine]
        for _ in range(_MOST_RAISED):
            if _filed(_loaded(draft, path, folders), article, options):
                break
            if not any(draft.raise_level(table, entry) for table, entry in entries):
                break
    theme = _loaded(draft, path, folders)
    return tuple(article for article in examples if not _filed(theme, article, options))


def _filed(theme: Theme, article: Article, options: GroupOptions) -> bool:
    (score,) = score_themes(article, (theme,), options)
    return score.verdict is Verdict.IN


def _loaded(draft: Draft, path: Path, folders: Sequence[Path]) -> Theme:
    return next(theme for theme in load_with(path, folders, draft.text()) if theme.slug == draft.slug)


def _matches(
    theme: Theme, stored: Sequence[Article], options: GroupOptions
) -> tuple[tuple[Article, ThemeScore], ...]:
    found = []
    for article in stored:
        (score,) = score_themes(article, (theme,), options)
        if score.verdict is not Verdict.OUT:
            found.append((article, score))
    found.sort(key=lambda pair: (pair[1].verdict is not Verdict.IN, -pair[1].score, pair[0].canonical_url))
    return tuple(found)
