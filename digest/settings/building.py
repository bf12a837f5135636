"""Sections out of values: each read by its kind, every problem noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

from digest.settings import kinds
from digest.settings.keys import KeySpec
from digest.settings.problems import Problems, Value
from digest.settings.sections import SECTIONS, keys_of

# Where an address can hold a key or a password: before the @, and behind the question mark.
_KEY_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=\?).+", re.DOTALL)


def build_table(section: str, table: Mapping[str, Value], problems: Problems) -> Any:
    """One table of a list; None where anything in it is wrong."""
    before = len(problems.found)
    for name, spec in keys_of(section).items():
        if spec.default is MISSING and name not in table:
            problems.add(table[""].origin, f"{section}.{name} is missing; every [[{section}]] table needs it")
    found = _read_all(section, table, problems)
    return SECTIONS[section](**found) if len(problems.found) == before else None


def build(section: str, values: Mapping[str, Value], problems: Problems) -> Any:
    """A section; what is wrong in it has its default."""
    return SECTIONS[section](**_read_all(section, values, problems))


def _read_all(section: str, values: Mapping[str, Value], problems: Problems) -> dict[str, Any]:
    found = {}
    for name, spec in keys_of(section).items():
        if name in values:
            known, value = _read(spec, values[name], problems)
            if known:
                found[name] = value
    return found


def _read(spec: KeySpec, value: Value, problems: Problems) -> tuple[bool, Any]:
    try:
        return True, spec.kind.read(value.content)
    except ValueError as error:
        shown = "" if spec.secret else f" = {brief(value.content)}"
        problems.add(value.origin, f"{spec.section}.{spec.name}{shown} {error}")
        return False, None


def brief(content: object) -> str:
    """A value as a message shows it: short, and without what may be secret."""
    if isinstance(content, str):
        shown = kinds.quoted(_KEY_IN_ADDRESS.sub("...", content))
    elif isinstance(content, bool):
        shown = str(content).lower()
    else:
        shown = str(content)
    return shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004  (half a terminal's line)
