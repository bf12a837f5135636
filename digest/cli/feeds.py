"""`digest feeds ...`: where articles come from."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from digest.cli.common import (
    JsonOption,
    counted,
    emit_json,
    home_expanded,
    local,
    opened,
    printable,
    say,
    table,
)
from digest.errors import InputError, NotFoundError
from digest.gather.clean import harmless
from digest.gather.opml import read_opml, write_opml
from digest.gather.outcome import Gathered
from digest.gather.probe import probe
from digest.gather.urls import web_url
from digest.model.news import Feed, FeedHealth, FeedKind
from digest.parts import Parts
from digest.store import feeds as store

app = typer.Typer(help="The sources, and how each of them is.")


def _listed(parts: Parts) -> list[tuple[Feed, FeedHealth]]:
    with parts.database.write() as conn:
        store.sync_settings_feeds(conn, parts.settings_feeds, parts.clock())
        health = store.all_health(conn)
        return [(feed, health.get(feed.id, FeedHealth(feed.id))) for feed in store.list_feeds(conn)]


def _number(given: float) -> float:
    if math.isnan(given):  # which is neither below the least nor above the most
        raise typer.BadParameter(f"{given} is no number")
    return given


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="The feed's address, or a folder of articles.")],
    name: Annotated[str, typer.Option(help="As readers see it.", show_default="the feed's own title")] = "",
    publisher: Annotated[str, typer.Option(help="The family it belongs to, such as BBC.")] = "",
    kind: Annotated[FeedKind | None, typer.Option(help="What stands behind the address.")] = None,
    weight: Annotated[
        float, typer.Option(min=0.0, max=3.0, callback=_number, help="Raises or lowers its stories.")
    ] = 1.0,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="It may be on a private address: its own host and port only."),
    ] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not try it first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add a source, after trying it once. Behind a web page its feed is looked for."""
    if not url.strip():
        raise InputError("the address is empty: name a feed or a folder")
    folder = home_expanded(url)
    if kind is FeedKind.FOLDER or (kind is None and "://" not in url and folder.is_dir()):
        kind, url = FeedKind.FOLDER, str(folder.resolve())
        if not folder.is_dir():
            raise InputError(f"there is no folder {url}")
        if any((folder / own).exists() for own in ("digest.toml", "subscribers.db")):
            raise InputError(f"{url} is the newsletter's own folder: put articles into one of their own")
    elif not web_url(harmless(url)):
        raise InputError(f"{url!r} is neither an http(s) address nor a folder")
    else:
        url = web_url(harmless(url))
    name, publisher = (" ".join(harmless(said).split()) for said in (name, publisher))
    feed = Feed(url, name, publisher, kind or FeedKind.FEED, weight, allow_private)
    with opened(ctx) as parts:
        if not unchecked:
            tried = probe(feed, parts.gathering, parts.clock())
            if tried.health.trouble:
                raise InputError(f"{url}: {tried.health.message}; {_all_the_same(tried, feed)}")
            feed = tried.feed
            for note in tried.notes:
                say(printable(note))
            say(f"It works: {counted(tried.health.entries, 'entry', 'entries')}.")
        feed = replace(feed, name=feed.name or host_of(url))
        with parts.database.write() as conn:
            stored, created = store.add_feed(conn, feed, parts.clock())
            ours = stored.origin != "settings"  # else digest.toml has the last word
            trusted = allow_private and ours and store.trust(conn, stored.id)
            stored = replace(stored, allow_private=stored.allow_private or trusted)
    if as_json:
        emit_json({**asdict(stored), "created": created})
    now_private = " It may be on a private address now." if trusted else ""
    say(printable(f"{'Added' if created else 'Already there'}: {stored.name} ({stored.url}).{now_private}"))
    asked = {"name": name, "publisher": publisher, "kind": kind, "allow-private": allow_private}
    _say_what_stays(stored, {**asked, "weight": weight if weight != 1 else 0})


def _say_what_stays(stored: Feed, asked: Mapping[str, object]) -> None:
    """Name the options that a feed which was there already did not take over."""
    stays = [
        f"--{option}"
        for option, value in asked.items()
        if value and value != getattr(stored, option.replace("-", "_"))
    ]
    if stays:
        mend = f"`digest feeds remove {stored.id}` first"
        if stored.origin == "settings":
            mend = "change that in digest.toml"
        say(f"Not taken over: {', '.join(stays)}: {mend}.")


def _all_the_same(tried: Gathered, feed: Feed) -> str:
    """How a source that could not be read is added nevertheless."""
    private = tried.health.trouble == "private-address"
    if private and feed.allow_private and tried.feed.url != feed.url:
        return f"that page names {tried.feed.url}: add this address itself, if you trust it"
    mend = "--allow-private" if private and not feed.allow_private else "--unchecked"
    return f"{mend} adds it all the same"


def host_of(url: str) -> str:
    """What a source without a name is called: its host, or its folder's name."""
    return urlsplit(url).hostname or Path(url).name


@app.command(name="list")
def list_(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Every source."""
    with opened(ctx) as parts:
        feeds = _listed(parts)
    if as_json:
        emit_json([asdict(feed) for feed, _health in feeds])
        return
    rows = [(f.id, f.name, f.publisher, f.kind, f"{f.weight:g}", f.origin, f.url) for f, _health in feeds]
    table(rows, ("id", "name", "publisher", "kind", "weight", "origin", "address"))


@app.command()
def health(
    ctx: typer.Context,
    troubled: Annotated[bool, typer.Option("--troubled", help="Only those in trouble.")] = False,
    as_json: JsonOption = False,
) -> None:
    """How the last fetches of each source went, the troubled ones first."""
    with opened(ctx) as parts:
        feeds = sorted(_listed(parts), key=lambda pair: (-pair[1].failures, pair[0].name))
        shown = [(feed, state) for feed, state in feeds if state.trouble or not troubled]
        if as_json:
            emit_json([{"name": feed.name, "url": feed.url, **asdict(state)} for feed, state in shown])
            return
        rows = [
            (
                feed.name,
                state.trouble or ("ok" if state.checked_at else "not fetched yet"),
                state.failures,
                state.entries,
                local(state.succeeded_at, parts),
                local(state.due_at, parts),
                state.message or feed.url,
            )
            for feed, state in shown
        ]
        table(rows, ("name", "state", "failures", "entries", "last good", "due", "what"))


@app.command()
def remove(
    ctx: typer.Context, reference: Annotated[str, typer.Argument(metavar="URL|ID|NAME", help="Which.")]
) -> None:
    """Take a source out; its articles stay."""
    with opened(ctx) as parts:
        with parts.database.read() as conn:
            feed = store.find_feed(conn, reference)
        if feed is None:
            raise NotFoundError(f"there is no feed {reference!r}; `digest feeds list` shows them")
        if feed.origin == "settings":
            raise InputError(f"{feed.name} stands in digest.toml under [[feeds]]: take it out there")
        with parts.database.write() as conn:
            store.remove_feed(conn, feed.id)
    say(printable(f"Removed: {feed.name}."))


@app.command(name="import")
def import_(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE.opml", help="An OPML file; - is standard input.")],
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="These feeds may be on private addresses.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add every feed of an OPML file. What can't be used is named and left out."""
    data = _bytes_of(source)
    try:
        read = read_opml(data)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    added = trusted = 0
    with opened(ctx) as parts, parts.database.write() as conn:
        for feed in read.feeds:
            private = replace(feed, allow_private=allow_private or feed.allow_private)
            stored, created = store.add_feed(conn, private, parts.clock())
            added += created
            trusted += allow_private and store.trust(conn, stored.id)
    for problem in read.problems:
        say(printable(f"left out: {problem}"))
    if as_json:
        emit_json({"added": added, "known": len(read.feeds) - added, "problems": read.problems})
    known, left = len(read.feeds) - added, len(read.problems)
    may_now = f", {trusted} of these may be on private addresses now" if trusted else ""
    say(f"{counted(added, 'feed')} added, {known} known already{may_now}, {left} left out.")


def _bytes_of(source: Path) -> bytes:
    if str(source) == "-":
        return sys.stdin.buffer.read()
    if str(source).startswith(("http:", "https:")):
        raise InputError("an OPML list on the web is not fetched: save it as a file, and import that")
    try:
        return source.read_bytes()
    except OSError as error:
        raise InputError(f"{source} can't be read: {error.strerror}") from None


@app.command()
def export(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE.opml", help="- is standard output.")] = Path("-"),
) -> None:
    """Write every feed as OPML. Folders of articles are named and left out."""
    with opened(ctx) as parts:
        feeds = [feed for feed, _health in _listed(parts)]
        data = write_opml(feeds, parts.publication.name, parts.clock())
    folders = [feed for feed in feeds if feed.kind is FeedKind.FOLDER]
    if str(target) == "-":
        sys.stdout.buffer.write(data)
    else:
        with _writing(target):
            target.write_bytes(data)
        say(f"{counted(len(feeds) - len(folders), 'feed')} written to {target}.")
    if folders:
        named = ", ".join(f"{feed.name} ({feed.url})" for feed in folders)
        say(printable(f"Left out, for OPML has no folders: {named}."))


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{target} can't be written: {error.strerror}") from None


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="feeds")
