from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from digest.compose import ComposeOptions, Composition, Past, compose
from digest.compose.related import Kin
from digest.group.kinship import kinship
from digest.material import READING
from digest.model.decisions import Decision, Decisions
from digest.model.edition import EditionKey, Method, Notice, Provenance, Summary, ThemeStyle
from digest.model.news import Article, Story, ThemeScore, Verdict

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
THEMES = tuple(ThemeStyle(slug, slug.title(), "#123456") for slug in ("north", "south", "sea"))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def article(now: datetime) -> Callable[..., Article]:
    """Make an article by id, published ``hours`` ago (None: undated)."""

    def make(number: int, title: str = "", *, hours: float | None = 3, **fields: object) -> Article:
        url = f"https://o{number}.example.org/{number}"
        values: dict[str, object] = {
            "outlet": f"Outlet {number}",
            "published_at": None if hours is None else now - timedelta(hours=hours),
        }
        return Article(
            url=url,
            canonical_url=url,
            title=title or f"Ships number {number} leave for the island",
            id=number,
            **{**values, **fields},  # type: ignore[arg-type]  # fields by name
        )

    return make


@pytest.fixture
def story() -> Callable[..., Story]:
    """Make a story of articles under a theme with a verdict; the theme "" is none."""

    def make(
        *articles: Article,
        theme: str = "north",
        verdict: Verdict = Verdict.IN,
        confidence: float = 0.5,
        copies: Sequence[Article] = (),
    ) -> Story:
        scores = (ThemeScore(theme, 5.0, confidence, verdict),) if theme else ()
        return Story(f"s{articles[0].id:04}", articles, tuple(copies), scores)

    return make


def _summarise(story: Story, lead: bool) -> Summary:
    words = 12 if lead else 8
    return Summary(" ".join(["word"] * words) + ".", Provenance(Method.EXTRACT, source=story.lead.outlet))


@pytest.fixture
def composed(now: datetime) -> Callable[..., Composition]:
    """Compose stories with everything else filled in."""

    def run(
        *stories: Story,
        past: Past | None = None,
        kin: Kin = kinship,
        summarise: Callable[[Story, bool], Summary | None] = _summarise,
        decided: Sequence[Decision] = (),
        **options: object,
    ) -> Composition:
        return compose(
            EditionKey("gazette", "daily", now),
            stories,
            themes=THEMES,
            title="The Gazette",
            language="en",
            local_date="2026-03-02",
            now=now,
            options=ComposeOptions(**options),  # type: ignore[arg-type]  # fields by name
            summarise=summarise,
            notice=lambda made: Notice(f"{sum(map(bool, made))} summaries", "full"),
            past=past or Past(),
            reading=READING,
            kin=kin,
            told_url=lambda told: f"https://gazette.example.org/editions/{told.ref}#{told.key}",
            articles_considered=99,
            outlets=7,
            decisions=Decisions.of(decided),
        )

    return run
