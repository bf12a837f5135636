"""Is there something materially new in what is said after a story was told, and which sentence says it?

Precision first: readers mind a repeat more than a late follow-up. New is a higher toll, a changed figure, an
event of a kind that nothing told so far had, or several words of meaning that stood in nothing told. And it
has to be vouched for: by two independent publishers, or (but for mere words) by the headline and the first
sentence of one full report. A rewrite has nothing of the kind; an explainer, an opinion, a live page vouch
for nothing; a later copy of a told text says nothing untold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.compose.facts import Fact, Kind, tolls
from digest.compose.known import Known
from digest.compose.reading import Reading
from digest.model.news import Article
from digest.model.words import count_words

_WEIGHT = {Kind.TOLL: 3.0, Kind.EVENT: 2.0, Kind.FIGURE: 1.0, Kind.STATEMENT: 1.0, Kind.NAME: 0.0}
_WORDS_ALONE = 0.5  # what several new words without a fact that we know are worth
_LOWER_DOWN = 0.15  # taken off for each sentence above: one lower down has to say more
# 'The movement, backed by...': somebody whom a sentence before has named.
_WHO = re.compile(
    r"(?:The|These|Those|Both) (group|movement|organi[sz]ation|faction|militia|bloc|alliance|coalition"
    r"|compan(?:y|ies)|firm|agency|body|man|men|woman|women|suspect|pair|duo|victim|spokes(?:man|woman|person)|leader"
    r"|official|vessel|ship|aircraft|plane)s?(?:,| (?!of\b|in\b|from\b|behind\b|that\b|who\b|which\b)[a-z])"
)


@dataclass(frozen=True, slots=True)
class NoveltyOptions:
    """The thresholds. All are settled on invented days and checked on real ones: docs/reference/ranking.md.

    Attributes:
        new_words: Share of a sentence's words of meaning that nothing told so far has. A toll needs none.
        publishers: Independent ones that have to say the same new thing, unless a full report does.
        shared_words: New words of meaning that two publishers' headlines and first sentences share, from
            which they tell the same new thing, whatever it is, in whatever language.
        told_words: Words of meaning that must have been told before others count as new without a fact: of a
            headline and a line nearly every other wording is new.
        full_words: Words from which one article is a full report.
        looked_at: Sentences from the top of an article in which news is looked for.
        line_words: Of a sentence at most that can say what is new.
        lead_chars: Of a told text, from its top, that say which events were told; what stands below is
            background, where last year's arrest must not hide today's.
    """

    new_words: float = 0.3
    publishers: int = 2
    shared_words: int = 3
    told_words: int = 25
    full_words: int = 120
    looked_at: int = 3
    line_words: int = 40
    lead_chars: int = 900


@dataclass(frozen=True, slots=True)
class News:
    """What is new: the sentence, the facts in a few words, and the articles that say so, its own first."""

    line: str
    facts: tuple[str, ...]
    tellings: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing new enough, and in words why."""

    why: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A headline (``place`` 0) or a sentence: its new words of meaning, their share, and its new facts.

    What ``leans`` on a sentence above it may vouch for news, but can't stand by itself as what is new.
    """

    text: str
    place: int
    terms: frozenset[str]
    share: float
    facts: frozenset[Fact]
    leans: bool = False


@dataclass(frozen=True, slots=True)
class _Telling:
    article: Article
    lines: tuple[_Line, ...]

    @property
    def head(self) -> frozenset[str]:
        """The new words of the headline and the first sentence."""
        return frozenset().union(*(line.terms for line in self.lines[:2]))


@dataclass(frozen=True, slots=True)
class _Case:
    """A line that could say what is new, with the facts that are vouched for and the tellings that do so."""

    line: _Line
    telling: _Telling
    facts: tuple[Fact, ...]
    backers: tuple[_Telling, ...]

    @property
    def order(self) -> tuple[bool, bool, float]:
        """Sorts the best first.

        What tells a toll, then a sentence before a headline, then by what it says and how high it stands.
        """
        worth = sum(_WEIGHT[fact.kind] for fact in self.facts) or _WORDS_ALONE
        worth += self.line.share - _LOWER_DOWN * self.line.place
        no_toll = all(fact.kind is not Kind.TOLL for fact in self.facts)
        return no_toll, not self.line.place, -round(worth, 6)


def whats_new(
    before: Known, fresh: Sequence[Article], reading: Reading, options: NoveltyOptions
) -> News | Nothing:
    """The sentence of ``fresh`` (reports, best first, copies collapsed) that says what is new, if any does.

    A headline is taken only where no sentence will do.
    """
    by_words = before.size >= options.told_words
    tellings = [_read(article, before, reading, options) for article in fresh]
    cases = [
        case
        for telling in tellings
        for line in telling.lines
        if (case := _case(line, telling, tellings, options, by_words=by_words)) is not None
    ]
    if not cases:
        return Nothing(_why_nothing(tellings, options))
    highest = tolls(fact for case in cases for fact in case.facts)
    up_to_date = [case for case in cases if not _lags(case.facts, highest)]
    best = min(up_to_date or cases, key=lambda case: case.order)  # each may lag in another kind of toll
    line, telling = (best.line, best.telling) if best.line.place else _sentence(best, highest, options)
    others = dict.fromkeys(other.article for other in (best.telling, *best.backers) if other is not telling)
    said = tuple(_in_words(fact, before) for fact in best.facts)
    return News(line.text, said or ("several outlets say the same",), (telling.article, *others))


def _lags(said: Iterable[Fact], highest: Mapping[str, float]) -> bool:
    """Whether it tells a lower toll than is vouched for: whoever was quicker knew of fewer dead."""
    return any(value < highest.get(kind, 0.0) for kind, value in tolls(said).items())


def _sentence(best: _Case, highest: Mapping[str, float], options: NoveltyOptions) -> tuple[_Line, _Telling]:
    """A sentence that says what the headline ``best`` says.

    Where there is none, the headline of a toll itself, if another telling can lead; else any sentence with
    enough that is new, so that a card need not say the same twice.
    """
    found = [
        (line, telling)
        for telling in dict.fromkeys((best.telling, *best.backers))
        for line in telling.lines[1:]
        if line.share >= options.new_words
        and count_words(line.text) <= options.line_words
        and not (line.leans or _lags(line.facts, highest))
    ]
    says_so = [(line, telling) for line, telling in found if _says(line, best, options)]
    toll = any(fact.kind is Kind.TOLL for fact in best.facts)
    stands = toll and any(other is not best.telling for other in best.backers)
    return next(iter(says_so or ([] if stands else found)), (best.line, best.telling))


def _says(line: _Line, best: _Case, options: NoveltyOptions) -> bool:
    if best.facts:
        return not line.facts.isdisjoint(best.facts)
    return len(line.terms & best.line.terms) >= options.shared_words


def _read(article: Article, before: Known, reading: Reading, options: NoveltyOptions) -> _Telling:
    def line(text: str, place: int) -> _Line:
        new = reading.terms(text) - before.terms
        said = frozenset(before.new(text, reading))
        leans = place > 0 and _leans(text, article.title, reading)
        return _Line(text, place, new, before.share_new(text, reading), said, leans)

    texts = [article.title, *list(reading.sentences(article))[: options.looked_at]]
    return _Telling(article, tuple(line(text, place) for place, text in enumerate(texts)))


def _leans(sentence: str, headline: str, reading: Reading) -> bool:
    """Whether it needs another sentence before it; the headline stands above it in any case."""
    if reading.leans(sentence):
        return True
    who = _WHO.match(sentence)
    return who is not None and who[1].casefold() not in headline.casefold()


def _case(
    line: _Line, telling: _Telling, tellings: Sequence[_Telling], options: NoveltyOptions, *, by_words: bool
) -> _Case | None:
    """The line as the news, if what it says is material and vouched for; ``by_words``: words alone may be."""
    if line.leans or count_words(line.text) > options.line_words:
        return None
    backed = {fact: backers for fact in line.facts if (backers := _backers(fact, tellings, options))}
    kinds = {fact.kind for fact in backed}
    spoken = Kind.STATEMENT in kinds and any(fact.kind is Kind.NAME for fact in line.facts)
    enough = line.share >= options.new_words
    if Kind.TOLL in kinds or (enough and (kinds & {Kind.EVENT, Kind.FIGURE} or spoken)):
        told = sorted(backed, key=lambda fact: (-_WEIGHT[fact.kind], fact.what, fact.value))
        saying = [other for other in tellings if any(other in backers for backers in backed.values())]
        return _Case(line, telling, tuple(told), tuple(saying))
    alike = [other for other in tellings if len(line.terms & other.head) >= options.shared_words]
    together = len({other.article.family for other in [telling, *alike]}) >= options.publishers
    return _Case(line, telling, (), tuple(alike)) if by_words and enough and together else None


def _backers(fact: Fact, tellings: Sequence[_Telling], options: NoveltyOptions) -> list[_Telling]:
    """The tellings that say so, if they are enough to be believed; none otherwise."""
    if not _WEIGHT[fact.kind]:
        return []
    saying = [telling for telling in tellings if any(fact in line.facts for line in telling.lines)]
    names = {telling.article.family for telling in saying}
    sure = any(_is_sure(fact, telling, options) for telling in saying)
    return saying if len(names) >= options.publishers or sure else []


def _is_sure(fact: Fact, telling: _Telling, options: NoveltyOptions) -> bool:
    """Whether one full report says it both in its headline and in its first sentence."""
    full = count_words(telling.article.text) >= options.full_words and len(telling.lines) > 1
    return full and all(fact in line.facts for line in telling.lines[:2])


def _in_words(fact: Fact, before: Known) -> str:
    if fact.kind not in {Kind.TOLL, Kind.FIGURE}:
        return fact.said
    until_now = before.tolls.get(fact.what) if fact.kind is Kind.TOLL else None
    return f"{fact.said} {fact.what}" + (f" (told: {until_now:g})" if until_now else "")


def _why_nothing(tellings: Sequence[_Telling], options: NoveltyOptions) -> str:
    """The nearest miss, with its figures."""
    lines = [(line, telling) for telling in tellings for line in telling.lines]
    worth = {id(line): sum(_WEIGHT[fact.kind] for fact in line.facts) for line, _ in lines}
    line, telling = max(lines, key=lambda pair: (worth[id(pair[0])] + pair[0].share, -pair[0].place))
    weighty = sorted(fact.said for fact in line.facts if _WEIGHT[fact.kind])
    toll = any(fact.kind is Kind.TOLL for fact in line.facts)
    if line.leans:
        lacks = "but it leans on a sentence before it"
    elif not weighty:
        lacks = "but no new event or figure, and no second outlet says the same"
    elif line.share < options.new_words and not toll:
        lacks = f"among them {', '.join(weighty)}; {options.new_words:.0%} are asked"
    else:
        lacks = f"{', '.join(weighty)} by {telling.article.outlet or telling.article.family} alone"
    return f"best was “{line.text}”: {line.share:.0%} of its words new, {lacks}"
