"""One article read sentence by sentence, for whoever asks what it says that others don't."""

from __future__ import annotations

from dataclasses import replace

from digest.model.news import Article, Story
from digest.summarise.candidates import candidates

MAX_WORDS = 60  # of a sentence; a longer one can't stand in a mail by itself


def printable_sentences(article: Article) -> tuple[str, ...]:
    """The sentences of its dek and its text that may be printed by themselves, from the top."""
    whole = article.text if article.opens_with_dek else f"{article.dek.strip()}\n\n{article.text}"
    story = Story("", (replace(article, text=whole),))
    return tuple(dict.fromkeys(one.text for one in candidates(story, max_words=MAX_WORDS)))
