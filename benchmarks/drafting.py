"""What a draft costs: articles of about 400 words, themed, grouped, ranked and summarised.

Run: python benchmarks/drafting.py [--large]. --large drafts 20,000 articles after the 2,000, and
prints how many times their CPU it took. The yardstick is a fixed amount of word counting done in the same
run, so that figures from different machines can be compared. Peak memory is that of the whole process,
the articles themselves included.

The day is made up from a seed: words as frequent as Zipf says, a hundred and fifty topics with names and
words of their own, events in them with a few more, from one telling to dozens; a tenth of the articles
are copies.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import digest
from digest.compose import ComposeOptions, Composition, Past, compose
from digest.group import Theme, group, load_themes
from digest.group.kinship import kinship
from digest.material import READING
from digest.model.edition import EditionKey
from digest.model.news import Article, Story
from digest.summarise import SummaryOptions, ai_notice, summarise

WORDS = 400
START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = START + timedelta(hours=36)
TOPICS = 150
LEXICON = 30_000


def cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def yardstick() -> float:
    rng = random.Random(1)
    text = " ".join(f"word{rng.randrange(5000)}" for _ in range(200_000))
    return cpu(lambda: [Counter(text.split()).most_common(50) for _ in range(10)])


def word(rng: random.Random) -> str:
    return "".join(
        f"{rng.choice('bdfgklmnprstv')}{rng.choice('aeiou')}{rng.choice(' nrlsmk').strip()}"
        for _ in range(rng.choice((2, 2, 3)))
    )


@dataclass(frozen=True)
class Subject:
    """A topic or an event: its names, and the words that come with it."""

    names: list[str]
    words: list[str]


def subject(rng: random.Random, names: int, words: int) -> Subject:
    return Subject([word(rng).capitalize() for _ in range(names)], [word(rng) for _ in range(words)])


class Day:
    """Draws articles. The lexicon starts with words that every text is full of."""

    def __init__(self, themes: tuple[Theme, ...]) -> None:
        self.rng = random.Random(2)
        self.lexicon = ["the", "of", "to", "and", "a", "in", "that", "it", "for", "was", "on", "with"]
        self.lexicon += [word(self.rng) for _ in range(LEXICON)]
        self.odds = list(accumulate(1 / (rank + 3) for rank in range(len(self.lexicon))))
        self.topics = [subject(self.rng, 4, 30) for _ in range(TOPICS)]
        self.forms = [
            form for theme in themes for term in theme.terms for form in term.forms if form.isascii()
        ]

    def tellings(self, number: int) -> list[tuple[str, str]]:
        """Titles and texts of one event."""
        rng = self.rng
        topic, event = rng.choice(self.topics), subject(rng, 4, 12)
        themed = rng.sample(self.forms, 3) if number % 4 == 0 else []
        own = [*event.names * 4, *event.words, *topic.names * 2, *rng.sample(topic.words, 8), *themed]
        size = min(60, int(rng.paretovariate(1.1)))
        return [(self.line(own, 9, 0.6).rstrip("."), self.text(own)) for _ in range(size)]

    def line(self, own: list[str], length: int, share: float) -> str:
        """A sentence, ``share`` of it the event's own words."""
        rng = self.rng
        plain = rng.choices(self.lexicon, cum_weights=self.odds, k=length)
        line = " ".join(rng.choice(own) if rng.random() < share else other for other in plain)
        return f"{line[0].upper()}{line[1:]}."

    def text(self, own: list[str]) -> str:
        """About ``WORDS`` words in paragraphs."""
        lines = [self.line(own, self.rng.randrange(10, 26), 0.25) for _ in range(WORDS // 17)]
        return "\n\n".join(" ".join(lines[at : at + 3]) for at in range(0, len(lines), 3))


def articles(count: int, themes: tuple[Theme, ...]) -> list[Article]:
    day = Day(themes)
    told: list[tuple[str, str]] = []
    while len(told) < count:
        told += day.tellings(len(told))
    made: list[Article] = []
    for number, telling in enumerate(told[:count]):
        title, text = telling
        if made and day.rng.random() < 0.1:
            copied = day.rng.choice(made[-300:])
            title, text = copied.title, copied.text[: day.rng.randrange(700, 2400)]
        url = f"https://bench.example.org/{number}"
        made.append(
            Article(
                url=url,
                canonical_url=url,
                title=title,
                text=text,
                language="en",
                outlet=f"Outlet {number % 60}",
                publisher=f"House {number % 45}",
                published_at=START + timedelta(minutes=day.rng.randrange(36 * 60)),
                id=number + 1,
            )
        )
    return made


def drafted(batch: list[Article], stories: tuple[Story, ...], themes: tuple[Theme, ...]) -> Composition:
    options = SummaryOptions()
    return compose(
        EditionKey("bench", "daily", NOW),
        stories,
        themes=[theme.style for theme in themes],
        title="Bench",
        language="en",
        local_date=NOW.date().isoformat(),
        now=NOW,
        options=ComposeOptions(),
        summarise=lambda story, lead: summarise(story, options, lead=lead),
        notice=lambda provenances: ai_notice(provenances, wording=None),
        past=Past(),
        reading=READING,
        kin=kinship,
        told_url=lambda told: told.ref,
        articles_considered=len(batch),
        outlets=60,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", action="store_true", help="also 20,000 articles")
    options = parser.parse_args()
    unit = yardstick()
    themes = load_themes([Path(digest.__file__).parent / "themes"], [])
    print(f"yardstick {unit:.2f} s CPU")
    first = 0.0
    for count in (2_000, 20_000) if options.large else (2_000,):
        batch = articles(count, themes)
        begun = time.process_time()
        stories = group(batch, themes)
        grouped = time.process_time() - begun
        edition = drafted(batch, stories, themes).edition
        whole = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        first = first or whole
        growth = f", {whole / first:.1f} times 2,000" if whole != first else ""
        print(
            f"{count:6,} articles, {len(stories):5,} stories, {len(edition.stories)} in the draft: "
            f"{whole:.2f} s CPU = {whole / unit:.1f} units{growth}, "
            f"{grouped:.2f} s of it themes and grouping; peak memory {peak:.0f} MiB"
        )


if __name__ == "__main__":
    main()
