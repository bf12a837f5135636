"""Values with the place they come from, and the list of what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Value:
    """A raw value. ``origin`` is "digest.toml:12" or the name of an environment variable."""

    content: object
    origin: str


@dataclass
class Problems:
    """What is wrong, gathered so that one run tells of everything."""

    found: list[str] = field(default_factory=list)

    def add(self, origin: str, text: str) -> None:
        """Note one problem, told on one line."""
        self.found.append(f"{origin}: {text}")

    def raise_if_any(self) -> None:
        """Raise them all as one ``ConfigurationError``, a line each."""
        if self.found:
            raise ConfigurationError("\n".join(self.found))
