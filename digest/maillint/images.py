"""Pictures: what a reader without them misses, and who learns that they were looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

from digest.maillint.css import declarations
from digest.maillint.finding import Fault, Level, Rule
from digest.maillint.mail import Mail, place

TRACKER_PX = 3
_TRACKER_PATH = re.compile(r"/(?:open|pixel|beacon|track)(?:[./?]|$)", re.IGNORECASE)


def _no_alt(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        if "alt" not in image.attrib:
            yield Fault("an image has no alt text", place(image))


def _linked(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        link = next(image.iterancestors("a"), None)
        if link is None or "alt" not in image.attrib:
            continue
        said = "".join(map(str, link.itertext())) + link.get("aria-label", "") + link.get("title", "")
        others = "".join(one.get("alt", "") for one in link.iter("img"))
        if not (said + others).strip():
            yield Fault("a linked image has an empty alt text, so its link has no name", place(image))


def _size(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        styled = {one.name for one in declarations(image.get("style", ""))}
        missing = [name for name in ("width", "height") if not image.get(name)]
        if "width" in missing or (missing and "height" not in styled):
            yield Fault(f"an image has no {' and no '.join(missing)}", place(image))


def _tracker(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        if not image.get("src", "").lower().startswith(("http:", "https:", "//")):
            continue
        tiny = any(_pixels(image, name) <= TRACKER_PX for name in ("width", "height"))
        if tiny or _TRACKER_PATH.search(image.get("src", "")):
            yield Fault(
                "a remote picture too small to see tells its server who opened the mail", place(image)
            )


def _pixels(image: html.HtmlElement, name: str) -> float:
    styled = {one.name: one.value for one in declarations(image.get("style", ""))}
    found = re.match(r"\s*(\d+\.?\d*|\.\d+)\s*(?:px\s*)?$", image.get(name) or styled.get(name, ""))
    return float(found[1]) if found else float("inf")


def _source(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        source = image.get("src", "").strip()
        if not source.lower().startswith(("http:", "https:", "cid:", "data:")):
            yield Fault(
                f"an image has no address that a mail program can fetch: {source[:60] or 'none'}",
                place(image),
            )


def _data(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        if image.get("src", "").strip().lower().startswith("data:"):
            yield Fault(
                "an image is written into the page (data:); Gmail and Outlook don't show it", place(image)
            )


def _insecure(mail: Mail) -> Iterator[Fault]:
    for image in mail.elements("img"):
        if image.get("src", "").strip().lower().startswith("http:"):
            yield Fault("an image comes over plain http; some mail programs leave it out", place(image))


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "image-alt", Level.ERROR, "Every image has an alt attribute (WCAG 1.1.1).",
        'say what it shows in alt="..."; alt="" where it is decoration', _no_alt,
    ),
    Rule(
        "image-link-alt", Level.ERROR, "A linked image names where its link leads (WCAG 2.4.4).",
        "write the target's name into alt, or an aria-label on the link", _linked,
    ),
    Rule(
        "image-size", Level.WARNING, "Every image has its width, and a height: Outlook ignores styles.",
        "add width and height attributes, in pixels without a unit", _size,
    ),
    Rule(
        "image-tracker", Level.WARNING, "No remote picture is there only to be counted.",
        "take it out: counts of opens are wrong, and the law of many countries asks for consent", _tracker,
    ),
    Rule(
        "image-address", Level.ERROR, "Every image has an absolute address.",
        "write the whole address, from https:// on", _source,
    ),
    Rule(
        "image-data", Level.WARNING, "No image is written into the page as data.",
        "serve it over https, or attach it and refer to it by cid:", _data,
    ),
    Rule("image-insecure", Level.WARNING, "Images come over https.", "serve it over https", _insecure),
)  # fmt: skip
