"""A ranked story as it stands in the edition, and what stands behind it without being named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from digest.compose.decided import by
from digest.compose.headline import clean_headline
from digest.compose.ranked import Ranked
from digest.compose.sift import ids
from digest.model.edition import EditionStory, SourceLink, Summary
from digest.model.news import Article
from digest.model.words import is_rtl

WIRE_COPY = "wire copy"  # how the reason begins of an article that repeats another's text


def behind(one: Ranked) -> dict[int, str]:
    """Why articles of a story that is in are not themselves shown."""
    shown = {article.id for article in _one_per_family(one.story.articles)}
    second = "counted with another text of the same publisher"
    drops = {article.id: second for article in one.story.articles if article.id and article.id not in shown}
    copy = f"{WIRE_COPY}, counted with: {one.headline} ({one.story.lead.outlet})"
    return drops | {
        article.id: copy for article in one.story.copies if article.id and article.id not in shown
    }


def _one_per_family(articles: Sequence[Article]) -> list[Article]:
    families: dict[str, Article] = {}
    for article in articles:
        families.setdefault(article.family or article.canonical_url, article)
    return list(families.values())


def edition_story(one: Ranked, summary: Summary | None, now: datetime, *, brief: bool) -> EditionStory:
    """The story as a card, or as one line (``brief``)."""
    lead, no_picture = one.story.lead, one.sifted.ruled.no_picture
    return EditionStory(
        key=one.story.key,
        headline=one.headline,
        summary=summary,
        sources=tuple(_link(article, now) for article in _one_per_family(one.story.articles)),
        themes=tuple(score.theme for score in one.sifted.themes),
        published_at=_published(lead, now),
        language=lead.language,
        rtl=is_rtl(one.headline),
        comments_url=lead.comments_url,
        image_url="" if no_picture else lead.image_url,
        image_credit=lead.image_credit,
        image_alt=lead.image_alt,
        picture_trouble=f"left out{by(no_picture)}" if no_picture else "",
        rank=one.parts,
        needs_check=one.sifted.check,
        update_of=one.new,
        follows=one.update.thread.told.key if one.update else "",
        brief=brief,
        article_ids=ids(one.story),
    )


def _link(article: Article, now: datetime) -> SourceLink:
    return SourceLink(
        outlet=article.outlet or article.family,
        url=article.url,
        title=clean_headline(article),
        published_at=_published(article, now),
        paywalled=article.paywalled,
        ai_notice=article.ai_notice,
        article_id=article.id,
    )


def _published(article: Article, now: datetime) -> datetime | None:
    return min(article.published_at, now) if article.published_at else None
