"""Bytes as text, whatever their declaration says."""

from __future__ import annotations

from digest.gather.decode import decoded


def test_plain_letters_that_are_declared_wide_are_plain_letters() -> None:
    page = b'<meta charset="utf-16le"><p>Plain</p>'
    assert decoded(page) == page.decode()
    assert decoded(b"<p>Plain</p>", "utf-16le") == "<p>Plain</p>"
