"""What kind of piece an article is, as far as its title, its address and its rubrics tell."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digest.model.news import Article

_ASIDE_TITLE = re.compile(
    r"""
      \b(?:explain(?:ed|er)|opinion|analysis|comment(?:ary)?|editorial|op-ed|timeline|profile|podcast|quiz
        |obituary|takeaways?|in\ pictures|in\ photos|photos?|video|watch|listen|interview|newsletter)\s*[:|]
    | [|:]\s*(?:explain(?:ed|er)|opinion|analysis|comment|editorial|in\ pictures)\s*$
    | ^\W*(?:watch|video|opinion|analysis|explainer|letters?|podcast|recap)\b\s*[:|\u2013\u2014-]
    | \bas\ it\ happened\b | \bat\ a\ glance\b
    | \bwhat\ (?:we\ know|to\ know|you\ need\ to\ know|happens\ next|comes\ next)\b
    | \bwhat\ (?:is|are|do|does|did|was|were)\b | \bhere's\ (?:what|why|how)\b
    | ^\W*(?-i:How|Why|Who|What|Can|Could|Is|Are|Should|Does|Did|Where)\b
    | \?\s*$ | \b(?:explained|explainer|in\ pictures|the\ view\ from)\b
    | ^\W*(?:\d+|three|four|five|six|seven|eight|nine|ten)\ (?:things|takeaways|questions|charts|reads)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASIDE_WORDS = frozenset(
    {
        "analysis", "audio", "blog", "blogs", "column", "columns", "comment", "commentary", "commentisfree",
        "editorial", "editorials", "explainer", "explainers", "gallery", "letters", "live", "liveblog",
        "op-ed", "opinion", "opinions", "pictures", "podcast", "podcasts", "video", "videos", "views",
    }
)  # fmt: skip
_LIVE = re.compile(
    r"^\W*live\b\s*[:|\u2013\u2014-]|\blive\ (?:updates?|blog|coverage|news)\b|\blive\s*$", re.IGNORECASE
)


def aside(article: Article) -> str:
    """What kind of piece this is if it reports nothing by itself; "" for a report.

    An explainer, an opinion, a live page, a video: by its title, its address or its rubric. English, and
    rather one too many: it only keeps an article from leading a story that a report tells too, and from being
    the proof that something happened.
    """
    if is_live_page(article.title) or _ASIDE_TITLE.search(article.title):
        return "its title is an explainer's, an opinion's or a live page's"
    segments = urlsplit(article.url).path.lower().split("/")
    words = {segment for segment in segments[:-1] if segment} | {name.lower() for name in article.categories}
    if found := sorted(words & _ASIDE_WORDS):
        return f"it is filed under {found[0]}"
    return ""


def is_live_page(title: str) -> bool:
    """Whether a title is that of a page rewritten all day: it leads with the latest, not with its matter."""
    return _LIVE.search(title) is not None
