"""Messages of any kind are read, and none can break the linter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import InputError
from digest.maillint import lint, rules_page
from digest.maillint.inbox import preheader
from digest.maillint.links import is_local
from digest.maillint.mail import MAX_BYTES, parse
from digest.model.hosts import registered_domain

from .conftest import Good


def plain(body: str, kind: str = "text/html") -> bytes:
    return f"From: A <a@example.org>\nContent-Type: {kind}; charset=utf-8\n\n{body}".encode()


def test_line_ends_of_any_kind_are_the_same_message(good: Good) -> None:
    assert lint(good.raw().replace(b"\r\n", b"\n"), good.expected) == ()


def test_a_message_of_base64_and_an_odd_character_set_is_read() -> None:
    head = b"From: a@example.org\nContent-Type: text/html; charset=latin-1\nContent-Transfer-Encoding: base64"
    mail = parse(head + b"\n\nPHA+Q2Fm6TwvcD4=")
    assert mail.visible == "Caf\u00e9"
    assert parse(plain("<p>A</p>").replace(b"utf-8", b"x-unknown")).visible == "A"


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"no headers here at all", b"\xff\xfe\x00"])
def test_what_is_no_email_is_refused_in_one_line(raw: bytes) -> None:
    with pytest.raises(InputError, match="is no e-mail"):
        lint(raw)


def test_a_file_larger_than_any_receiver_takes_is_refused() -> None:
    with pytest.raises(InputError, match="30 MiB"):
        lint(b"A: b\n" * (MAX_BYTES // 5 + 1))


def test_a_page_nested_without_end_is_read_to_its_end() -> None:
    deep = "<div>" * 1_500 + '<p style="color:#fefefe">deep</p>' + "</div>" * 1_500
    assert parse(plain(deep)).visible == "deep"
    assert "contrast-light" in {finding.rule for finding in lint(plain(deep))}


def test_an_attachment_is_no_body() -> None:
    raw = plain("A", "text/plain").replace(b"\n\n", b"\nContent-Disposition: attachment\n\n", 1)
    assert "text-missing" in {finding.rule for finding in lint(raw)}


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_break_it(body: bytes, flowed: bool) -> None:
    kind = b"text/plain; format=flowed" if flowed else b"text/html; charset=utf-8"
    for finding in lint(b"Subject: x\nContent-Type: " + kind + b"\n\n" + body):
        assert finding.mend


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_or_attribute_breaks_it(subject: str, href: str) -> None:
    names = ("Subject", "From", "To", "Date", "Message-ID", "List-Id", "DKIM-Signature")
    head = "".join(f"{name}: {subject}\n" for name in names) + f"List-Unsubscribe: {href}\n"
    page = f'<a href="{href}" style="{subject}">{subject}</a>'
    assert lint(f"{head}Content-Type: text/html\n\n{page}".encode())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<!-- x --><div style="display:none">Inside</div><p>News</p>', "Inside"),
        ('<div><span style="max-height:0px">Inside</span></div>', "Inside"),
        ('<p>News</p><div style="display:none">Later</div>', ""),
        ("", ""),
    ],
)
def test_the_preheader_is_what_is_hidden_at_the_top(body: str, expected: str) -> None:
    assert preheader(parse(plain(f"<html><body>{body}</body></html>"))) == expected


def test_hosts_are_told_apart_by_who_registered_them() -> None:
    assert registered_domain("www.news.example.org") == registered_domain("example.org")
    assert registered_domain("a.co.uk") != registered_domain("b.co.uk")
    assert [host for host in ("localhost", "127.0.0.1", "10.0.0.8", "box.local") if not is_local(host)] == []
    assert not is_local("8.8.8.8")
    assert not is_local("example.org")


def test_the_page_of_rules_names_each_once() -> None:
    page = rules_page()
    assert page.count("| `image-alt` |") == 1
    assert "| `mjml-value` | error |" in page
