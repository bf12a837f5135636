"""A compiled message says exactly what was put into it, and nothing a reader or feed smuggled in."""

from __future__ import annotations

import email
import email.policy
import quopri
import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from digest.errors import RenderError
from digest.model.message import Hole, Message, Person, Variant
from digest.render import CompiledMessage, Publication, compile_message
from digest.render.clean import clean
from digest.render.headers import address_header
from digest.render.message import forms, link_forms
from digest.render.quoted import SOFT_BREAK, encode

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)
# What might be typed as an address: letters that mean something in a header among plain ones.
ADDRESS = st.from_regex(r"[a-z0-9.+_'=\r\n<>,;:\"() @-]{1,20}@[a-z0-9.\r\n<>, -]{1,20}", fullmatch=True)
# What the standard library writes and reads back unchanged: it takes more than a line feed for a line's end.
WORDS = st.text(alphabet=st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=60)
SHORT = WORDS.map(lambda words: words[:10])  # one encoded-word: between two it reads a space into a name
PROSE = st.lists(WORDS, max_size=6).map("\n".join)
NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
VARIANT = Variant(
    key="all",
    subject="Four navies share a picture + 11 more",
    preheader="p",
    html=f'<!DOCTYPE html><html><body><p>{Hole.ADDRESS.value}</p><a href="{Hole.UNSUBSCRIBE_URL.value}">x</a>'
    f'<a href="{Hole.PREFERENCES_URL.value}">y</a></body></html>',
    text=f"For {Hole.ADDRESS.value}.\n<{Hole.UNSUBSCRIBE_URL.value}>\n",
    mjml="<mjml></mjml>",
    story_count=12,
)


def compiled(
    samples: ModuleType,
    variant: Variant = VARIANT,
    *,
    publication: Publication | None = None,
    test: bool = False,
) -> CompiledMessage:
    return compile_message(
        variant,
        publication or samples.PUBLICATION,
        edition_ref="daily-20260309T0600",
        date=NOW,
        test=test,
    )


def parsed(raw: bytes | Message) -> EmailMessage:
    message = email.message_from_bytes(bytes(raw), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, page = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(page, EmailMessage)
    texts = [part.get_content().replace("\r\n", "\n").rstrip("\n") for part in (plain, page)]
    return texts[0], texts[1]


def filled(text: str, person: Person) -> str:
    for hole, value in person.holes.items():
        text = text.replace(hole.value, value)
    return text.rstrip("\n")


@given(TEXT)
def test_quoted_printable_decodes_to_what_was_encoded(text: str) -> None:
    text = text.replace("\r", "")
    encoded = encode(text)
    assert quopri.decodestring(encoded).replace(b"\r\n", b"\n") == text.encode()
    joined = encode(text) + SOFT_BREAK + encode("value") + SOFT_BREAK + encode(text)
    assert quopri.decodestring(joined).replace(b"\r\n", b"\n") == f"{text}value{text}".encode()
    for line in joined.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert b"  " not in line
        assert not line.endswith((b" ", b"\t"))
        assert line.isascii()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT, TEXT, st.text(max_size=40))
def test_a_message_decodes_to_the_filled_variant(
    samples: ModuleType, html: str, text: str, name: str
) -> None:
    html, text = html.replace("\r", ""), text.replace("\r", "")
    variant = replace(VARIANT, html=VARIANT.html + html, text=text + VARIANT.text)
    person = replace(samples.PERSON, name=name)
    message = parsed(compiled(samples, variant).fill(person))
    plain, page = parts(message)
    assert plain == filled(variant.text, person)
    assert page == filled(variant.html, person)


@given(subject=WORDS, html=PROSE, text=PROSE, name=SHORT, title=SHORT)
@settings(max_examples=60, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_a_message_decodes_as_the_one_that_the_standard_library_builds(
    samples: ModuleType, subject: str, html: str, text: str, name: str, title: str
) -> None:
    subject, name, title = clean(subject), clean(name, 200), clean(title, 200)
    variant = replace(VARIANT, subject=subject, html=VARIANT.html + html, text=text + VARIANT.text)
    publication = replace(samples.PUBLICATION, from_name=title)
    person = replace(samples.PERSON, name=name)
    expected = EmailMessage(policy=email.policy.SMTP)
    expected["From"] = Address(title, addr_spec=publication.from_email)
    expected["To"] = Address(name, addr_spec=person.address)
    expected["Subject"] = subject
    expected["Date"] = NOW
    expected.set_content(filled(variant.text, person))
    expected.add_alternative(filled(variant.html, person), subtype="html")
    theirs = parsed(expected.as_bytes())
    ours = parsed(compiled(samples, variant, publication=publication).fill(person))
    assert parts(ours) == parts(theirs)
    assert ours["Subject"] == theirs["Subject"] == subject
    assert ours["Date"] == theirs["Date"]
    for header in ("From", "To"):
        (mine,), (other,) = ours[header].addresses, theirs[header].addresses
        assert (mine.display_name, mine.addr_spec) == (other.display_name, other.addr_spec)


@given(address=st.one_of(ADDRESS, TEXT), name=TEXT)
@settings(suppress_health_check=list(HealthCheck))
def test_an_address_is_refused_or_stands_alone_in_a_message_that_parses(
    samples: ModuleType, address: str, name: str
) -> None:
    holes = {**samples.PERSON.holes, Hole.ADDRESS: address}
    person = replace(samples.PERSON, address=address, name=name, holes=holes)
    try:
        raw = bytes(compiled(samples).fill(person))
    except RenderError:
        return
    lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [line.partition(b":")[0] for line in lines if not line.startswith(b" ")]
    assert names == [b"To", b"Message-ID", b"List-Unsubscribe", *names[3:]]
    assert len(names) == len(set(names))
    if address.isascii():
        message = parsed(raw)
        assert [one.addr_spec for one in message["To"].addresses] == [address]
        assert parts(message)[0].startswith(f"For {address}.")


def test_every_header_a_list_needs_is_there_once(samples: ModuleType) -> None:
    raw = bytes(compiled(samples).fill(samples.PERSON))
    message = parsed(raw)
    assert message["From"] == "The Harbour Brief <brief@harbour.example>"
    assert message["To"] == "Ada Reader <ada@reader.example>"
    assert message["Reply-To"] == "editors@harbour.example"
    assert message["List-Help"] == "<mailto:editors@harbour.example>"
    assert message["Subject"] == VARIANT.subject
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<k3t5vq7n2m4zc6xw@harbour.example>"
    assert message["List-Id"] == "The Harbour Brief <harbour-brief.harbour.example>"
    assert message["List-Unsubscribe"] == samples.PERSON.list_unsubscribe
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Feedback-ID"] == "daily-20260309T0600:all:digest:harbour-brief"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert len(message.keys()) == len(set(message.keys()))
    assert b"\r\nList-Unsubscribe: <https://read.harbour.example/u/ae5kq3x7t2>, <mailto:" in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_without_an_address_for_replies_the_senders_own_helps(samples: ModuleType) -> None:
    publication = replace(samples.PUBLICATION, reply_to="")
    message = parsed(compiled(samples, publication=publication).fill(samples.PERSON))
    assert message["Reply-To"] is None
    assert message["List-Help"] == "<mailto:brief@harbour.example>"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=TEXT, subject=TEXT, title=TEXT)
def test_no_name_or_subject_adds_a_header(samples: ModuleType, name: str, subject: str, title: str) -> None:
    attack = "\r\nBcc: everyone@reader.example\r\n\r\nbody"
    variant = replace(VARIANT, subject=f"{subject}{attack}")
    publication = replace(samples.PUBLICATION, name=title + attack, from_name=title + attack)
    person = replace(samples.PERSON, name=f"{name}{attack}")
    raw = bytes(compiled(samples, variant, publication=publication).fill(person))
    message = parsed(raw)
    assert sorted(message.keys()) == sorted(parsed(compiled(samples).fill(samples.PERSON)).keys())
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@reader.example"]
    assert [one.addr_spec for one in message["From"].addresses] == ["brief@harbour.example"]
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "subject",
    [
        "Müller und die Häfen",
        "四か国の海軍、海峡の監視情報を一つにまとめる" * 2,
        "a" + "四か国の海軍" * 9,
        "=?utf-8?q?x?=",
    ],
)
def test_subjects_in_any_script_arrive(samples: ModuleType, subject: str) -> None:
    raw = bytes(compiled(samples, replace(VARIANT, subject=subject)).fill(samples.PERSON))
    assert parsed(raw)["Subject"] == subject
    assert all(len(line) <= 78 for line in raw.split(b"\r\n") if line.startswith((b"Subject", b" =?")))
    for word in re.findall(rb"=\?utf-8\?B\?([^?]*)\?=", raw):
        assert b64decode(word).decode()  # each holds whole characters: RFC 2047, section 5


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a b@c.example",
        "<a@b.example>",
        "a",
        "@b",
        "a@",
    ],
)
def test_an_address_that_is_none_is_refused(samples: ModuleType, address: str) -> None:
    with pytest.raises(RenderError, match="address"):
        compiled(samples).fill(replace(samples.PERSON, address=address))


def test_addresses_outside_ascii_keep_their_local_part_and_get_an_ascii_domain(samples: ModuleType) -> None:
    raw = bytes(compiled(samples).fill(replace(samples.PERSON, address="jörg@bücher.example", name="")))
    assert "To: jörg@xn--bcher-kva.example\r\n".encode() in raw


@pytest.mark.parametrize(
    "bad", ["<https://x.example/>\r\nBcc: a@b.example", "", "<https://x.example/ü>", "x" * 1000]
)
def test_a_link_header_that_would_break_is_refused(samples: ModuleType, bad: str) -> None:
    with pytest.raises(RenderError, match="List-Unsubscribe"):
        compiled(samples).fill(replace(samples.PERSON, list_unsubscribe=bad))


def test_a_hole_without_a_value_is_refused(samples: ModuleType) -> None:
    with pytest.raises(RenderError, match="no value for PREFERENCES_URL"):
        compiled(samples).fill(
            replace(samples.PERSON, holes={**samples.PERSON.holes, Hole.PREFERENCES_URL: ""})
        )


def test_values_are_escaped_in_the_page_and_plain_in_the_text(samples: ModuleType) -> None:
    person = replace(
        samples.PERSON, holes={**samples.PERSON.holes, Hole.ADDRESS: 'o\'<b>"x"</b>@reader.example'}
    )
    plain, page = parts(parsed(compiled(samples).fill(person)))
    assert 'For o\'<b>"x"</b>@reader.example.' in plain
    assert "<p>o&#x27;&lt;b&gt;&quot;x&quot;&lt;/b&gt;@reader.example</p>" in page


def test_a_test_message_says_so_everywhere(samples: ModuleType) -> None:
    message = parsed(compiled(samples, test=True).fill(samples.PERSON))
    plain, page = parts(message)
    assert message["Subject"] == f"[TEST] {VARIANT.subject}"
    assert plain.startswith("*** This is a test.")
    assert page.index("This is a test.") < page.index("ada@reader.example")
    assert "This is a test" not in "".join(parts(parsed(compiled(samples).fill(samples.PERSON))))


def test_the_body_is_the_same_for_everyone_but_for_the_holes(samples: ModuleType) -> None:
    message = compiled(samples)
    first = message.fill(samples.PERSON)
    again = message.fill(samples.PERSON)
    assert first == again
    other = message.fill(
        replace(samples.PERSON, holes={**samples.PERSON.holes, Hole.ADDRESS: "b@reader.example"})
    )
    assert bytes(other) == bytes(first).replace(b"\r\nada@reader.example=", b"\r\nb@reader.example=")


def test_a_link_has_the_same_forms_whole_and_from_its_parts() -> None:
    for path in ("", "a&b/", ".x=/"):
        for length in range(80):
            start = f"https://{'h' * length}.example/{path}u/"
            link = link_forms(start)
            for end in ("0", "0" * 36, "0" * (75 - len(start)), "0" * (76 - len(start)), "0" * 75):
                assert link(end.encode()) == forms(start + end)


@given(st.text(alphabet="aZ0'- ._=?<>@\n", max_size=35) | st.text(alphabet="aZ0'- ", max_size=99))
@example("=?utf-8?q?Bob?=")
@example("Ada  B")
@example("Ada " * 20 + "B")
@example("Ada <eve@other.example>")
def test_a_name_is_read_back_from_a_header_of_short_lines(name: str) -> None:
    raw = address_header("To", name, "ada@reader.example")
    (address,) = email.message_from_bytes(raw, policy=email.policy.default)["To"].addresses
    assert (address.display_name, address.addr_spec) == (clean(name), "ada@reader.example")
    assert b"  " not in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 76 or max(map(len, name.split())) > 70
