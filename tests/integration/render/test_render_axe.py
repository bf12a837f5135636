"""Every golden mail and web copy before axe-core in a real browser, in light and in dark.

axe-core is looked for where the MJML validator is: node_modules of this checkout, and of the folder in
DIGEST_TEST_NODE_MODULES.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from digest.render.renderer import Renderer

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FOLDERS = (
    Path(__file__).parents[3] / "node_modules",
    Path(os.environ.get("DIGEST_TEST_NODE_MODULES", "node_modules")),
)
AXE = next((file for folder in FOLDERS if (file := folder / "axe-core/axe.min.js").is_file()), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.npm,
    pytest.mark.timeout(300),  # axe looks at every element of some twenty pages
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    pytest.mark.skipif(AXE is None, reason="no axe-core@4 in node_modules"),
]
# All of WCAG 2.2 A and AA, and what axe calls best practice.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """addEventListener("load", async () => {
  const found = {}, source = document.getElementById("axe").textContent;
  for (const frame of document.querySelectorAll("iframe")) {
    frame.contentWindow.eval(source);
    const seen = await frame.contentWindow.axe.run(frame.contentDocument, {
      runOnly: {type: "tag", values: TAGS}, resultTypes: ["violations"]});
    found[frame.title] = seen.violations.map(one => one.id + ": " + one.nodes[0].html.slice(0, 200));
    found[frame.title + " passes"] = seen.passes.map(one => one.id);
  }
  document.getElementById("out").textContent = JSON.stringify(found) })"""


def violations(pages: dict[str, str], folder: Path, *, dark: bool) -> dict[str, list[str]]:
    """What axe holds against each page, and under ``NAME passes`` which rules it met."""
    assert AXE
    assert CHROMIUM
    source = AXE.read_text("utf-8").replace("</script", "<\\/script")
    frames = "".join(
        f'<iframe title="{name}" width="600" height="3000" srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
    )
    script = RUN.replace("TAGS", json.dumps(TAGS))
    file = folder / "axe.html"
    file.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><body>{frames}<pre id=out></pre>"
        f'<script type="text/plain" id="axe">{source}</script><script>{script}</script>',
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *(f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=600000"),
            *(["--blink-settings=preferredColorScheme=0"] if dark else []),
            *("--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        check=True,
        timeout=280,
    )
    found = re.search(r'<pre id="out">(.+?)</pre>', done.stdout.decode(), re.DOTALL)
    assert found, done.stderr.decode()[-2000:]
    seen: dict[str, list[str]] = json.loads(html.unescape(found[1]))
    return seen


@pytest.fixture(scope="module")
def pages(renderer_of: Callable[[str], Renderer], samples: ModuleType) -> dict[str, str]:
    shown = {}
    for name, case in samples.CASES.items():
        renderer = renderer_of(name)
        shown[name] = renderer.variant(renderer.fit(case()), frozenset()).html
        shown[f"web-{name}"] = renderer.web_copy(case())
    shown["web-corrected"] = renderer_of("normal").web_copy(
        samples.normal(), corrections=[samples.told_correction()]
    )
    # A golden story is as good as its neighbour: sixty of them take axe a minute, and tell nothing new.
    return {name: page for name, page in shown.items() if "sixty" not in name}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_breaks_a_rule(pages: dict[str, str], tmp_path: Path, dark: bool) -> None:
    found = violations(pages, tmp_path, dark=dark)
    assert {name: found[name] for name in pages if found[name]} == {}
    looked_for = {"color-contrast", "document-title", "html-has-lang"}
    assert all(looked_for <= set(found[f"{name} passes"]) for name in pages)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_is_really_looking(pages: dict[str, str], tmp_path: Path, dark: bool) -> None:
    faint = '<p style="color:#8a8a8a !important;background:#999999 !important">Faint</p>'
    broken = {
        "contrast": pages["one-story"].replace("</h1>", f"</h1>{faint}"),
        "image": pages["one-story"].replace("</h1>", '</h1><img src="a.png" />'),
        "language": re.sub(r'<html lang="en"', "<html", pages["one-story"]),
    }
    found = violations(broken, tmp_path, dark=dark)
    assert [found[name][0].partition(":")[0] for name in broken] == [
        "color-contrast",
        "image-alt",
        "html-has-lang",
    ]
