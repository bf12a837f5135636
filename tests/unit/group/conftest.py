from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import digest
from digest.group import Theme, load_themes
from digest.model.news import Article

ORDER = ("indo-pacific", "arctic", "middle-east")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MakeArticle = Callable[..., Article]


@pytest.fixture(scope="session")
def theme_folder() -> Path:
    return Path(digest.__file__).parent / "themes"


@pytest.fixture(scope="session")
def themes(theme_folder: Path) -> tuple[Theme, ...]:
    return load_themes([theme_folder], ORDER)


@pytest.fixture
def article() -> MakeArticle:
    def make(
        title: str,
        text: str = "",
        *,
        name: str = "",
        hours: float = 0,
        outlet: str = "Example Post",
        dek: str = "",
        language: str = "en",
        weight: float = 1.0,
        ai_notice: str = "",
    ) -> Article:
        url = f"https://news.example.org/{name or title.replace(' ', '-')}"
        return Article(
            url=url,
            canonical_url=url,
            title=title,
            dek=dek,
            text=text,
            published_at=NOON + timedelta(hours=hours),
            outlet=outlet,
            language=language,
            weight=weight,
            ai_notice=ai_notice,
        )

    return make
