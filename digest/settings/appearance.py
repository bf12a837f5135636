"""The sections for looks and words: their keys are the fields of ``Look`` and ``Wording``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import Field, fields, make_dataclass
from typing import Any

from digest.model.look import COLOUR, COLOUR_FIELDS, COLUMN_PX, FONT_FIELDS, FONTS, Look
from digest.model.wording import Wording, fault_in, holes
from digest.settings import kinds, quantities
from digest.settings.keys import key
from digest.settings.kinds import Kind, quoted

_WORDY = "May use {}."
_PLAIN = "Nothing is filled in."


def _matching(name: str, pattern: re.Pattern[str], advice: str) -> Kind[str]:
    plain = kinds.text(required=True)

    def read(value: object) -> str:
        found = plain.read(value)
        if not pattern.fullmatch(found):
            raise ValueError(advice)
        return found

    return Kind(name, read, quoted)


def colour() -> Kind[str]:
    """A colour as #rrggbb: names and short forms are not known to every mail program."""
    return _matching("colour", COLOUR, 'is no colour; write "#" and six digits, like "#1f4e79"')


def fonts() -> Kind[str]:
    """Font names with commas between."""
    advice = "is no list of fonts; write names with commas between, those with spaces in single quotes"
    return _matching("fonts", FONTS, advice)


def phrase(default: str) -> Kind[str]:
    """A phrase that may use the words in braces that ``default`` uses."""
    plain = kinds.text(required=True)

    def read(value: object) -> str:
        found = plain.read(value)
        if fault := fault_in(found, default):
            raise ValueError(fault)
        return found

    return Kind("text", read, quoted)


def names(count: int) -> Kind[tuple[str, ...]]:
    """So many names, none of them empty."""

    def read(value: object) -> tuple[str, ...]:
        if not (isinstance(value, list) and len(value) == count and all(_is_name(each) for each in value)):
            raise ValueError(f"is not {count} names; write {count} texts in square brackets")
        return tuple(value)

    def show(value: Iterable[str]) -> str:
        return f"[{', '.join(map(quoted, value))}]"

    return Kind(f"{count} names", read, show, lambda text: [each.strip() for each in text.split(",")])


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _look_kind(name: str) -> Kind[Any]:
    if name in COLOUR_FIELDS:
        return colour()
    if name in FONT_FIELDS:
        return fonts()
    if name == "logo_width":
        return quantities.integer(0, COLUMN_PX, " px")
    return quantities.integer(0, 400, " px") if name == "logo_height" else kinds.text("web address")


def _look_key(each: Field[Any]) -> Any:
    return key(_look_kind(each.name), each.default, each.metadata["help"])


def _phrase_key(each: Field[Any]) -> Any:
    default: Any = each.default
    if isinstance(default, tuple):
        return key(names(len(default)), default, "In their order.")
    used = sorted(holes(default))
    text = _WORDY.format(", ".join(f"{{{name}}}" for name in used)) if used else _PLAIN
    return key(phrase(default), default, text)


def _section(name: str, section: str, doc: str, columns: list[tuple[str, Any, Any]]) -> Any:
    made = make_dataclass(name, columns, frozen=True, slots=True, namespace={"section": section})
    made.__doc__ = doc
    return made


LookSettings = _section(
    "LookSettings",
    "look",
    "Colours, fonts and logo of mails and pages; refused where text would be too faint to read.",
    [(each.name, Any, _look_key(each)) for each in fields(Look)],
)
WordingSettings = _section(
    "WordingSettings",
    "wording",
    "Every phrase of ours in mails, text parts and the web copy, to reword or translate.",
    [(each.name, Any, _phrase_key(each)) for each in fields(Wording)],
)
