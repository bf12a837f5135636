"""Articles put together into stories, against the events that people saw in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digest.evaluate.records import Record
from digest.evaluate.themes import article_of
from digest.group import GroupOptions, Theme, group
from digest.group.evaluate import Score, bcubed, largest_event, pairwise
from digest.model.news import Article


@dataclass(frozen=True, slots=True)
class StoryScores:
    """How well one set was grouped. The measures are None where nobody named the events."""

    name: str
    items: int
    stories: int
    labelled: int
    events: int
    largest: int  # items of the largest event
    bcubed: Score | None = None
    pairwise: Score | None = None
    bcubed_rest: Score | None = None  # the same without the largest event
    pairwise_rest: Score | None = None

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        found: dict[str, Any] = {
            "set": self.name,
            "items": self.items,
            "stories": self.stories,
            "labelled": self.labelled,
            "events": self.events,
            "largest_event": self.largest,
        }
        for name in ("bcubed", "pairwise", "bcubed_rest", "pairwise_rest"):
            score: Score | None = getattr(self, name)
            if score is not None:
                found[name.replace("_rest", "_without_largest")] = {
                    "precision": round(score.precision, 4),
                    "recall": round(score.recall, 4),
                    "f1": round(score.f1, 4),
                }
        return found


@dataclass(frozen=True, slots=True)
class Grouped:
    """The story of every record, in their order, and the scores of every set."""

    ids: tuple[Any, ...]
    stories: tuple[str, ...]
    scores: tuple[StoryScores, ...]


def group_records(
    records: Sequence[Record],
    themes: Sequence[Theme],
    options: GroupOptions,
    on_set: Callable[[str, int], None] = lambda _name, _items: None,
) -> Grouped:
    """Group each ``set`` of the records by itself; a story's name is unique over all of them.

    An undated article counts as gathered at the latest date of its set. ``on_set`` hears of each set
    before it is grouped.
    """
    articles = _articles(records)
    sets: dict[str, list[int]] = {}
    for at, record in enumerate(records):
        sets.setdefault(record.text("set"), []).append(at)
    keys = [""] * len(records)
    for name, places in sets.items():
        on_set(name, len(places))
        at_of = {articles[at].canonical_url: at for at in places}
        for story in group(_dated([articles[at] for at in places]), themes, options):
            for article in (*story.articles, *story.copies):
                keys[at_of[article.canonical_url]] = story.key  # of addresses, which are unique in a file
    numbers = {key: f"s{number}" for number, key in enumerate(dict.fromkeys(keys), 1)}
    stories = tuple(numbers[key] for key in keys)
    events = [_event(record) for record in records]
    scores = tuple(
        score_stories(name, [events[at] for at in places], [stories[at] for at in places])
        for name, places in sets.items()
    )
    return Grouped(tuple(record.id for record in records), stories, scores)


def _event(record: Record) -> str | None:
    return None if record.data.get("event_id") is None else record.text("event_id")


def _articles(records: Sequence[Record]) -> list[Article]:
    """Known by their ids, so that ties break alike in any order; where two share one, by the line as well."""
    known = Counter(record.key for record in records)
    return [
        article_of(record, record.key if known[record.key] == 1 else f"{record.key}#{record.number}")
        for record in records
    ]


def _dated(articles: Sequence[Article]) -> list[Article]:
    latest = max((one.published_at for one in articles if one.published_at), default=None)
    return [one if one.published_at else replace(one, gathered_at=latest) for one in articles]


def score_stories(name: str, events: Sequence[str | None], stories: Sequence[str]) -> StoryScores:
    """The measures of one set; items without an event are left out of them."""
    pairs = [(event, story) for event, story in zip(events, stories, strict=True) if event is not None]
    truth = [event for event, _ in pairs]
    found = StoryScores(
        name=name,
        items=len(stories),
        stories=len(set(stories)),
        labelled=len(pairs),
        events=len(set(truth)),
        largest=max(Counter(truth).values(), default=0),
    )
    if not pairs:
        return found
    largest = largest_event(truth)
    rest = [pair for pair in pairs if pair[0] != largest]
    return replace(
        found,
        bcubed=_measured(bcubed, pairs),
        pairwise=_measured(pairwise, pairs),
        bcubed_rest=_measured(bcubed, rest),
        pairwise_rest=_measured(pairwise, rest),
    )


def _measured(
    measure: Callable[[Sequence[str], Sequence[str]], Score], pairs: Iterable[tuple[str, str]]
) -> Score:
    kept = list(pairs)
    return measure([event for event, _ in kept], [story for _, story in kept])
