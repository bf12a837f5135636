from __future__ import annotations

import pytest

from digest.model.words import count_words, is_rtl


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Ferry to Harne", 3),
        ("Ferry — at last", 4),
        ("渡船恢复航行。", 3),
        ("フェリー Harne 行き", 4),
        ("เรือข้ามฟาก", 3),
        ("العبارة تعود", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    assert count_words(text) == words


def test_the_direction_is_that_of_most_letters() -> None:
    assert is_rtl("NATO: العبارة تعود إلى الجزيرة بعد الشتاء")
    assert not is_rtl("The ferry, called العبارة by some, is back")
    assert not is_rtl("2026 — 100 %")
