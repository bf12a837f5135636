"""Which picture a page shows with its article, what it shows, and whose it is. Pure.

A page may name several: sizes and crops for search engines, a card for social networks, the photo in the
text. Preferred is a wide one of known size; then the social networks' one, which is cut to be wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import lxml.html

from digest.gather.clean import one_line
from digest.gather.jsonld import names, word
from digest.gather.urls import web_url

MAX_ALT = 300
MAX_CREDIT = 200
# Figures stand within figures, and pages are as large as somebody likes: of each only so much is looked at.
MAX_FIGURES = 50
MAX_IMAGES = 10  # of one figure
MAX_SRCSET = 5_000  # characters
MAX_CAPTION = 2_000
MAX_CAPTION_PARTS = 20  # elements within one
WIDE = 600  # pixels, from which a picture can lead an edition
_LANDSCAPE = 1.2  # width to height, from which a picture is wide
_OPEN_GRAPH = ("og:image:secure_url", "og:image:url", "og:image")
_TWITTER = ("twitter:image", "twitter:image:src")
_CREDIT_KEYS = ("creditText", "copyrightNotice", "creator", "author", "copyrightHolder")
_CREDIT_CLASS = re.compile(r"credit|copyright|photographer|source|byline", re.IGNORECASE)
_LABEL = r"(?:photo(?:graph(?:er)?)?|picture|image|illustration|credit|foto|cr[eé]dit)s?(?:\s+credit)?"
_PREFIX = re.compile(rf"^(?:{_LABEL}\s*(?:by\b|:|/)|by\b|\u00a9|\(c\))\s*", re.IGNORECASE)
_SAID = re.compile(  # at the end of a caption
    rf"(?:\b{_LABEL}\s*(?:by\b|:)|\u00a9|\(c\))\s*(?P<who>[^|]{{2,120}}?)\s*[|)\]]?$", re.IGNORECASE
)
_SIZE_MARK = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|scaled|w?\d{3,4}w?)$", re.IGNORECASE)  # sizes of one file


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture as claimed: ``width`` in pixels, 0 where it isn't said."""

    url: str = ""
    alt: str = ""
    credit: str = ""
    width: int = 0


NO_IMAGE = PageImage()


def credited(raw: str) -> str:
    """A credit without the words that introduce one ("Photo by", "Credit:"), on one line."""
    return one_line(_PREFIX.sub("", one_line(raw, MAX_CREDIT)), MAX_CREDIT)


def read_image(
    tree: lxml.html.HtmlElement,
    nodes: Sequence[Mapping[str, Any]],
    article: Mapping[str, Any],
    metas: Mapping[str, str],
    base: str,
) -> PageImage:
    """The picture of the page ``tree``.

    ``nodes`` are the objects of its JSON-LD and ``article`` the article among them, ``metas`` its meta
    elements by name, ``base`` what its links are relative to.
    """
    claimed = list(_claimed(article.get("image"), _by_id(nodes), base))
    wide = [one for one in claimed if one.width >= WIDE]
    social = _social(metas, base)
    chosen = max(wide, key=lambda one: one.width, default=None) or next(
        (one for one in (social, *claimed) if one.url), None
    )
    if chosen is None:
        return NO_IMAGE
    every = (chosen, *claimed, social, *_figures(tree, base))
    same = [one for one in every if one.url and _file(one.url) == _file(chosen.url)]
    # An article with one picture credits that one, whatever its addresses look like.
    credit = next((one.credit for one in same if one.credit), "")
    return PageImage(
        url=chosen.url,
        alt=one_line(next((one.alt for one in same if one.alt), ""), MAX_ALT),
        credit=credited(credit or (claimed[0].credit if len(claimed) == 1 else "")),
        width=chosen.width,
    )


def _by_id(nodes: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The objects that others refer to; of two with one name the one that says more."""
    found: dict[str, Mapping[str, Any]] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(found.get(name, ())):
            found[name] = node
    return found


def _claimed(value: Any, by_id: Mapping[str, Mapping[str, Any]], base: str) -> Iterator[PageImage]:
    """The pictures of a JSON-LD ``image``: an address, an ImageObject, a reference to one, or a list."""
    if isinstance(value, list):
        for part in value[:MAX_FIGURES]:
            yield from _claimed(part, by_id, base) if not isinstance(part, list) else ()
    elif isinstance(value, dict):
        name = value.get("@id")
        node = by_id.get(name, value) if isinstance(name, str) else value
        address = next((said for key in ("contentUrl", "url") if (said := word(node.get(key)))), "")
        url = web_url(address, base) if address else ""
        if url:
            width, height = _number(node.get("width")), _number(node.get("height"))
            tall = bool(width and height and width < _LANDSCAPE * height)
            yield PageImage(url, _described(node), _credit_of(node), 0 if tall else width)
    elif isinstance(value, str) and (url := web_url(value, base)):
        yield PageImage(url)


def _described(node: Mapping[str, Any]) -> str:
    return next((said for key in ("description", "caption") if (said := word(node.get(key)))), "")


def _credit_of(node: Mapping[str, Any]) -> str:
    """Who a picture is by; a reference to somebody described elsewhere is nobody's name."""
    said = (names(node.get(key)) for key in _CREDIT_KEYS)
    return next((who for who in said if who and not who.startswith("http")), "")


def _number(value: Any) -> int:
    """A size in pixels, however it is written: 1200, "1200", "1200px", or a QuantitativeValue."""
    if isinstance(value, dict):
        value = value.get("value")
    found = re.match(r"\s*(\d{1,5})(?!\d)", str(value))
    return int(found.group(1)) if found else 0


def _social(metas: Mapping[str, str], base: str) -> PageImage:
    """The picture of Open Graph, else the one of Twitter cards."""
    for addresses, alt, width in (
        (_OPEN_GRAPH, "og:image:alt", "og:image:width"),
        (_TWITTER, "twitter:image:alt", ""),
    ):
        url = next((link for name in addresses if (link := web_url(metas.get(name, ""), base))), "")
        if url:
            return PageImage(url, metas.get(alt, ""), "", _number(metas.get(width, "")))
    return NO_IMAGE


def _figures(tree: lxml.html.HtmlElement, base: str) -> Iterator[PageImage]:
    """The pictures in the text, with what stands below them."""
    for figure in islice(tree.iter("figure"), MAX_FIGURES):
        caption = next(iter(figure.iter("figcaption")), None)
        credit = _credit_in(caption) if caption is not None else ""
        for image in islice(figure.iter("img"), MAX_IMAGES):
            addresses = (image.get("src"), image.get("data-src"), *_srcset(image.get("srcset")))
            for address in addresses:
                if address and (url := web_url(address, base)):
                    yield PageImage(url, one_line(image.get("alt") or "", MAX_ALT), credit)


def _srcset(value: str | None) -> list[str]:
    return [part.split()[0] for part in (value or "")[:MAX_SRCSET].split(",") if part.strip()][:MAX_IMAGES]


def _credit_in(caption: lxml.html.HtmlElement) -> str:
    """The part of a caption that is marked as the credit, else what follows "Photo:" or a copyright sign."""
    for element in islice(caption.iterdescendants(), MAX_CAPTION_PARTS):
        named = f"{element.get('class') or ''} {element.get('data-testid') or ''}"
        marked = element.get("itemprop") in _CREDIT_KEYS or _CREDIT_CLASS.search(named)
        if marked and (who := one_line(element.text_content()[:MAX_CAPTION], MAX_CREDIT)):
            return who
    found = _SAID.search(one_line(caption.text_content()[:MAX_CAPTION], 1000))
    return found.group("who") if found else ""


def _file(url: str) -> str:
    """The name of a picture's file, the same for all its sizes; the whole address where it has none."""
    name = PurePosixPath(urlsplit(url).path).stem
    return _SIZE_MARK.sub("", name).casefold() or url
