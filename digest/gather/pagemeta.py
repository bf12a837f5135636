"""What a page says of itself outside its text: JSON-LD, meta elements, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import lxml.html

from digest.gather.clean import MAX_LINE, harmless, one_line, start_of
from digest.gather.discover import base_of
from digest.gather.jsonld import names, objects, word
from digest.gather.pageimage import NO_IMAGE, PageImage, read_image
from digest.gather.urls import same_site, web_url

ARTICLE_TYPES = re.compile(r"(?:\w*Article|\w*Posting|Report|WebPage)$")
DATE_META = (
    "article:published_time", "og:published_time", "og:article:published_time", "date", "dc.date",
    "dc.date.issued", "dcterms.created", "dcterms.issued", "parsely-pub-date", "pubdate", "publishdate",
    "publish-date", "publication_date", "sailthru.date", "article.published", "datepublished",
    "cxenseparse:recs:publishtime",
)  # fmt: skip
DEK_META = ("description", "og:description", "twitter:description", "dc.description")
TITLE_META = ("og:title", "twitter:title", "dc.title")
STANDFIRST = re.compile(r"(?:^|[\s_-])(?:standfirst|dek|deck|subtitle|sub-?head(?:line)?|lede?)(?:$|[\s_-])")


@dataclass(frozen=True, slots=True)
class PageMeta:
    """A page's claims, cleaned. ``dates`` are (source, as written), the most trusted first.

    ``deks`` are candidates for a standfirst, the best kind first.
    """

    title: str = ""
    deks: tuple[str, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    language: str = ""
    canonical_url: str = ""
    site_name: str = ""
    comments_url: str = ""
    author: str = ""
    image: PageImage = NO_IMAGE
    paywalled: bool = False
    source_types: tuple[str, ...] = field(default=())  # IPTC digitalSourceType
    categories: tuple[str, ...] = ()


def read_meta(tree: lxml.html.HtmlElement, url: str) -> PageMeta:
    """The claims of the page ``tree`` found at ``url``."""
    metas = _metas(tree)
    nodes = list(objects(tree))
    article = next((node for node in nodes if _is_article(node)), {})
    base = base_of(tree, url)
    heading = next((words for h1 in tree.iter("h1") if (words := _content(h1))), "")
    return PageMeta(
        title=one_line(
            word(article.get("headline")) or heading or _first(metas, *TITLE_META) or _head_title(tree)
        ),
        deks=_deks(tree, metas, article),
        dates=tuple(_dates(tree, metas, article)),
        language=_language(tree, metas, article),
        canonical_url=_canonical(tree, metas, base, url),
        site_name=one_line(_first(metas, "og:site_name") or names(article.get("publisher")), 200),
        comments_url=_comments(tree, article, base),
        author=one_line(
            names(article.get("author")) or _first(metas, "author", "article:author", "dc.creator"), 200
        ),
        image=read_image(tree, nodes, article, metas, base),
        paywalled=_paywalled(nodes, metas),
        source_types=tuple(
            word(node.get("digitalSourceType")) for node in nodes if node.get("digitalSourceType")
        ),
        categories=tuple(_listed(article.get("keywords")))[:20],
    )


def _metas(tree: lxml.html.HtmlElement) -> dict[str, str]:
    """name, property or itemprop -> content, the first of each."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = harmless(element.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _first(metas: dict[str, str], *names: str) -> str:
    return next((metas[name] for name in names if name in metas), "")


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    named = any(isinstance(kind, str) and ARTICLE_TYPES.search(kind) for kind in kinds)
    return named and bool(node.get("headline") or node.get("datePublished"))


def _listed(value: Any) -> Iterator[str]:
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    yield from (label for part in parts if (label := one_line(word(part), 100)))


def _content(element: lxml.html.HtmlElement) -> str:
    return one_line(start_of(element, 4 * MAX_LINE))


def _head_title(tree: lxml.html.HtmlElement) -> str:
    """The title element, without the site's name that follows a dash or bar."""
    title = tree.findtext(".//title") or ""
    title = " ".join(title.split())
    longest = max(re.split(r" [|\u2013\u2014\u00b7-] ", title), key=len)
    return longest if len(longest) * 2 > len(title) else title


def _deks(tree: lxml.html.HtmlElement, metas: dict[str, str], article: dict[str, Any]) -> tuple[str, ...]:
    shown = (
        start_of(element, 4 * MAX_LINE)
        for element in tree.iter("p", "h2", "div")
        if STANDFIRST.search((element.get("class") or "").lower()) and len(element) < 20  # noqa: PLR2004 - no container
    )
    claimed = [word(article.get("description")), *(metas.get(name, "") for name in DEK_META)]
    return tuple(dict.fromkeys(dek for raw in (*islice(shown, 2), *claimed) if (dek := one_line(raw, 1000))))


def _dates(
    tree: lxml.html.HtmlElement, metas: dict[str, str], article: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated"):
        if written := word(article.get(key)):
            yield "json-ld", written
    yield from (("meta", metas[name]) for name in DATE_META if name in metas)
    for element in tree.iter("time"):
        published = "pubdate" in element.attrib or "datePublished" in (element.get("itemprop") or "")
        if element.get("datetime") and (published or _within_article(element)):
            yield "page", str(element.get("datetime"))
            break


def _within_article(element: lxml.html.HtmlElement) -> bool:
    names = {ancestor.tag for ancestor in element.iterancestors()}
    return bool(names & {"article", "main"}) and not names & {"aside", "footer", "nav"}


def _language(tree: lxml.html.HtmlElement, metas: dict[str, str], article: dict[str, Any]) -> str:
    root = tree.getroottree().getroot()
    claims = (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"))
    declared = next((claim for claim in claims if claim), "")
    return (
        declared
        or word(article.get("inLanguage"))
        or _first(metas, "content-language", "og:locale", "language")
    )


def _canonical(tree: lxml.html.HtmlElement, metas: dict[str, str], base: str, url: str) -> str:
    """The page's own address as it names it, believed within its own site only."""
    links = [
        link.get("href") or ""
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for raw in (*links, metas.get("og:url", "")):
        link = web_url(raw, base) if raw else ""
        # A front page as canonical is a mistake of the site's templates.
        if link and same_site(link, url) and (_has_path(link) or not _has_path(url)):
            return link
    return ""


def _has_path(url: str) -> bool:
    return bool(re.fullmatch(r"https?://[^/]+/[^?#]*[^/?#][^?#]*(?:[?#].*)?", url))


def _comments(tree: lxml.html.HtmlElement, article: dict[str, Any], base: str) -> str:
    named = word(article.get("discussionUrl"))
    if named:
        return web_url(named, base)
    for link in tree.iter("a"):
        if re.search(r"#(?:comments?|respond|disqus_thread)$", link.get("href") or ""):
            return web_url(link.get("href") or "", base)
    return ""


def _paywalled(nodes: list[dict[str, Any]], metas: dict[str, str]) -> bool:
    """schema.org's isAccessibleForFree, or Facebook's content tier."""
    free = [node["isAccessibleForFree"] for node in nodes if "isAccessibleForFree" in node]
    locked = any(
        str(value).lower() in {"false", "http://schema.org/false", "https://schema.org/false"}
        for value in free
    )
    return locked or metas.get("article:content_tier", "").lower() in {"locked", "metered"}
