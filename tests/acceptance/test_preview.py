"""An editor looks at tomorrow's mail: the contact sheet and the live page, in a real browser."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from digest.render.flowed import unflow
from tests.browser import AXE, PATIENCE_S, Browser, Page

from .conftest import Desk

pytestmark = pytest.mark.timeout(400)  # several programs, and a browser, on a machine that may be busy
ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
WIDTHS = [320, 375, 600, 1200]
# One red pixel, 40 by 40 as shown, and what must never run.
PIXEL = "data:image/gif;base64,R0lGODdhAQABAPAAAP8AAP///ywAAAAAAQABAAACAkQBADs="
FERRY = f'<mj-image src="{PIXEL}" alt="A ferry in the ice" width="40px" />'
HOSTILE = (
    "<mj-raw><script>top.hacked = true; document.title = 'hacked'</script>"
    '<img src="data:," alt="" onerror="top.hacked = true" /></mj-raw>'
)
FRAMES = """[...document.querySelectorAll("iframe")].map(frame => {
  const page = frame.contentDocument, style = e => frame.contentWindow.getComputedStyle(e);
  const image = page.querySelector("img[alt='A ferry in the ice']");
  return {title: frame.title, width: frame.clientWidth, needs: page.documentElement.scrollWidth,
    height: frame.clientHeight, tall: page.documentElement.scrollHeight,
    bed: style(page.body).backgroundColor, ink: style(page.querySelector("h1")).color,
    image: image && {loaded: image.naturalWidth > 0, shown: image.getBoundingClientRect().height > 0}}})"""
MAIL = "document.querySelector('iframe').contentDocument"


def override(desk: Desk, name: str, change: Callable[[str], str]) -> Path:
    """The editor's own copy of a template, changed."""
    own = desk.folder / "templates" / name
    own.parent.mkdir(parents=True, exist_ok=True)
    source = own if own.exists() else TEMPLATES / name
    own.write_text(change(source.read_text("utf-8")), encoding="utf-8")
    return own


def with_in_the_lead(addition: str) -> Callable[[str], str]:
    return lambda text: text.replace("{% if edition.lead %}\n", f"""{{% if edition.lead %}}
  <mj-section css-class="pp"><mj-column>{addition}</mj-column></mj-section>
""", 1)  # fmt: skip


def brightness(colour: str) -> int:
    assert colour.startswith("rgb("), f"{colour} lets shine through what is behind it"
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


def everything(desk: Desk) -> list[str]:
    """All that the database holds."""
    with closing(sqlite3.connect(f"file:{desk.folder / 'subscribers.db'}?mode=ro", uri=True)) as conn:
        return list(conn.iterdump())


@contextmanager
def live(desk: Desk, *arguments: str) -> Iterator[tuple[str, list[str]]]:
    """A live preview's address, and what it said once it has been ended by Ctrl-C."""
    said: list[str] = []
    process = desk.start("preview", "--live", *arguments)
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), process.communicate()
        yield address, said
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, ""), err
        assert "Traceback" not in err
        assert "ERROR" not in err, "a connection was cut off"
        said.append(err)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def shown(page: Page, words: str) -> None:
    """Wait until the mail in the frame has these words."""
    page.until(f"{MAIL}.body.innerText.includes({words!r})")


# --- the contact sheet ------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("dark_machine", [False, True], ids=["light machine", "dark machine"])
def test_the_sheet_shows_every_width_in_light_and_dark_and_without_images(
    stocked: Desk, chromium: Browser, dark_machine: bool
) -> None:
    override(stocked, "edition.mjml.j2", with_in_the_lead(FERRY + HOSTILE))
    sheet = Path(stocked.json("preview")["sheet.html"])
    assert "top.hacked" in (sheet.parent / "edition.html").read_text("utf-8")
    page = chromium.open(sheet.as_uri(), dark=dark_machine)
    frames = page.ask(FRAMES)
    assert [frame["title"] for frame in frames] == [
        f"{view}, {width} px" for view in ("Light", "Dark", "Images off") for width in WIDTHS
    ]
    assert [frame["width"] for frame in frames] == WIDTHS * 3
    for frame in frames:
        dark, images = frame["title"].startswith("Dark"), not frame["title"].startswith("Images off")
        assert frame["needs"] <= frame["width"], f"{frame['title']} sticks out to {frame['needs']} px"
        assert frame["tall"] <= frame["height"], f"{frame['title']} is cut off"
        assert (brightness(frame["bed"]) < 150) == dark, frame
        assert (brightness(frame["ink"]) > 450) == dark, frame
        assert frame["image"] == {"loaded": images, "shown": True}, frame
    assert page.ask("window.hacked") is None
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")
    text = (sheet.parent / "edition.txt").read_text("utf-8")
    assert " \n" in text, "nothing was broken that could be joined"
    assert page.ask("document.querySelector('pre').textContent").strip() == unflow(text).strip()


@pytest.mark.browser
def test_the_sheet_tells_what_an_editor_wants_to_know(stocked: Desk, chromium: Browser) -> None:
    paths = stocked.json("preview", "--theme", "arctic")
    html = Path(paths["html"]).read_text("utf-8")
    page = chromium.open(Path(paths["sheet.html"]).as_uri(), width=390)
    facts = dict(
        page.ask(
            "[...document.querySelectorAll('.facts div')].map(e => [...e.children].map(c => c.innerText))"
        )
    )
    assert facts["From"] == "The Harbour Brief <desk@harbour.example.net>"
    assert facts["Size"].startswith(f"{len(html.encode()) / 1024:.1f} KiB, ")
    assert facts["Size"].endswith(" % of what Gmail shows (102 KiB)")
    assert f"{facts['Stories']} stories" in html
    assert int(facts["Links"]) == html.count("<a ")
    assert page.ask("document.querySelector('h1').innerText") in html
    assert "This mail has no images" in page.text()
    assert page.ask("document.documentElement.scrollWidth <= innerWidth"), "the sheet is wider than a phone"


@pytest.mark.browser
def test_the_sheet_can_be_seen_at_its_actual_size(stocked: Desk, chromium: Browser) -> None:
    page = chromium.open(Path(stocked.json("preview")["sheet.html"]).as_uri())
    size = "document.querySelectorAll('iframe')[3].getBoundingClientRect().width"
    assert page.ask(size) < 700
    page.click("#actual")
    page.until(f"{size} === 1200")


# --- the live page ----------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_page_follows_a_template_tells_its_mistakes_and_recovers(
    stocked: Desk, chromium: Browser
) -> None:
    stocked.run("draft")
    with live(stocked) as (address, said):
        page = chromium.open(address)
        page.until(f"{MAIL}.querySelector('h1')")
        page.until("document.documentElement.scrollHeight > innerHeight + 700")
        page.ask("scrollTo(0, 700)")
        page.until("scrollY === 700")
        own = override(stocked, "edition.mjml.j2", with_in_the_lead("<mj-text>The first change</mj-text>"))
        shown(page, "The first change")
        page.until("scrollY === 700")
        right = own.read_text("utf-8")
        line = right[: right.index("The first change")].count("\n") + 1
        own.write_text(right.replace("The first change", "{{ edition.no_such_thing }}"), encoding="utf-8")
        page.until("!document.getElementById('problem').hidden")
        problem = page.ask("document.getElementById('problem').innerText")
        assert f"{own}, line {line}" in problem
        assert "no_such_thing" in problem
        page.click("input[name=form][value=text]")  # the last rendering that succeeded, in every form
        page.until(f"{MAIL}.querySelector('pre').innerText.includes('https://')")
        page.click("input[name=form][value=html]")
        shown(page, "The first change")
        own.write_text(right.replace("The first change", "The second change"), encoding="utf-8")
        shown(page, "The second change")
        page.until("document.getElementById('problem').hidden")
    assert f"edition.mjml.j2 changed: can't be rendered: {own}, line {line}" in said[0]


@pytest.mark.browser
def test_the_page_follows_the_draft_the_settings_and_the_themes(stocked: Desk, chromium: Browser) -> None:
    stocked.run("draft")
    with live(stocked) as (address, said):
        page = chromium.open(address)
        shown(page, "The Harbour Brief")
        sheet = stocked.run("edit", "--print").stdout
        edited = re.sub(r"(?m)^(keep s\d+) .*$", r"\1 Ice holds the ferry", sheet, count=1)
        (stocked.folder / "edited.txt").write_text(edited, encoding="utf-8")
        stocked.run("edit", "--file", "edited.txt", "--by", "Ada Lund")
        shown(page, "Ice holds the ferry")

        settings = stocked.folder / "digest.toml"
        right = settings.read_text("utf-8")
        settings.write_text(right.replace("[publication]", "[publication]\nnmae = 1"), encoding="utf-8")
        page.until("document.getElementById('problem').innerText.includes('digest.toml:2')")
        settings.write_text(right.replace("desk@harbour", "night-desk@harbour"), encoding="utf-8")
        page.until("document.getElementById('facts').innerText.includes('night-desk@harbour')")
        assert page.ask("document.getElementById('problem').hidden")

        builtin = ROOT / "digest" / "themes" / "arctic.toml"
        own = stocked.folder / "themes" / "arctic.toml"
        own.parent.mkdir(exist_ok=True)
        own.write_text(builtin.read_text("utf-8").replace('name = "Arctic"', 'name = "Far North"'), "utf-8")
        page.until("document.getElementById('themes').innerText.includes('Far North')")
    assert "the draft changed: rendered" in said[0]
    assert "digest.toml changed: rendered" in said[0]


@pytest.mark.browser
def test_every_switch_does_what_it_says(stocked: Desk, chromium: Browser) -> None:
    override(stocked, "edition.mjml.j2", with_in_the_lead(FERRY + HOSTILE))
    with live(stocked, "--theme", "arctic") as (address, _said):
        page = chromium.open(address)
        page.until(f"{MAIL}.querySelector('h1')")
        section = f"[...{MAIL}.querySelectorAll('h2')].map(e => e.innerText)"
        assert "Arctic" in page.ask(section)
        assert "Middle East" not in page.ask(section)
        page.click("#themes input[value=middle-east]")
        page.until(f"{section}.includes('Middle East')")
        page.click("#themes input[value=middle-east]")
        page.click("#themes input[value=arctic]")  # none is all of them
        page.until(f"{section}.includes('Indo-Pacific alliances') && {section}.includes('Arctic')")

        image = f"{MAIL}.querySelector('img[alt=\"A ferry in the ice\"]')"
        page.until(f"{image}.naturalWidth > 0")
        page.click("input[name=images][value='0']")
        page.until(f"{image} && {image}.complete && {image}.naturalWidth === 0")

        bed = f"getComputedStyle({MAIL}.body).backgroundColor"
        light = page.ask(bed)
        assert brightness(light) > 600
        page.click("input[name=dark][value='1']")
        page.until(f"![{light!r}, 'rgba(0, 0, 0, 0)'].includes({bed})")
        assert brightness(page.ask(bed)) < 150

        for width in WIDTHS:
            page.click(f"input[name=width][value='{width}']")
            page.until(f"document.querySelector('iframe').clientWidth === {width}")
            needed = page.ask(f"{MAIL}.documentElement.scrollWidth")
            assert needed <= width, f"{width}: sticks out to {needed} px"

        page.click("input[name=form][value=text]")
        page.until(f"{MAIL}.querySelector('pre').innerText.includes('http')")
        page.click("input[name=form][value=headers]")
        shown(page, "List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        page.press("ArrowLeft")  # from the headers to the web copy, by keyboard
        page.until(f"{MAIL}.querySelector('main, article')")
        assert page.ask("window.hacked") is None

        again = chromium.open(page.ask("location.href"))  # a bookmark keeps the choice
        again.until(f"{MAIL}.querySelector('main, article')")
        assert again.ask("document.querySelector('form').elements.width.value") == "1200"


def test_a_reader_who_gets_nothing_is_told_of_and_no_mistake(stocked: Desk) -> None:
    stocked.run("draft")
    (stocked.folder / "themes").mkdir()
    (stocked.folder / "themes" / "opera.toml").write_text(
        'slug = "opera"\nname = "Opera"\ncolour = "#6b2d5c"\n[phrases]\nstrong = ["bel canto"]\n',
        encoding="utf-8",
    )
    with live(stocked) as (address, _said), httpx2.Client(base_url=address, timeout=PATIENCE_S) as client:
        answer = until_rendered(client, "/frame/html?theme=opera")
        assert "a reader of opera gets no e-mail" in answer.text
        assert client.get("/state").json()["problem"] == []


def until_rendered(client: httpx2.Client, address: str) -> httpx2.Response:
    """The answer once there is a rendering: the first server-sent event says so."""
    with client.stream("GET", "/events") as events:
        for line in events.iter_lines():
            if line.startswith("data: ") and int(line[6:]) > 0:
                break
    return client.get(address)


def test_nobody_else_reads_the_draft_and_nothing_can_be_changed(stocked: Desk) -> None:
    before = everything(stocked)
    with live(stocked) as (address, _said), httpx2.Client(base_url=address, timeout=PATIENCE_S) as client:
        mail = until_rendered(client, "/frame/html")
        port = client.base_url.port
        for path in ("/", "/state", "/frame/html", "/events"):
            foreign = client.get(path, headers={"Host": f"rebound.example.org:{port}"})
            assert foreign.status_code == 400, path
            assert "Harbour" not in foreign.text
            for method in ("POST", "PUT", "DELETE"):
                assert client.request(method, path).status_code == 405, path
        assert client.get("/frame/passwords").status_code == 404
        for path in ("/", "/state", "/live.js"):
            policy = client.get(path).headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
        policy = mail.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; ")
        assert "script-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        with (
            pytest.raises(ConnectionRefusedError),
            socket.create_connection(("127.0.0.2", port or 0), timeout=5),
        ):
            pass
    assert everything(stocked) == before


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.skipif(not AXE.exists(), reason="no axe-core in node_modules")
def test_both_pages_can_be_used_by_everybody(stocked: Desk, chromium: Browser) -> None:
    sheet = Path(stocked.json("preview")["sheet.html"]).as_uri()
    with live(stocked) as (address, _said):
        for dark in (False, True):
            for url in (sheet, address):
                page = chromium.open(url, dark=dark)
                page.until(f"{MAIL}.querySelector('h1')")
                assert page.violations() == [], (url, dark)
        own = override(stocked, "edition.mjml.j2", lambda text: text + "{{ no_such_thing }}")
        page.until("!document.getElementById('problem').hidden")
        assert page.violations() == [], own


@pytest.mark.browser
def test_an_open_page_keeps_nobody_from_ending_the_preview(stocked: Desk, chromium: Browser) -> None:
    with live(stocked) as (address, _said):
        page = chromium.open(address)
        page.until("document.getElementById('status').innerText.startsWith('Up to date')")
    page.until("document.getElementById('status').innerText.startsWith('The preview has ended')")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--live", "--out", "look"), 2, "--out"),
        (("--live", "--json"), 2, "--json"),
        (("--port", "8700"), 2, "--live"),
        (("--live", "--edition", "daily-20200101T0000"), 1, "daily-20200101T0000"),
        (("--live", "--theme", "antarctic"), 1, "antarctic"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    desk: Desk, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert words in desk.run("preview", *arguments, code=code).stderr


def test_a_port_that_is_taken_is_told_in_one_line(stocked: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = stocked.run("preview", "--live", "--port", str(port), code=1).stderr
    assert f"can't listen on 127.0.0.1, port {port}" in refused
    assert len(refused.strip().splitlines()) == 1


def test_who_looks_at_a_mail_need_not_hold_the_key_that_signs_it(stocked: Desk) -> None:
    settings = tomllib.loads((stocked.folder / "digest.toml").read_text("utf-8"))
    stocked.configure(**settings, dkim={"rsa_selector": "digest", "rsa_key": "elsewhere.pem"})
    made = stocked.run("preview", "--json")
    assert "not signed here: dkim.rsa_key: " in made.stderr
    assert "DKIM-Signature" not in Path(json.loads(made.stdout)["eml"]).read_text("utf-8")
    with live(stocked) as (address, _said), httpx2.Client(base_url=address, timeout=PATIENCE_S) as client:
        assert until_rendered(client, "/frame/html").status_code == 200
        assert client.get("/state").json()["problem"] == []
