"""Past editions as everybody may ask for them: read once, and anew when one of them changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from digest.model.edition import Edition, EditionKey, EditionState, EditionStory, SourceLink
from digest.parts import Parts
from digest.settings import Settings
from digest.store import editions
from digest.store.engine import Database
from digest.web import background
from digest.web.wired import web_app
from tests.wired import parts_of

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
PAGES = ("/", "/editions", "/feed.atom", "/healthz")


def store(parts: Parts, headline: str, *, days_ago: int = 0) -> int:
    """A draft."""
    key = EditionKey(parts.publication.slug, "daily", NOW - timedelta(days=days_ago))
    story = EditionStory("k", headline, None, (SourceLink("Harbour Post", "https://x.example.org", "t"),))
    themes = tuple(theme.style for theme in parts.themes)
    edition = Edition(key, parts.publication.name, key.slot.date().isoformat(), themes, (story,), None)
    with parts.database.write() as conn:
        row, _created = editions.open_slot(conn, key, NOW)
        editions.save_content(conn, row.id, edition, drops={}, now=NOW)
    return row.id


def move(parts: Parts, number: int, to: EditionState) -> None:
    with parts.database.write() as conn:
        assert editions.move(conn, number, allowed=frozenset(EditionState), to=to, now=NOW)


def test_they_are_read_once_and_anew_when_one_has_gone_out_or_is_withdrawn(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0
    list_editions = editions.list_editions

    def counted(*given: object, **named: object) -> object:
        nonlocal read
        read += 1
        return list_editions(*given, **named)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(editions, "list_editions", counted)
    parts = parts_of(database, Settings(folder=tmp_path), lambda: NOW)

    with background(web_app(parts)) as url, httpx2.Client(base_url=url) as client:

        def shown() -> list[set[str]]:
            pages = [client.get(path) for path in PAGES * 3]
            assert {page.status_code for page in pages} == {200}
            return [set(re.findall(r"Ice \w+", page.text)) for page in pages[: len(PAGES) - 1]]

        first = store(parts, "Ice road")
        assert shown() == [set()] * 3
        move(parts, first, EditionState.SENDING)
        assert shown() == [{"Ice road"}] * 3
        second = store(parts, "Ice harbour", days_ago=1)
        assert shown() == [{"Ice road"}] * 3
        move(parts, second, EditionState.SENT)
        assert shown() == [{"Ice road", "Ice harbour"}] * 3
        assert read == 6, "twice for each state of things: for the list, and for the feed"
        move(parts, second, EditionState.CANCELLED)
        assert shown() == [{"Ice road"}] * 3
