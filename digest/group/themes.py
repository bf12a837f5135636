"""How far an article belongs to each theme, with every reason.

A term's points are ``weight x place x (1 + ln count)``: 2 for the title, 1 for the dek and the first
words of the text, a third for the rest. Late mentions together never reach the threshold, so that a
round-up's list and an aside don't file an article. A pair ("Japan" and "warship") counts once, by
the best place where its parts meet, times ``1 + ln`` of the distinct topics met there. When nothing that
stands in the title speaks for a theme, what does so elsewhere counts three quarters. When the title
names another region, and nothing that says the theme by itself, pairs count half. An article is IN
at 4 points with a hit in the title or at least two distinct terms; from 3 an editor checks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from digest.group.matcher import Found, Matcher
from digest.group.options import GroupOptions
from digest.group.sightings import DEK, LEAD, PLACE_FACTOR, REST, TITLE, WHERE, Meeting, Seen, meet
from digest.group.terms import STRONG, Pair, Role, Term, Theme
from digest.group.text import fold, is_shouted, words
from digest.model.news import Article, Hit, ThemeScore, Verdict

_LEAD_WORDS = 60
_REST_CAP = 2.0
_UNTITLED = 0.75
_ELSEWHERE = 0.5
_STEEPNESS = math.log(4)  # confidence is 0.5 at the check threshold, 0.8 a point above it
_DEK_COPY_CHARS = 60


@dataclass(frozen=True, slots=True)
class _Points:
    hit: Hit
    place: int
    forms: tuple[str, ...]


@lru_cache(maxsize=8)
def _matcher(themes: tuple[Theme, ...]) -> Matcher:
    return Matcher(themes)


def score_themes(
    article: Article, themes: Sequence[Theme], options: GroupOptions | None = None
) -> tuple[ThemeScore, ...]:
    """The article's score for every theme, also those it is OUT of; best first."""
    options = options or GroupOptions()
    themes = tuple(themes)
    scored = [
        (_score(theme, seen, options), theme.priority)
        for theme, seen in zip(themes, _look(article, themes), strict=True)
    ]
    scored.sort(key=lambda pair: (-pair[0].score, pair[1], pair[0].theme))
    return tuple(score for score, _ in scored)


def confidence(score: float, options: GroupOptions) -> float:
    """A score as 0 to 1: even at the check threshold, 4 to 1 a point above it."""
    distance = max(-20.0, min(20.0, score - options.theme_check))
    return round(1 / (1 + math.exp(-_STEEPNESS * distance)), 3)


def _look(article: Article, themes: tuple[Theme, ...]) -> list[dict[int, Seen]]:
    """For each theme, the terms seen and where."""
    matcher = _matcher(themes)
    seen: list[dict[int, Seen]] = [{} for _ in themes]

    def note(found: list[Found], place: int) -> None:
        for hit in found:
            at = seen[hit.theme].setdefault(hit.term, Seen())
            at.positions[place].append(hit.position)
            at.forms[hit.form] = None

    title, dek, text = fold(article.title), fold(article.dek), fold(article.text)
    if dek and text.startswith(dek[:_DEK_COPY_CHARS]):
        dek = ""
    for line, place in ((title, TITLE), (dek, DEK)):
        note(matcher.find(words(line), acronyms=not is_shouted(line)), place)
        note(matcher.find_unspaced(line), place)
    for found in (matcher.find(words(text)), matcher.find_unspaced(text)):
        note([hit for hit in found if hit.position < _LEAD_WORDS], LEAD)
        note([hit for hit in found if hit.position >= _LEAD_WORDS], REST)
    return seen


def _score(theme: Theme, seen: dict[int, Seen], options: GroupOptions) -> ThemeScore:
    if not seen:
        return ThemeScore(theme.slug, 0.0, confidence(0.0, options), Verdict.OUT)
    points: list[_Points] = []
    vetoes: list[Hit] = []
    by_key: dict[str, Seen] = {}
    labels: dict[str, str] = {}
    for number, at in sorted(seen.items()):
        term = theme.terms[number]
        by_key[term.key], labels[term.key] = at, term.label
        if term.role in {Role.SCORE, Role.FOREIGN}:
            points.append(_term_points(term, at))
        elif term.role is Role.VETO and at.best < REST:
            vetoes.append(Hit(f"{term.label} (veto)", WHERE[at.best], at.count, 0.0))
    share = _ELSEWHERE if _is_elsewhere(theme, seen) else 1.0
    for pair in theme.pairs:
        meeting = meet(pair, by_key)
        if meeting is not None:
            points.append(_scaled(_pair_points(pair, meeting, by_key, labels), share))
    points = _doubt_untitled(_cap_rest(points))
    hits = sorted((point.hit for point in points), key=lambda hit: (-abs(hit.points), hit.term))
    score = 0.0 if vetoes else max(0.0, round(sum(point.hit.points for point in points), 2))
    verdict = _verdict(points, score, options)
    return ThemeScore(theme.slug, score, confidence(score, options), verdict, (*vetoes, *hits))


def _is_elsewhere(theme: Theme, seen: dict[int, Seen]) -> bool:
    """Whether the title names another region, and nothing that says the theme by itself.

    What happened may then have happened there, with the theme's countries as actors or comparisons
    ("A condemns strike on B"), so that a country and a topic that meet mean less.
    """
    titled = [theme.terms[number] for number, at in seen.items() if at.best == TITLE]
    return any(term.role is Role.FOREIGN for term in titled) and not any(
        term.role is Role.SCORE and term.weight >= STRONG for term in titled
    )


def _verdict(points: list[_Points], score: float, options: GroupOptions) -> Verdict:
    in_favour = [point for point in points if point.hit.points > 0]
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
    return _Points(Hit(label, WHERE[at.best], at.count, round(value, 3)), at.best, tuple(at.forms))


def _pair_points(pair: Pair, meeting: Meeting, seen: dict[str, Seen], labels: dict[str, str]) -> _Points:
    value = pair.weight * meeting.factor * (1 + math.log(max(1, meeting.topics)))
    shown = ", ".join(dict.fromkeys(labels[key] for key in meeting.keys))
    hit = Hit(f"{pair.name}: {shown}", WHERE[meeting.place], max(1, meeting.topics), round(value, 3))
    return _Points(hit, meeting.place, tuple(form for key in meeting.keys for form in seen[key].forms))


def _doubt_untitled(points: list[_Points]) -> list[_Points]:
    """Points scaled down when nothing in the title speaks for the theme: a lead names much in passing."""
    if any(point.place == TITLE and point.hit.points > 0 for point in points):
        return points
    return [_scaled(point, _UNTITLED) if point.hit.points > 0 else point for point in points]


def _scaled(point: _Points, share: float) -> _Points:
    return replace(point, hit=replace(point.hit, points=round(point.hit.points * share, 3)))


def _cap_rest(points: list[_Points]) -> list[_Points]:
    """Late mentions scaled down so that together they stay under ``_REST_CAP``."""
    late = sum(point.hit.points for point in points if point.place == REST and point.hit.points > 0)
    if late <= _REST_CAP:
        return points
    share = _REST_CAP / late
    return [
        _scaled(point, share) if point.place == REST and point.hit.points > 0 else point for point in points
    ]
