"""What measuring needs: records as stories, their extracts, and the first sentences these have to beat.

A record has ``id``, ``articles`` (each with ``title`` and ``text``) and ``reference``, a summary that a
person wrote. Deks play no part: what is measured is the extract alone. ``digest.evaluate`` takes the means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digest.errors import InputError
from digest.model.news import Article, Story
from digest.summarise.offline import ways
from digest.summarise.sentences import sentences

MAX_SENTENCES = 2
MAX_WORDS = 60

Record = Mapping[str, Any]


def story_of(record: Record) -> Story:
    """A record as a story, its first article leading.

    Raises:
        InputError: it has no id, no articles or no reference.
    """
    try:
        articles = tuple(
            Article(
                url=f"https://outlet{number}.example.org/{record['id']}",
                canonical_url=f"https://outlet{number}.example.org/{record['id']}",
                title=str(article["title"]),
                text=str(article["text"]),
                language=str(record.get("language", "en")),
                outlet=f"outlet {number}",
            )
            for number, article in enumerate(record["articles"], 1)
        )
        str(record["reference"])
    except (KeyError, TypeError) as error:
        raise InputError(
            f"a record needs id, articles with title and text, and reference: {error}"
        ) from error
    if not articles:
        raise InputError(f"record {record['id']} has no articles")
    return Story(str(record["id"]), articles)


def predict(record: Record, *, max_sentences: int = MAX_SENTENCES, max_words: int = MAX_WORDS) -> str:
    """The extract of a record's story; "" when no sentence may stand by itself."""
    found = next(ways(story_of(record), max_sentences, max_words), None)  # records have no deks
    return found.text if found else ""


def lead_baseline(record: Record, count: int) -> str:
    """The first ``count`` sentences of the first article: what an extract has to beat."""
    return " ".join(sentences(story_of(record).lead.text)[:count])
