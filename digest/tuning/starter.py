"""The first draft of a theme file, from example articles and words, for an editor to read through."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.group.gazetteer import Gazetteer
from digest.group.stopwords import STOPWORDS
from digest.group.terms import Term
from digest.model.news import Article
from digest.tuning.distinctive import Distinctive, Watch, distinctive, holders, log_odds, unwatched
from digest.tuning.phrases import phrases_of, singular

_RARE = 0.01  # share of the background from which a phrase says too little by itself
_COMMON = 0.05  # ... and from which it says nothing
_PLACE_COMMON = 0.03  # the same for places: of some there is news every day
_LEAST = {"strong": 3.0, "medium": 2.0, "weak": 1.0}  # of ``log_odds``: 20, 7 and 3 times as common
_SHARE = {"strong": 0.2, "medium": 0.15, "weak": 0.0}  # of the examples that have to hold it
_MOST = {"strong": 10, "medium": 15, "weak": 12}
_MOST_PLACES = 8
_SHARED = 2  # examples that have to hold a phrase, where there are more than two
_WIDTH = 100

_HEAD = """\
# {name}: a first draft, made from {made_from}.
# Read it through: take out what isn't about the theme, move between the lists what weighs too much or too
# little, and add what is missing. `digest themes test` shows what it files; how a file is read stands in
# docs/reference/themes.md.
"""
_COMMENTS = {
    "strong": "3 points each, twice that in a headline: one of them there is enough.",
    "medium": "1.5 points each: two of them, or one in a headline that the text takes up again.",
    "weak": "Half a point each: they support the others.",
}


@dataclass
class Draft:
    """What goes into the file: entries by table and level."""

    slug: str
    name: str
    colour: str
    colour_dark: str
    priority: int
    made_from: str
    tables: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def put(self, table: str, level: str, entry: str) -> None:
        """Add an entry, once."""
        entries = self.tables.setdefault(table, {}).setdefault(level, [])
        if entry not in entries:
            entries.append(entry)

    def raise_level(self, table: str, entry: str) -> bool:
        """Move an entry one level up; whether that could be done."""
        levels = self.tables.get(table, {})
        for low, high in (("medium", "strong"), ("weak", "medium")):
            if entry in levels.get(low, ()):
                levels[low].remove(entry)
                self.put(table, high, entry)
                return True
        return False

    def text(self) -> str:
        """The file."""
        lines = [_HEAD.format(name=self.name, made_from=self.made_from).rstrip()]
        lines = [wrapped for line in lines for wrapped in line.split("\n")]
        lines += [
            f"slug = {_quoted(self.slug)}",
            f"name = {_quoted(self.name)}",
            f"colour = {_quoted(self.colour)}",
            f"colour_dark = {_quoted(self.colour_dark)}",
            f"priority = {self.priority}",
        ]
        for table in ("phrases", "acronyms", "places"):
            levels = self.tables.get(table, {})
            if any(levels.values()):
                lines += ["", f"[{table}]"]
                for level in ("strong", "medium", "weak"):
                    if levels.get(level):
                        lines += [*_comment(table, level), f"{level} = {_list(levels[level])}"]
        lines += ["", *_NEGATIVES]
        return "\n".join(lines) + "\n"


_NEGATIVES = (
    "[negatives]",
    "# Name-alikes, whose words are then not looked at again.",
    "mask = []",
    '# What speaks against the theme; "@sport" and the like are lists of vocabulary.toml.',
    "medium = []",
)


def _comment(table: str, level: str) -> list[str]:
    return [f"# {_COMMENTS[level]}"] if table == "phrases" else []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(entries: Sequence[str]) -> str:
    inside = ", ".join(map(_quoted, entries))
    if len(inside) <= _WIDTH - 20:
        return f"[{inside}]"
    # Spaces inside phrases must not be where lines break.
    glued = ", ".join(_quoted(entry).replace(" ", "\0") for entry in entries)
    wrapped = textwrap.wrap(glued + ",", _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "[\n" + "\n".join(f"  {line}".replace("\0", " ") for line in wrapped) + "\n]"


@dataclass(frozen=True, slots=True)
class Examples:
    """Articles that the theme is about, and the story of each.

    Those that nobody chose only hold one of the editor's words: "drought" finds a medal drought, too. What
    they share supports those words, and files nothing.
    """

    articles: Sequence[Article]
    stories: Sequence[str]
    vouched_for: bool = True

    def spread(self, places: Iterable[int]) -> int:
        """How many stories these articles tell."""
        return len({self.stories[at] for at in places})


def fill(
    draft: Draft,
    examples: Examples,
    given: Sequence[str],
    background: Sequence[Article],
    gazetteer: Gazetteer,
    watch: Watch = unwatched,
) -> list[Distinctive]:
    """Put the editor's own words, and what sets ``examples`` apart, into ``draft``; the phrases tried.

    The words are strong. So is a phrase that several examples share and the background hardly knows.
    """
    for word in given:
        draft.put("acronyms" if _is_acronym(word) else "phrases", "strong", word)
    known = {form for word in given for form in (word.lower(), singular(word.lower()))}
    placed = _places(draft, examples, background, gazetteer, watch) if examples.articles else set()
    found = distinctive(phrases_of(examples.articles), examples.articles, background, watch)
    kept: list[Distinctive] = []
    for one in found:
        text = one.phrase.text
        level = _level(one, examples, len(background))
        if level and not examples.vouched_for:
            level = "weak"
        if not level or text.lower() in known | placed or any(_covers(other, one) for other in kept):
            continue
        entries = draft.tables.get("phrases", {}).get(level, [])
        if len(entries) < _MOST[level]:
            kept.append(one)
            draft.put("acronyms" if one.phrase.is_acronym else "phrases", level, text)
    return kept


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word.isupper()


def _level(one: Distinctive, examples: Examples, background: int) -> str:
    """The list a phrase goes into; "" for none. Evidence counts by stories."""
    all_stories, stories = len(set(examples.stories)), examples.spread(one.examples)
    few = all_stories <= _SHARED  # then what an article is about stands in its title, or twice
    sentence_piece = one.phrase.text.count(" ") > 1 and not one.phrase.is_name
    shared = _SHARED + sentence_piece
    if (few and not one.phrase.salient) or (not few and stories < shared):
        return ""
    if not background:  # nothing to compare with: nobody knows what is common
        return "medium" if one.phrase.in_titles else "weak"
    share = one.background / background
    held = stories / all_stories
    specific = (one.phrase.is_name or " " in one.phrase.text) and stories >= _SHARED
    for level, most, fits in (
        ("strong", _RARE, specific),
        ("medium", _COMMON, bool(one.phrase.salient)),
        ("weak", _COMMON, True),
    ):
        if fits and share <= most and held >= _SHARE[level] and one.score >= _LEAST[level]:
            return level
    return ""


def _covers(kept: Distinctive, one: Distinctive) -> bool:
    """Whether a kept phrase says all that ``one`` does: words of theirs overlap, and so do their examples."""
    mine, theirs = one.phrase.text.lower().split(), kept.phrase.text.lower().split()
    return one.examples <= kept.examples and bool(set(mine) & set(theirs) - STOPWORDS)


def _places(
    draft: Draft, examples: Examples, background: Sequence[Article], gazetteer: Gazetteer, watch: Watch
) -> set[str]:
    """Put places of the gazetteer that set the examples apart under [places]; every form of those met."""
    forms = {key: place.forms("places") for key, place in gazetteer.places.items()}
    terms = [Term(f"places:{key}", key, written, 1.0) for key, written in forms.items() if written]
    inside = holders(examples.articles, terms)
    met = [(term, where) for term, where in zip(terms, inside, strict=True) if where]
    outside = holders(background, [term for term, _ in met], watch)
    count = len(examples.articles)
    scored: list[tuple[float, str, frozenset[int]]] = []
    for (term, where), others in zip(met, outside, strict=True):
        _, score = log_odds(len(where), count, len(others), len(background))
        often = len(others) > len(background) * _PLACE_COMMON
        if (score >= _LEAST["weak"] or not background) and not often:
            scored.append((score, term.label, where))
    total = len(set(examples.stories))
    for _, key, where in sorted(scored, key=lambda one: (-one[0], one[1]))[:_MOST_PLACES]:
        stories = examples.spread(where)
        if stories >= min(_SHARED, total):
            sure = examples.vouched_for and stories >= _SHARED and total <= stories * 2
            draft.put("places", "medium" if sure else "weak", key)
    return {form.lower() for term, _ in met for form in term.forms}
