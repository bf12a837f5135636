from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.message import Hole
from digest.render.clean import (
    clean,
    is_rtl_language,
    isolate,
    language_tag,
    reader_url,
    runs_rtl,
    shorten,
    word_count,
)

ANYTHING = st.text(alphabet=st.characters(exclude_categories=[]), max_size=80)


@given(ANYTHING)
def test_clean_text_can_be_encoded_stands_on_one_line_and_holds_no_placeholder(text: str) -> None:
    for dirty in (text, f"{text}{Hole.ADDRESS.value}", f"__\u200bDIGEST_ADDRESS__{text}"):
        line = clean(dirty)
        line.encode()
        assert line.split() == line.split(" ") or line == ""
        assert not any(hole.value in line for hole in Hole)
        assert clean(line) == line


def test_controls_overrides_and_half_characters_go() -> None:
    assert clean("a\x00b\x1bc\ud800d\u202ee\u2067f\ufffeg\U000e0041h\tx\r\ny\u2028z") == "abcdefgh x y z"


def test_joiners_that_scripts_and_emoji_need_stay() -> None:
    assert clean("\u06cc\u200c\u06a9 👩\u200d🚀") == "\u06cc\u200c\u06a9 👩\u200d🚀"


def test_heaps_of_marks_are_thinned() -> None:
    assert clean("a" + "\u0351" * 40) == "a" + "\u0351" * 3


@given(st.text(max_size=60), st.integers(2, 30))
def test_a_shortened_line_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_lines_are_cut_between_words_where_there_are_any() -> None:
    assert shorten("Ministers meet in the harbour", 20) == "Ministers meet in…"
    assert shorten("海" * 30, 10) == "海" * 9 + "…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/relative",
        "data:text/html,x",
        "",
        "http://",
        "https://user:pw@host.example/",
        "https://host.example/a b",
        "https://host.example/\x00",
        "https://host.example/\u202e",
        "https://[::1",
        "https://host.example:99999/",
        "https://host.example/" + "x" * 3000,
        "mailto:someone@host.example",
    ],
)
def test_what_no_reader_should_follow_is_no_link(url: str) -> None:
    assert reader_url(url) == ""


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://host.example/a?b=c&d=%20#e", "https://host.example/a?b=c&d=%20#e"),
        (" HTTP://Host.example:8080/x ", "http://host.example:8080/x"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ('https://host.example/"><b>', "https://host.example/%22%3E%3Cb%3E"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        (
            f"https://host.example/?q={Hole.UNSUBSCRIBE_URL.value}",
            "https://host.example/?q=%5F%5FDIGEST_UNSUB_URL__",
        ),
    ],
)
def test_links_come_out_as_plain_ascii(url: str, link: str) -> None:
    assert reader_url(url) == link


def test_direction_follows_the_letters() -> None:
    assert runs_rtl("שלום world, שלום")
    assert not runs_rtl("Al Jazeera الجزيرة reports on")
    assert isolate("Post") == "Post"
    assert isolate("Post", line_rtl=True) == "\u2068Post\u2069"
    assert isolate("صحيفة", line_rtl=True) == "صحيفة"
    assert isolate("صحيفة") == "\u2068صحيفة\u2069"
    assert is_rtl_language("ar-EG")
    assert not is_rtl_language("en")


def test_language_tags_that_are_none_are_dropped() -> None:
    assert language_tag("zh-Hant-TW") == "zh-Hant-TW"
    assert language_tag('en" onload="x') == ""


def test_words_are_counted_in_scripts_without_spaces_too() -> None:
    assert word_count("Four navies agree") == 3
    assert word_count("四か国の海軍 agree") == 4
