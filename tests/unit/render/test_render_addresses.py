"""Addresses that a person typed become links, and nothing else of the text changes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from digest.render.addresses import linked


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://a.example.org/x.", "https://a.example.org/x"),
        ("(https://a.example.org/x)", "https://a.example.org/x"),
        ("At https://a.example.org/ice_(2026), too", "https://a.example.org/ice_(2026)"),
        ("https://a.example.org/x?a=1&b=2!", "https://a.example.org/x?a=1&b=2"),
        ("HTTPS://A.example.org/x", "HTTPS://A.example.org/x"),
    ],
)
def test_an_address_is_a_link_without_what_ends_the_sentence(text: str, address: str) -> None:
    (shown,) = re.findall(r">([^<]+)</a>", linked(text))
    assert unescape(shown) == address


def test_a_link_has_its_class_and_no_markup_of_the_text_gets_through() -> None:
    found = linked('<b>"x"</b> https://a.example.org/"onclick=1', "i e")
    assert found == (
        "&lt;b&gt;&#34;x&#34;&lt;/b&gt; "
        '<a class="i e" href="https://a.example.org/">https://a.example.org/</a>&#34;onclick=1'
    )


def test_what_no_reader_may_follow_stays_text() -> None:
    for text in ("javascript:alert(1)", "ftp://a.example.org", "https://", "http://?,.", "mail a@b.example"):
        assert "<a" not in linked(text)


@given(st.text(alphabet=st.sampled_from(list("ab/:.)(]<>&\"' \u00e9")) | st.characters(), max_size=60))
def test_the_words_stay_as_they_were(text: str) -> None:
    for said in (text, f"https://a.example.org/{text} b"):
        assert re.sub(r"<a href=\"[^\"]*\">|</a>", "", linked(said)) == escape(said)
