from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from digest.compose import Summariser
from digest.llm import Asking, ModelOptions, Way
from digest.llm import asking as llm_asking
from digest.model.answers import ModelAnswer, Usage
from digest.model.edition import Method, Summary
from digest.model.news import Article, Story
from digest.store import meta, models
from digest.store.engine import Database
from digest.summarise import SummaryOptions
from tests.model_server import ModelServer

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
KEY = "sk-very-secret-key-of-ours"
NAMES = ("Harne", "Oskarhavn", "Lund", "Vik", "Skarholt", "Tarva", "Brekke", "Nesby", "Holmen", "Sandvik")


def a_story(number: int = 0, *, extra: str = "") -> Story:
    """A story with text enough to be asked about, unlike that of any other number."""
    name = f"{NAMES[number % len(NAMES)]}{'a' * (number // len(NAMES))}"
    text = (
        f"The county council of {name} voted on Monday to buy a second ferry for the island. "
        f"The ferry costs {number + 40} million crowns and will sail from the autumn, the council said. "
        f"It will carry 60 cars on each crossing and replaces a ship that was built in 1974. "
        "Hotel owners on the island expect twice as many guests from next summer on. "
        f"The yard that builds it asked for an advance, which the council of {name} refused. {extra}"
    )
    url = f"https://coast.example.org/{number}"
    article = Article(
        url, url, f"Ferry for {name}", text=text, language="en", outlet="Coast Post", id=number + 1
    )
    return Story(f"story-{number}", (article,))


@dataclass
class Room:
    """A database and a model; ``draft`` is what a draft does with them."""

    database: Database
    options: ModelOptions
    stop: threading.Event = field(default_factory=threading.Event)

    def draft(self, *stories: Story, ask: bool = True, now: datetime = NOW) -> list[Summary | None]:
        way = Way(SummaryOptions(), self.options, "en", self.database)

        def composing(summarise: Summariser) -> list[Summary | None]:
            return [summarise(story, position == 0) for position, story in enumerate(stories)]

        return way.summarised(composing, Asking(now, self.stop) if ask else None)

    def methods(self, *stories: Story, ask: bool = True) -> list[Method | None]:
        return [made.provenance.method if made else None for made in self.draft(*stories, ask=ask)]

    def limited(self, **changes: object) -> Room:
        return replace(self, options=replace(self.options, **changes))  # type: ignore[arg-type]  # by name

    def answers(self, *ids: int) -> list[ModelAnswer]:
        with self.database.read() as conn:
            return models.answers_about(conn, ids or range(1, 100))

    def usage(self) -> Usage:
        with self.database.read() as conn:
            return models.usage_on(conn, NOW.date())

    def trouble(self) -> str:
        with self.database.read() as conn:
            return meta.get_meta(conn, "model_trouble") or ""


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second try comes soon."""
    monkeypatch.setattr(llm_asking, "WAIT_S", 0.05)


@pytest.fixture
def start_room(
    sqlite_database: Database, start_model: Callable[..., ModelServer]
) -> Callable[..., tuple[Room, ModelServer]]:
    """A room whose model behaves as told."""

    def start(*behaviour: object, **changes: object) -> tuple[Room, ModelServer]:
        server = start_model(*behaviour)
        options = ModelOptions(server.url, "tern-7b", KEY, timeout_s=5.0, budget_s=20.0)
        return Room(sqlite_database, options).limited(**changes), server

    return start
