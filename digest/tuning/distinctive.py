"""Which phrases set examples apart from everything else.

The measure is the log odds ratio of how many articles have a phrase, half an article being added to every
count (Haldane and Anscombe; it is Jeffreys' prior), and of that the lower end of its 95 % interval: how
much more common the phrase surely is. So a rare phrase of one example counts for less than a shared one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from digest.group import Theme, score_themes
from digest.group.terms import Term
from digest.model.news import Article
from digest.tuning.phrases import Phrase

_PRIOR = 0.5  # articles added to every count
_ENOUGH = 500  # articles; a smaller background counts as one of this size, of the same make
_ERRORS = 1.96  # standard errors between an estimate and the ends of its 95 % interval
_MOST = 300  # phrases looked for; they come most widespread first

Watch = Callable[[Sequence[Article]], Iterable[Article]]


@dataclass(frozen=True, slots=True)
class Distinctive:
    """A phrase with how far it sets the examples apart; ``background`` counts the others that have it."""

    phrase: Phrase
    examples: frozenset[int]
    background: int
    ratio: float  # log odds ratio: how much more common it is
    score: float  # the lower end of its 95 % interval: how much more common it surely is


def unwatched(articles: Sequence[Article]) -> Iterable[Article]:
    """The articles: nobody watches."""
    return articles


def term_of(text: str, *, exact: bool = False) -> Term:
    """A phrase as a term that is looked for by itself."""
    return Term(f"phrases:{text}", text, (text,), 1.0, exact=exact)


def holders(
    articles: Sequence[Article], terms: Sequence[Term], watch: Watch = unwatched
) -> list[frozenset[int]]:
    """For each term, the places of the articles that have it, found as themes find it."""
    themes = [_alone(term, number) for number, term in enumerate(terms)]
    found: list[set[int]] = [set() for _ in terms]
    if themes:
        for at, article in enumerate(watch(articles)):
            for score in score_themes(article, themes):
                if score.hits:
                    found[int(score.theme)].add(at)
    return [frozenset(where) for where in found]


def _alone(term: Term, number: int) -> Theme:
    # A theme each, because within one theme the longest term covers the others.
    return Theme(str(number), "", "#000000", "#000000", number, (term,))


def distinctive(
    phrases: Sequence[Phrase],
    examples: Sequence[Article],
    background: Sequence[Article],
    watch: Watch = unwatched,
) -> list[Distinctive]:
    """The phrases that set ``examples`` apart from ``background``, most telling first."""
    chosen = phrases[:_MOST]
    terms = [term_of(phrase.text, exact=phrase.is_acronym) for phrase in chosen]
    inside = holders(examples, terms)
    outside = holders(background, terms, watch)
    made = [
        Distinctive(
            phrase,
            within,
            len(without),
            *log_odds(len(within), len(examples), len(without), len(background)),
        )
        for phrase, within, without in zip(chosen, inside, outside, strict=True)
        if within
    ]
    return sorted(
        made,
        key=lambda one: (-round(one.score, 1), -one.phrase.count, -len(one.phrase.text), one.phrase.text),
    )


def log_odds(within: int, examples: int, without: int, background: int) -> tuple[float, float]:
    """How much more common something is in examples than in the background, and how much it surely is."""
    others = without * max(1.0, _ENOUGH / background) if background else without
    total = max(background, _ENOUGH) if background else 0
    counts = [within, examples - within, others, total - others]
    has, lacks, others_have, others_lack = (count + _PRIOR for count in counts)
    ratio = math.log(has / lacks) - math.log(others_have / others_lack)
    return ratio, ratio - _ERRORS * math.sqrt(1 / has + 1 / lacks + 1 / others_have + 1 / others_lack)
