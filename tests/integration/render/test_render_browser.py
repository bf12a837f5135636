"""The golden editions in a real browser: nothing sticks out sideways, and dark mode is dark."""

from __future__ import annotations

import base64
import html
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from digest.imaging import picture_of
from digest.maillint.css import Screen
from digest.maillint.mail import parse
from digest.model.edition import Method, Provenance
from digest.model.links import Links
from digest.model.look import READABLE, contrast
from digest.render.renderer import Renderer
from digest.summarise import ai_notice
from tests.browser import CHROMIUM
from tests.pictures import encoded, photo

WIDTHS = (320, 375, 600, 1200)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
MEASURE = """addEventListener("load", () => {
  const frames = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, style = e => frame.contentWindow.getComputedStyle(e);
    const bed = e => { for (; e; e = e.parentElement) {
      const c = style(e).backgroundColor; if (c !== "rgba(0, 0, 0, 0)") return c }
      return "rgb(255, 255, 255)" };
    const texts = [...page.body.querySelectorAll("h1,h2,h3,p,a,li,b,span")].filter(e => e.textContent.trim());
    return {name: frame.title, width: frame.clientWidth, needs: page.documentElement.scrollWidth,
      mode: page.compatMode, h1: style(page.querySelector("h1")).fontSize,
      ways: [...page.querySelectorAll("a.f1")].map(e => [
        e.getBoundingClientRect().top, e.getBoundingClientRect().bottom]),
      notice: page.querySelector(".nn")?.getBoundingClientRect().height,
      images: [...page.images].map(e => ({loaded: e.naturalWidth, shown: e.getBoundingClientRect()})),
      smallest: Math.min(...texts.map(e => parseFloat(style(e).fontSize))),
      colours: [...new Set(texts.map(e => style(e).color + "/" + bed(e)))]}});
  document.getElementById("out").textContent = JSON.stringify(frames) })"""


def measured(pages: dict[str, str], folder: Path, *, dark: bool) -> list[dict[str, Any]]:
    """One start of the browser for all pages at all widths, each in a frame of its own."""
    frames = "".join(
        f'<iframe title="{name}" width="{width}" height="600" style="border:0" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
        for width in WIDTHS
    )
    file = folder / "frames.html"
    file.write_text(f"<!DOCTYPE html><body>{frames}<pre id=out></pre><script>{MEASURE}</script>")
    assert CHROMIUM
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--disable-background-networking", f"--user-data-dir={folder / 'profile'}"),
            *((["--blink-settings=preferredColorScheme=0"]) if dark else []),
            *("--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        check=True,
        timeout=90,
    )
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout.decode(), re.DOTALL)
    assert found
    frames_seen: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    assert len(frames_seen) == len(pages) * len(WIDTHS)
    return frames_seen


def as_hex(colour: str) -> str:
    red, green, blue = re.findall(r"\d+", colour)[:3]
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


@pytest.fixture(scope="module")
def mails(renderer_of: Callable[[str], Renderer], samples: ModuleType) -> dict[str, str]:
    return {
        name: renderer_of(name).variant(renderer_of(name).fit(case()), frozenset()).html
        for name, case in samples.CASES.items()
    }


@pytest.fixture(scope="module")
def pages(
    mails: dict[str, str], renderer_of: Callable[[str], Renderer], samples: ModuleType
) -> dict[str, str]:
    bare = re.sub(r"(?s)<style.*?</style>", "", mails["normal"])
    webs = {
        f"web-{name}": renderer_of(name).web_copy(samples.CASES[name]())
        for name in ("normal", "long-headline", "right-to-left", "hostile")
    }
    told = [samples.told_correction(), samples.told_correction()]
    webs["web-corrected"] = renderer_of("normal").web_copy(samples.normal(), corrections=told)
    return {**mails, "without-styles": bare, **webs, **with_pictures(renderer_of("lead-image"), samples)}


def with_pictures(renderer: Renderer, samples: ModuleType) -> dict[str, str]:
    """Mails and a web copy that show real pictures, a wide and an upright one."""
    edition = samples.lead_image()
    found: dict[str, str] = {}
    for name, size in {"wide": (1600, 900), "upright": (900, 1200)}.items():
        jpeg = picture_of(encoded(photo(*size)))
        lead = edition.stories[0]
        shown = replace(lead.picture, hash=jpeg.hash, width=jpeg.width, height=jpeg.height)
        illustrated = replace(edition, stories=(replace(lead, picture=shown), *edition.stories[1:]))
        data = "data:image/jpeg;base64," + base64.b64encode(jpeg.content).decode()
        pages = {
            f"{name}-picture": renderer.variant(illustrated, frozenset()).html,
            f"web-{name}-picture": renderer.web_copy(illustrated),
        }
        found |= {
            title: page.replace(Links(samples.PUBLICATION.base_url).image(jpeg.hash), data)
            for title, page in pages.items()
        }
    return found


@pytest.fixture(scope="module", params=[False, True], ids=["light", "dark"])
def seen(
    request: pytest.FixtureRequest, pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[bool, list[dict[str, Any]]]:
    return request.param, measured(pages, tmp_path_factory.mktemp("browser"), dark=request.param)


def test_every_edition_is_readable_at_every_width(seen: tuple[bool, list[dict[str, Any]]]) -> None:
    dark, frames = seen
    for frame in frames:
        where = f"{frame['name']} at {frame['width']} px, {'dark' if dark else 'light'}"
        assert frame["needs"] <= frame["width"], f"{where} sticks out to {frame['needs']} px"
        assert frame["mode"] == "CSS1Compat", f"{where} is in quirks mode"
        assert frame["smallest"] >= 14, f"{where} has text of {frame['smallest']} px"
        for pair in frame["colours"]:
            text, bed = map(as_hex, pair.split("/"))
            assert contrast(text, bed) >= READABLE, f"{where}: {text} on {bed}"
            if frame["name"] != "without-styles":
                assert (contrast(bed, "#000000") < 3) == dark, f"{where}: the background is {bed}"


def test_a_picture_fills_its_column_and_keeps_its_shape(seen: tuple[bool, list[dict[str, Any]]]) -> None:
    widths = {
        "wide-picture": {320: 272, 375: 327, 600: 552, 1200: 552},
        "upright-picture": {320: 272, 375: 310, 600: 310, 1200: 310},
        "web-wide-picture": {320: 272, 375: 327, 600: 552, 1200: 600},
        "web-upright-picture": {320: 272, 375: 327, 600: 356, 1200: 356},
    }
    for name, expected in widths.items():
        frames = {frame["width"]: frame["images"] for frame in seen[1] if frame["name"] == name}
        for width, images in frames.items():
            (image,) = images
            assert image["loaded"] in {1104, 621}
            assert image["shown"]["width"] == pytest.approx(expected[width], abs=1), f"{name} at {width} px"
            shape = image["shown"]["width"] / image["shown"]["height"]
            assert shape == pytest.approx(16 / 9 if "wide" in name else 3 / 4, rel=0.02)


def test_the_linter_computes_colours_and_sizes_as_the_browser_does(
    seen: tuple[bool, list[dict[str, Any]]], pages: dict[str, str]
) -> None:
    dark, frames = seen
    for frame in frames:
        if frame["name"].startswith("web-"):  # uses what no mail may: CSS variables
            continue
        page = parse(b"Content-Type: text/html; charset=utf-8\n\n" + pages[frame["name"]].encode())
        texts = page.texts(Screen(frame["width"], dark=dark))
        computed = {(text.ink, text.background) for text in texts}
        shown = {tuple(map(as_hex, pair.split("/"))) for pair in frame["colours"]}
        where = f"{frame['name']} at {frame['width']} px, {'dark' if dark else 'light'}"
        assert len(computed) > 1, where
        assert computed <= shown, where
        assert min(text.size for text in texts) == frame["smallest"], where


def test_headlines_shrink_on_a_phone(seen: tuple[bool, list[dict[str, Any]]]) -> None:
    sizes = {frame["width"]: frame["h1"] for frame in seen[1] if frame["name"] == "normal"}
    assert sizes == {320: "27px", 375: "27px", 600: "32px", 1200: "32px"}


def test_a_thumb_finds_each_link_of_the_footer_and_the_notice_is_short(
    renderer: Renderer, samples: ModuleType, tmp_path: Path
) -> None:
    edition = samples.normal()
    made = [Provenance(Method.EXTRACT, "Polar Post")]
    page = renderer.variant(replace(edition, notice=ai_notice(made, wording=None)), frozenset()).html
    for frame in measured({"mail": page}, tmp_path, dark=False):
        if frame["width"] <= 480:
            assert all(bottom - top >= 40 for top, bottom in frame["ways"]), frame["width"]
            above = [bottom for _top, bottom in frame["ways"][:-1]]
            below = [top for top, _bottom in frame["ways"][1:]]
            assert all(top >= bottom for bottom, top in zip(above, below, strict=True))
        if frame["width"] == 375:
            assert frame["notice"] <= 4 * 24, "four lines"
