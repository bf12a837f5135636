"""What mail programs take out, filters distrust, or only browsers know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.maillint.css import declarations, rules
from digest.maillint.finding import Fault, Level, Rule
from digest.maillint.mail import Mail, place

_GONE = {
    "position": re.compile(r"absolute|fixed|sticky|relative"),
    "display": re.compile(r"(?:inline-)?(?:flex|grid)"),
}


def _active(mail: Mail) -> Iterator[Fault]:
    for one in mail.elements("script", "iframe", "object", "embed", "applet", "base", "frame", "frameset"):
        yield Fault(f"<{one.tag}> is taken out, or the whole mail refused", place(one))
    for one in mail.elements("meta"):
        if one.get("http-equiv", "").lower() == "refresh":
            yield Fault("a page that leaves for another by itself", place(one))


def _handlers(mail: Mail) -> Iterator[Fault]:
    for one in mail.elements():
        for name in one.attrib:
            if str(name).lower().startswith("on"):
                yield Fault(
                    f"an {name} handler: no mail program runs it, and filters distrust it", place(one)
                )


def _forms(mail: Mail) -> Iterator[Fault]:
    for one in mail.elements("form", "input", "select", "textarea", "button"):
        yield Fault(f"<{one.tag}> doesn't work in most mail programs", place(one))


def _media(mail: Mail) -> Iterator[Fault]:
    for one in mail.elements("svg", "picture", "video", "audio", "canvas", "math"):
        yield Fault(f"<{one.tag}> isn't shown by Gmail or Outlook", place(one))


def _external(mail: Mail) -> Iterator[Fault]:
    for one in mail.elements("link"):
        if "stylesheet" in one.get("rel", "").lower():
            yield Fault(f"a style sheet is fetched from elsewhere: {one.get('href', '')[:60]}", place(one))
    for style in mail.styles:
        if found := re.search(r"@import\b[^;]*", style, re.IGNORECASE):
            yield Fault(f"a style sheet is fetched from elsewhere: {found[0][:60]}", "<style>")


def _css(mail: Mail) -> Iterator[Fault]:
    inline = ((place(one), declarations(one.get("style", ""))) for one in mail.elements() if one.get("style"))
    sheets = (
        (f"<style>, {rule.selector}", rule.declarations) for style in mail.styles for rule in rules(style)
    )
    for where, declared in (*inline, *sheets):
        for one in declared:
            if one.name.startswith("--") or "var(" in one.value:
                yield Fault(
                    f"{one.name}: {one.value[:40]} uses a CSS variable, which Gmail and Outlook drop", where
                )
            elif one.name in _GONE and _GONE[one.name].fullmatch(one.value.lower()):
                yield Fault(f"{one.name}: {one.value} is dropped by Gmail and Outlook", where)


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "active-content", Level.ERROR, "Nothing in the page acts: no script, frame or embedded object.",
        "take it out, and link to a web page that has it", _active,
    ),
    Rule(
        "event-handler", Level.ERROR, "No element has an on... handler.", "take the attribute out",
        _handlers,
    ),
    Rule(
        "form", Level.WARNING, "The page has no form.", "link to a form on the web", _forms,
    ),
    Rule(
        "media", Level.WARNING, "No svg, picture, video, audio or canvas.",
        "use an <img> (of a PNG or JPEG) that links to it", _media,
    ),
    Rule(
        "style-external", Level.WARNING, "No style sheet or font is fetched from elsewhere.",
        "write the styles into the page; name fonts that readers have", _external,
    ),
    Rule(
        "css-unsupported", Level.WARNING,
        "No CSS that Gmail and Outlook drop: variables, position, flex, grid.",
        "write plain values, and tables for layout", _css,
    ),
)  # fmt: skip
