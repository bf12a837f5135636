"""Subject and preheader: the two lines that say in the inbox what is inside."""

from __future__ import annotations

import re

from digest.model.wording import Wording
from digest.render.clean import isolate, shorten
from digest.render.views import EditionView

SUBJECT_MIN = 15
SUBJECT_MAX = 70  # with "[TEST] " before it, it still fits the 78 characters of a header line
PREHEADER_MAX = 140
_SHORTEST_HEADLINE = 30  # below this a headline says too little
_ONE_OF_MANY = 66  # so that two themes are named, not one at full length
_BETWEEN = " \u00b7 "  # a semicolon after a shortened headline's dots is noise


def subject_of(view: EditionView, words: Wording) -> str:
    """15 to 70 characters: the top headline, and how many more there are. One line, no controls."""
    if view.correction:
        room = SUBJECT_MAX - len(words.subject_correction.format(headline=""))
        return _fit(words.subject_correction.format(headline=shorten(view.correction.headline, room)))
    if not view.headlines:
        return _fit(words.subject_quiet.format(title=view.title, date=view.date))
    headline, more = view.headlines[0], view.story_count - 1
    if more:
        frame = words.subject_more.format(headline="", n=more)
        room = SUBJECT_MAX - len(frame)
        line = words.subject_more.format(headline=isolate(shorten(headline, room - 2)), n=more)
    else:
        line = isolate(shorten(headline, SUBJECT_MAX - 2))
    if len(line) < _SHORTEST_HEADLINE:
        room = SUBJECT_MAX - len(words.subject_dated.format(title="", headline=line))
        line = words.subject_dated.format(title=isolate(shorten(view.title, max(room, 8))), headline=line)
    if len(line) < SUBJECT_MIN:
        line = f"{line}, {view.date}"
    return _fit(line)


def headline_of(view: EditionView, words: Wording) -> str:
    """What pages and programs call the edition."""
    if view.correction:
        return words.subject_correction.format(headline=view.correction.headline)
    return view.headlines[0] if view.headlines else words.quiet_title


def preheader_of(view: EditionView, words: Wording) -> str:
    """What else is inside: the next themes' first headlines; if nothing is, the lead's summary."""
    if view.correction:
        return shorten(view.correction.paragraphs[0], PREHEADER_MAX)
    others = view.headlines[1:]
    if not others:
        summary = view.lead.summary if view.lead else ""
        return shorten(summary or words.quiet_note, PREHEADER_MAX)
    room = PREHEADER_MAX - len(words.preheader_also.format(headlines=""))
    chosen: list[str] = []
    for headline in others:
        left = room - len(_BETWEEN.join([*chosen, ""]))
        if chosen and left < _SHORTEST_HEADLINE:
            break
        most = max(_SHORTEST_HEADLINE, left if len(others) == 1 else min(left, _ONE_OF_MANY))
        chosen.append(isolate(shorten(headline, most - 2)))  # the marks of isolation are two
    return words.preheader_also.format(headlines=_BETWEEN.join(chosen))


def _fit(line: str) -> str:
    return shorten(re.sub(r"\s+", " ", line).strip(), SUBJECT_MAX)
