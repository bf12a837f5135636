"""One article read sentence by sentence, for whoever asks what it says that others don't."""

from __future__ import annotations

from dataclasses import replace

from digest.model.news import Article, Story
from digest.summarise.extract import candidates

MAX_WORDS = 60  # of a sentence; a longer one can't stand in a mail by itself
_COPY_CHARS = 60  # from which a text that begins as the dek does is taken to repeat it


def printable_sentences(article: Article) -> tuple[str, ...]:
    """The sentences of its dek and its text that may be printed by themselves, from the top."""
    dek, text = article.dek.strip(), article.text
    whole = text if dek and text.startswith(dek[:_COPY_CHARS]) else f"{dek}\n\n{text}"
    story = Story("", (replace(article, text=whole),))
    return tuple(dict.fromkeys(one.text for one in candidates(story, max_words=MAX_WORDS)))
