"""Which themes an edited file gives a story: by its heading, or by its line `themes:`."""

from __future__ import annotations

from dataclasses import dataclass

from digest.editing.sheet import ALSO, LEAD, NEAR, THEMES, Block, Entry, Mark, Problem, Sheet
from digest.model.decisions import DecisionKind


@dataclass(frozen=True, slots=True)
class Filing:
    """``themes`` to file a story under, or None to leave it where it is; ``revoked``: by its own terms again.

    ``by_hand``: its line says so, and where it stands in the file says nothing about its place.
    """

    themes: tuple[str, ...] | None = None
    revoked: bool = False
    by_hand: bool = False
    problem: Problem | None = None


UNCHANGED = Filing()


def filing(sheet: Sheet, block: Block, entry: Entry) -> Filing:
    """What the file says of a story's themes.

    A story moved under another heading has that theme in place of its first one. Nothing is said where a
    story that was out stands under the theme it would have had anyway. Without the question mark behind
    them, uncertain themes are confirmed.
    """
    outside = block.number not in {one.number for one in sheet.ranking}
    moved = _moved_to(block, entry, outside=outside)
    typed = entry.themes
    confirmed = not (block.sure or outside or entry.unsure)
    if typed == block.themes and not confirmed:
        typed = None
    if typed is None and moved is None:
        gone = entry.themes is None and not outside and block.latest(DecisionKind.FILE) is not None
        return Filing(revoked=True, by_hand=True) if gone else UNCHANGED
    if typed is None:
        return Filing(themes=moved)
    if moved is not None and entry.heading != (typed[0] if typed else ALSO):
        text = f"s{block.number} was moved to {entry.heading}, but its line says {', '.join(typed) or 'none'}"
        mend = "delete the line, or move the story back"
        return Filing(problem=Problem(entry.at(THEMES), f"{text}: {mend}"))
    return Filing(themes=typed, by_hand=moved is None and typed != block.themes)


def _moved_to(block: Block, entry: Entry, *, outside: bool) -> tuple[str, ...] | None:
    if entry.mark is not Mark.KEEP or entry.heading in {LEAD, NEAR}:
        return None
    if entry.heading == block.heading and (block.sure or not outside):
        return None
    if entry.heading == ALSO:
        return ()
    return (entry.heading, *(slug for slug in block.themes[1:] if slug != entry.heading and not outside))
