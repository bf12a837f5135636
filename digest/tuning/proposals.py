"""Terms that would have filed the corrected articles rightly, each with its effect on past articles.

    corrections -> what a theme missed, and what it wrongly took -> phrases that set those apart
        -> each tried as a term on every past article -> the best, with what they move

A phrase has to stand in corrected articles of two stories: one article has many words of its own. Only when a
theme has been corrected about a single story is that taken for evidence, and said to be weak.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digest.group import Theme
from digest.group.stopwords import STOPWORDS
from digest.group.terms import WEIGHTS, Role, Term
from digest.group.text import fold
from digest.model.news import Article
from digest.tuning.distinctive import Distinctive, Watch, distinctive, holders, term_of, unwatched
from digest.tuning.moves import brief
from digest.tuning.phrases import phrases_of
from digest.tuning.workshop import Effect, Workshop

_TRIED = 60  # phrases of a theme, and of each side
_ALTERNATIVES = 2  # proposals for one article, and of each side
_SHOWN = 8  # proposals of a theme, and of each side
_LEAST_RATIO = math.log(2)  # twice as common; what the theme still misses is part of the background
_LEAST_ALONE = 2.0  # of the score, for a phrase that makes no article right by itself
_STORIES = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to write: a phrase in a list of a table of a theme's file."""

    theme: str
    table: str  # phrases | acronyms | negatives
    level: str  # strong | medium | mask
    phrase: str

    @property
    def term(self) -> Term:
        """The entry as the loader would make it."""
        if self.table != "negatives":
            exact = self.table == "acronyms"
            key = f"{self.table}:{self.phrase}"
            return Term(key, self.phrase, (self.phrase,), WEIGHTS[self.level], exact=exact)
        if self.level == "mask":
            return Term(f"mask:{self.phrase}", self.phrase, (self.phrase,), role=Role.MASK)
        label = f"not: {self.phrase}"
        return Term(f"against:{self.phrase}", label, (self.phrase,), -WEIGHTS[self.level])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A term to add, what it was learned from, and what it would have done."""

    entry: Entry
    learned_from: frozenset[int]  # places of the corrected articles that hold it
    stories: int  # that those tell
    score: float  # how far it sets them apart
    effect: Effect

    @property
    def weak(self) -> bool:
        """Whether a single story speaks for it."""
        return self.stories < _STORIES

    def as_json(self, number: int, articles: Sequence[Article]) -> dict[str, Any]:
        """For ``--json``; examples are three of each."""
        effect = self.effect
        return {
            "number": number,
            "theme": self.entry.theme,
            "table": self.entry.table,
            "level": self.entry.level,
            "phrase": self.entry.phrase,
            "weak_evidence": self.weak,
            "learned_from": {"articles": len(self.learned_from), "stories": self.stories},
            "net": effect.net,
            "corrected_right": len(effect.fixed),
            "corrected_wrong": len(effect.broken),
            "corrected_nearer": len(effect.nearer),
            **{
                name: {"count": len(where), "examples": [brief(articles[at]) for at in where[:3]]}
                for name, where in (("in", effect.into), ("out", effect.out), ("check", effect.check))
            },
        }


@dataclass(frozen=True, slots=True)
class _Side:
    """What a theme misses, or what it wrongly takes. All are places in the list of past articles.

    ``wrong`` are corrected articles of which that holds, ``alike`` all that an editor put on the same side,
    ``others`` those that phrases should set them apart from.
    """

    wrong: frozenset[int]
    alike: frozenset[int]
    others: tuple[int, ...]
    levels: tuple[str, ...]  # "-strong" is strong, against the theme


def propose(shop: Workshop, themes: Sequence[Theme], watch: Watch = unwatched) -> list[Proposal]:
    """The proposals for all themes, the best net effect first."""
    found = [
        proposal
        for theme in themes
        for side in (_missed(shop, theme), _taken(shop, theme))
        if side.wrong
        for proposal in _proposals(shop, theme, side, watch)
    ]
    return sorted(found, key=_rank)


def _missed(shop: Workshop, theme: Theme) -> _Side:
    belonging = frozenset(at for at in shop.truth if theme.slug in shop.truth[at])
    others = tuple(at for at in shop.places if at not in belonging and not shop.takes(theme.slug, at))
    return _Side(shop.wrong(theme.slug)[0], belonging, others, ("medium", "strong"))


def _taken(shop: Workshop, theme: Theme) -> _Side:
    spared = frozenset(at for at in shop.truth if theme.slug not in shop.truth[at])
    others = tuple(at for at in shop.places if at not in spared and shop.takes(theme.slug, at))
    return _Side(shop.wrong(theme.slug)[1], spared, others, ("mask", "-medium", "-strong"))


def _rank(proposal: Proposal) -> tuple[bool, int, int, int, bool, float, str]:
    effect = proposal.effect
    return (
        proposal.weak,
        -effect.net,
        -len(effect.nearer),
        effect.unknown,
        proposal.entry.level != "mask",  # it can harm nothing but its own words
        -proposal.score,
        proposal.entry.phrase,
    )


def _proposals(shop: Workshop, theme: Theme, side: _Side, watch: Watch) -> list[Proposal]:
    """Phrases that set one side apart, each tried on every article at every level."""
    least = min(_STORIES, shop.stories(side.alike))
    telling = _telling(shop, theme, side, least, watch)
    terms = [term_of(one.phrase.text, exact=one.phrase.is_acronym) for one in telling]
    made: list[Proposal] = []
    for one, where in zip(telling, holders(shop.articles, terms, watch), strict=True):
        learned = where & side.alike
        stories = shop.stories(learned)
        if stories < least or not learned & side.wrong:
            continue
        tried = [
            Proposal(entry, learned, stories, one.score, shop.effect(theme, entry.term, where))
            for entry in _entries(theme, one, side.levels)
        ]
        best = min(tried, key=_rank)
        if best.effect.net > 0 or _helps(best):
            made.append(best)
    return _apart(sorted(made, key=_rank))[:_SHOWN]


def _telling(shop: Workshop, theme: Theme, side: _Side, least: int, watch: Watch) -> list[Distinctive]:
    """The phrases of wrong articles that are worth trying."""
    places, known = sorted(side.alike), _known(theme)
    examples = [shop.articles[at] for at in places]
    phrases = [
        phrase
        for phrase in phrases_of(examples)
        if shop.stories(places[at] for at in phrase.articles) >= least
        and any(places[at] in side.wrong for at in phrase.articles)
        and fold(phrase.text).lower() not in known
    ]
    found = distinctive(phrases, examples, [shop.articles[at] for at in side.others], watch)
    return [one for one in found if one.ratio >= _LEAST_RATIO][:_TRIED]


def _helps(proposal: Proposal) -> bool:
    """Whether a phrase that makes no article right by itself is worth showing: a telling one to add."""
    effect = proposal.effect
    adds = proposal.entry.table != "negatives"
    return adds and bool(effect.nearer) and not effect.broken and proposal.score >= _LEAST_ALONE


def _known(theme: Theme) -> set[str]:
    """The forms that score in a theme already, or speak against it."""
    silent = {Role.TOPIC, Role.SUPPORT}
    return {fold(form).lower() for term in theme.terms if term.role not in silent for form in term.forms}


def _entries(theme: Theme, one: Distinctive, levels: Sequence[str]) -> list[Entry]:
    text = one.phrase.text
    made = []
    for level in levels:
        if level == "mask" and " " not in text:
            continue  # a name-alike is longer than what it covers
        against = level == "mask" or level.startswith("-")
        table = "negatives" if against else "acronyms" if one.phrase.is_acronym else "phrases"
        made.append(Entry(theme.slug, table, level.removeprefix("-"), text))
    return made


def _apart(proposals: Sequence[Proposal]) -> list[Proposal]:
    """The better ones: at most two for any article, and of phrases with words in common the first."""
    kept: list[Proposal] = []
    helped: Counter[int] = Counter()
    for one in proposals:
        mine = one.effect.fixed or one.effect.nearer
        words = set(one.entry.phrase.lower().split())
        repeats = any(
            words & set(other.entry.phrase.lower().split()) - STOPWORDS and mine <= other.effect.fixed
            for other in kept
        )
        if not repeats and any(helped[at] < _ALTERNATIVES for at in mine):
            kept.append(one)
            helped.update(mine)
    return kept
