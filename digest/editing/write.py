"""The draft as a file: what can be done with it in a dozen lines, then each story in its place."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from digest.editing.sheet import (
    APART,
    DOUBT,
    LEADS,
    NEAR,
    NONE,
    PICTURE,
    PINNED,
    THEMES,
    TOGETHER,
    Block,
    Problem,
    Sheet,
    one_line,
)
from digest.model.decisions import Decision, DecisionKind

_WIDTH = 100
_INDENT = "    "
COMPLAINT = "#!"
# vi obeys settings ("vim: ...") that stand in a file's first or last five lines: no feed's words stand there.
_MEND = (
    "#!",
    "#! Nothing has been changed yet. Please mend what stands below, and save.",
    "#!",
    "#! To give up, close the file as it is (it is kept), or empty it (nothing is).",
    "#!",
)
_END = "\n#\n#\n#\n#\n# The end of the file.\n"

_HELP = """\
# Leave a story out     write `drop` for its `keep`
# Another order         move a story, with all below it, up or down, or under "The lead"; or write
#                       `pinned: 3` below its first line. It stays there, whatever comes in later
# Another theme         move it under another heading, or change `themes:` (or write `themes: none`)
# Your own words        change headline or text; delete your words to have the source's again
# Another source leads  a line `leads: 34` with the number of its article: headline, link and text
# Two stories are one   a line `merge with: s12` below the first line of the one that goes into s12
# One story is two      a line `split: 34 35` with numbers of its articles; a comma parts several
# Bring one in          at the end of this file write `keep` for `out`; move it up if you like
# Leave its picture out a line `picture: none` below its first line
# Take a decision back  delete its line: `pinned:`, `leads:`, `together:`, `picture:`, `themes:`
#
# Lines that begin with # are not read. Saved unchanged, or emptied, the file changes nothing."""


def write(sheet: Sheet) -> str:
    """The file of a draft. Saved as it is, it says what the draft says."""
    lines = [f"# {one_line(sheet.about)}", "#", _HELP]
    lines.append(f"edition: {sheet.ref}, revision {sheet.revision}")
    parts = sheet.parts
    for heading, title in sheet.headings.items():
        lines += ["", f"== {one_line(title)} =="]
        for block in parts[heading]:
            lines += ["", *(_near(block) if heading == NEAR else _story(block))]
    return "\n".join(lines) + "\n" + _END


def _story(block: Block) -> Iterator[str]:
    yield f"{block.mark} s{block.number} {one_line(block.headline)}"
    yield from _standing(block)
    if block.summary:
        yield ""
        yield from _wrapped(block.summary)
        yield ""
    if not block.sure:
        yield f"# uncertain: delete the {DOUBT} to confirm, or give it another theme"
    if block.note:
        yield f"# {one_line(block.note)}"
    if block.latest(DecisionKind.HEADLINE):
        yield f"# the source's headline: {one_line(block.source_headline)}"
    if block.latest(DecisionKind.SUMMARY) and block.source_summary:
        yield f"# the source's words: {one_line(block.source_summary)}"
    yield from _tellings(block)


def _standing(block: Block) -> Iterator[str]:
    filed, pin = block.latest(DecisionKind.FILE), block.latest(DecisionKind.PIN)
    no_picture = block.latest(DecisionKind.NO_PICTURE)
    doubt = "" if block.sure else DOUBT
    yield f"{THEMES}: {', '.join(block.themes) or NONE}{doubt}{_by(filed)}"
    if pin:
        yield f"{PINNED}: {pin.place}{_by(pin)}"
    if leads := block.latest(DecisionKind.LEADS):
        yield f"{LEADS}: {leads.article_id}{_by(leads)}"
    if no_picture:
        yield f"{PICTURE}: {NONE}{_by(no_picture)}"
    yield from _pairs(block)


def _pairs(block: Block) -> Iterator[str]:
    for key, numbers, kind in (
        (TOGETHER, block.together, DecisionKind.TOGETHER),
        (APART, block.apart, DecisionKind.APART),
    ):
        if numbers:
            pairs = block.pairs(kind)
            yield f"{key}: {' '.join(map(str, numbers))}{_by(pairs[-1])}"


def _near(block: Block) -> Iterator[str]:
    yield f"{block.mark} s{block.number} {one_line(block.headline)}"
    yield from _pairs(block)
    themes = f"; {', '.join(block.themes)}" if block.themes else ""
    yield f"# {one_line(block.note)}{themes}"
    yield from _tellings(block)


def _tellings(block: Block) -> Iterator[str]:
    for telling in block.tellings:
        yield f"# {telling.number} {one_line(telling.outlet)}: {one_line(telling.title)}"


def _by(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return f" (by {one_line(decision.decided_by) or 'an editor'})"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        one_line(text),
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def complain(text: str, problems: Sequence[Problem]) -> str:
    """The file with what is wrong on top of it, in place of what was wrong before; lines are counted anew."""
    body = without_complaints(text)
    above = len(_MEND) + len(problems) + 1 - (text.count("\n") - body.count("\n"))  # lines
    told = [
        f"{COMPLAINT} {one_line(str(Problem(one.line and one.line + above, one.text)))}"
        for one in sorted(problems, key=lambda one: one.line)
    ]
    return "\n".join([*_MEND, *told, COMPLAINT, body])


def without_complaints(text: str) -> str:
    """The file as the editor left it, without what stood on top."""
    lines = text.split("\n")
    while lines and lines[0].startswith(COMPLAINT):
        lines.pop(0)
    return "\n".join(lines)
