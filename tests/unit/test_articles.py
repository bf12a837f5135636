from __future__ import annotations

import pytest

from digest.model.news import Article

DEK = "The council of Harne bought a second ferry on Monday, after a winter without one."


@pytest.mark.parametrize(
    ("dek", "text", "opens"),
    [
        (DEK, f"{DEK} It paid 5 million.", True),
        (f"{DEK[:70]}…", f"{DEK} It paid 5 million.", True),  # cut off, as feeds do
        (DEK, "It rained. The council met.", False),
        (DEK, "", False),
        ("", "It rained.", False),
        (" \n", "It rained.", False),
    ],
)
def test_a_text_that_begins_as_its_dek_does_is_known(dek: str, text: str, opens: bool) -> None:
    assert Article("u", "u", "Ferry", dek=dek, text=text).opens_with_dek is opens
