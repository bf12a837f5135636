"""What a message reports, over the forms that servers use and what strangers may send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.bounces import kind_of_status, read_report
from digest.bounces.reading import MAX_BYTES
from digest.bounces.status import best_status
from digest.model.feedback import Feedback, FeedbackKind

from .samples import REFERENCE, TOKEN, arf, dsn, letter


def read(raw: bytes) -> Feedback:
    found = read_report(raw)
    assert found is not None
    return found


def test_a_bounce_says_what_and_about_which_delivery() -> None:
    assert read(dsn()) == Feedback(
        provider="dsn",
        event_id="<bounce-1@mx.example.com>",
        kind=FeedbackKind.HARD,
        references=(REFERENCE,),
        tokens=(TOKEN,),
        edition="daily-20260310T0630",
        detail="5.1.1 550 5.1.1 no such user here",
    )


def test_the_internationalised_form_says_the_same() -> None:
    assert read(dsn(flavour="global-delivery-status")) == read(dsn())


@pytest.mark.parametrize(
    ("status", "diagnosis", "kind"),
    [
        ("5.1.1", "smtp; 550 unknown", FeedbackKind.HARD),
        ("5.0.0", "smtp; 550 5.1.1 unknown", FeedbackKind.HARD),  # the words know better than the field
        ("5.1.10", "smtp; 556 null MX", FeedbackKind.HARD),
        ("5.0.0", "smtp; 550 failed", FeedbackKind.SOFT),  # what shut out people whose mailboxes were fine
        ("5.1.2", "dns; no such host", FeedbackKind.SOFT),
        ("5.2.1", "smtp; 550 disabled", FeedbackKind.SOFT),
        ("5.2.2", "smtp; 552 mailbox full", FeedbackKind.SOFT),
        ("4.4.7", "smtp; gave up after 5 days", FeedbackKind.SOFT),
        ("5.7.1", "smtp; 550 5.7.1 listed", FeedbackKind.POLICY),
        ("5.3.4", "smtp; 552 5.3.4 message too big", FeedbackKind.POLICY),
        ("5.6.0", "smtp; 554 5.6.0 bad content", FeedbackKind.POLICY),
        ("", "smtp; 550 nothing more", FeedbackKind.SOFT),
    ],
)
def test_what_a_bounce_means(status: str, diagnosis: str, kind: FeedbackKind) -> None:
    assert read(dsn(status=status, diagnosis=diagnosis)).kind is kind


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_was_not_given_up_on_is_no_bounce(action: str) -> None:
    assert read_report(dsn(action=action)) is None


def test_without_an_own_envelope_sender_the_returned_headers_name_the_reader() -> None:
    found = read(dsn(to="bounces@example.org"))
    assert (found.references, found.tokens, found.edition) == ((), (TOKEN,), "daily-20260310T0630")


def test_a_reference_survives_servers_that_change_the_case() -> None:
    assert read(dsn(to=f"BOUNCES+{REFERENCE.upper()}@EXAMPLE.ORG")).references == (REFERENCE,)


def test_a_complaint_is_read_from_its_loop() -> None:
    found = read(arf())
    assert (found.provider, found.kind, found.tokens) == ("arf", FeedbackKind.COMPLAINT, (TOKEN,))
    assert found.detail == "abuse, reported by Loop/1.0"
    assert read(arf(said="opt-out")).kind is FeedbackKind.LEAVE
    assert read_report(arf(said="not-spam")) is None


def test_a_reader_may_leave_by_the_address_in_list_unsubscribe() -> None:
    found = read(letter(subject=f"unsubscribe {TOKEN}"))
    assert (found.kind, found.tokens) == (FeedbackKind.LEAVE, (TOKEN,))
    assert read_report(letter(subject="unsubscribe")) is None
    assert read_report(letter(subject=f"Re: unsubscribe {TOKEN}")) is None


def test_a_bounce_in_words_is_read_where_a_server_sent_it() -> None:
    words = "I'm afraid I couldn't deliver.\r\n<ada@example.com>: 550 5.1.1 User unknown"
    found = read(letter(sender="MAILER-DAEMON@mx.example.com", text=words))
    assert (found.provider, found.kind, found.references) == ("prose", FeedbackKind.HARD, (REFERENCE,))
    assert found.detail == "5.1.1 User unknown"
    assert read_report(letter(text=words)) is None  # a reader quoting a bounce
    assert read_report(letter(sender="postmaster@example.com", text="We are closed on Sunday.")) is None
    assert read_report(letter(sender="postmaster@example.com", text="451 4.2.2 still trying")) is None


@pytest.mark.parametrize(
    "raw",
    [
        letter(),
        letter(subject="Out of office", more="Auto-Submitted: auto-replied\r\n", text="550 5.1.1 is my desk"),
        letter(
            sender="postmaster@example.com",
            more="Auto-Submitted: auto-replied\r\n",
            text="I'm away; 550 5.1.1 is no bounce here",
        ),
        b"",
        b"\x00\xff" * 100,
        dsn().partition(b"Reporting-MTA")[0] + b"\xff",
    ],
)
def test_what_reports_nothing(raw: bytes) -> None:
    assert read_report(raw) is None


def test_a_report_without_an_id_is_known_by_its_bytes() -> None:
    raw = dsn(identity="")
    assert read(raw).event_id == read(raw).event_id
    assert len(read(raw).event_id) == 64
    assert read(raw).event_id != read(raw + b" ").event_id


@given(st.data())
def test_a_mangled_report_never_raises(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([dsn(), arf(), dsn(flavour="global-delivery-status")])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    read_report(bytes(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (at, at) for at in range(2000)
        ),
        b"Content-Type: message/rfc822\r\n\r\n" * 2000,
    ],
    ids=["multipart", "rfc822"],
)
def test_parts_within_parts_without_end_report_nothing(raw: bytes) -> None:
    """The parser and the walk through its parts call themselves for each."""
    assert read_report(raw) is None


def test_only_the_first_half_mebibyte_is_read() -> None:
    words = b"\r\n" * MAX_BYTES + b"550 5.1.1 User unknown"
    assert read_report(letter(sender="MAILER-DAEMON@mx.example.com").rstrip() + words) is None


def test_the_most_telling_status_is_taken() -> None:
    assert best_status("5.0.0", "550 5.2.2 full") == "5.2.2"
    assert best_status("5.0.0", "550 failed") == "5.0.0"
    assert best_status("", "delivered by 10.5.1.1 on 5.1.1.1") == ""
    assert kind_of_status("") is FeedbackKind.SOFT
