"""How far an article belongs to each theme, with every reason.

A term's points are ``weight x place x (1 + ln count)``: 2 for the title, 1 for the dek and the first
words of the text, a third for the rest. Late mentions together never reach the threshold, so that a
round-up's list and an aside don't file an article. A pair ("Japan" and "warship") counts once, by
the best place where its parts meet, times ``1 + ln`` of the distinct topics met there.

Then the title is weighed. When it names another region, and nothing that says the theme by itself,
everything counts half; when it says it, regions named below take nothing. When nothing in it speaks for the
theme, what does so elsewhere counts three quarters; but when it names no place or person of any theme and no
soft subject, the lead stands in for it and counts more. Under an opinion's title, or that of a wider matter
than the theme, the lead counts half and never files the article, nor does what it names in passing
(``asides``). Of a round-up and a live page nothing but the title counts; a press review is of no theme. Last,
``subject`` asks what is said of the places: a soft subject, a soft story or a bare name takes points away.

An article is IN at 4 points with a hit in the title or at least two distinct terms; from 3 an editor checks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from digest.group.asides import is_aside
from digest.group.body import body_of, folded
from digest.group.matcher import Found, Matcher
from digest.group.options import GroupOptions
from digest.group.sightings import DEK, LEAD, PLACE_FACTOR, REST, TITLE, WHERE, Meeting, Seen, meet
from digest.group.subject import doubt
from digest.group.terms import STRONG, WEAK, Pair, Role, Term, Theme
from digest.group.text import is_shouted, sentence_starts, words
from digest.model.genre import is_live_page, is_medley, is_opinion
from digest.model.news import Article, Hit, ThemeScore, Verdict, opens_with

_LEAD_WORDS = 60
_REST_CAP = 2.0
_UNTITLED = 0.75
_EXAMPLE = 0.5
_SILENT_TITLE = 1.4
_ELSEWHERE = 0.5
_STEEPNESS = math.log(4) / 2  # confidence is 0.5 at the threshold for IN, 0.8 two points above it
_SCORING = frozenset({Role.SCORE, Role.FOREIGN})
_NAMING = _SCORING | {Role.SUPPORT, Role.VETO}


class _Points(NamedTuple):
    term: str
    place: int
    mentions: int
    points: float
    forms: tuple[str, ...]
    titled: bool  # whether the title has a part in it

    def times(self, share: float) -> _Points:
        """With a share of the points; those against the theme stay whole."""
        return self._replace(points=self.points * share) if self.points > 0 else self

    @property
    def hit(self) -> Hit:
        return Hit(self.term, WHERE[self.place], self.mentions, round(self.points, 3))


class _Piece(NamedTuple):
    opinion: bool
    live: bool  # a page rewritten all day
    sentences: tuple[int, ...]  # the words that open those of the lead


@lru_cache(maxsize=8)
def _matcher(themes: tuple[Theme, ...]) -> Matcher:
    return Matcher(themes)


def score_themes(
    article: Article, themes: Sequence[Theme], options: GroupOptions | None = None
) -> tuple[ThemeScore, ...]:
    """The article's score for every theme, also those it is OUT of; best first."""
    options = options or GroupOptions()
    themes = tuple(themes)
    if is_medley(article.title):
        note = (Hit("a press review or a reading list: of no theme", "title", 1, 0.0),)
        return tuple(
            ThemeScore(theme.slug, 0.0, confidence(0.0, options), Verdict.OUT, note) for theme in themes
        )
    text = body_of(article)
    looks = _look(article, text, themes)
    nowhere = not any(_names_a_place(theme, seen) for theme, seen in zip(themes, looks, strict=True))
    piece = _Piece(
        opinion=is_opinion(article),
        live=is_live_page(article.title),
        sentences=sentence_starts(text, _LEAD_WORDS),
    )
    scored = [
        (_score(theme, seen, options, piece, silent=nowhere and not _is_soft(theme, seen)), theme.priority)
        for theme, seen in zip(themes, looks, strict=True)
    ]
    scored.sort(key=lambda pair: (-pair[0].score, pair[1], pair[0].theme))
    return tuple(score for score, _ in scored)


def confidence(score: float, options: GroupOptions) -> float:
    """A score as 0 to 1: even at the threshold for IN, 4 to 1 two points above it.

    Set by the share of right ones in bands of points, see ``docs/discussion/stories.md``.
    """
    distance = max(-40.0, min(40.0, score - options.theme_in))
    return round(1 / (1 + math.exp(-_STEEPNESS * distance)), 3)


def _look(article: Article, text: str, themes: tuple[Theme, ...]) -> list[dict[int, Seen]]:
    """For each theme, the terms seen and where; ``text`` is the article's as ``body_of`` gives it."""
    matcher = _matcher(themes)
    seen: list[dict[int, Seen]] = [{} for _ in themes]

    def note(found: list[Found], place: int | None) -> None:
        for theme, term, position, form in found:
            at = seen[theme].get(term)
            if at is None:
                at = seen[theme][term] = Seen()
            where = place if place is not None else LEAD if position < _LEAD_WORDS else REST
            at.positions[where].append(position)
            at.forms[form] = None

    title, dek = folded(article.title), folded(article.dek)
    if opens_with(text, dek):
        dek = ""
    for line, place in ((title, TITLE), (dek, DEK)):
        note(matcher.find(words(line), acronyms=not is_shouted(line)), place)
        note(matcher.find_unspaced(line), place)
    note(matcher.find(words(text)), None)
    note(matcher.find_unspaced(text), None)
    return seen


def _names_a_place(theme: Theme, seen: dict[int, Seen]) -> bool:
    """Whether the title names anything of the theme but a topic, or another region."""
    return any(at.positions[TITLE] and theme.terms[number].role in _NAMING for number, at in seen.items())


def _is_soft(theme: Theme, seen: dict[int, Seen]) -> bool:
    """Whether the title names a soft subject of the theme."""
    return any(at.positions[TITLE] and theme.terms[number].key in theme.soft for number, at in seen.items())


def _score(
    theme: Theme, seen: dict[int, Seen], options: GroupOptions, piece: _Piece, *, silent: bool
) -> ThemeScore:
    if not seen:
        return ThemeScore(theme.slug, 0.0, confidence(0.0, options), Verdict.OUT)
    terms = {theme.terms[number].key: theme.terms[number] for number in sorted(seen)}
    by_key = {theme.terms[number].key: seen[number] for number in sorted(seen)}
    by_key, notes = _cut_roundup(theme, by_key, live=piece.live)
    here = [terms[key] for key in by_key]
    vetoes = [
        Hit(f"{term.label} (veto)", WHERE[at.best], at.count, 0.0)
        for term, at in zip(here, by_key.values(), strict=True)
        if term.role is Role.VETO and at.best < REST
    ]
    said = _is_said(here, by_key)
    alone = [
        _term_points(term, by_key[term.key]) for term in here if _counts(term, by_key[term.key], said=said)
    ]
    met = [(pair, meeting) for pair in theme.pairs if (meeting := meet(pair, by_key)) is not None]
    paired = [_pair_points(pair, meeting, by_key, terms) for pair, meeting in met]
    points = _cap_rest([*alone, *paired])
    # What happened may have happened there, with the theme's countries as actors or comparisons.
    if not said and any(term.role is Role.FOREIGN and by_key[term.key].best == TITLE for term in here):
        points = [point.times(_ELSEWHERE) for point in points]
    named = any(point.place == TITLE for point in paired) or _is_named(here, by_key)
    passing = "" if named else _why_passing(theme, here, by_key, piece, silent=silent)
    unsure = (options.theme_check + options.theme_in) / 2
    points = _as_example(points, unsure) if passing else _weigh_title(points, silent=silent)
    notes += [Hit(f"{passing}, silent about the theme: all counts half", "title", 1, 0.0)] if passing else []
    total = sum(point.points for point in points if point.points > 0)
    told = not all(pair.needs_hard for pair, _ in met) or (
        named and any(term.weight >= STRONG for term in here)
    )
    doubts = doubt(theme, by_key, total, most=options.theme_check + options.theme_in, cap=unsure, told=told)
    score = max(0.0, round(sum(p.points for p in points) + sum(hit.points for hit in doubts), 2))
    score = 0.0 if vetoes else score
    hits = sorted([*(point.hit for point in points), *doubts], key=lambda hit: (-abs(hit.points), hit.term))
    verdict = _verdict(points, score, options)
    return ThemeScore(theme.slug, score, confidence(score, options), verdict, (*vetoes, *notes, *hits))


def _cut_roundup(theme: Theme, seen: dict[str, Seen], *, live: bool) -> tuple[dict[str, Seen], list[Hit]]:
    """What was seen, of a round-up or a live page in its title only, and a note that says so."""
    marks = [
        f"a round-up, only its title counts: {key.partition(':')[2]}"
        for key in seen
        if key in theme.roundups and seen[key].positions[TITLE]
    ]
    marks += ["a live page, only its title counts"] if live else []
    if not marks:
        return seen, []
    titled = {key: at.titled() for key, at in seen.items() if at.positions[TITLE]}
    return titled, [Hit(marks[0], "title", 1, 0.0)]


def _is_named(here: Iterable[Term], seen: dict[str, Seen]) -> bool:
    """Whether the title names the theme: a weak phrase ("glacier") doesn't, a weak place does."""
    return any(
        seen[term.key].best == TITLE
        and term.weight > 0
        and (term.weight > WEAK or not term.key.startswith("phrases:"))
        for term in here
    )


def _why_passing(
    theme: Theme, here: list[Term], seen: dict[str, Seen], piece: _Piece, *, silent: bool
) -> str:
    """Why the lead of a title that doesn't name the theme may name an example only; "" for no reason."""
    if piece.opinion:
        return "an opinion"
    wider = [key for key in seen if key in theme.wider and seen[key].positions[TITLE]]
    if wider:
        return f"a wider matter ({wider[0].partition(':')[2]})"
    return "named in passing" if not silent and is_aside(theme, here, seen, piece.sentences) else ""


def _is_said(here: Iterable[Term], seen: dict[str, Seen]) -> bool:
    """Whether the title holds what says the theme by itself."""
    return any(
        term.role is Role.SCORE and term.weight >= STRONG and seen[term.key].best == TITLE for term in here
    )


def _counts(term: Term, at: Seen, *, said: bool) -> bool:
    """Whether a term has points of its own: under a title that says the theme, no region elsewhere has."""
    return term.role in _SCORING and not (said and term.role is Role.FOREIGN and at.best > TITLE)


def _verdict(points: list[_Points], score: float, options: GroupOptions) -> Verdict:
    in_favour = [point for point in points if point.points > 0]
    forms = {form.lower() for point in in_favour for form in point.forms}
    founded = len(forms) > 1 or any(point.place == TITLE for point in in_favour)
    if score >= options.theme_in and founded:
        return Verdict.IN
    return Verdict.CHECK if score >= options.theme_check else Verdict.OUT


def _term_points(term: Term, at: Seen) -> _Points:
    late = len(at.positions[REST])
    count = max(1.0, at.count - late + PLACE_FACTOR[REST] * late)
    value = term.weight * PLACE_FACTOR[at.best] * (1 + math.log(count))
    others = ", ".join(form for form in at.forms if form != term.label)
    label = f"{term.label} ({others})" if others else term.label
    return _Points(label, at.best, at.count, value, tuple(at.forms), at.best == TITLE)


def _pair_points(pair: Pair, meeting: Meeting, seen: dict[str, Seen], terms: dict[str, Term]) -> _Points:
    topics = max(1, meeting.topics)
    value = pair.weight * meeting.factor * (1 + math.log(topics))
    shown = ", ".join(dict.fromkeys(terms[key].label for key in meeting.keys))
    forms = tuple(form for key in meeting.keys for form in seen[key].forms)
    return _Points(f"{pair.name}: {shown}", meeting.place, topics, value, forms, meeting.titled)


def _as_example(points: list[_Points], most: float) -> list[_Points]:
    """Half of the points, and together ``most`` at most: for an editor to look at."""
    total = sum(point.points for point in points if point.points > 0)
    share = min(_EXAMPLE, most / total) if total else _EXAMPLE
    return [point.times(share) for point in points]


def _weigh_title(points: list[_Points], *, silent: bool) -> list[_Points]:
    """Points scaled when nothing in the title speaks for the theme.

    A lead names much in passing, and counts less; but when the title is silent about where and who, as in
    "They came at night", the lead says it in its place.
    """
    if any(point.titled and point.points > 0 for point in points):
        return points
    if silent:
        return [point.times(_SILENT_TITLE) if point.place < REST else point for point in points]
    return [point.times(_UNTITLED) for point in points]


def _cap_rest(points: list[_Points]) -> list[_Points]:
    """Late mentions scaled down so that together they stay under ``_REST_CAP``."""
    late = sum(point.points for point in points if point.place == REST and point.points > 0)
    if late <= _REST_CAP:
        return points
    share = _REST_CAP / late
    return [point.times(share) if point.place == REST else point for point in points]
