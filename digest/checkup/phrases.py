"""Whether readers of another language than English are spoken to in theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from digest.checkup.finding import Finding, Level
from digest.settings import Settings

_HOLE = re.compile(r"\{\w+\}")
_FEW = 3  # may be the same word in another language: "Update", "Paywall"


def phrases(settings: Settings) -> Iterator[Finding]:
    """A warning where the publication's language is another and phrases of ours are English still."""
    language = settings.publication.language
    if language.replace("_", "-").partition("-")[0].lower() in {"", "en"}:
        return
    english = [
        each.name
        for each in fields(settings.wording)
        if getattr(settings.wording, each.name) == each.default and _has_words(each.default)
    ]
    chosen = settings.summaries
    notices = [f"summaries.{name}" for name in ("notice_short", "notice_full") if not getattr(chosen, name)]
    left = [*(english if len(english) > _FEW else ()), *(notices if chosen.notice else ())]
    if left:
        more = f" and {len(left) - _FEW} more" if len(left) > _FEW else ""
        yield Finding(
            Level.WARNING,
            f"the language is {language}, and phrases that readers see are still English: "
            f"{', '.join(left[:_FEW])}{more}",
            "translate them under [wording], and the AI notice under [summaries]",
        )


def _has_words(phrase: object) -> bool:
    text = " ".join(phrase) if isinstance(phrase, tuple) else str(phrase)
    return any(letter.isalpha() for letter in _HOLE.sub("", text))
