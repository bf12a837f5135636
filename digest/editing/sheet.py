"""What stands in an editor's file: the draft as it was, and what the file says once it is edited."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from digest.model.decisions import Decision, DecisionKind, Decisions

LEAD = "the lead"  # headings that are no theme's; no slug has a space
ALSO = "also today"
NEAR = "out, but near"
SPECIAL = {LEAD: "The lead", ALSO: "Also today", NEAR: "Out, but near"}

# What may stand under a story's first line. The first six say what holds, the others what to do.
THEMES, PINNED, LEADS, TOGETHER, APART, PICTURE = "themes", "pinned", "leads", "together", "apart", "picture"
MERGE, SPLIT, FACTS = "merge with", "split", "facts"
KEYS = (THEMES, PINNED, LEADS, TOGETHER, APART, PICTURE, MERGE, SPLIT, FACTS)
CONFIRMED = "confirmed"
NONE = "none"
DOUBT = "?"  # behind the themes of a story that is in, and yet to be checked


# Zero-width and direction-changing characters: they come along with pasted text, and no mail shows them.
_UNSEEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff]")


class Mark(StrEnum):
    """The word before a story."""

    KEEP = "keep"
    DROP = "drop"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Telling:
    """One article of a story, as listed under it."""

    number: int
    outlet: str
    title: str


@dataclass(frozen=True, slots=True)
class Block:
    """A story of the draft. It is called by the number of its first article.

    ``themes`` are those it is filed under, best first; of a story that is out, those it would be under.
    ``sure`` says that the first needs no check. ``note`` is for people: why it is out, what is new in it.
    ``source_headline`` and ``source_summary`` are what an editor's words stand for. ``decided`` is all that
    was decided about its articles.
    """

    headline: str
    tellings: tuple[Telling, ...]
    summary: str = ""
    themes: tuple[str, ...] = ()
    mark: Mark = Mark.KEEP
    sure: bool = True
    note: str = ""
    source_headline: str = ""
    source_summary: str = ""
    decided: tuple[Decision, ...] = ()

    @property
    def number(self) -> int:
        """What the file calls it by, with an s before it."""
        return self.tellings[0].number

    @property
    def ids(self) -> frozenset[int]:
        """The numbers of all its articles."""
        return frozenset(telling.number for telling in self.tellings)

    @property
    def heading(self) -> str:
        """Where it belongs by its themes."""
        return self.themes[0] if self.themes else ALSO

    def latest(self, kind: DecisionKind) -> Decision | None:
        """What holds of this kind."""
        return Decisions.of(self.decided).latest(self.ids, {kind})

    @property
    def place(self) -> int:
        """Where it is pinned; 0 where it isn't."""
        pin = self.latest(DecisionKind.PIN)
        return pin.place if pin else 0

    @property
    def leads(self) -> int:
        """The article that an editor wants to lead it; 0 where none was chosen."""
        chosen = self.latest(DecisionKind.LEADS)
        return chosen.article_id if chosen else 0

    def pairs(self, kind: DecisionKind) -> tuple[Decision, ...]:
        """The decisions of this kind about two articles of which it has at least one."""
        return tuple(one for one in self.decided if one.kind is kind and one.other_id)

    @property
    def together(self) -> tuple[int, ...]:
        """Its articles that an editor joined."""
        pairs = self.pairs(DecisionKind.TOGETHER)
        return tuple(
            sorted({number for one in pairs for number in (one.article_id, one.other_id)} & self.ids)
        )

    @property
    def apart(self) -> tuple[int, ...]:
        """Articles that an editor keeps apart from some of its own."""
        pairs = self.pairs(DecisionKind.APART)
        return tuple(
            sorted({number for one in pairs for number in (one.article_id, one.other_id)} - self.ids)
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft as it goes into the file: ``ranking`` best first, then ``near``, what an editor may bring in.

    ``ref`` and ``revision`` say which draft it is, ``about`` tells people. ``themes``: slugs with names, in
    order.
    """

    ref: str
    revision: int
    about: str
    themes: Mapping[str, str]
    ranking: tuple[Block, ...]
    near: tuple[Block, ...] = ()
    also_today: bool = False

    @property
    def blocks(self) -> dict[int, Block]:
        """Every story by its number."""
        return {block.number: block for block in (*self.ranking, *self.near)}

    @property
    def headings(self) -> dict[str, str]:
        """What is printed over each part, in order; keys are slugs and ``SPECIAL``."""
        shown = {LEAD: SPECIAL[LEAD]} | {slug: f"{name} [{slug}]" for slug, name in self.themes.items()}
        if self.also_today or any(not block.themes for block in self.ranking):
            shown[ALSO] = SPECIAL[ALSO]
        return shown | {NEAR: SPECIAL[NEAR]}

    @property
    def parts(self) -> dict[str, list[Block]]:
        """The stories under each heading, as the file has them."""
        found: dict[str, list[Block]] = {heading: [] for heading in self.headings}
        for index, block in enumerate(self.ranking):
            found[LEAD if index == 0 else block.heading].append(block)
        found[NEAR].extend(self.near)
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A story as the file has it. None is a line that isn't there. ``lines``: where things stand, from 1."""

    number: int
    mark: Mark
    headline: str
    heading: str
    summary: str = ""
    themes: tuple[str, ...] | None = None
    pinned: int | None = None
    leads: int | None = None
    together: tuple[int, ...] | None = None
    apart: tuple[int, ...] | None = None
    no_picture: bool = False
    merge_with: int = 0
    split: tuple[tuple[int, ...], ...] = ()
    facts_confirmed: bool = False
    unsure: bool = False  # a question mark stands behind its themes
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.lines.get("", 0)

    def at(self, key: str) -> int:
        """Where a key stands, else where the story begins."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Page:
    """The whole file as read."""

    ref: str
    revision: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line (from 1; 0: in the file as a whole), and how to mend it."""

    line: int
    text: str

    def __str__(self) -> str:
        """For people."""
        return f"line {self.line}: {self.text}" if self.line else self.text


def one_line(text: str) -> str:
    """The text on one line, with nothing in it that a terminal or an editor would obey."""
    unseen = {"Cc", "Cs", "Zl", "Zp"}
    shown = _UNSEEN.sub("", text)
    kept = "".join(" " if unicodedata.category(letter) in unseen else letter for letter in shown)
    return " ".join(part for part in kept.split(" ") if part).strip()
