from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer

from digest.summarise.stems import stem

WORDS = [f"{start}{end}" for start in ("sail", "harbour", "ministr") for end in ("ing", "ation", "ies", "ed")]


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_take_turns_often")
def test_threads_that_stem_at_once_get_each_word_s_own_stem() -> None:
    own = snowballstemmer.stemmer("english")
    words = [f"{word}{'x' * number}{tail}" for number in range(80) for word in WORDS for tail in ("s", "ing")]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stem, words)) == [own.stemWord(word) for word in words]


def test_words_of_other_scripts_stay_as_they_are() -> None:
    assert [stem(word) for word in ("sailing", "zürichs", "港口")] == ["sail", "zürichs", "港口"]
