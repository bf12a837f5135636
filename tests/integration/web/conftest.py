from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import httpx2
import pytest
from sqlalchemy import Connection

from digest import subscriptions
from digest.bounces.providers import HookRequest
from digest.model.audience import Subscriber
from digest.model.edition import (
    Edition,
    EditionKey,
    EditionState,
    EditionStory,
    SourceLink,
    ThemeStyle,
    ToldCorrection,
)
from digest.model.links import Links, edition_ref
from digest.model.look import Look
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, make_token
from digest.render import Publication
from digest.render.feed import FeedRenderer
from digest.store import audience, editions
from digest.store.engine import Database
from digest.subscriptions import Confirmation, Standing
from digest.web import PublicationFacts, SignUps, WebServices, background, create_app, database_services
from digest.web.limits import Throttle

NOW = datetime(2025, 3, 2, 6, 0, tzinfo=UTC)
SECRET, PEPPER = b"s" * 32, b"p" * 32
TEMPLATES = Path(__file__).parents[3] / "templates"
THEMES = (
    ThemeStyle("indo-pacific", "Indo-Pacific alliances", "#1f4e79", "#a9cdf4"),
    ThemeStyle("arctic", "Arctic", "#0b6663", "#8fd6d2"),
    ThemeStyle("middle-east", "Middle East", "#8a3b12"),
)
FACTS = PublicationFacts(
    name="The Strait & Ice <Brief>",
    look=asdict(Look()),
    publisher="Institute for Northern Waters",
    postal_address="12 Quay Street",
    contact="desk@example.org",
    base_url="https://news.example.org/mail",
)

PUBLICATION = Publication(
    name=FACTS.name, slug="morning", from_name="N", from_email="desk@example.org", base_url=FACTS.base_url
)


def running(services: WebServices, folders: list[Path]) -> AbstractContextManager[str]:
    """A real server on a free port; gives its address, and has stopped at the end."""
    return background(create_app(services, template_folders=folders))


@dataclass
class Site:
    """A publication with its pages served, a browser without cookies, and the database behind them."""

    database: Database
    client: httpx2.Client
    links: Links = field(default_factory=lambda: Links(""))

    def reader(self, address: str = "ada@example.org", *themes: str) -> Subscriber:
        with self.database.write() as conn:
            known = [theme.slug for theme in THEMES]
            added = subscriptions.add(
                conn, address, pepper=PEPPER, now=NOW, known_themes=known, themes=themes
            )
            return added.subscriber

    def now(self, reader: Subscriber) -> Subscriber:
        with self.database.read() as conn:
            found = audience.get_subscriber(conn, reader.id)
        assert found is not None
        return found

    def mailed(self) -> dict[str, int]:
        """Every choice of themes, and how many would be mailed with it."""
        with self.database.read() as conn:
            return audience.theme_choices(conn, "daily")

    def leave_url(self, reader: Subscriber) -> str:
        return self.links.unsubscribe(make_token(SECRET, UNSUBSCRIBE, "morning", reader.id))

    def themes_url(self, reader: Subscriber) -> str:
        return self.links.preferences(make_token(SECRET, PREFERENCES, "morning", reader.id))

    def edition(
        self, state: EditionState, *, days_ago: int = 0, headline: str = "Ice road closes early"
    ) -> str:
        key = EditionKey("morning", "daily", NOW - timedelta(days=days_ago))
        story = EditionStory("k", headline, None, (SourceLink("Harbour Post", "https://x.example.org", "t"),))
        edition = Edition(key, FACTS.name, key.slot.date().isoformat(), THEMES, (story,), None)
        with self.database.write() as conn:
            row, _ = editions.open_slot(conn, key, NOW)
            editions.save_content(conn, row.id, edition, drops={}, now=NOW)
            editions.move(conn, row.id, allowed=[EditionState.DRAFT], to=state, now=NOW)
        return edition_ref(key)


def no_report(provider: str, _token: str) -> Callable[[HookRequest], None]:
    raise LookupError(provider)


def sign_ups(*, is_open: bool = True) -> SignUps:
    """The way to subscribe, leading nowhere."""

    def gone(_token: str) -> Confirmation:
        return Confirmation(Standing.GONE)

    return SignUps(
        is_open=is_open, slug="morning", secret=SECRET, clock=lambda: NOW, proxies=[],
        throttle=Throttle(each=1, everybody=1, clock_s=lambda: 0.0),
        mailboxes=Throttle(each=1, everybody=1, clock_s=lambda: 0.0), ask=lambda _sign_up: None,
        confirmation=gone, confirm=gone, preferences_of=str,
    )  # fmt: skip


def services_over(database: Database) -> WebServices:
    def web_copy(edition: Edition, chosen: frozenset[str], _corrections: Sequence[ToldCorrection]) -> str:
        return f"<!doctype html><title>{edition.local_date}</title><p>{'+'.join(sorted(chosen)) or 'all'}"

    return database_services(
        database,
        publication=FACTS,
        slug="morning",
        themes=THEMES,
        secret=SECRET,
        pepper=PEPPER,
        clock=lambda: NOW,
        web_copy=web_copy,
        report=no_report,
        feed_of=FeedRenderer([TEMPLATES], PUBLICATION).feed,
        sign_ups=sign_ups(),
        is_over=lambda row: row.key.slot < NOW - timedelta(hours=3),
    )


class Switch:
    """The database of the test that runs: one server outlives them all, because starting it takes longer."""

    database: Database

    def read(self) -> AbstractContextManager[Connection]:
        return self.database.read()

    def write(self) -> AbstractContextManager[Connection]:
        return self.database.write()


@pytest.fixture(scope="session")
def switch() -> Switch:
    return Switch()


@pytest.fixture(scope="session")
def browser(switch: Switch) -> Iterator[httpx2.Client]:
    services = services_over(cast("Database", switch))
    with running(services, [TEMPLATES]) as url, httpx2.Client(base_url=url) as client:
        yield client


@pytest.fixture
def site(switch: Switch, browser: httpx2.Client, database: Database) -> Site:
    switch.database = database
    return Site(database, browser)


@pytest.fixture
def lite_site(switch: Switch, browser: httpx2.Client, sqlite_database: Database) -> Site:
    """The same on SQLite alone, for what has nothing to do with the kind of database."""
    switch.database = sqlite_database
    return Site(sqlite_database, browser)


@pytest.fixture
def services(sqlite_database: Database) -> WebServices:
    return services_over(sqlite_database)


Start = Callable[..., httpx2.Client]


@pytest.fixture
def start() -> Iterator[Start]:
    """Serve other services, or from other template folders."""
    with ExitStack() as stack:

        def start_one(services: WebServices, *folders: Path) -> httpx2.Client:
            url = stack.enter_context(running(services, [*folders, TEMPLATES]))
            return stack.enter_context(httpx2.Client(base_url=url))

        yield start_one
