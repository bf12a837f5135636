"""An edited file read strictly: whatever can't be read is named with its line and how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from digest.editing.sheet import (
    APART,
    CONFIRMED,
    DOUBT,
    FACTS,
    KEYS,
    LEADS,
    MERGE,
    NEAR,
    NONE,
    PICTURE,
    PINNED,
    SPLIT,
    THEMES,
    TOGETHER,
    Entry,
    Mark,
    Page,
    Problem,
    Sheet,
    one_line,
)

_EDITION = re.compile(r"edition:\s*(\S+?),?\s+revision\s+(\d{1,9})\s*$")
_HEADING = re.compile(r"==\s*(.*?)\s*=*\s*$")
_STORY = re.compile(r"(\w+)\s+[sS]\s?(\d{1,12})(?:\s+(.*))?$")
_MARKED = re.compile(rf"({'|'.join(Mark)})\s+(?:(\d{{1,12}})(?:\s+(.*))?$)?", re.IGNORECASE)
_KEY = re.compile(r"([A-Za-z]+(?: [A-Za-z]+)?)\s*:\s*(.*)$")
_SIGNED = re.compile(r"\s*\((?:by|set by)\s.*\)\s*$")
_MOST = 10**9  # no article's number and no place is higher
_LIKE_A_KEY = 0.8


@dataclass(slots=True)
class _Draft:
    """A story while it is being read."""

    number: int
    mark: Mark
    headline: str
    heading: str
    lines: dict[str, int]
    values: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    over: bool = False  # its articles are listed below its text


@dataclass(slots=True)
class _Reader:
    sheet: Sheet
    problems: list[Problem] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    heading: str = ""
    below_heading: bool = False  # nothing has stood below the last heading yet
    edition: tuple[str, int] | None = None

    def wrong(self, line: int, text: str) -> None:
        self.problems.append(Problem(line, text))

    def line(self, at: int, text: str) -> None:
        """Take in one line."""
        if not text.strip(" \t") or text.startswith("#"):
            if text.startswith("#") and self.drafts and self.drafts[-1].text:
                self.drafts[-1].over = True
            return
        if text[0].isspace():
            self._text(at, text)
        elif match := _EDITION.match(text):
            self.edition = (match[1], int(match[2]))
        elif text.startswith("=="):
            self._heading(at, text)
        elif (match := _STORY.match(text)) and self._begins(match):
            self._story(at, match)
        elif match := _MARKED.match(text):
            self._marked(at, match)
        elif (match := _KEY.match(text)) and (key := self._key(at, match[1])):
            self._value(at, key, match[2])
        else:
            self._text(at, text)

    def _heading(self, at: int, text: str) -> None:
        match = _HEADING.match(text)
        title = match[1] if match else ""
        slug = re.search(r"\[([^\[\]]*)\]$", title)
        named = (slug[1] if slug else title).strip().lower()
        self.below_heading = True
        if named in self.sheet.headings:
            self.heading = named
            return
        known = ", ".join(f"== {title} ==" for title in self.sheet.headings.values())
        self.wrong(at, f"there is no heading {title!r}; the headings are {known}")

    def _begins(self, match: re.Match[str]) -> bool:
        """Whether the word before a number, or its headline after it, makes a story's first line."""
        word, block = match[1].lower(), self.sheet.blocks.get(int(match[2]))
        if block and one_line(block.headline) == (match[3] or "").strip():
            return True
        return word in set(Mark) or bool(difflib.get_close_matches(word, list(Mark), 1, 0.6))

    def _marked(self, at: int, match: re.Match[str]) -> None:
        """A line that begins like a story: one whose number has lost its s is taken for what it is."""
        if match[2] and int(match[2]) in self.sheet.blocks:
            self._story(at, match)
        else:
            mend = "no story can be added here; indent the line if it is text"
            self.wrong(at, f"after {match[1]!r} stands no story's number, like s12: {mend}")

    def _story(self, at: int, match: re.Match[str]) -> None:
        number = int(match[2])
        self.below_heading = False
        try:
            mark = Mark(match[1].lower())
        except ValueError:
            mend = "begin the line with keep, drop or out, or indent it if it is text"
            self.wrong(at, f"{match[1]!r} is no mark: {mend}")
            mark = Mark.KEEP
        if number not in self.sheet.blocks:
            mend = "put its own number back (it stood in this line), or indent the line if it is text"
            self.wrong(at, f"there is no story s{number}: {mend}")
        twice = next((one for one in self.drafts if one.number == number), None)
        if twice:
            mend = "delete one of the two, or indent the line if it is text"
            self.wrong(at, f"s{number} stands in line {twice.lines['']} already: {mend}")
        if not self.heading:
            self.wrong(at, f"s{number} stands above the first heading: move it under one")
        headline = one_line(match[3] or "")
        self.drafts.append(_Draft(number, mark, headline, self.heading or NEAR, {"": at}))

    def _key(self, at: int, word: str) -> str:
        """The key that a line begins with; "" when it is text."""
        plain = word.lower()
        if plain in KEYS:
            return plain
        if plain == "subject":
            self.wrong(
                at,
                "the subject is made of the headline that leads: change that; indent the line if it is text",
            )
            return ""
        near = difflib.get_close_matches(plain, KEYS, 1, _LIKE_A_KEY)
        if near:
            self.wrong(at, f"{word!r} is no key: write `{near[0]}:`, or indent the line if it is text")
        elif word[0].islower() and self.drafts and not self.drafts[-1].text:
            # Where keys stand: as text, `pin: 3` would go out as the story's summary.
            self.wrong(at, f"{word!r} is no key; they are {', '.join(KEYS)}; indent the line if it is text")
        return ""

    def _value(self, at: int, key: str, value: str) -> None:
        if not self.drafts or self.below_heading:
            self.wrong(at, f"`{key}:` belongs below the first line of a story")
        elif key in self.drafts[-1].values:
            first = self.drafts[-1].lines[key]
            self.wrong(at, f"`{key}:` stands in line {first} already: delete one of the two")
        else:
            self.drafts[-1].values[key] = _SIGNED.sub("", value).strip()
            self.drafts[-1].lines[key] = at

    def _text(self, at: int, text: str) -> None:
        if not self.drafts or self.below_heading:
            self.wrong(at, "this text belongs to no story: move it below the first line of one, or delete it")
            return
        if self.drafts[-1].over and not text[0].isspace():
            mend = "no story can be added here; indent the line if it is text"
            self.wrong(at, f"this text stands below the articles of s{self.drafts[-1].number}: {mend}")
            return
        self.drafts[-1].text.append(text)
        self.drafts[-1].lines.setdefault("text", at)

    def entry(self, draft: _Draft) -> Entry:
        """The story, its values understood."""
        values, at = draft.values, draft.lines
        pinned = self._numbers(at, values, PINNED)
        bare = {key: value.lstrip("sS") for key, value in values.items()}
        merge, leads = (self._numbers(at, bare, key) for key in (MERGE, LEADS))
        return Entry(
            number=draft.number,
            mark=draft.mark,
            headline=draft.headline,
            heading=draft.heading,
            summary=one_line(" ".join(draft.text)),
            themes=self._themes(at, values),
            pinned=self._single(at, PINNED, pinned, "a place, from 1"),
            leads=self._single(at, LEADS, leads, "one article's number"),
            together=self._numbers(at, values, TOGETHER),
            apart=self._numbers(at, values, APART),
            no_picture=self._only(at, values, PICTURE, NONE),
            merge_with=self._single(at, MERGE, merge, "one story, like `merge with: s12`") or 0,
            split=self._split(at, values),
            facts_confirmed=self._only(at, values, FACTS, CONFIRMED),
            unsure=values.get(THEMES, "").endswith(DOUBT),
            lines=at,
        )

    def _single(
        self, at: Mapping[str, int], key: str, numbers: tuple[int, ...] | None, what: str
    ) -> int | None:
        if numbers is None:
            return None
        if len(numbers) != 1 or numbers[0] < 1:
            self.wrong(at[key], f"`{key}:` needs {what}")
            return None
        return numbers[0]

    def _numbers(self, at: Mapping[str, int], values: Mapping[str, str], key: str) -> tuple[int, ...] | None:
        if key not in values:
            return None
        return self._read_numbers(at[key], key, values[key].replace(",", " "))

    def _read_numbers(self, at: int, key: str, text: str) -> tuple[int, ...] | None:
        for word in text.split():
            if not (word.isascii() and word.isdecimal() and int(word) < _MOST):
                mend = f"`{key}:` takes numbers alone; indent the line if it is text"
                self.wrong(at, f"{word!r} is no number: {mend}")
                return None
        return tuple(dict.fromkeys(int(word) for word in text.split()))

    def _themes(self, at: Mapping[str, int], values: Mapping[str, str]) -> tuple[str, ...] | None:
        if THEMES not in values:
            return None
        words = values[THEMES].lower().removesuffix(DOUBT).replace(",", " ")
        slugs = [slug for slug in words.split() if slug != NONE]
        if not slugs and NONE not in values[THEMES].lower():
            self.wrong(at[THEMES], f"`{THEMES}:` is empty: write a theme, or `{THEMES}: {NONE}`")
        for slug in slugs:
            if slug not in self.sheet.themes:
                near = difflib.get_close_matches(slug, self.sheet.themes, 1, 0.5)
                known = f"did you mean {near[0]}?" if near else f"they are {', '.join(self.sheet.themes)}"
                self.wrong(at[THEMES], f"there is no theme {slug!r}; {known}")
        return tuple(dict.fromkeys(slugs))

    def _split(self, at: Mapping[str, int], values: Mapping[str, str]) -> tuple[tuple[int, ...], ...]:
        if SPLIT not in values:
            return ()
        if not values[SPLIT].strip(", "):
            self.wrong(at[SPLIT], f"`{SPLIT}:` needs numbers of articles that stand below the story")
        groups = (self._read_numbers(at[SPLIT], SPLIT, part) for part in values[SPLIT].split(","))
        return tuple(group for group in groups if group)

    def _only(self, at: Mapping[str, int], values: Mapping[str, str], key: str, word: str) -> bool:
        """Whether the key is there, which takes this word and no other."""
        if key in values and values[key].lower() != word:
            self.wrong(at[key], f"write `{key}: {word}`, or delete the line, or indent it if it is text")
        return key in values


def parse(text: str, sheet: Sheet) -> tuple[Page | None, tuple[Problem, ...]]:
    """What the file says, or what is wrong with it. None without a problem: the file was emptied."""
    reader = _Reader(sheet)
    for at, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        reader.line(at, line.removesuffix("\r"))
    entries = tuple(reader.entry(draft) for draft in reader.drafts)
    if not reader.drafts and not reader.problems:
        return None, ()
    if reader.edition is None:
        missing = f"the line `edition: {sheet.ref}, revision {sheet.revision}` is missing: put it back"
        if not reader.drafts:  # some other file: what is wrong with each of its lines helps nobody
            return None, (Problem(0, missing),)
        reader.wrong(0, missing)
        return None, tuple(reader.problems)
    return Page(*reader.edition, entries), tuple(reader.problems)
