"""How good are the extracts? ROUGE over a file of stories with a summary that a person wrote.

A record has ``id``, ``articles`` (each with ``title`` and ``text``) and ``reference``. Deks play no part:
what is measured is the extract alone, against the first sentences of the first article.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from digest.errors import InputError
from digest.model.news import Article, Story
from digest.summarise.extract import extract
from digest.summarise.rouge import rouge
from digest.summarise.sentences import sentences

MAX_SENTENCES = 2
MAX_WORDS = 60

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SummaryScores:
    """Mean F1 over all records, 0 to 1."""

    items: int
    rouge_1: float
    rouge_2: float
    rouge_l: float


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
    chosen = extract(story_of(record), max_sentences=max_sentences, max_words=max_words)
    return " ".join(sentence.text for sentence in chosen)


def lead_baseline(record: Record, count: int) -> str:
    """The first ``count`` sentences of the first article: what an extract has to beat."""
    return " ".join(sentences(story_of(record).lead.text)[:count])


def score(records: Sequence[Record], summarise: Callable[[Record], str] = predict) -> SummaryScores:
    """The mean scores of ``summarise`` over ``records``.

    Raises:
        InputError: there are none, or one is not of the form.
    """
    if not records:
        raise InputError("no records to score")
    found = [rouge(summarise(record), str(record.get("reference", ""))) for record in records]
    return SummaryScores(
        items=len(found),
        rouge_1=fmean(one.one.f1 for one in found),
        rouge_2=fmean(one.two.f1 for one in found),
        rouge_l=fmean(one.longest.f1 for one in found),
    )
