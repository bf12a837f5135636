from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import digest
from digest.group import Theme, load_themes, score_themes
from digest.model.news import Article, ThemeScore

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


@pytest.fixture
def rivers_of(tmp_path: Path) -> Callable[..., Theme]:
    """rivers_of(body, gazetteer) -> the theme "rivers" that these files make."""

    def make(body: str, gazetteer: str = "") -> Theme:
        head = 'slug = "rivers"\nname = "Rivers"\ncolour = "#114477"\n'
        (tmp_path / "rivers.toml").write_text(head + body, encoding="utf-8")
        if gazetteer:
            (tmp_path / "gazetteer.toml").write_text(gazetteer, encoding="utf-8")
        return load_themes([tmp_path], ["rivers"])[0]

    return make


def only(theme: Theme, article: Article) -> ThemeScore:
    """How the article scores for this theme alone."""
    (score,) = score_themes(article, [theme])
    return score
