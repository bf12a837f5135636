from __future__ import annotations

import pytest

from digest.model.news import Article
from digest.summarise.judge import strip_dateline
from digest.summarise.reading import printable_sentences

DEK = "The bridge over the Orrel opened again on Monday."
TEXT = "Drivers waited two years for the bridge over the river.\n\nRead more: our newsletter."


@pytest.mark.parametrize(
    ("dek", "text", "found"),
    [
        (DEK, TEXT, (DEK, "Drivers waited two years for the bridge over the river.")),
        ("", TEXT, ("Drivers waited two years for the bridge over the river.",)),
        (DEK, "", (DEK,)),
        (DEK, f"{DEK} {TEXT}", (DEK, "Drivers waited two years for the bridge over the river.")),
        ("", "", ()),
    ],
    ids=["both", "text alone", "dek alone", "the text repeats the dek", "neither"],
)
def test_the_dek_comes_first_and_nothing_comes_twice(dek: str, text: str, found: tuple[str, ...]) -> None:
    assert printable_sentences(Article("u", "u", "Orrel", dek=dek, text=text, language="en")) == found


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Oslo (Reuters) — The council met.", "The council met."),
        ("OSLO (Coast Agency) — The council met.", "The council met."),
        ("The council met — and rose.", "The council met — and rose."),
    ],
)
def test_a_dateline_is_taken_off(text: str, bare: str) -> None:
    assert strip_dateline(text) == bare
