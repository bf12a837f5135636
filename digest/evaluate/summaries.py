"""Extracts of several articles each, against summaries that people wrote, and against first sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from digest.evaluate.records import Record
from digest.gather.language import tag
from digest.summarise.evaluate import lead_baseline, predict
from digest.summarise.rouge import Rouge, rouge
from digest.summarise.sentences import sentences

EXTRACT = "extract"
BASELINES = (1, 2, 3)  # first sentences of the first article


@dataclass(frozen=True, slots=True)
class Summarised:
    """One record's summary ("" when none), and its baselines where there is a reference."""

    id: Any
    summary: str
    sentences: int
    scores: dict[str, Rouge]


def plain_record(record: Record) -> dict[str, Any]:
    """The record as ``digest.summarise`` measures it, with what it lacks as empty texts."""
    return {
        "id": record.key,
        "articles": [
            {"title": record.text("title", article), "text": record.text("text", article)}
            for article in record.objects("articles")
        ],
        "reference": record.text("reference"),
        "language": tag(record.text("language")) or "en",
    }


def summarise_records(records: Iterator[Record]) -> Iterator[Summarised]:
    """Each record with its extract, in order."""
    for record in records:
        plain = plain_record(record)
        summary = predict(plain) if plain["articles"] else ""
        scores: dict[str, Rouge] = {}
        if plain["reference"].strip() and plain["articles"]:
            scores[EXTRACT] = rouge(summary, plain["reference"])
            for count in BASELINES:
                scores[f"lead-{count}"] = rouge(lead_baseline(plain, count), plain["reference"])
        yield Summarised(record.id, summary, len(sentences(summary, plain["language"])), scores)


@dataclass
class SummariesTally:
    """Gathers summaries one at a time."""

    items: int = 0
    by_sentences: Counter[int] = field(default_factory=Counter)
    scores: dict[str, list[Rouge]] = field(default_factory=dict)

    def add(self, item: Summarised) -> None:
        """Take one in."""
        self.items += 1
        self.by_sentences[item.sentences] += 1
        for name, score in item.scores.items():
            self.scores.setdefault(name, []).append(score)

    @property
    def scored(self) -> int:
        """How many had a reference."""
        return len(self.scores.get(EXTRACT, ()))

    def means(self) -> dict[str, tuple[float, float, float]]:
        """Mean F1 of ROUGE-1, -2 and -L, 0 to 1, of the extract and of each baseline."""
        return {
            name: (
                fmean(score.one.f1 for score in found),
                fmean(score.two.f1 for score in found),
                fmean(score.longest.f1 for score in found),
            )
            for name, found in self.scores.items()
        }

    def as_json(self) -> dict[str, Any]:
        """For ``--json``; "rouge" only where there are references."""
        found: dict[str, Any] = {
            "items": self.items,
            "scored": self.scored,
            "by_sentences": {str(count): number for count, number in sorted(self.by_sentences.items())},
        }
        if self.scored:
            found["rouge"] = {
                name: dict(zip(("rouge_1", "rouge_2", "rouge_l"), (round(v, 4) for v in means), strict=True))
                for name, means in self.means().items()
            }
        return found
