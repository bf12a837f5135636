"""Numbers with their nouns, in the English that the program speaks to editors."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 story, 2 stories."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
