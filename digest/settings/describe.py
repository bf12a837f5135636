"""The settings described: the commented file that ``digest init`` writes, and the reference page.

Both are made from the same list that reading follows, so neither can fall behind; ``make docs`` writes
the page.
"""

from __future__ import annotations

import textwrap
import tomllib
from dataclasses import MISSING, dataclass
from importlib.resources import files

from digest.model.news import Feed
from digest.settings.environment import variable
from digest.settings.keys import KeySpec
from digest.settings.sections import LISTS, SECTIONS, keys_of

WIDTH = 100
FEEDS_FILE = "feeds.toml"
_TABLE_HEAD = "| key | kind | default | what it does |\n|---|---|---|---|\n"

_HEAD = """\
# The settings of one newsletter. Every value below is the default: change what differs for you, and
# leave out whatever you like. `digest check` tells what is wrong, with the line.
#
# Any value may also come from the environment, which goes before this file: publication.name as
# DIGEST_PUBLICATION__NAME, lists with commas between. Secrets (marked so) are better kept out of this
# file: put one into a file of its own and name that, as in smtp_password_file = "/run/secrets/smtp"
# or DIGEST_DELIVERY__SMTP_PASSWORD_FILE=/run/secrets/smtp. Paths are relative to this file's folder.
"""

_WORDING = """
# Every phrase of ours in mails, text parts and the web copy, to reword or translate. The page on
# settings in the documentation lists them all with the words in braces that each may use.
[wording]
# read_more = "Read more at {outlet}"
"""

_SERIES = """
# Further series, such as a weekly, each in double brackets. Readers choose which one they get, on the page
# that every edition leads to.
# [[series]]
# name = "weekly"
# days = ["sun"]
# send_at = "09:00"
# title = "The Week"
"""

_PAGE_HEAD = """\
# Settings

Settings stand in `digest.toml` in the working directory, or in the file that `--config` or the variable
`DIGEST_CONFIG` names. `digest init` writes one with every value at its default and a word on each.

- **The environment goes before the file**, and the file before the defaults. `publication.name` is
  `DIGEST_PUBLICATION__NAME`: section, two underscores, key, all in capitals. Lists are written with commas:
  `DIGEST_SCHEDULE__DAYS=mon,tue,wed,thu,fri`. Feeds and series can't come from the environment.
- **Secrets** may also stand in a file of their own, which the key with `_file` behind it names, or the
  variable with `_FILE`: `smtp_password_file = "/run/secrets/smtp"`,
  `DIGEST_DELIVERY__SMTP_PASSWORD_FILE=/run/secrets/smtp`. One line break at its end is dropped. Secrets never
  appear in messages.
- **Relative paths** (`delivery.outbox`, a SQLite file, a folder feed) are relative to the folder of
  `digest.toml`, wherever the command is started; the path in a `..._FILE` variable is relative to the working
  directory.
- **Spans of time** are a number and a unit, `s`, `m`, `h` or `d`: `"90s"`, `"30m"`, `"1h30m"`.
- **A mistake** stops every command with exit code 1 before anything is done. All mistakes are told at once,
  each on a line with its file and line, or its variable, and how to mend it:

      digest.toml:12: schedule.days = ["mo"] does not name days of the week; choose from mon, tue, ...

- `DIGEST_NOW` (an ISO 8601 instant) replaces the clock of every command, for rehearsals; it goes on from
  there until the command ends. The machine's own time still counts how long a server is waited for, how
  often a client may ask `digest serve`, and when `digest run` beats. Of a database that was put back, what
  was due by the later of the two times is not sent by itself, lest a single command in the past had it all
  sent again; `digest db restore` and `digest db restored` alone go by the time they are given.
"""

_PAGE_TAIL = """
## The weekend rule

An edition tells of what was published in the `gather.max_age` before its slot and was in no edition that
went out before. When `schedule.days` leaves days out, that alone would lose some of them: with
`days = ["mon", "tue", "wed", "thu", "fri"]`, `send_at = "06:30"` and 36 hours, Monday's edition begins
on Saturday at 18:30. With `gather.reach_back = true` the first edition after free days reaches back to the
last scheduled slot, here Friday 06:30; on the other days `max_age` holds as before. Days on which an
edition was due but failed are no free days; those of `schedule.days_off` are.

## What `digest` refuses to send with

Over SMTP nothing goes out while `publication.from_email` or `publication.base_url` is still under
`example.org`: the unsubscribe links would lead nowhere. The outbox transport takes them.
"""


@dataclass(frozen=True, slots=True)
class Description:
    """One key as documented. ``default`` is TOML, or "" for a key that must be given."""

    section: str
    key: str
    type: str
    default: str
    help: str
    secret: bool

    @property
    def is_choice(self) -> bool:
        """Whether only some words can be its value: ``type`` then names them, in quotation marks."""
        return self.type.startswith('"')


def describe() -> list[Description]:
    """Every key there is, section by section."""
    return [_described(spec) for section in SECTIONS for spec in keys_of(section).values()]


def _described(spec: KeySpec) -> Description:
    default = "" if spec.default is MISSING else spec.kind.show(spec.default)
    return Description(spec.section, spec.name, spec.kind.name, default, spec.help, spec.secret)


def template() -> str:
    """The commented ``digest.toml`` of ``digest init``: every key at its default, and the default feeds."""
    parts = [_HEAD]
    for section, cls in SECTIONS.items():
        if section == "feeds":
            continue
        if section == "series":
            parts.append(_SERIES)
            continue
        if section == "wording":  # some seventy phrases that few change would bury the rest
            parts.append(_WORDING)
            continue
        lines = ["", _comment(_first_line(cls)), f"[{section}]"]
        for each in (each for each in describe() if each.section == section):
            lines.append(_comment(each.help + (f" Write {each.type}." if each.is_choice else "")))
            # A secret stands there as a comment: an empty one would hide what a file holds.
            setting = f"{each.key} = {each.default}"
            lines.append(
                f"# {setting}  # a secret" if each.secret and each.section != "database" else setting
            )
        parts.append("\n".join(lines) + "\n")
    parts.append("\n" + _feeds_text())
    return "".join(parts)


def _first_line(cls: object) -> str:
    return (cls.__doc__ or "").strip().splitlines()[0]


def _comment(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _feeds_text() -> str:
    return files("digest.settings").joinpath(FEEDS_FILE).read_text(encoding="utf-8")


def default_feeds() -> tuple[Feed, ...]:
    """The feeds that ``digest init`` writes down."""
    tables = tomllib.loads(_feeds_text())["feeds"]
    return tuple(
        Feed(table["url"], table["name"], table.get("publisher", ""), origin="settings") for table in tables
    )


def reference() -> str:
    """The page ``docs/reference/settings.md``."""
    parts = [_PAGE_HEAD]
    for section, cls in SECTIONS.items():
        title = f"[[{section}]]" if section in LISTS else f"[{section}]"
        parts.append(f"\n## `{title}`\n\n{_first_line(cls)}\n\n{_TABLE_HEAD}")
        parts.extend(_row(each) for each in describe() if each.section == section)
    parts.append(_PAGE_TAIL)
    return "".join(parts)


def _row(each: Description) -> str:
    default = f"`{each.default}`" if each.default else "must be given"
    secret = f" A secret: also as `{each.key}_file` or `{_file_variable(each)}`." if each.secret else ""
    what = each.help.replace("|", "\\|")
    return f"| `{each.key}` | {each.type} | {default} | {what}{secret} |\n"


def _file_variable(each: Description) -> str:
    return variable(keys_of(each.section)[each.key]) + "_FILE"
