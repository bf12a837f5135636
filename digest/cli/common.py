"""What every command shares: opening the parts, saying things, printing data."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from digest.errors import InputError, StoreError
from digest.model.edition import CORRECTIONS
from digest.model.plural import counted as counted  # noqa: PLC0414 - handed on to every command

if TYPE_CHECKING:  # the whole program stands behind these two
    from digest.parts import Parts
    from digest.settings import Settings


Item = TypeVar("Item")
_MOST_BYTES = 4 * 1024 * 1024  # a hundred times any draft


@dataclass
class Session:
    """What the root options said; commands find it in ``ctx.obj``."""

    config: Path | None = None
    verbose: bool = False


JsonOption = Annotated[bool, typer.Option("--json", help="Print data as JSON on standard output.")]
EditionOption = Annotated[
    str,
    typer.Option(
        "--edition",
        help="Which edition: its number or its reference, as `digest status` prints them; or a series.",
        show_default="the one at hand",
    ),
]
ThemeOption = Annotated[
    list[str] | None, typer.Option("--theme", help="Only this theme's stories; may be repeated.")
]
NowOption = Annotated[
    str, typer.Option("--now", help="Act as if it were this time (ISO 8601; UTC unless it says otherwise).")
]


def moment(text: str) -> datetime:
    """The instant a user typed.

    Raises:
        InputError: it is no ISO 8601 time.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no time; write it as 2026-03-01T06:30 or with an offset") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def settings_of(ctx: typer.Context) -> Settings:
    """The settings that the root options point to."""
    from digest.wiring import read_settings  # noqa: PLC0415 - keeps `digest --help` quick

    return read_settings(_session(ctx).config)


def present() -> datetime:
    """The time, for commands that open no parts: DIGEST_NOW holds for them as well."""
    from digest.wiring import clock_of  # noqa: PLC0415 - keeps `digest --help` quick

    return clock_of()()


@contextmanager
def opened(
    ctx: typer.Context, now: str = "", *, may_begin: bool = True, may_replace: bool = True
) -> Iterator[Parts]:
    """The parts, with the database open, closed afterwards. ``now`` fixes the clock.

    In a folder that is no newsletter's one begins, and a database that isn't there is made: with a word, so
    that nobody looks for their readers there.

    Raises:
        StoreError: none ``may_begin``: what called us has another one in mind; or none ``may_replace`` one
            that was there before and is lost: nobody reads what we say.
    """
    from digest.store.mark import mark_of  # noqa: PLC0415 - keeps `digest --help` quick
    from digest.wiring import missing_file, nothing_here, open_parts  # noqa: PLC0415 - the same

    settings = settings_of(ctx)
    lost = missing_file(settings)
    if nothing_here(settings):
        which = "`digest init` writes settings; --config names those of another folder"
        if not may_begin:
            raise StoreError(f"{settings.folder} holds neither a digest.toml nor a database; {which}")
        say(
            f"{settings.folder} held neither a digest.toml nor a database: a new newsletter begins, with the"
            f" defaults; {which}."
        )
    elif lost is not None and not (may_begin and (may_replace or not mark_of(lost).exists())):
        raise StoreError(
            f"there is no database {lost}: look at [database] url; `digest db restore` puts a backup back,"
            " `digest db upgrade` makes a new one"
        )
    elif lost is not None:
        say(
            f"There was no database {lost}: a new one is made, without a reader. If there should be one, look"
            " at [database] url, or put a backup back by `digest db restore`."
        )
    with open_parts(settings, now=moment(now) if now else None) as parts:
        yield parts


def chosen_themes(parts: Parts, slugs: list[str] | None) -> frozenset[str]:
    """A choice of themes as a user typed it; empty for all.

    Raises:
        InputError: there is no such theme.
    """
    known = {theme.slug for theme in parts.themes}
    for slug in slugs or []:
        if slug not in known:
            raise InputError(f"there is no theme {slug!r}; the themes are {', '.join(sorted(known))}")
    return frozenset(slugs or [])


def home_expanded(path: str) -> Path:
    """A path that a user typed in quotation marks, where no shell reads the ~.

    Raises:
        InputError: nobody has the home folder it names.
    """
    from digest.settings.homes import expanded  # noqa: PLC0415 - keeps `digest --help` quick

    try:
        return expanded(path)
    except ValueError as error:
        raise InputError(f"{path!r} {error}") from None


def read_text(path: Path) -> str:
    """A text that a person wrote; ``-`` is standard input.

    Raises:
        InputError: it can't be read, is no UTF-8, or far larger than anything a person writes.
    """
    name = "standard input" if str(path) == "-" else str(path)
    try:
        content = sys.stdin.buffer.read(_MOST_BYTES + 1) if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise InputError(f"{name} can't be read: {error.strerror}") from None
    if len(content) > _MOST_BYTES:
        raise InputError(f"{name} is larger than any draft ({_MOST_BYTES // 1024**2} MiB)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{name} is no UTF-8 text (line {line}): save it as UTF-8") from None


def tell_of_series(parts: Parts, series: str) -> None:
    """Say what becomes of a series that no schedule sends: a mistyped one reaches nobody."""
    scheduled = parts.scheduled
    if series and series not in scheduled and series != CORRECTIONS:
        say(
            f"What goes out on schedule: {', '.join(scheduled)}. An edition of {series!r} goes out only by"
            f" `digest draft --series {series}` and `digest send --edition`."
        )


def _session(ctx: typer.Context) -> Session:
    session = ctx.find_root().obj
    assert isinstance(session, Session)
    return session


def say(text: str = "") -> None:
    """To the person at the terminal: standard error, so that data stays clean."""
    typer.echo(text, err=True)


def emit_json(data: object) -> None:
    """Data as JSON on standard output; instants as ISO 8601 in UTC."""
    typer.echo(json.dumps(data, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> None:
    """Aligned columns on standard output; control characters of feeds and servers never reach a terminal."""
    cells = [[printable(str(cell)) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())


def printable(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def watched() -> bool:
    """Whether a person watches standard error."""
    return sys.stderr.isatty()


def with_bar(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The items, with a bar on standard error while a person watches."""
    from rich.console import Console  # noqa: PLC0415 - rarely needed
    from rich.progress import track  # noqa: PLC0415 - the same

    total = len(items) if isinstance(items, Sized) else None
    console = Console(stderr=True)
    yield from track(items, what, total=total, console=console, transient=True, disable=not watched())


def local(when: datetime | None, parts: Parts) -> str:
    """An instant as the publication's people read it; "-" for none."""
    if when is None:
        return "-"
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - rarely needed

    return f"{when.astimezone(ZoneInfo(parts.schedule.timezone)):%Y-%m-%d %H:%M}"
