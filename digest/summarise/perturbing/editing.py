"""Putting words into a text, and looking whether a source happens to say the same."""

from __future__ import annotations

from collections.abc import Sequence

from digest.summarise.quoting import words_of


def replaced(text: str, start: int, end: int, new: str) -> str:
    """``text`` with ``new`` in place of what stands from ``start`` to ``end``."""
    return text[:start] + new + text[end:]


def told(changed: str, start: int, end: int, sources: Sequence[str]) -> bool:
    """Whether a source has the changed piece together with the words on either side of it."""
    left = words_of(changed[:start])[-1:]
    right = words_of(changed[end:])[:1]
    middle = words_of(changed[start:end])
    around = (" ".join([*left, *middle]), " ".join([*middle, *right]))
    plain = [f" {' '.join(words_of(source))} " for source in sources]
    return any(f" {piece} " in source for piece in around for source in plain if " " in piece)
