"""How every piece of text of a page looks: colour, background, size, as a browser computes them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cssselect import SelectorError
from cssselect import parse as parse_selector
from cssselect.xpath import HTMLTranslator
from lxml import etree, html

from digest.maillint.colour import colour, first_colour
from digest.maillint.css import Declaration, Screen, StyleRule, applies, declarations, rules

# A declaration's weight: important, style attribute, then the selector's three counts, then its place.
Weight = tuple[bool, bool, int, int, int, int]
Declared = dict[str, tuple[Weight, str]]
_INLINE: Weight = (False, True, 0, 0, 0, 0)
_HINT: Weight = (False, False, -1, 0, 0, 0)  # attributes such as bgcolor lose to every rule
_WANTED = frozenset(
    {"color", "background-color", "font-size", "font-weight", "display", "visibility", "opacity"}
)
_SIZE = re.compile(r"([\d.]+)(px|pt|em|rem|%|)")
_KEYWORDS = dict(
    zip(
        ("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large"),
        (9.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0),
        strict=True,
    )
)
# What browsers' own style sheets give them, in em.
_OWN_SIZE = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67}
_OWN_SIZE |= dict.fromkeys(("small", "sub", "sup"), 0.83)
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
_UNSEEN = frozenset({"head", "style", "script", "title", "template", "noscript"})
_ROOT_PX = 16.0
_TRANSLATOR = HTMLTranslator()
_MOST_STEPS = 9  # of a selector; each looks through all that is within all that the one before it found


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of visible text, of ``size`` CSS pixels; ``background`` is None where a picture lies behind."""

    element: html.HtmlElement
    words: str
    ink: str
    background: str | None
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class _Look:
    ink: str
    background: str | None
    size: float
    bold: bool


def texts(tree: html.HtmlElement, sheets: Iterable[str], screen: Screen) -> Iterator[Text]:
    """Every piece of text that can be seen on ``screen``, in document order."""
    every_rule = [rule for sheet in sheets for rule in rules(sheet)]
    declared = _cascade(tree, [rule for rule in every_rule if applies(rule.media, screen)])
    dark = screen.dark and any(
        one.name == "color-scheme" and "dark" in one.value for rule in every_rule for one in rule.declarations
    )
    canvas = (
        _Look("#ffffff", "#121212", _ROOT_PX, bold=False)
        if dark
        else _Look("#000000", "#ffffff", _ROOT_PX, bold=False)
    )
    yield from _walk(tree, canvas, declared, "#9e9eff" if dark else "#0000ee")


def _cascade(tree: html.HtmlElement, chosen: list[StyleRule]) -> Mapping[html.HtmlElement, Declared]:
    found: dict[html.HtmlElement, Declared] = defaultdict(dict)
    for place, rule in enumerate(chosen):
        wanted = [long for one in rule.declarations for long in _longhand(one)]
        for (a, b, c), element in _matches(tree, rule.selector) if wanted else ():
            for one in wanted:
                _put(found[element], one, (one.important, False, a, b, c, place))
    for element in tree.iter(etree.Element):
        for hint in _hints(element):
            _put(found[element], hint, _HINT)
        for at, inline in enumerate(declarations(element.get("style", ""))):
            for one in _longhand(inline):
                _put(found[element], one, (one.important, *_INLINE[1:5], at))
    return found


def _matches(
    tree: html.HtmlElement, selector: str
) -> Iterator[tuple[tuple[int, int, int], html.HtmlElement]]:
    """What a selector matches, with its specificity; nothing where it is about states or oddities."""
    if len(selector.split()) > _MOST_STEPS:
        return
    try:
        for one in parse_selector(selector):
            if one.pseudo_element is None:
                path = _TRANSLATOR.selector_to_xpath(one, prefix="descendant-or-self::")
                found = tree.xpath(path)
                assert isinstance(found, list)  # a path of elements gives no number or string
                for element in found:
                    assert isinstance(element, html.HtmlElement)
                    yield one.specificity(), element
    except (SelectorError, etree.XPathError):
        return


def _put(into: Declared, one: Declaration, weight: Weight) -> None:
    if one.name not in into or into[one.name][0] <= weight:
        into[one.name] = (weight, one.value)


def _longhand(one: Declaration) -> Iterator[Declaration]:
    if one.name in _WANTED:
        yield one
    elif one.name == "background":
        yield replace(one, name="background-color")
    elif one.name == "font":
        if size := re.search(r"(?:^|\s)([\d.]+(?:px|pt|em|rem|%))", one.value):
            yield replace(one, name="font-size", value=size[1])
        weight = re.search(r"\b(bold|[6-9]00)\b", one.value)
        yield replace(one, name="font-weight", value=weight[1] if weight else "normal")


def _hints(element: html.HtmlElement) -> Iterator[Declaration]:
    for attribute, name in (("bgcolor", "background-color"), ("text", "color"), ("color", "color")):
        if value := element.get(attribute):
            yield Declaration(name, value, important=False)
    if element.get("background"):
        yield Declaration("background-color", "url()", important=False)


def _walk(
    tree: html.HtmlElement, canvas: _Look, declared: Mapping[html.HtmlElement, Declared], link: str
) -> Iterator[Text]:
    """Pages are nested as deep as somebody likes: a stack of looks, and no recursion."""
    looks = [canvas]
    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        if event == "end":
            looks.pop()
            continue
        values = {name: value for name, (_, value) in declared.get(element, {}).items()}
        look = _computed(element, looks[-1], values, link)
        looks.append(look)
        if element.tag in _UNSEEN or "hidden" in element.attrib or _hidden(values):
            walker.skip_subtree()
        elif words := _own_words(element):
            yield Text(element, words, look.ink, look.background, look.size, look.bold)


def _own_words(element: html.HtmlElement) -> str:
    pieces = [element.text, *(child.tail for child in element)]
    words = " ".join(" ".join(str(piece or "") for piece in pieces).replace("\u00a0", " ").split())
    return words if re.search(r"\w", words) else ""


def _hidden(values: Mapping[str, str]) -> bool:
    return (
        values.get("display") == "none"
        or values.get("visibility") == "hidden"
        or values.get("opacity") in {"0", "0.0"}
    )


def _computed(element: html.HtmlElement, around: _Look, values: Mapping[str, str], link: str) -> _Look:
    background = around.background
    if wanted := values.get("background-color"):
        seen = first_colour(wanted, background or "#ffffff")
        background = seen or (None if "url(" in wanted else background)
    ink = colour(values.get("color", ""), around.ink)
    if ink is None and element.tag == "a" and element.get("href") and "color" not in values:
        ink = link
    weight = values.get("font-weight", "")
    bold = (
        weight in {"bold", "bolder", "600", "700", "800", "900"}
        if weight
        else around.bold or element.tag in _BOLD
    )
    return _Look(
        ink or around.ink, background, _size(element, around.size, values.get("font-size", "")), bold
    )


def _size(element: html.HtmlElement, around: float, value: str) -> float:
    text = value.strip().lower()
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    found = _SIZE.fullmatch(text)
    if not found:
        return around * _OWN_SIZE.get(str(element.tag), 1.0)
    try:
        number = float(found[1])
    except ValueError:
        return around
    factors = {"px": 1.0, "": 1.0, "pt": 4 / 3, "em": around, "rem": _ROOT_PX, "%": around / 100}
    return number * factors[found[2]]
