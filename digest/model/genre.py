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
# "Live: ...", "... live: ...", "... - live", "... live updates"; not "a place to live: ..." or "live-fire".
_LIVE = re.compile(
    r"^\W*live\s*(?:[:|\u2013\u2014]|\s-\s)|\blive\ (?:updates?|blog|coverage|news)\b"
    r"|(?<!\bto\ )\blive\s*[:|\u2013\u2014]|[:|\u2013\u2014-]\s*live\s*$",
    re.IGNORECASE,
)
_LIVE_AT_END = re.compile(r"\blive\s*$", re.IGNORECASE)  # "Gaza crisis live"
# "The villages where refugees live": the verb, told by what opens its clause or stands right before it. A
# clause ends at a colon or a question mark, and "people's" opens none: "People's Congress live" is a page.
_LIVING = re.compile(
    r"""
    (?:
        \b(?:where|how|who|whom|which|that|why)(?!['\u2019])(?:\s+(?!-\s)[^\s:;,?!|\u2013\u2014]+){0,5}
      | \b(?:they|we|you|I|people|families|refugees|children|residents|migrants|workers|displaced)(?:\s+\w+)?
      | \b(?:to|still|also|never|longer|once|mostly|can|cannot|could|must|will|would|should|may|might)
        (?:\s+\w+ly)?
    )\s+live\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = r"(?:\d+|three|four|five|six|seven|eight|nine|ten)"
_MEDLEY = re.compile(
    rf"""
      ^\W*(?:the\ papers|newspaper\ headlines|(?:\w+'?s\ )?front\ pages|(?:\w+day)'?s\ papers|press\ review
        |revue\ de\ presse|presseschau|rassegna\ stampa|revista\ de\ prensa)\s*(?:[:|\u2013\u2014-]|$)
    | ^\W*what\ the\ (?:\w+\ )?papers\ (?:say|are\ saying)\b
    | \b(?:papers|front\ pages|newspapers)\ round-?up\b
    | \b{_NUMBER}\ (?:[\w'&-]+\ ){{0,4}}(?:must[\ -])?reads\s*$
    | \b(?:best|long|top|weekend|weekly)\ reads\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OPINION_TITLE = re.compile(
    r"""
      ^\W*(?i:opinion|commentary|comment|editorial|op-ed|column|viewpoint)\s*[:|\u2013\u2014-]
    | ^(?i:the\ \w+(?:\ \w+)?\ view\ (?:on|of))\b
    | [|:\u2013\u2014]\s*(?i:opinion|comment|commentary|editorial|op-ed|letters?)\s*$
    """,
    re.VERBOSE,
)
# "The ferry is not a toy | Ann Example": a comment page names who wrote it after its title.
_BYLINED = re.compile(r"\|\s*(?P<name>[^\W\d_][\w.'\u2019-]*(?:\s+[\w.'\u2019-]+){1,4})\s*$")
_NO_NAMES = frozenset(
    {
        "and", "blog", "daily", "for", "guardian", "herald", "in", "journal", "live", "magazine", "media",
        "mail", "network", "news", "of", "online", "politics", "post", "press", "radio", "review", "science",
        "sport", "standard", "star", "the", "thing", "times", "today", "tribune", "tv", "us", "world",
    }
)  # fmt: skip
_PARTICLES = frozenset({"al", "bin", "da", "de", "del", "der", "di", "du", "el", "la", "le", "van", "von"})
_OPINION_WORDS = frozenset(
    {
        "column", "columns", "comment", "commentary", "commentisfree", "editorial", "editorials", "letters",
        "op-ed", "opinion", "opinions",
    }
)  # fmt: skip


def aside(article: Article) -> str:
    """What kind of piece this is if it reports nothing by itself; "" for a report.

    An explainer, an opinion, a live page, a video: by its title, its address or its rubric. English, and
    rather one too many: it only keeps an article from leading a story that a report tells too, and from being
    the proof that something happened.
    """
    if is_live_page(article.title) or _ASIDE_TITLE.search(article.title):
        return "its title is an explainer's, an opinion's or a live page's"
    if found := sorted(_filed_under(article) & _ASIDE_WORDS):
        return f"it is filed under {found[0]}"
    return ""


def is_opinion(article: Article) -> bool:
    """Whether a piece says what somebody thinks: by its title, a name after it, its address or its rubric."""
    if _OPINION_TITLE.search(article.title) or _filed_under(article) & _OPINION_WORDS:
        return True
    bylined = _BYLINED.search(article.title)
    if bylined is None:
        return False
    return bylined["name"] != article.outlet and not any(
        word.lower() in _NO_NAMES or word.isupper() or (word[0].islower() and word not in _PARTICLES)
        for word in bylined["name"].split()
    )


def is_medley(title: str) -> bool:
    """Whether a title is a press review's or a reading list's: lines on many matters, about none of them."""
    return _MEDLEY.search(title.replace("\u2019", "'")) is not None


def _filed_under(article: Article) -> set[str]:
    """The folders of its address and its rubrics, in small letters."""
    segments = urlsplit(article.url).path.lower().split("/")
    return {segment for segment in segments[:-1] if segment} | {name.lower() for name in article.categories}


def is_live_page(title: str) -> bool:
    """Whether a title is that of a page rewritten all day: it leads with the latest, not with its matter."""
    at_end = _LIVE_AT_END.search(title) is not None and _LIVING.search(title) is None
    return at_end or _LIVE.search(title) is not None
