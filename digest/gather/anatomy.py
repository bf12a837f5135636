"""The anatomy of an article's lines: what is its text, and what merely stands around it.

Works on lines alone (a paragraph, a heading or a list item each), so the same pass serves web pages,
Markdown and plain text. Errs on the side of the text: a line goes only if it looks like nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from digest.gather.ainotice import notice_span
from digest.gather.phrases import COMMENTS_HEAD, FURNITURE, INLINE_RELATED, RELATED_HEAD

MAX_RELATED = 20
ONE_LINER_WORDS = 60  # a teaser is shorter than that
HEADING_WORDS = 16
NEAR_END = 4  # lines from the end within which a notice may stand inside a longer paragraph
FURNITURE_WORDS = 25
COMMENTS_REACH = 3  # a lone "Thoughts" is a comments head only if more of the kind follows that soon


class Kind(Enum):
    """What a line was marked as in its source."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"  # of a list


@dataclass(frozen=True, slots=True)
class Line:
    """One block of an article."""

    text: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The lines, sorted: ``paragraphs`` and ``headings`` are the article's own."""

    paragraphs: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    ai_notice: str = ""


_TERMINAL = re.compile("[.!?\u3002\uff01\uff1f\u061f\u0964\u2026:;,][\"'\u201d\u2019\u00bb)\\]]*$")


def dissect(lines: Iterable[Line], *, guess_headings: bool = False) -> Anatomy:
    """Sort ``lines`` into text, headings, related one-liners and the article's own AI notice.

    ``guess_headings`` is for plain text, where nothing marks a heading but its shape.
    """
    block = [line for line in lines if line.text.strip()]
    if guess_headings:
        block = _with_headings(block)
    block, notice = _without_notice(block)
    block = _before_comments(block)
    block, related = _without_related(block)
    paragraphs, headings = [], []
    for position, line in enumerate(block):
        if line.kind is Kind.HEADING:
            if any(later.kind is not Kind.HEADING for later in block[position + 1 : position + 2]):
                headings.append(line.text)  # one that nothing follows heads what was taken out
        elif not is_furniture(line.text):
            paragraphs.append(line.text)
    return Anatomy(tuple(paragraphs), tuple(headings), tuple(related[:MAX_RELATED]), notice)


def is_furniture(text: str) -> bool:
    """Whether a line is an appeal, a control or a legal line of the page, and no sentence of the article."""
    return len(text.split()) <= FURNITURE_WORDS and bool(
        FURNITURE.fullmatch(text) or COMMENTS_HEAD.fullmatch(text)
    )


def is_related_head(text: str) -> bool:
    """Whether a line announces links to other articles."""
    return bool(RELATED_HEAD.fullmatch(text.strip()))


def _with_headings(lines: Sequence[Line]) -> list[Line]:
    """Lines that are short, unpunctuated and followed by something longer become headings."""
    marked = []
    for position, line in enumerate(lines):
        following = lines[position + 1].text if position + 1 < len(lines) else ""
        words = len(line.text.split())
        looks = (
            line.kind is Kind.TEXT
            and words <= HEADING_WORDS
            and not _TERMINAL.search(line.text)
            and len(following) > len(line.text)
        )
        marked.append(Line(line.text, Kind.HEADING) if looks else line)
    return marked


def _without_notice(lines: Sequence[Line]) -> tuple[list[Line], str]:
    """Take out the sentences by which the article says of itself that AI made it."""
    kept, notices = [], []
    for position, line in enumerate(lines):
        at_edge = position < NEAR_END or len(lines) - position <= NEAR_END + MAX_RELATED
        if not at_edge:
            kept.append(line)
            continue
        start, end = notice_span(line.text)
        if start == end:
            kept.append(line)
            continue
        notices.append(line.text[start:end].strip())
        rest = f"{line.text[:start].rstrip()} {line.text[end:].lstrip()}".strip()
        kept += [Line(rest, line.kind)] if rest else []
    return kept, " ".join(dict.fromkeys(notices))


def _before_comments(lines: Sequence[Line]) -> list[Line]:
    """The lines ahead of the comments block, which runs to the end.

    A head such as "Thoughts" could head a section; so it counts only in the second half, and with
    another such line soon after it, or at the very end.
    """
    for position, line in enumerate(lines):
        if position * 2 < len(lines) or not COMMENTS_HEAD.fullmatch(line.text.strip()):
            continue
        following = lines[position + 1 : position + 1 + COMMENTS_REACH]
        if not following or any(is_furniture(later.text) for later in following):
            return list(lines[:position])
    return list(lines)


def _without_related(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """Take out heads such as "Related articles", and the one-liners that follow each."""
    kept: list[Line] = []
    related: list[str] = []
    inside = False
    for position, line in enumerate(lines):
        text = line.text.strip()
        inline = INLINE_RELATED.fullmatch(text)
        if is_related_head(text) and position:
            inside = True
        elif inline and len(text.split()) <= ONE_LINER_WORDS:
            related.append(inline.group("line").strip())
        elif inside and _is_teaser(line, lines[position + 1 :]):
            if not is_furniture(text):
                related.append(text)
        else:
            inside = False
            kept.append(line)
    return kept, related


def _is_teaser(line: Line, later: Sequence[Line]) -> bool:
    """Whether a line under a head of related articles still belongs to it.

    A heading with real paragraphs after it is the article again; so is a long paragraph.
    """
    if len(line.text.split()) > ONE_LINER_WORDS:
        return False
    resumes = any(len(following.text.split()) > ONE_LINER_WORDS for following in later[:2])
    return not (line.kind is Kind.HEADING and resumes)
