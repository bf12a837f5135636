"""Mails and MJML made to break or stall whoever reads them: an answer, or one clear line."""

from __future__ import annotations

import pytest

from digest.errors import InputError
from digest.maillint import lint, lint_mjml
from digest.maillint.colour import colour
from digest.maillint.css import Screen, applies, declarations, rules

HEAD = b"From: Ada <ada@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: %b\r\n"
HTML = HEAD % b"text/html; charset=utf-8" + b"\r\n"
TEXT = HEAD % b"text/plain; charset=utf-8" + b"\r\n"
MANY = 100_000  # of which a pattern that starts over at each would take hours


@pytest.mark.parametrize(
    "mail",
    [
        b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (at, at) for at in range(1500)
        ),
        b"Content-Type: message/rfc822\r\n\r\n" * 1500,
        b"From: " + b"(" * 5000 + b"\r\n" + TEXT,
        HTML + b"<style>" + b"@media screen {" * 1500 + b"</style><p>x",
    ],
    ids=["multipart", "rfc822", "comments", "media"],
)
def test_what_is_nested_without_end_is_told_in_one_line(mail: bytes) -> None:
    with pytest.raises(InputError, match="nested deeper"):
        lint(mail)


def test_mjml_nested_without_end_is_told_in_one_line() -> None:
    with pytest.raises(InputError, match="nested deeper"):
        lint_mjml("<mjml><mj-body>" + "<mj-section>" * 5000)


@pytest.mark.parametrize(
    "mail",
    [
        b"Date: Mon, 09 Mar 99999999999999999999 06:00:00 +0000\r\n" + TEXT,
        b"Date: Mon, 09 Mar 2026 06:00:00 +9999999999999\r\n" + TEXT,
        HTML + b'<img src="https://example.org/a.png" width="1.2.3" height="..">',
        HTML + b"<style>@media (max-width: 1.2.3px) { p { color: red } }</style><p>x",
        HEAD % b"text/html; charset=undefined" + b"\r\n<p>\xff",
        HEAD % b"text/html; charset=idna" + b"\r\n<p>\xff",
    ],
    ids=["year", "zone", "image", "screen", "undefined", "idna"],
)
def test_numbers_and_names_that_mean_nothing_are_no_error(mail: bytes) -> None:
    assert lint(mail)


@pytest.mark.parametrize(
    "mail",
    [
        HTML + b"<table " * MANY,
        HTML + b"<![endif]-->" * MANY + b"<!--[if !mso]><!-->" * MANY,
        HTML + b"<![endif]-->" * MANY + b"<!--[if mso]>" * MANY,
        HTML + b"<![endif]-->" * MANY + b"<!--[if mso " * MANY,
        HTML + b"<!--" * MANY,
        HEAD % b"text/html; charset=punycode" + b"\r\n" + b"x" * 5 * MANY + b"-" + b"a" * 5 * MANY,
        TEXT + b"<p " * MANY,
        b"List-Id: <" + b"." * MANY + b"\r\n" + TEXT,
        b"Subject: " + b"=?utf-8?q?a?= " * MANY + b"\r\n" + TEXT,
        HTML + b'<p style="' + b";" * MANY + b'">x',
        HTML + b"<style>" + b"div " * 300 + b"{ color: red }</style>" + b"<div>" * 2000 + b"x",
    ],
    ids=[
        "block",
        "others",
        "outlook",
        "condition",
        "comment",
        "punycode",
        "tag",
        "list-id",
        "subject",
        "style",
        "selector",
    ],
)
def test_what_is_begun_a_hundred_thousand_times_and_never_ended_is_read_at_once(mail: bytes) -> None:
    assert lint(mail)


def test_styles_that_are_never_closed_end_with_the_text() -> None:
    assert declarations("/*" * MANY) == ()
    assert declarations(";" * MANY) == ()
    assert [one.value for one in declarations("a: x" + " " * MANY + "y")] == ["x" + " " * MANY + "y"]
    assert colour("rgb(" + " " * MANY + "x") is None
    assert len(list(rules("a { b: c } /* " * 3))) == 1
    assert [one.name for one in declarations("background: url(data:x;y); color: red")] == [
        "background",
        "color",
    ]
    assert applies("(max-width: 620.5px)", Screen(600))
    assert not applies("(max-width: 1.px)", Screen(600))
