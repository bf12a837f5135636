"""Our frozen dataclasses as JSON and back, driven by their type hints.

Knows str, int, float, bool, datetime (UTC, with microseconds), StrEnum, dataclasses, ``X | None``,
``tuple[X, ...]`` and ``frozenset[X]``. The text is canonical: equal values give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from digest.errors import StoreError
from digest.model.edition import Edition

Decoder = Callable[[Any], Any]
T = TypeVar("T")


def edition_to_json(edition: Edition) -> str:
    """The edition as canonical JSON, in ASCII."""
    return to_json(edition)


def edition_from_json(text: str) -> Edition:
    """The edition that was encoded so.

    Raises:
        StoreError: it isn't one, or a newer program wrote things into it that this one doesn't know.
    """
    return from_json(Edition, text)


def to_json(value: object) -> str:
    """Any value of the kinds named above, as canonical JSON.

    ASCII, because text from the web may hold lone surrogates and NUL, which databases refuse.

    Raises:
        ValueError: a number is not finite, or a datetime has no time zone.
        TypeError: a value is of another kind.
    """
    return json.dumps(_encode(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(kind: type[T], text: str) -> T:
    """The value of type ``kind`` that was encoded so; what is missing takes the field's default.

    Raises:
        StoreError: see ``edition_from_json``.
    """
    try:
        decode: Decoder = _decoder(kind)  # type: ignore[arg-type]  # mypy doubts that classes hash
        value: T = decode(json.loads(text))
    except (ValueError, TypeError) as error:
        raise StoreError(f"stored {kind.__name__} cannot be read: {error}; restore a backup") from error
    return value


def _encode(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(_encode(item) for item in value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: every instant must carry its time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form here")


@cache
def _decoder(hint: Hashable) -> Decoder:
    """What turns parsed JSON into a value of the type ``hint``."""
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_decoder(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (inner,) = (_decoder(argument) for argument in arguments if argument is not NoneType)
        return lambda data: None if data is None else inner(data)
    if origin in {tuple, frozenset}:
        item = _decoder(arguments[0])
        return lambda data: origin(item(part) for part in _of(list, data))
    if hint is datetime:
        return lambda data: datetime.fromisoformat(_of(str, data)).astimezone(UTC)
    return _plain_decoder(hint)


def _plain_decoder(hint: Any) -> Decoder:
    """The same for the types that JSON has itself, and for enums."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if hint is float:
        return lambda data: float(_of((int, float), data))
    if hint in {str, int, bool}:
        return lambda data: _of(hint, data)
    raise TypeError(f"{hint!r} has no JSON form here")


def _dataclass_decoder(kind: type[Any]) -> Decoder:
    hints = get_type_hints(kind)
    parts: dict[str, tuple[Field[Any], Decoder]] = {
        field.name: (field, _decoder(hints[field.name])) for field in fields(kind)
    }

    def decode(data: Any) -> Any:
        given: Mapping[str, Any] = _of(dict, data)
        unknown = sorted(given.keys() - parts.keys())
        if unknown:
            raise StoreError(
                f"stored {kind.__name__} has an unknown key {unknown[0]!r}: a newer digest wrote it; upgrade"
            )
        values = {}
        for name, (field, decoder) in parts.items():
            if name in given:
                values[name] = decoder(given[name])
            elif field.default is MISSING and field.default_factory is MISSING:
                raise ValueError(f"{kind.__name__}.{name} is missing")
        return kind(**values)

    return decode


def _of(kind: type[Any] | tuple[type[Any], ...], data: Any) -> Any:
    """The data, if it is of the expected JSON type (true and false are no numbers)."""
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"{data!r:.60} where {kind} was expected")
    return data
