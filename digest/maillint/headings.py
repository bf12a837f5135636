"""The outline that screen readers jump by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lxml import html

from digest.maillint.finding import Fault, Level, Rule
from digest.maillint.mail import Mail, place


def _headings(mail: Mail) -> list[html.HtmlElement]:
    return list(mail.elements("h1", "h2", "h3", "h4", "h5", "h6"))


def _level(heading: html.HtmlElement) -> int:
    return int(str(heading.tag)[1])


def _one_h1(mail: Mail) -> Iterator[Fault]:
    firsts = [heading for heading in _headings(mail) if heading.tag == "h1"]
    if mail.tree is not None and not firsts:
        yield Fault("there is no h1", "HTML part")
    for heading in firsts[1:]:
        yield Fault("there is more than one h1", place(heading))


def _skipped(mail: Mail) -> Iterator[Fault]:
    for before, heading in pairwise(_headings(mail)):
        if _level(heading) - _level(before) > 1:
            yield Fault(f"an {heading.tag} follows an {before.tag}: a level is left out", place(heading))


def _empty(mail: Mail) -> Iterator[Fault]:
    for heading in _headings(mail):
        said = "".join(map(str, heading.itertext())) + "".join(
            one.get("alt", "") for one in heading.iter("img")
        )
        if not said.strip():
            yield Fault(f"an {heading.tag} says nothing", place(heading))


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "heading-h1", Level.WARNING, "There is one h1: the newsletter's name.",
        "make the name the only h1", _one_h1,
    ),
    Rule(
        "heading-skipped", Level.WARNING, "No level of headings is left out.",
        "use the next level down, and set its size by style", _skipped,
    ),
    Rule("heading-empty", Level.WARNING, "No heading is empty.", "take it out, or give it words", _empty),
)  # fmt: skip
