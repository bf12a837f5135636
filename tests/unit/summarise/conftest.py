from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.model.news import Article, Story

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]


@pytest.fixture
def article() -> MakeArticle:
    """Make an article; every field can be given."""

    def make(title: str = "Ferry returns to Harne", **fields: object) -> Article:
        number = int(str(fields.get("id", 1)))
        url = f"https://outlet{number}.example.org/{number}"
        values: dict[str, object] = {
            "url": url,
            "canonical_url": url,
            "outlet": f"Outlet {number}",
            "language": "en",
        }
        return Article(title=title, **{**values, **fields})  # type: ignore[arg-type]  # fields by name

    return make


@pytest.fixture
def story() -> MakeStory:
    """Make a story of articles."""

    def make(*articles: Article) -> Story:
        return Story(key="s", articles=articles)

    return make
