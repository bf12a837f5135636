"""How text looks, computed as a browser does."""

from __future__ import annotations

import pytest
from lxml import html

from digest.maillint.colour import colour, first_colour
from digest.maillint.css import Screen, applies, declarations, rules
from digest.maillint.styles import Text, texts


def only(body: str, css: str = "", screen: Screen | None = None) -> Text:
    tree = html.document_fromstring(f"<html><head></head><body>{body}</body></html>")
    (text,) = texts(tree, [css], screen or Screen(600))
    return text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#ABC", "#aabbcc"),
        ("#a1b2c3", "#a1b2c3"),
        ("teal", "#008080"),
        ("rgb(1, 2, 3)", "#010203"),
        ("rgb(100% 0% 0% / 50%)", "#ff8080"),
        ("#00000080", "#7f7f7f"),
        ("rgba(0,0,0,.5)", "#808080"),
        ("transparent", "#ffffff"),
        ("inherit", None),
        ("rgb(1,2)", None),
        ("rgb(a,b,c)", None),
        ("", None),
    ],
)
def test_a_colour_is_read_however_it_is_written(value: str, expected: str | None) -> None:
    assert colour(value) == expected


def test_a_background_is_the_colour_of_its_shorthand() -> None:
    assert first_colour("url(a.png) no-repeat #123456", "#ffffff") == "#123456"
    assert first_colour("url(a.png)", "#ffffff") is None


def test_a_style_attribute_beats_a_rule_and_important_beats_both() -> None:
    assert only('<p class="a" style="color:#111111">A</p>', ".a { color: #222222 }").ink == "#111111"
    assert (
        only('<p class="a" style="color:#111111">A</p>', ".a { color: #222222 !important }").ink == "#222222"
    )


def test_the_more_specific_rule_wins_and_of_equals_the_later() -> None:
    assert only('<p class="a">A</p>', "p.a { color: #111111 } .a { color: #222222 }").ink == "#111111"
    assert only('<p class="a">A</p>', ".a { color: #111111 } .a { color: #222222 }").ink == "#222222"


def test_colours_and_sizes_are_inherited_and_sizes_multiply() -> None:
    text = only('<div style="color:#111111;font-size:20px"><p style="font-size:80%"><b>A</b></p></div>')
    assert (text.ink, text.size, text.bold) == ("#111111", 16.0, True)


def test_a_background_lies_behind_what_is_within_and_a_picture_is_unknown() -> None:
    assert only('<table bgcolor="#123456"><tr><td><p>A</p></td></tr></table>').background == "#123456"
    assert only('<div style="background:url(a.png)">A</div>').background is None
    assert (
        only('<div style="background:url(a.png)"><p style="background:#123456">A</p></div>').background
        == "#123456"
    )


def test_a_font_shorthand_sets_size_and_weight() -> None:
    text = only("<h2 style=\"font: normal 15px/1.5 'Some Font', serif\">A</h2>")
    assert (text.size, text.bold) == (15.0, False)


def test_headings_are_large_and_bold_of_themselves() -> None:
    text = only("<h1>A</h1>")
    assert (text.size, text.bold) == (32.0, True)


def test_dark_rules_hold_in_the_dark_alone() -> None:
    css = ":root { color-scheme: light dark } @media (prefers-color-scheme: dark) { .a { color: #eeeeee } }"
    assert only('<p class="a">A</p>', css).ink == "#000000"
    dark = only('<p class="a">A</p>', css, Screen(600, dark=True))
    assert (dark.ink, dark.background) == ("#eeeeee", "#121212")


def test_what_is_hidden_is_no_text() -> None:
    hidden = '<div style="display:none">A</div><p style="visibility:hidden">B</p><p style="opacity:0">C</p>'
    assert only(f"{hidden}<p>seen</p>").words == "seen"


@pytest.mark.parametrize(
    ("media", "width", "dark", "holds"),
    [
        ("only screen and (max-width: 480px)", 375, False, True),
        ("only screen and (max-width: 480px)", 600, False, False),
        ("screen and (min-width: 30em)", 600, False, True),
        ("print", 600, False, False),
        ("(prefers-color-scheme: dark)", 600, True, True),
        ("(prefers-color-scheme: dark)", 600, False, False),
        ("print, (max-width: 700px)", 600, False, True),
        ("(-webkit-min-device-pixel-ratio: 0)", 600, False, False),
        ("", 600, False, True),
    ],
)
def test_a_media_query_holds_where_it_says(media: str, width: int, dark: bool, holds: bool) -> None:
    assert applies(media, Screen(width, dark=dark)) is holds


def test_style_sheets_are_read_past_what_is_unknown() -> None:
    css = (
        "/* { */ @import url(a.css); @font-face { src: url(b) } a, b { top: 0 } @media x { c { top: 0 } } d {"
    )
    assert [(rule.selector, rule.media) for rule in rules(css)] == [
        ("a", ""),
        ("b", ""),
        ("c", "x"),
        ("d", ""),
    ]


def test_a_declaration_may_hold_a_semicolon_in_brackets() -> None:
    found = declarations("background: url(data:image/png;base64,AA) ; COLOR : Red!important")
    assert [(one.name, one.value, one.important) for one in found] == [
        ("background", "url(data:image/png;base64,AA)", False),
        ("color", "Red", True),
    ]
