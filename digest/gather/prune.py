"""Taking out of a page's tree what no reader sees, and what stands around the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import lxml.html

from digest.gather.anatomy import MAX_RELATED, is_related_head
from digest.gather.clean import one_line

MAX_HEADS = 30  # of related articles on one page
MAX_BLOCK = 4000  # characters; a longer block is no list of links
WHITE = r"(?:#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255[^)]*\))"
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)"
    r"|opacity\s*:\s*0(?:\.0*)?\s*(?:!|;|$)|(?:left|top|text-indent|margin-left)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*(?:0|1px)|(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:!|;|$)|transform\s*:\s*scale\(\s*0",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_NO_COLOUR = re.compile(r"transparent\b|rgba\([^)]*,\s*0(?:\.0*)?\s*\)", re.IGNORECASE)
_WHITE = re.compile(WHITE, re.IGNORECASE)
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletters?|signup|sign-up|subscribe|subscription|paywall-(?:message|prompt)"
    r"|promo|advert(?:isement)?s?|ad-slot|sponsored|share|sharing|social|breadcrumbs?|comments?|comment-list|disqus"
    r"|related(?:-\w+)?|recommended|recirc\w*|most-read|trending|popular|sidebar|popup|modal|toolbar|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FURNITURE_TAGS = (
    "nav",
    "footer",
    "form",
    "aside",
    "dialog",
    "menu",
    "button",
    "noscript",
    "template",
    "iframe",
)
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "strong", "div", "span", "summary")


def drop_hidden(tree: lxml.html.HtmlElement) -> None:
    """Remove what a reader of the page does not see: it could be there for machines alone."""
    for element in list(tree.iter()):
        if (
            isinstance(element.tag, str)
            and element.tag not in {"html", "body", "head"}
            and _is_hidden(element)
        ):
            _drop(element)


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    if "hidden" in element.attrib or (element.get("aria-hidden") or "").lower() == "true":
        return True
    style = element.get("style") or ""
    return bool(style) and (bool(_HIDDEN_STYLE.search(style)) or _unreadable(element, style))


def _unreadable(element: lxml.html.HtmlElement, style: str) -> bool:
    """Text in the colour of its ground. White text without a ground of its own stands on the page's white."""
    colour = _COLOUR.search(style)
    if not colour:
        return False
    ink = colour.group(1).strip().lower()
    if _NO_COLOUR.match(ink):
        return True
    for holder in (element, *element.iterancestors()):
        ground = _BACKGROUND.search(holder.get("style") or "")
        if ground:
            paint = ground.group(1).strip().lower()
            return ink == paint or bool(_WHITE.fullmatch(ink) and _WHITE.match(paint))
    classed = any(
        holder.get("class") or holder.get("bgcolor") for holder in (element, *element.iterancestors())
    )
    return bool(_WHITE.fullmatch(ink)) and not classed  # a class may bring a dark ground


def take_related(tree: lxml.html.HtmlElement) -> tuple[str, ...]:
    """Remove blocks headed "Related articles" and the like; their one-liners, in order."""
    found: list[str] = []
    heads = (element for element in tree.iter(*_HEADS) if is_related_head(_label(element)))
    for head in list(islice(heads, MAX_HEADS)):
        block = _block_of(head)
        if block is not None:
            found += _one_liners(block)
            _drop(block)
    return tuple(dict.fromkeys(found))[:MAX_RELATED]


def _label(element: lxml.html.HtmlElement) -> str:
    text = element.text_content() if len(element) < 4 else ""  # noqa: PLR2004 - a head holds a link at most
    return one_line(text) if len(text) < 200 else ""  # noqa: PLR2004 - longer text is no head


def _block_of(head: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """The smallest element that holds the head and its links, or the list right after the head."""
    if head.getroottree().getroot() is head:
        return None
    for holder in head.iterancestors():
        if holder.tag in {"body", "html", "main", "article"} or len(holder.text_content()) > MAX_BLOCK:
            break
        if len(holder.findall(".//a")) > 0 and len(holder.text_content()) > len(head.text_content()):
            return holder
    following = head.getnext()
    return following if following is not None and following.tag in {"ul", "ol"} else None


def _one_liners(block: lxml.html.HtmlElement) -> Iterator[str]:
    """The items of a block of links: list items, else paragraphs, else the links."""
    for tags in (("li",), ("p",), ("a",)):
        items = [one_line(" ".join(element.itertext())) for element in block.iter(*tags)]
        items = [item for item in items if item and not is_related_head(item)]
        if items:
            yield from items
            return


def drop_furniture(tree: lxml.html.HtmlElement) -> None:
    """Remove navigation, forms, adverts, comment lists and other parts that are named as such.

    Never an element that holds most of the page's text: some sites name their article "social-story".
    """
    whole = len(tree.text_content()) or 1
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in {
            "html",
            "body",
            "article",
            "main",
            "h1",
            "a",
            "p",
        }:
            continue
        named = element.tag in _FURNITURE_TAGS or _FURNITURE_NAME.search(
            f"{element.get('class')} {element.get('id')}"
        )
        if named and not element.findall(".//h1") and len(element.text_content()) * 2 < whole:
            _drop(element)


def _drop(element: lxml.html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
