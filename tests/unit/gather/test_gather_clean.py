from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.gather.clean import cut, harmless, one_line, plain


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("AT&amp;T rose 3 < 5 %", "AT&T rose 3 < 5 %"),
        ("<svg onload=alert(1)>x</svg>Kept<style>p{}</style><iframe src=x>y</iframe>", "Kept"),
        ("&lt;b&gt;bold&lt;/b&gt; words", "bold words"),
        ("caf&amp;eacute;", "café"),
        ("a<br>b", "a\nb"),
        ("<p>in <b>one</b> line</p>", "in one line"),
    ],
)
def test_markup_becomes_plain_text(markup: str, expected: str) -> None:
    assert plain(markup) == expected


def test_controls_direction_marks_and_invisible_characters_go() -> None:
    assert (
        harmless("a\x00b\x1b[2J\x9b31m \u202egnp\u202c \u2066x\u2069\u200b\ufeff\u00ad") == "ab[2J31m gnp x"
    )


def test_joiners_stay_where_scripts_and_emoji_need_them_only() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert harmless(family) == family
    assert harmless(persian) == persian
    assert harmless("pay\u200dpal \u200c") == "paypal"


def test_marks_piled_on_a_letter_are_bounded_and_ordinary_ones_stay() -> None:
    assert len(harmless("Z" + "\u0336" * 4000 + "algo")) < 10
    vietnamese = unicodedata.normalize("NFD", "Việt Nam ở phía bắc")
    assert harmless(vietnamese) == vietnamese


def test_long_text_is_cut_at_a_word_and_marked() -> None:
    assert cut("one two three four", 12) == "one two…"
    assert one_line("word " * 500).endswith("…")
    assert len(one_line("x" * 9000)) <= 400


@given(st.text(max_size=300))
def test_no_text_survives_with_markup_or_controls(text: str) -> None:
    line = one_line(text + "<script>alert(1)</script>" + text)
    assert "<script" not in line
    assert not any(unicodedata.category(c) == "Cc" for c in line)
    assert not any(c in line for c in "\u202a\u202e\u2066\u200b")
