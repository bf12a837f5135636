"""What a page says of itself outside its text: JSON-LD, meta elements, links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import lxml.html

from digest.gather.clean import harmless, one_line
from digest.gather.discover import base_of
from digest.gather.urls import same_site, web_url

MAX_JSON = 500_000
MAX_NODES = 2000  # of one page's JSON-LD
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
    comments_url: str = ""
    author: str = ""
    image_url: str = ""
    image_credit: str = ""
    paywalled: bool = False
    source_types: tuple[str, ...] = field(default=())  # IPTC digitalSourceType
    categories: tuple[str, ...] = ()


def read_meta(tree: lxml.html.HtmlElement, url: str) -> PageMeta:
    """The claims of the page ``tree`` found at ``url``."""
    metas = _metas(tree)
    nodes = list(_json_ld(tree))
    article = next((node for node in nodes if _is_article(node)), {})
    base = base_of(tree, url)
    image = _first_url(article.get("image"), base) or _meta_url(metas, base, "og:image", "twitter:image")
    heading = next((_content(h1) for h1 in tree.iter("h1") if _content(h1)), "")
    return PageMeta(
        title=one_line(
            _word(article.get("headline")) or heading or _first(metas, *TITLE_META) or _head_title(tree)
        ),
        deks=_deks(tree, metas, article),
        dates=tuple(_dates(tree, metas, article)),
        language=_language(tree, metas, article),
        canonical_url=_canonical(tree, metas, base, url),
        comments_url=_comments(tree, article, base),
        author=one_line(
            _names(article.get("author")) or _first(metas, "author", "article:author", "dc.creator"), 200
        ),
        image_url=image,
        image_credit=one_line(_credit(article.get("image")), 200),
        paywalled=_paywalled(nodes, metas),
        source_types=tuple(
            _word(node.get("digitalSourceType")) for node in nodes if node.get("digitalSourceType")
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


def _meta_url(metas: dict[str, str], base: str, *names: str) -> str:
    return next((link for name in names if (link := web_url(metas.get(name, ""), base))), "")


def _json_ld(tree: lxml.html.HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, nested ones too, in order and bounded."""
    count = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            queue: list[Any] = [json.loads((script.text or "")[:MAX_JSON], strict=False)]
        except (ValueError, RecursionError):
            continue
        while queue and count < MAX_NODES:
            node = queue.pop(0)
            count += 1
            if isinstance(node, list):
                queue += node
            elif isinstance(node, dict):
                yield node
                queue += [value for value in node.values() if isinstance(value, (dict, list))]


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    named = any(isinstance(kind, str) and ARTICLE_TYPES.search(kind) for kind in kinds)
    return named and bool(node.get("headline") or node.get("datePublished"))


def _word(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id")
    if isinstance(value, list):
        return next((word for part in value if (word := _word(part))), "")
    return value if isinstance(value, str) else ""


def _names(value: Any) -> str:
    people = value if isinstance(value, list) else [value]
    return ", ".join(dict.fromkeys(name for person in people[:10] if (name := _word(person))))


def _listed(value: Any) -> Iterator[str]:
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    yield from (label for part in parts if (label := one_line(_word(part), 100)))


def _first_url(value: Any, base: str) -> str:
    if isinstance(value, list):
        return next((link for part in value if (link := _first_url(part, base))), "")
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return web_url(value, base) if isinstance(value, str) else ""


def _credit(value: Any) -> str:
    """Who an ImageObject says the picture is by."""
    if isinstance(value, list):
        return next((credit for part in value if (credit := _credit(part))), "")
    if not isinstance(value, dict):
        return ""
    keys = ("creditText", "copyrightNotice", "creator", "author", "copyrightHolder")
    return next((word for key in keys if (word := _names(value.get(key)))), "")


def _content(element: lxml.html.HtmlElement) -> str:
    return one_line(element.text_content())


def _head_title(tree: lxml.html.HtmlElement) -> str:
    """The title element, without the site's name that follows a dash or bar."""
    title = tree.findtext(".//title") or ""
    parts = re.split(r"\s+[|\u2013\u2014\u00b7-]\s+", title.strip())
    longest = max(parts, key=len)
    return longest if len(longest) * 2 > len(title) else title


def _deks(tree: lxml.html.HtmlElement, metas: dict[str, str], article: dict[str, Any]) -> tuple[str, ...]:
    shown = [
        element.text_content()
        for element in tree.iter("p", "h2", "div")
        if STANDFIRST.search((element.get("class") or "").lower()) and len(element) < 20  # noqa: PLR2004 - no container
    ]
    claimed = [_word(article.get("description")), *(metas.get(name, "") for name in DEK_META)]
    return tuple(dict.fromkeys(dek for raw in (*shown[:2], *claimed) if (dek := one_line(raw, 1000))))


def _dates(
    tree: lxml.html.HtmlElement, metas: dict[str, str], article: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated"):
        if written := _word(article.get(key)):
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
        or _word(article.get("inLanguage"))
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
    named = _word(article.get("discussionUrl"))
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
