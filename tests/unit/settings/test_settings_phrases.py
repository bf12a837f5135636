"""`digest check` on phrases in another language than the publication's."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from digest.checkup.phrases import phrases
from digest.model.wording import Wording
from digest.settings import Settings

SETTINGS = Settings(folder=Path())


def told(settings: Settings, language: str) -> list[str]:
    publication = replace(settings.publication, language=language)
    return [finding.what for finding in phrases(replace(settings, publication=publication))]


@pytest.mark.parametrize("language", ["en", "en-GB", "EN_us"])
def test_english_phrases_are_right_in_english(language: str) -> None:
    assert told(SETTINGS, language) == []


def test_they_are_named_where_the_language_is_another() -> None:
    (said,) = told(SETTINGS, "de-AT")
    assert said.startswith(
        "the language is de-AT, and phrases that readers see are still English: weekdays, "
    )
    assert said.endswith(" more")


def test_a_translation_may_share_a_few_words_with_english_but_not_the_notice() -> None:
    names: Any = {each.name: "x" for each in fields(Wording) if isinstance(each.default, str)}
    names |= {"update": "Update", "weekdays": tuple("abcdefg"), "months": tuple("abcdefghijkl")}
    translated = replace(SETTINGS, wording=Wording(**names))
    (said,) = told(translated, "de")
    assert said.endswith("English: summaries.notice_short, summaries.notice_full")
    summaries = replace(SETTINGS.summaries, notice_short="Kurz.", notice_full="Lang.")
    assert told(replace(translated, summaries=summaries), "de") == []
