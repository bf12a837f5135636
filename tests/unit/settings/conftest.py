from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from digest.errors import ConfigurationError
from digest.settings import Settings, load

Read = Callable[..., Settings]
Refused = Callable[..., str]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Settings from the text of a digest.toml and an environment."""

    def from_text(text: str = "", env: Mapping[str, str] | None = None) -> Settings:
        (tmp_path / "digest.toml").write_text(text, encoding="utf-8")
        return load(None, env or {}, tmp_path)

    return from_text


@pytest.fixture
def refused(read: Read) -> Refused:
    """The message with which such settings are refused."""

    def message(text: str = "", env: Mapping[str, str] | None = None) -> str:
        with pytest.raises(ConfigurationError) as caught:
            read(text, env)
        return str(caught.value)

    return message
