"""`digest demo`: the whole job on invented outlets, offline, ending with five messages in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest import pipeline, subscriptions
from digest.cli.common import counted
from digest.demo import DemoSite, sample_subscribers
from digest.demo.links import follow
from digest.errors import InputError, StateError
from digest.model.delivery import Counts
from digest.model.links import edition_ref
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.settings.load import FILE_NAME
from digest.store import feeds as feed_store
from digest.store import meta
from digest.store.glimpse import Glimpse, glimpse
from digest.web.wired import web_app
from digest.wiring import open_parts

DATABASE, OUTBOX_FOLDER, MARK = "subscribers.db", "outbox", "demo"
Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoReport:
    """What the demo did."""

    folder: str
    feeds: int
    articles: int
    stories: int
    edition: str
    counts: Counts
    links_followed: int


def run_demo(folder: Path, *, say: Say, serve: bool = False) -> DemoReport:
    """Gather, draft and send a whole edition in ``folder``, and follow every link of its messages.

    Runs on the defaults. A demo of before, known by its mark, is replaced; nothing else is.

    Raises:
        StateError: the folder holds a real newsletter, or a link of a message leads nowhere.
        InputError: the folder can't be used.
    """
    folder = folder.resolve()
    _clear(folder)
    settings = Settings(folder=folder)
    database = replace(settings.database, url=f"sqlite:///{folder / DATABASE}")
    outbox = folder / OUTBOX_FOLDER
    settings = replace(settings, database=database, delivery=replace(settings.delivery, outbox=outbox))
    with open_parts(settings) as parts, DemoSite(parts.clock()) as site:
        with parts.database.write() as conn:
            meta.set_meta(conn, MARK, "yes")
        report = _edition(parts, site, folder, say)
        say("")
        say(f"{report.counts.sent} messages, one per reader, are in {outbox}:")
        say("open index.html there in a browser.")
        say(f"The database is {folder / DATABASE}; in this folder, `digest status`, `digest preview` and")
        say("`digest explain` work on it. Nothing was e-mailed, and nothing left this machine.")
        if serve:
            _serve(parts, site, say)
    return report


def _clear(folder: Path) -> None:
    """Make room for the demo; never on top of anything but another demo."""
    path = folder / DATABASE
    elsewhere = "run the demo in another folder (`digest demo DIR`)"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} can't be used: {error.strerror}") from None
    found = glimpse(path, MARK) if path.exists() else Glimpse()
    if found.empty and (folder / FILE_NAME).exists():
        raise StateError(f"{folder / FILE_NAME} is a real newsletter's: {elsewhere}")
    invented = {reader.email for reader in sample_subscribers()}
    on_loopback = all(url.startswith("http://127.0.0.1:") for url in found.feeds)
    ours = bool(found.mark) and found.people <= invented and on_loopback
    if not (ours or found.empty):
        raise StateError(f"{path} holds a real newsletter, or what was begun of one: {elsewhere}")
    for leftover in (path.with_name(DATABASE + end) for end in ("", "-wal", "-shm", "-mark")):
        leftover.unlink(missing_ok=True)
    if ours:
        shutil.rmtree(folder / OUTBOX_FOLDER, ignore_errors=True)


def _edition(parts: Parts, site: DemoSite, folder: Path, say: Say) -> DemoReport:
    now = parts.clock()
    _prepare(parts, site, now)
    feeds = len(site.feeds())
    articles = pipeline.gather(parts, now, everything=True)
    outlets = counted(feeds, "invented outlet")
    say(f"Gathered {counted(articles, 'article')} from {outlets} on {site.base_url}.")
    row = pipeline.draft(parts, parts.key(now.replace(second=0, microsecond=0)), now)
    edition = row.edition
    assert edition is not None
    say(f"Drafted {counted(len(edition.stories), 'story', 'stories')}:")
    for section in edition.sections():
        name = section.theme.name if section.theme else "Also today"
        told = sum(len(story.sources) for story in section.stories)
        stories = counted(len(section.stories), "story", "stories")
        say(f"  {name}: {stories} from {counted(told, 'article')}")
    report = pipeline.send(parts, row, now)
    say(f"Sent to the outbox: {report.counts.sent} of {report.counts.planned} messages.")
    with _web(parts) as base:
        followed = _follow(parts, site, base, folder)
    say(f"Followed {followed} links of the messages: every one leads where it should.")
    ref = edition_ref(row.key)
    return DemoReport(str(folder), feeds, articles, len(edition.stories), ref, report.counts, followed)


def _prepare(parts: Parts, site: DemoSite, now: datetime) -> None:
    with parts.database.write() as conn:
        for feed in site.feeds():
            feed_store.add_feed(conn, feed, now)
        key = address_pepper(conn, now)
        known = {theme.slug for theme in parts.themes}
        for reader in sample_subscribers():
            subscriptions.add(
                conn, reader.email, pepper=key, now=now, known_themes=known,
                name=reader.name, themes=reader.themes,
            )  # fmt: skip


@contextmanager
def _web(parts: Parts) -> Iterator[str]:
    """Readers' pages on a free port of loopback, for as long as the block lasts."""
    from digest.web import background  # noqa: PLC0415 - loaded only where it serves

    with background(web_app(parts)) as base:
        yield base


def _follow(parts: Parts, site: DemoSite, base: str, folder: Path) -> int:
    """Open every link of every message; those to our public address are tried on loopback."""
    messages = sorted((folder / OUTBOX_FOLDER).glob("*.eml"))
    moved = {parts.links.base_url: base}
    broken, followed = follow(messages, moved=moved, allowed=(base, site.base_url))
    if broken:
        raise StateError(f"{len(broken)} links of the messages lead nowhere, first {broken[0]}")
    return followed


def _serve(parts: Parts, site: DemoSite, say: Say) -> None:
    with _web(parts) as base:
        say(f"Serving the invented outlets on {site.base_url} and readers' pages on {base}; Ctrl-C ends it.")
        try:
            parts.stop.wait()
        except KeyboardInterrupt:
            say("Stopped.")
