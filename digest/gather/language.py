"""Which language a text is in: its own word first, then statistics."""

from __future__ import annotations

import re
import threading

LEAST_LETTERS = 40  # below that a guess is a guess
ENOUGH = 2000  # characters are plenty to tell by
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.].*)?")
_ALIASES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv"}  # ISO 639's old names
_lock = threading.Lock()


def tag(declared: str) -> str:
    """A declared language in BCP 47's usual case: ``en_us`` gives ``en-US``; "" if it is none."""
    found = _TAG.fullmatch(declared.strip()[:35])
    if not found:
        return ""
    language, script, region = found.groups()
    language = _ALIASES.get(language.lower(), language.lower())
    if language in {"und", "mul", "zxx"}:
        return ""
    parts = [language, script.title() if script else "", region.upper() if region else ""]
    return "-".join(part for part in parts if part)


def guess(text: str) -> str:
    """The language of ``text`` as a two-letter code; "" if it is too short to tell."""
    sample = text[:ENOUGH]
    if sum(character.isalpha() for character in sample) < LEAST_LETTERS:
        return ""
    from py3langid import classify  # noqa: PLC0415 - numpy and a model of some MB, only when a text needs it

    with _lock:  # the model is loaded by the first call
        language, _ = classify(sample)
    return str(language)


def language_of(text: str, *declared: str) -> str:
    """The first usable declaration, else a guess from ``text``."""
    for word in declared:
        language = tag(word)
        if language:
            return language
    return guess(text)
