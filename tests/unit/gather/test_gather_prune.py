"""What is taken out of a page before its text is read."""

from __future__ import annotations

from typing import Any

import lxml.html

from digest.gather.anatomy import MAX_RELATED
from digest.gather.prune import drop_furniture, take_related

STORY = (
    "The council voted on Monday to buy a second ferry for the island, which has asked for one for years. "
    * 8
)


def test_furniture_goes_and_the_article_stays() -> None:
    tree: Any = lxml.html.fromstring(
        f"<html><body><nav><p>Weather and tides</p></nav><div class='social-story'><p>{STORY}</p></div>"
        "<div class='comments'><p>First of all, no.</p></div><form><p>Your address</p></form></body></html>"
    )
    drop_furniture(tree)
    text = tree.text_content()
    assert STORY.strip() in text
    assert not any(words in text for words in ("Weather", "First of all", "Your address"))


def test_related_one_liners_are_no_more_than_so_many() -> None:
    lines = "".join(f"<li><a href='/{n}'>Ferry number {n} sails</a></li>" for n in range(MAX_RELATED + 5))
    tree: Any = lxml.html.fromstring(
        f"<html><body><p>{STORY}</p><section><h3>Related articles</h3>"
        f"<ul>{lines}</ul></section></body></html>"
    )
    found = take_related(tree)
    assert found == tuple(f"Ferry number {n} sails" for n in range(MAX_RELATED))
    assert "Ferry number" not in tree.text_content()
