"""How an instant is stored: what sorts as text on SQLite, and timestamptz on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine


class UnreadableInstantError(ValueError):
    """What stands where an instant should can't be one: the file is damaged."""


class Instant(TypeDecorator[datetime]):
    """A timezone-aware UTC datetime; a naive one is a programming error and raises ValueError."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}: every instant must carry its time zone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        if dialect.name != "sqlite":
            return value
        # Not strftime: it does not pad years below 1000, and then text no longer sorts as time does.
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database, always in UTC."""
        if value is None:
            return None
        if dialect.name != "sqlite":
            return _utc(value)
        try:
            return _utc(datetime.fromisoformat(value))
        except (ValueError, TypeError) as error:
            raise UnreadableInstantError from error


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


_INSTANT = Instant()


def as_stored(moment: datetime | None, dialect: Dialect) -> Any:
    """An instant as the driver takes it, for statements that go past SQLAlchemy."""
    return _INSTANT.process_bind_param(moment, dialect)
