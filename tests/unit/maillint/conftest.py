"""A mail with nothing to find, for tests to break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest

from digest.maillint import Expected, expected_of
from digest.model.message import Person, Variant
from digest.render import Publication, compile_message
from digest.render.renderer import Renderer


@dataclass(frozen=True)
class Good:
    """A mail with nothing to find, which tests break in one place."""

    variant: Variant
    publication: Publication
    person: Person
    date: datetime
    expected: Expected

    def html(self, old: str, new: str) -> Good:
        assert old in self.variant.html, old
        return self.changed(html=self.variant.html.replace(old, new, 1))

    def add(self, snippet: str) -> Good:
        """With ``snippet`` in the page, under the newsletter's name."""
        return self.html("</h1>", f"</h1>{snippet}")

    def text(self, old: str, new: str) -> Good:
        assert old in self.variant.text, old
        return self.changed(text=self.variant.text.replace(old, new, 1))

    def subject(self, line: str) -> Good:
        return self.changed(subject=line)

    def raw(self, old: str | bytes = b"", new: str | bytes = b"") -> bytes:
        """The message, in its bytes; ``old`` in it made ``new``."""
        message = compile_message(
            self.variant, self.publication, edition_ref="daily-20260309T0600", date=self.date
        )
        signed = b"DKIM-Signature: v=1; a=rsa-sha256; d=harbour.example; s=a;\r\n h=from:list-unsubscribe"
        raw = signed + b":list-unsubscribe-post; bh=; b=\r\n" + bytes(message.fill(self.person))
        before, after = (one.encode() if isinstance(one, str) else one for one in (old, new))
        assert before in raw, old
        return raw.replace(before, after, 1)

    def changed(self, **changes: Any) -> Good:
        return replace(self, variant=replace(self.variant, **changes))


@pytest.fixture(scope="session")
def good(renderer: Renderer, samples: ModuleType) -> Good:
    edition = samples.normal()
    return Good(
        renderer.variant(edition, frozenset()),
        samples.PUBLICATION,
        samples.PERSON,
        samples.SLOT,
        expected_of(edition),
    )
