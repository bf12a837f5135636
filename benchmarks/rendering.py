"""What rendering costs, as CPU time of this process.

Run: python benchmarks/rendering.py. Each figure stands beside two references that run in the same
minute on the same machine, so that ratios can be compared between machines: zlib over a fixed text,
and the compiler of the npm package mjml on the same MJML source. That one is looked for in
node_modules of this checkout and in the folder that DIGEST_TEST_NODE_MODULES names:

    npm install --no-save --no-package-lock mjml@4.18.0

The edition is a full one: 25 stories, most of them told by several outlets, a third with related
lines, 75 KiB of HTML. "once the first is done" is a variant after one of the same edition; "the
first" is that of an edition nobody has seen, by a program that has rendered before.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from statistics import median
from types import ModuleType

from digest.model.edition import Edition, EditionStory, ThemeStyle
from digest.model.links import edition_ref
from digest.render import compile_message, variant_key
from digest.render.markup import compile_mjml
from digest.render.renderer import Renderer

ROOT = Path(__file__).parents[1]
REFERENCE = b"the quick brown fox jumps over the lazy dog " * 20_000
NODE_MODULES = Path(os.environ.get("DIGEST_TEST_NODE_MODULES") or ROOT / "node_modules")
NPM = """const loaded = require(process.argv[1]), mjml = loaded.default || loaded;
const source = require("fs").readFileSync(0, "utf8");
(async () => { const times = [];
  for (let n = 0; n < 15; n++) { const c = process.cpuUsage(); await mjml(source);
    const d = process.cpuUsage(c); times.push((d.user + d.system) / 1000) }
  console.log(times.slice(3).sort((a, b) => a - b)[6]) })()"""


def samples() -> ModuleType:
    """The editions of the golden tests."""
    sys.path.append(str(ROOT))
    return importlib.import_module("tests.golden.samples")


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """The median of several runs, after one to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return median(taken)


def full_edition(sample: ModuleType, themes: tuple[ThemeStyle, ...], stories: int = 25) -> Edition:
    """A day as real feeds give it; its stories belong to ``themes`` in turn."""
    filled = tuple(
        replace(told(story, number), themes=(themes[number % len(themes)].slug,))
        for number, story in enumerate(sample.stories(stories))
    )
    edition: Edition = sample.edition(filled, themes=themes)
    return edition


def told(story: EditionStory, number: int) -> EditionStory:
    """``story`` told by up to five more outlets, at length, with a discussion and related lines."""
    others = tuple(
        replace(
            story.sources[0],
            outlet=f"Outlet number {n}",
            url=f"https://www.outlet{n}.example/2026/03/a-long-slug-{number}-{n}",
        )
        for n in range(1 + number % 5)
    )
    summary = story.summary and replace(story.summary, text=f"{story.summary.text} {story.summary.text}")
    return replace(
        story,
        sources=(story.sources[0], *others),
        summary=summary,
        related=others[: number % 3],
        comments_url=others[0].url if number % 2 else "",
    )


def eight_themes() -> tuple[ThemeStyle, ...]:
    """Of eight themes there are 256 choices; the empty one and the whole one are the same variant."""
    return tuple(ThemeStyle(f"theme-{n}", f"Theme {n}", "#0b6170") for n in range(8))


def all_choices(renderer: Renderer, edition: Edition) -> int:
    slugs = [theme.slug for theme in edition.themes]
    choices = [frozenset(some) for size in range(9) for some in combinations(slugs, size)]
    rendered = {variant_key(edition, choice): choice for choice in choices}
    for choice in rendered.values():
        renderer.variant(edition, choice)
    return len(rendered)


def first_ms(renderer: Renderer, edition: Edition, times: int = 15) -> float:
    """A variant of an edition of stories that the renderer has not met."""
    fresh = iter([replace(edition, stories=renamed(edition, n)) for n in range(times + 1)])
    return cpu_ms(lambda: renderer.variant(next(fresh), frozenset()), times)


def renamed(edition: Edition, number: int) -> tuple[EditionStory, ...]:
    return tuple(replace(story, key=f"{story.key}-{number}") for story in edition.stories)


def npm_ms(source: str) -> float | str:
    """CPU time of the npm compiler for ``source``, or the reason why there is none."""
    node = shutil.which("node")
    if node is None:
        return "there is no node"
    if not (NODE_MODULES / "mjml").is_dir():
        return f"there is no package mjml in {NODE_MODULES}"
    done = subprocess.run(
        [node, "-e", NPM, str((NODE_MODULES / "mjml").resolve())],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    sample = samples()
    renderer = Renderer([ROOT / "templates"], sample.PUBLICATION)
    edition = full_edition(sample, sample.THEMES)
    large = full_edition(sample, sample.THEMES, stories=200)
    variant = renderer.variant(edition, frozenset())
    ref, date = edition_ref(edition.key), sample.SLOT
    message = compile_message(variant, sample.PUBLICATION, edition_ref=ref, date=date)
    reference = cpu_ms(lambda: zlib.compress(REFERENCE, 6), 25)
    npm = npm_ms(variant.mjml)
    figures = {
        "a variant once the first is done": cpu_ms(lambda: renderer.variant(edition, frozenset()), 25),
        "  of it: MJML to HTML (mrml)": cpu_ms(lambda: compile_mjml(variant.mjml, template=""), 25),
        "the first variant of an edition": first_ms(renderer, edition),
        "fit, 25 stories (nothing to move)": cpu_ms(lambda: renderer.fit(edition), 15),
        "fit, 200 stories": cpu_ms(lambda: renderer.fit(large), 3),
        "web copy": cpu_ms(lambda: renderer.web_copy(edition), 15),
        "compile the message": cpu_ms(
            lambda: compile_message(variant, sample.PUBLICATION, edition_ref=ref, date=date), 15
        ),
        "fill one recipient's copy": cpu_ms(lambda: [message.fill(sample.PERSON) for _ in range(1000)], 5)
        / 1000,
    }
    choices = full_edition(sample, eight_themes())
    start = time.process_time()
    count = all_choices(Renderer([ROOT / "templates"], sample.PUBLICATION), choices)
    figures[f"all {count} variants of 8 themes"] = (time.process_time() - start) * 1000

    print(f"25 stories, {len(variant.html.encode()):,} bytes of HTML")
    print(f"{'':36} {'CPU ms':>10} {'x zlib':>10} {'x npm mjml':>10}")
    print(f"{'zlib over 880 kB':36} {reference:10.3f} {1:10.3f}")
    if isinstance(npm, str):
        print(f"{'npm mjml, the same source':36} not timed: {npm}")
    else:
        print(f"{'npm mjml, the same source':36} {npm:10.3f} {npm / reference:10.3f} {1:10.3f}")
    for name, value in figures.items():
        beside = "" if isinstance(npm, str) else f" {value / npm:10.3f}"
        print(f"{name:36} {value:10.3f} {value / reference:10.3f}{beside}")


if __name__ == "__main__":
    main()
