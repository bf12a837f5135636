"""What is inlined by kind of element is, letter for letter, what premailer makes of the whole page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import RenderError
from digest.render import inlining
from digest.render.inlining import inline
from digest.render.keeping import cache_folder

DARK = "p { color: #fff !important }"
HEAD = f"@media (prefers-color-scheme: dark) {{ {DARK} }} [data-ogsc] {DARK}"
RARE = "#outlook a { padding: 0 } @supports (a: b) { p { c: d } } @font-face { e: f }"
PAGE = f"""<!DOCTYPE html><html><head><style type="text/css">{HEAD}</style>
<style type="text/css">{RARE}</style>
</head><body><p class="x">two  words</p><img width="552" src="a.png" alt="x"></body></html>"""
# Matches nothing, but looks beyond one element: premailer gets the whole page.
LOOKS_AROUND = "\nnav nav { color: #010203 }"

TAGS = ("p", "h2", "a", "span", "td", "div")
NAMES = ("x", "y", "lead", "-z")
ATTRIBUTES = {
    "class": st.sampled_from(["", "x", "x y", " y  x ", "lead", "X", "x\ny"]),
    "id": st.sampled_from(["", "x", "y"]),
    "style": st.sampled_from(
        ["", "color:#111111", "margin:0; color: red !important", "padding : 1px ;", "color:unset;;"]
    ),
    "align": st.just("left"),
    "href": st.just("https://outlet.example/?a=1&amp;b=2"),
    "lang": st.just("ar"),
}
DECLARATIONS = st.lists(
    st.sampled_from(
        [
            *("color: #123456", "color: red !important", "margin: 0 0 10px", "margin-top: 4px"),
            *(
                "font: bold 14px/1.5 Arial, 'A B'",
                "text-align: right",
                "background-color: #fff",
                "width: 9px",
            ),
        ]
    ),
    min_size=1,
    max_size=4,
).map("; ".join)


@st.composite
def selectors(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(["", *TAGS]))
    names = draw(st.lists(st.sampled_from([mark + name for mark in ".#" for name in NAMES]), max_size=2))
    pseudo = draw(st.sampled_from(["", "", "", "", ":hover", ":first-child", ":nth-child(2)", "[lang]"]))
    alone = f"{tag}{''.join(names)}{pseudo}"
    around = draw(st.sampled_from(["", "", "", "", "", "div ", "div > ", "* + "]))
    return around + (alone or draw(st.sampled_from(["p", "*"])))


STYLE_SHEETS = st.lists(
    st.tuples(st.lists(selectors(), min_size=1, max_size=3).map(", ".join), DECLARATIONS), max_size=6
).map(lambda rules: "\n".join(f"{selector} {{ {style} }}" for selector, style in rules))


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    tag = draw(st.sampled_from(TAGS))
    given_ = draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), unique=True, max_size=4))
    attributes = "".join(f' {name}="{draw(ATTRIBUTES[name])}"' for name in given_)
    inner = draw(
        st.sampled_from(["text &amp; more", "<br>", "<!-- [if mso]><td class='x'><![endif] -->", ""])
    )
    if depth:
        inner += "".join(draw(st.lists(elements(depth - 1), max_size=3)))
    return f"<{tag}{attributes}>{inner}</{tag}>"


@settings(max_examples=60, deadline=None)
@given(
    STYLE_SHEETS,
    st.lists(elements(), max_size=4).map("".join),
    st.lists(elements(1), max_size=2).map("".join),
)
def test_an_element_is_styled_as_in_the_whole_page(css: str, first: str, second: str) -> None:
    for body in (first, first + second):  # the second meets kinds that are known from the first
        page = f"<!DOCTYPE html><html lang='en'><head><style>{HEAD}</style></head><body>{body}</body></html>"
        assert inline(page, css, ink="#111111") == inline(page, css + LOOKS_AROUND, ink="#111111")


@pytest.mark.parametrize(
    ("selector", "other"),
    [
        ("p", "<h2>b</h2>"),
        (".x", '<p class="y">b</p>'),
        ("#x", '<p id="y">b</p>'),
        ("p.x#x", '<p id="x">b</p>'),
    ],
)
def test_what_differs_in_one_thing_is_styled_apart(selector: str, other: str) -> None:
    page = f'<!DOCTYPE html><html><body><p class="x" id="x">a</p>{other}</body></html>'
    done = inline(page, f"{selector} {{ color: red }}", ink="#111111")
    assert f'<p class="x" id="x" style="color:red">a</p>{other}</body>' in done


@pytest.mark.parametrize(
    "css",
    [
        "div p { color: red }",
        "div > p { color: red }",
        "h2 + p { color: red }",
        "p:first-child { color: red }",
        "p[lang] { color: red }",
    ],
)
def test_selectors_that_look_around_see_the_page(css: str) -> None:
    body = "<div><p lang='en'>in</p></div><p>out</p><h2>h</h2><p>next</p>"
    page = f"<!DOCTYPE html><html><body>{body}</body></html>"
    done = inline(page, css, ink="#111111")
    assert done.count('<p style="color:red">') + done.count('<p lang="en" style="color:red">') == 1


def test_what_is_known_of_a_style_sheet_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inlining, "_MOST_KINDS", 20)
    css = ".x { color: #0b6170 }"
    for number in range(100):
        page = f'<!DOCTYPE html><html><body><p class="x" id="i{number}">{number}</p></body></html>'
        assert f'<p class="x" id="i{number}" style="color:#0b6170">' in inline(page, css, ink="#111111")
    assert len(inlining._sheet(css)._known) < 25


OF_A_NEW_PROCESS = """
import sys
from digest.render.inlining import inline
print("premailer" in sys.modules, inline(*sys.argv[1:], ink="#111111"), "premailer" in sys.modules)
"""


def in_a_new_process(page: str, css: str) -> tuple[str, bool]:
    """The page as a process of its own inlines it, and whether premailer was loaded for that."""
    program = [sys.executable, "-c", OF_A_NEW_PROCESS, page, css]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert said.startswith("False ")
    done, _, loaded = said.removeprefix("False ").rstrip("\n").rpartition(" ")
    return done, loaded == "True"


@pytest.fixture
def styles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where what is known of style sheets is kept; empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cache_folder("styles")


def test_the_next_process_knows_what_premailer_made_of_an_element(styles: Path) -> None:
    css = "p { margin: 0 } .x { color: red !important }"
    first, other = PAGE, PAGE.replace("two  words", "</p><p class='x' style='padding:1px'>three")
    done = inline(first, css + LOOKS_AROUND, ink="#111111")
    assert in_a_new_process(first, css) == (done, True)
    assert in_a_new_process(first, css) == (done, False)
    taught = inline(other, css + LOOKS_AROUND, ink="#111111")
    assert in_a_new_process(other, css) == (taught, True)
    assert in_a_new_process(other, css) == (taught, False)
    assert len(list(styles.iterdir())) == 1


def test_a_style_sheet_that_looks_around_is_never_known(styles: Path) -> None:
    css = "body p { color: red }"
    assert (
        in_a_new_process(PAGE, css) == in_a_new_process(PAGE, css) == (inline(PAGE, css, ink="#111111"), True)
    )
    assert not styles.exists()


def test_a_damaged_file_of_styles_is_as_good_as_none(styles: Path) -> None:
    css = "p { color: red }"
    done, _loaded = in_a_new_process(PAGE, css)
    (file,) = styles.iterdir()
    file.write_bytes(file.read_bytes().replace(b"red", b"tan"))
    assert in_a_new_process(PAGE, css) == (done, True)
    assert in_a_new_process(PAGE, css) == (done, False)


def test_what_was_known_by_other_rules_is_as_good_as_none() -> None:
    for rules in ("inlining.py", "premailing.py"):
        assert Path(inlining.__file__).with_name(rules).read_bytes() in inlining._KEPT._rules


def test_old_style_sheets_are_not_kept_for_ever(styles: Path) -> None:
    for number in range(inlining._STYLE_SHEETS + 5):
        inline(PAGE, f"p {{ margin: {number}px }}", ink="#111111")
    assert len(list(styles.iterdir())) == inlining._STYLE_SHEETS
    assert not in_a_new_process(PAGE, f"p {{ margin: {number}px }}")[1]  # the newest is among them


def test_style_sheets_in_the_head_keep_every_letter() -> None:
    done = inline(PAGE, "p { margin: 0 }", ink="#111111")
    assert f'<style type="text/css">{HEAD}</style>' in done
    assert f'<style type="text/css">{RARE}</style>' in done
    assert "data-premailer" not in done


@pytest.mark.parametrize("more", ["", LOOKS_AROUND])
def test_only_our_styles_are_written_into_elements(more: str) -> None:
    css = f"p {{ margin: 0; color: #123456 !important }} p:hover {{ color: red }}{more}"
    page = PAGE.replace("</head>", "<STYLE>p { padding: 9px }</STYLE></head>")
    done = inline(page, css, ink="#111111")
    assert '<p class="x" style="margin:0; color:#123456 !important">two  words</p>' in done
    assert '<img width="552" src="a.png" alt="x">' in done
    assert "<style>p { padding: 9px }</style>" in done
    assert done.startswith("<!DOCTYPE html>")
    assert inline(page, css, ink="#111111") == done


def test_a_style_sheet_that_premailer_cannot_read_is_named() -> None:
    with pytest.raises(RenderError, match=r"edition\.css\.j2: could not be inlined"):
        inline(PAGE, "@namespace q 'https://q.example'; q|p { color: red }", ink="#111111")
