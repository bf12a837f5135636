"""Cost of theming and grouping, as ratios: 2,000 articles of 400 words, and ten times as many.

Run: ``python benchmarks/grouping.py [--large]``. The yardstick is a fixed amount of word counting done in
the same run, so that figures from different machines can be compared. The articles are made up from
a seeded vocabulary with the names and topics of the themes mixed in: 10 % copies, 20 % second tellings.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import digest
from digest.group import Theme, group, load_themes, score_themes
from digest.model.news import Article

WORDS = 400
START = datetime(2026, 3, 1, tzinfo=UTC)


def cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def yardstick() -> float:
    rng = random.Random(1)
    text = " ".join(f"word{rng.randrange(5000)}" for _ in range(200_000))
    return cpu(lambda: [Counter(text.split()).most_common(50) for _ in range(10)])


def articles(count: int, themes: tuple[Theme, ...]) -> list[Article]:
    rng = random.Random(2)
    common = [
        f"{a}{b}{c}"
        for a in "bdfgklmnprst"
        for b in ("a", "e", "io", "u")
        for c in ("n", "rt", "sk", "l", "m")
    ]
    rare = [f"{rng.choice(common)}{rng.choice(common)}" for _ in range(20_000)]
    topical = [form for theme in themes for term in theme.terms for form in term.forms]
    made: list[Article] = []
    for number in range(count):
        kind = rng.random()
        if made and kind < 0.1:
            text, title = rng.choice(made[-200:]).text[: rng.randrange(600, 2000)], f"Copy {number}"
        else:
            event = (
                rng.choice(made[-200:]).text.split()[:60] if made and kind < 0.3 else rng.choices(rare, k=60)
            )
            rng.shuffle(event)
            rest = rng.choices(common, k=WORDS - 75) + rng.choices(topical, k=5) + rng.choices(rare, k=10)
            rng.shuffle(rest)
            text, title = " ".join([*event, *rest]), " ".join(event[:8]).capitalize()
        url = f"https://bench.example.org/{number}"
        made.append(
            Article(
                url=url,
                canonical_url=url,
                title=title,
                text=text,
                language="en",
                outlet=f"Outlet {number % 40}",
                published_at=START + timedelta(minutes=number * 4320 / count),
            )
        )
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", action="store_true", help="also 20,000 articles")
    options = parser.parse_args()
    unit = yardstick()
    themes = load_themes([Path(digest.__file__).parent / "themes"], [])
    print(f"yardstick {unit:.2f} s CPU")
    first: dict[str, float] = {}
    for count in (2_000, 20_000) if options.large else (2_000,):
        batch = articles(count, themes)
        scored = cpu(lambda batch=batch: [score_themes(article, themes) for article in batch])  # type: ignore[misc]
        whole = cpu(lambda batch=batch: group(batch, themes))  # type: ignore[misc]
        for name, seconds in (("theme scores", scored), ("group, scores included", whole)):
            growth = f", {seconds / first[name]:.1f} times 2,000" if name in first else ""
            first.setdefault(name, seconds)
            print(
                f"{count:6,} articles  {name:24} {seconds:6.2f} s CPU = {seconds / unit:5.1f} units{growth}"
            )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
