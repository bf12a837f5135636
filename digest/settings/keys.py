"""How a section declares a key: a dataclass field that knows its kind, its default and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, cast

from digest.settings.kinds import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeySpec:
    """What is known of one key. ``default`` is ``MISSING`` for a key that must be given."""

    section: str
    name: str
    kind: Kind[Any]
    default: object
    help: str
    secret: bool


def key(kind: Kind[T], default: T, text: str, *, secret: bool = False) -> T:
    """A key with a default. ``text`` is its line in the template and the reference.

    The dataclass sees a field; the type checker sees the value that the field will hold.
    """
    return field(default=default, repr=not secret, metadata={"kind": kind, "help": text, "secret": secret})


def required(kind: Kind[T], text: str) -> T:
    """A key that must be given."""
    return cast("T", field(metadata={"kind": kind, "help": text, "secret": False}))


def specs(section: str, cls: type[Any]) -> Mapping[str, KeySpec]:
    """The keys that a section's class declares, by name, in their order."""
    return {
        each.name: KeySpec(
            section,
            each.name,
            each.metadata["kind"],
            each.default,
            each.metadata["help"],
            each.metadata["secret"],
        )
        for each in fields(cls)
    }
