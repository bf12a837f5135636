"""What rendering costs, as CPU time of this process.

Run: python benchmarks/rendering.py. Each figure stands beside a reference that runs in the same
minute on the same machine (zlib over a fixed text), so that ratios can be compared between machines.
Where node and the npm package mjml are at hand (DIGEST_NODE_MODULES), its compiler is timed on the
same source.
"""

from __future__ import annotations

import importlib.util
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

from digest.model.edition import Edition, ThemeStyle
from digest.model.links import edition_ref
from digest.render import Renderer, compile_message, variant_key
from digest.render.markup import compile_mjml

ROOT = Path(__file__).parents[1]
REFERENCE = b"the quick brown fox jumps over the lazy dog " * 20_000
NODE_MODULES = Path(os.environ.get("DIGEST_NODE_MODULES", ROOT / "node_modules"))
NPM = """const loaded = require(process.argv[1]), mjml = loaded.default || loaded;
const source = require("fs").readFileSync(0, "utf8");
(async () => { const times = [];
  for (let n = 0; n < 15; n++) { const c = process.cpuUsage(); await mjml(source);
    const d = process.cpuUsage(c); times.push((d.user + d.system) / 1000) }
  console.log(times.slice(3).sort((a, b) => a - b)[6]) })()"""


def samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_samples", ROOT / "tests/golden/samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """The median of several runs, after one to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return median(taken)


def eight_themes(sample: ModuleType) -> Edition:
    """A 25-story edition of eight themes: 256 choices, the empty one included."""
    themes = tuple(ThemeStyle(f"theme-{n}", f"Theme {n}", "#0b6170") for n in range(8))
    stories = tuple(replace(story, themes=(f"theme-{n % 8}",)) for n, story in enumerate(sample.stories(25)))
    edition: Edition = sample.edition(stories, themes=themes)
    return edition


def all_choices(renderer: Renderer, edition: Edition) -> int:
    slugs = [theme.slug for theme in edition.themes]
    choices = [frozenset(some) for size in range(9) for some in combinations(slugs, size)]
    rendered = {variant_key(edition, choice): choice for choice in choices}
    for choice in rendered.values():
        renderer.variant(edition, choice)
    return len(rendered)


def npm_ms(source: str) -> float | None:
    node = shutil.which("node")
    if node is None or not (NODE_MODULES / "mjml").is_dir():
        return None
    done = subprocess.run(
        [node, "-e", NPM, str((NODE_MODULES / "mjml").resolve())],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    sample = samples()
    renderer = Renderer([ROOT / "templates"], sample.PUBLICATION)
    edition = sample.edition(sample.stories(25))
    large = sample.edition(sample.stories(200))
    variant = renderer.variant(edition, frozenset())
    ref, date = edition_ref(edition.key), sample.SLOT
    message = compile_message(variant, sample.PUBLICATION, edition_ref=ref, date=date)
    reference = cpu_ms(lambda: zlib.compress(REFERENCE, 6), 25)
    figures = {
        "variant, 25 stories": cpu_ms(lambda: renderer.variant(edition, frozenset()), 25),
        "  of it: MJML to HTML (mrml)": cpu_ms(lambda: compile_mjml(variant.mjml, template=""), 25),
        "fit, 25 stories (nothing to move)": cpu_ms(lambda: renderer.fit(edition), 15),
        "fit, 200 stories": cpu_ms(lambda: renderer.fit(large), 3),
        "web copy, 25 stories": cpu_ms(lambda: renderer.web_copy(edition), 15),
        "compile the message": cpu_ms(
            lambda: compile_message(variant, sample.PUBLICATION, edition_ref=ref, date=date), 15
        ),
        "fill one recipient's copy": cpu_ms(lambda: [message.fill(sample.PERSON) for _ in range(1000)], 5)
        / 1000,
    }
    print(f"{'':36} {'CPU ms':>9} {'x reference':>12}")
    print(f"{'reference: zlib over 880 kB':36} {reference:9.3f} {1:12.3f}")
    for name, value in figures.items():
        print(f"{name:36} {value:9.3f} {value / reference:12.3f}")
    start = time.process_time()
    count = all_choices(renderer, eight_themes(sample))
    print(f"{f'{count} variants of 25 stories':36} {(time.process_time() - start) * 1000:9.0f}")
    npm = npm_ms(variant.mjml)
    print(
        "the npm mjml compiler: not at hand"
        if npm is None
        else f"{'the npm mjml compiler alone':36} {npm:9.3f}"
    )


if __name__ == "__main__":
    main()
