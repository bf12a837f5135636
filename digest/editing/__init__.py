"""A draft as one text file that an editor changes, and what the changes decide.

    Sheet (the draft) -> write -> the file -> an editor -> parse -> Page (what it says) -> diff -> Change

Pure: no disk, no editor, no database; the time is an argument.
"""

from __future__ import annotations

from digest.editing.change import Change, Wording
from digest.editing.diff import diff
from digest.editing.parse import parse
from digest.editing.sheet import Block, Page, Problem, Sheet, Telling
from digest.editing.write import complain, write

__all__ = [
    "Block", "Change", "Page", "Problem", "Sheet", "Telling", "Wording", "complain", "diff", "parse", "write",
]  # fmt: skip
