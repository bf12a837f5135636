"""What an article becomes when it is gathered again. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from digest.model.news import Article

_TEASER = 0.5  # of the text we have: a new one shorter than this is a teaser or a paywall's stump


_FEED = ("feed_id", "entry_id", "outlet", "publisher", "weight")
_PAGE = ("dek", "language", "author", "comments_url", "categories", "headings", "related", "ai_notice")
_IMAGE = ("image_url", "image_credit", "image_alt")


def merge(old: Article, new: Article) -> Article:
    """The stored article ``old`` after ``new``, the same page gathered again.

    Corrections are taken over; nothing that we have is lost to an emptier copy, such as the feed's
    entry when the page itself is not fetched again. When it was gathered, when it was first published
    and the feed it first came from stay: or it would look like news again.
    """
    changes: dict[str, Any] = {"url": new.url, "title": new.title or old.title}
    whole = len(new.text) >= _TEASER * len(old.text)  # also: neither has any text
    for name in _PAGE:
        value = getattr(new, name)
        if value and (whole or not getattr(old, name)):
            changes[name] = value
    if new.image_url and (whole or not old.image_url):
        changes |= {name: getattr(new, name) for name in _IMAGE}
    if whole:
        changes |= {"text": new.text, "paywalled": new.paywalled}
    if old.published_at is None:
        changes |= {"published_at": new.published_at, "date_source": new.date_source}
    if old.feed_id in {0, new.feed_id}:
        changes |= {name: getattr(new, name) for name in _FEED}
    return replace(old, **changes)
