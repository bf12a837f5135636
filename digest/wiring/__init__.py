"""From settings to concrete parts: the one place where the two meet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from digest import clock as clocks
from digest.errors import ConfigurationError, InputError
from digest.model.edition import ThemeStyle
from digest.model.links import Links
from digest.parts import Drafting, Parts, remember_installation
from digest.render import Publication, RenderOptions, default_template_folders
from digest.settings import Settings, load
from digest.settings.environment import PREFIX
from digest.store import restored
from digest.store.connect import parse_url
from digest.store.engine import Database, open_database
from digest.wiring.folders import mind_readable
from digest.wiring.mail import limits_of, mailboxes_of, sending_of, signer_of, transport_of
from digest.wiring.options import (
    gathering_of,
    keep_of,
    publication_of,
    series_of,
    sign_ups_of,
)

if TYPE_CHECKING:
    from digest.group import Theme
    from digest.render.renderer import Renderer

CLOCK_VARIABLE = "DIGEST_NOW"
EARLIEST, LATEST = 1970, 9999  # years that a user may name; LATEST not itself


def read_settings(config: Path | None = None) -> Settings:
    """The settings of the working directory, or of ``config``.

    Raises:
        ConfigurationError: any of them is wrong; all mistakes at once.
    """
    return load(config, os.environ, Path.cwd())


def nothing_here(settings: Settings) -> bool:
    """Whether no database and no settings, of a file or the environment, say which newsletter is meant."""
    told = settings.file is not None or any(name.startswith(PREFIX) and "__" in name for name in os.environ)
    path = parse_url(settings.database.url).path
    return not told and path is not None and not path.exists()


def missing_file(settings: Settings) -> Path | None:
    """The file of the SQLite database where there is none, or nothing in it."""
    path = parse_url(settings.database.url).path
    return None if path is None or (path.exists() and path.stat().st_size) else path


@contextmanager
def open_parts(settings: Settings, *, now: datetime | None = None) -> Iterator[Parts]:
    """Everything the verbs work with, the database open. ``now`` fixes the clock at an instant."""
    with open_database(settings.database.url, folder=settings.folder) as database:
        rehearsal = now is not None or bool(os.environ.get(CLOCK_VARIABLE))
        parts = replace(build(settings, database, clock=clock_of(now)), rehearsal=rehearsal)
        # Never up to an earlier moment than is: one command in the past would have what was due since then go
        # out again. Nor by --now: what one command looks at is no rehearsal.
        restored.notice(database, max(clocks.utc_now(), clock_of()()))
        remember_installation(parts)
        yield parts


@contextmanager
def looking(settings: Settings) -> Iterator[tuple[Database | None, datetime]]:
    """The database and the time, for commands that only look; None where there is no database yet."""
    path = parse_url(settings.database.url).path
    if path is not None and not path.exists():
        yield None, clock_of()()
        return
    with open_database(settings.database.url) as database:
        yield database, clock_of()()


def build(settings: Settings, database: Database, *, clock: Callable[[], datetime] = clocks.utc_now) -> Parts:
    """The parts for these settings over an open database."""
    publication = publication_of(settings)
    folders = default_template_folders(settings.folder)
    series = series_of(settings)
    return Parts(
        database=database,
        publication=publication,
        schedule=series[0].schedule,
        recency=series[0].recency,
        series=series,
        links=Links(settings.publication.base_url),
        gathering=gathering_of(settings),
        sending=sending_of(settings),
        template_folders=tuple(folders),
        read_themes=cache(lambda: _themes(settings)),
        read_styles=lambda: _styles(settings),
        make_drafting=cache(lambda: _drafting(settings)),
        make_renderer=cache(lambda: _renderer(settings, folders, publication)),
        transport=lambda: transport_of(settings),
        transport_name=settings.delivery.transport,
        clock=clock,
        processes=settings.delivery.processes,
        config_file=settings.file,
        keep=keep_of(settings),
        sign_ups=sign_ups_of(settings),
        limits=limits_of(settings),
        signer=cache(lambda: signer_of(settings)),
        mailboxes=tuple(mailboxes_of(settings)),
        soft_bounces=settings.bounces.soft_limit,
        verp=settings.bounces.verp,
        reference_header=settings.bounces.reference_header,
        notice_off=not settings.summaries.notice,
        lead_images=settings.edition.images == "lead",
        skip_quiet_day=settings.schedule.quiet_day == "skip",
        settings_feeds=settings.feeds,
        editor_email=settings.publication.editor_email,
        bounce_address=settings.envelope_sender,
        unsubscribe_mailto=settings.leaving_address,
        secret=settings.web.secret.encode() or None,
    )


def clock_of(now: datetime | None = None) -> Callable[[], datetime]:
    """The wall clock, or one that starts at ``now`` (or DIGEST_NOW) and runs on from there."""
    if now is None and (text := os.environ.get(CLOCK_VARIABLE)):
        try:
            now = datetime.fromisoformat(text)
        except ValueError:
            raise ConfigurationError(
                f"{CLOCK_VARIABLE}={text!r} is no time; write 2026-03-01T06:30Z"
            ) from None
        if now.tzinfo is None:
            raise ConfigurationError(f"{CLOCK_VARIABLE}={text!r} needs its offset; write 2026-03-01T06:30Z")
    if now is None:
        return clocks.utc_now
    demand_calendar(now)
    start, began = now, time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def demand_calendar(day: date) -> None:
    """Let a day pass that leaves room for a week's or a month's arithmetic.

    Raises:
        InputError: it is at an end of the calendar.
    """
    if not EARLIEST <= day.year < LATEST:
        raise InputError(f"the year {day.year} is no time for a newsletter: {EARLIEST} to {LATEST - 1} are")


# What follows is slow to load, with all that stands behind it, and an edition that is frozen is sent without.


def _themes(settings: Settings) -> tuple[Theme, ...]:
    from digest.wiring.themes import themes_of  # noqa: PLC0415 - see above

    return themes_of(settings)


def _styles(settings: Settings) -> tuple[ThemeStyle, ...]:
    from digest.wiring.themes import styles_of  # noqa: PLC0415 - see above

    return styles_of(settings)


def _drafting(settings: Settings) -> Drafting:
    from digest.wiring.drafting import drafting_of  # noqa: PLC0415 - see above

    return drafting_of(settings)


def _renderer(settings: Settings, folders: Sequence[Path], publication: Publication) -> Renderer:
    from digest.render.renderer import Renderer  # noqa: PLC0415 - see above

    mind_readable(folders[0])
    options = RenderOptions(settings.edition.max_html_kib, sign_ups=settings.web.subscribe)
    return Renderer(folders, publication, options)
