"""MJML held to what MJML 4 allows. The renderer (mrml) compiles what is mistyped without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape

from digest.maillint.colour import NAMED
from digest.maillint.finding import Fault, Level, Rule, quoted
from digest.maillint.mjml_table import ANYTHING, ATTRIBUTES, CHILDREN, ENDING, EVERYWHERE, UNTYPED, parents

_ATTRIBUTE = re.compile(r"""([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([a-zA-Z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""",
    re.DOTALL,
)
_COLOUR = re.compile(
    r"rgba\(\d{1,3},\s?\d{1,3},\s?\d{1,3},\s?\d(?:\.\d{1,3})?\)|rgb\(\d{1,3},\s?\d{1,3},\s?\d{1,3}\)"
    r"|#(?:[0-9a-f]{3}){1,2}|" + "|".join((*NAMED, "transparent", "inherit")),
    re.IGNORECASE,
)
_UNIT = re.compile(r"(unit|unitWithNegative)\(([^)]*)\)(?:\{([\d,]+)\})?")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of MJML, with the line its tag begins on."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all within, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Source:
    """Parsed MJML: its roots (there should be one, ``mjml``), and what could not be read."""

    roots: tuple[Element, ...]
    faults: tuple[Fault, ...]

    def walk(self) -> Iterator[Element]:
        """Every element, in document order."""
        for root in self.roots:
            yield from root.walk()


def parse(text: str) -> Source:
    """MJML as a tree; reads on after a mistake, and notes it."""
    top = Element("", {}, 0)
    stack, at, line, counted = [top], 0, 1, 0
    faults: list[Fault] = []
    while found := _TAG.search(text, at):
        at = found.end()
        closing, name, rest = found[1], (found[2] or "").lower(), found[3] or ""
        if not name:
            continue
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        if closing:
            faults += _close(stack, name, line)
            continue
        pairs = _attributes(rest)
        element = Element(name, dict(reversed(pairs)), line)  # of two, the first one holds
        if len(element.attributes) < len(pairs):
            faults.append(Fault(f"<{name}> has an attribute twice", f"line {line}"))
        stack[-1].children.append(element)
        if rest.rstrip().endswith("/"):
            continue
        if name not in ENDING:
            stack.append(element)
            continue
        end = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(text, at)
        if end is None:
            faults.append(Fault(f"<{name}> is never closed", f"line {line}"))
            break
        at = end.end()
    faults += [Fault(f"<{one.name}> is never closed", f"line {one.line}") for one in stack[1:]]
    return Source(tuple(top.children), tuple(faults))


def _close(stack: list[Element], name: str, line: int) -> Iterator[Fault]:
    """Take off what a closing tag ends."""
    if not any(one.name == name for one in reversed(stack)):
        yield Fault(f"</{name}> closes nothing that is open", f"line {line}")
        return
    while stack[-1].name != name:
        lost = stack.pop()
        yield Fault(f"<{lost.name}> of line {lost.line} is not closed before </{name}>", f"line {line}")
    stack.pop()


def _attributes(text: str) -> list[tuple[str, str]]:
    pairs = _ATTRIBUTE.findall(text.rstrip().removesuffix("/"))
    return [(name, unescape(value.strip("\"'"))) for name, value in pairs]


def _syntax(source: Source) -> Iterator[Fault]:
    yield from source.faults
    if [root.name for root in source.roots] != ["mjml"]:
        yield Fault("there must be one <mjml> around everything", "line 1")
    elif not any(child.name == "mj-body" for child in source.roots[0].children):
        yield Fault("there is no <mj-body>", "line 1")


def _where(element: Element) -> str:
    return f"<{element.name}> on line {element.line}"


def _unknown(source: Source) -> Iterator[Fault]:
    for element in source.walk():
        if element.name not in ATTRIBUTES and element.name not in UNTYPED:
            yield Fault(f"MJML has no element {element.name}", _where(element))


def _nesting(source: Source) -> Iterator[Fault]:
    for element in source.walk():
        allowed = CHILDREN.get(element.name, frozenset())
        if element.name not in ATTRIBUTES or allowed is ANYTHING:
            continue
        for child in element.children:
            if child.name in ATTRIBUTES and child.name not in allowed:
                places = ", ".join(parents(child.name)) or "nothing"
                yield Fault(f"{child.name} can't stand in {element.name}, only in {places}", _where(child))


def _attribute(source: Source) -> Iterator[Fault]:
    for element in source.walk():
        known = ATTRIBUTES.get(element.name)
        if known is None:
            continue
        for name in element.attributes:
            if name not in known and name not in EVERYWHERE:
                yield Fault(f"{element.name} has no attribute {name}", _where(element))


def _value(source: Source) -> Iterator[Fault]:
    for element in source.walk():
        known = ATTRIBUTES.get(element.name, {})
        for name, value in element.attributes.items():
            if name in known and not is_valid(known[name], value):
                yield Fault(f"{name}={quoted(value)} is not {_meaning(known[name])}", _where(element))


def is_valid(type_: str, value: str) -> bool:
    """Whether ``value`` is of a type as ``mjml_table`` writes them."""
    if type_ == "string":
        return True
    if type_ == "boolean":
        return value in {"true", "false"}
    if type_ == "integer":
        return re.search(r"\d", value) is not None
    if type_ == "color":
        return _COLOUR.fullmatch(value) is not None
    if type_.startswith("enum("):
        return value in type_[5:-1].split(",")
    return _lengths(type_).fullmatch(value) is not None


@cache
def _lengths(type_: str) -> re.Pattern[str]:
    found = _UNIT.fullmatch(type_)
    assert found is not None
    kind, listed, count = found.groups()
    units = listed.split(",")
    number = rf"[\d,.{'-' if kind == 'unitWithNegative' else ''}]+"
    written = "|".join(re.escape(unit) for unit in units if unit != "auto")
    auto = "|auto" if "auto" in units else ""
    return re.compile(rf"(?:(?:{number}(?:{written})|0{auto}) ?){{{count or 1}}}")


def _meaning(type_: str) -> str:
    """A type in words."""
    if found := _UNIT.fullmatch(type_):
        units = " or ".join(unit or "no unit" for unit in found[2].split(","))
        return f"{found[3].replace(',', ' to ')} lengths in {units}" if found[3] else f"a length in {units}"
    if type_.startswith("enum("):
        return f"one of {', '.join(filter(None, type_[5:-1].split(',')))}"
    return {"color": "a colour", "boolean": "true or false", "integer": "a number"}[type_]


RULES: tuple[Rule[Source], ...] = (
    Rule(
        "mjml-syntax", Level.ERROR,
        "Tags are closed, in order, within one <mjml> with an <mj-body>; no attribute stands twice.",
        "close the tag that is named, or take the second attribute out", _syntax,
    ),
    Rule(
        "mjml-element", Level.ERROR, "Only elements of MJML 4 are used.",
        "correct its name; HTML goes into mj-text or mj-raw", _unknown,
    ),
    Rule("mjml-nesting", Level.ERROR, "Elements stand where MJML allows them.", "move it", _nesting),
    Rule(
        "mjml-attribute", Level.ERROR, "Elements have only attributes that MJML gives them.",
        "correct its name, or set it in a style sheet by css-class", _attribute,
    ),
    Rule("mjml-value", Level.ERROR, "Values are of the attribute's type.", "write it as is said", _value),
)  # fmt: skip
