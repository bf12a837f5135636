"""The tables of which there may be several: [[feeds]] and [[series]]."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digest.model.edition import CORRECTIONS
from digest.model.news import Feed, FeedKind
from digest.settings import addresses, checks
from digest.settings.building import brief, build_table
from digest.settings.editorial import FeedSettings, SeriesSettings
from digest.settings.homes import expanded
from digest.settings.problems import Problems, Value


def feeds_of(tables: list[dict[str, Value]], folder: Path, problems: Problems) -> tuple[Feed, ...]:
    """The sources, each address once."""
    feeds: dict[str, Feed] = {}
    for table in tables:
        built: FeedSettings | None = build_table("feeds", table, problems)
        if built is None:
            continue
        try:
            url = _feed_url(built, folder)
        except ValueError as error:
            problems.add(table["url"].origin, f"feeds.url {error}")
            continue
        if not url:
            advice = 'is no web address; write it whole, like "https://news.example.org/rss"'
            problems.add(table["url"].origin, f"feeds.url = {brief(built.url)} {advice}")
        elif url in feeds:
            problems.add(
                table["url"].origin, f"feeds.url = {brief(built.url)} is listed twice; remove one of them"
            )
        else:
            feeds[url] = _feed(built, url)
    return tuple(feeds.values())


def series_of(
    tables: list[dict[str, Value]], sections: Mapping[str, Any], problems: Problems
) -> tuple[SeriesSettings, ...]:
    """The further series, each of another name, at a time at which something may go out."""
    found: dict[str, SeriesSettings] = {}
    main = sections["schedule"].series
    for table in tables:
        built: SeriesSettings | None = build_table("series", table, problems)
        if built is None:
            continue
        if built.name in (main, CORRECTIONS):
            taken = "of [schedule]" if built.name == main else "of all corrections"
            advice = f"is the series {taken}; give this one another name"
            problems.add(table["name"].origin, f"series.name = {brief(built.name)} {advice}")
        elif built.name in found:
            advice = "is listed twice; remove one of them, or give it another name"
            problems.add(table["name"].origin, f"series.name = {brief(built.name)} {advice}")
        elif built.send_at and not checks.may_go_out(sections["delivery"], built.send_at):
            advice = (
                f'lies outside delivery.window, "{sections["delivery"].window}"; it would be late each time'
            )
            problems.add(table["send_at"].origin, f'series.send_at = "{built.send_at:%H:%M}" {advice}')
        else:
            found[built.name] = built
    return tuple(found.values())


def _feed_url(built: FeedSettings, folder: Path) -> str:
    if built.kind == FeedKind.FOLDER:
        return str(folder / expanded(built.url))
    return built.url if addresses.is_web_url(built.url) else ""


def _feed(built: FeedSettings, url: str) -> Feed:
    host = urlsplit(url).hostname or ""
    name = built.name or (Path(url).name if built.kind == FeedKind.FOLDER else host.removeprefix("www."))
    kind = FeedKind(built.kind)
    return Feed(url, name, built.publisher, kind, built.weight, built.allow_private, origin="settings")
