"""From a report to what follows: marks, counts and ends, on both databases, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from digest import feedback, subscriptions
from digest.feedback import Verdict
from digest.model.audience import SuppressionReason
from digest.model.feedback import Feedback, FeedbackKind
from digest.model.tokens import delivery_ref, read_delivery_ref
from digest.parts import address_pepper
from digest.store import tables
from tests.unit.bounces.samples import arf, dsn, letter

from .conftest import SLOT, Newsroom, returned_headers


def bounced(newsroom: Newsroom, name: str, *, status: str = "5.1.1", identity: str = "<b1@mx>") -> bytes:
    return dsn(
        to=newsroom.last_to(name).sender,
        status=status,
        diagnosis="smtp; 550 no",
        identity=identity,
        returned="",
    )


def test_every_message_has_a_sender_of_its_own(newsroom: Newsroom) -> None:
    edition = newsroom.send_edition()
    senders = {one.sender for one in newsroom.outgoing.messages}
    assert len(senders) == 3
    with newsroom.parts.database.write() as conn:
        secret = newsroom.parts.token_secret(conn)
    found = [read_delivery_ref(secret, "digest", one.partition("+")[2].partition("@")[0]) for one in senders]
    assert sorted(found, key=str) == [(edition, 1), (edition, 2), (edition, 3)]


def test_a_reader_whose_mailbox_is_gone_is_never_mailed_again(newsroom: Newsroom) -> None:
    edition = newsroom.send_edition()
    tally = newsroom.report(bounced(newsroom, "bo"))
    assert (tally.verdicts, tally.kinds, tally.ended) == ({Verdict.APPLIED: 1}, {FeedbackKind.HARD: 1}, 1)
    assert newsroom.suppressed("bo") is SuppressionReason.BOUNCED
    assert (newsroom.counts(edition).sent, newsroom.counts(edition).bounced) == (3, 1)
    newsroom.send_edition()
    assert [one.recipient for one in newsroom.outgoing.messages[3:]] == [
        "ada@example.org",
        "chidi@example.org",
    ]


def test_the_same_report_is_applied_once(newsroom: Newsroom) -> None:
    newsroom.send_edition()
    raw = bounced(newsroom, "bo", status="5.2.2")
    assert newsroom.report(raw, raw).verdicts == {Verdict.APPLIED: 1, Verdict.REPEATED: 1}
    assert newsroom.report(raw).verdicts == {Verdict.REPEATED: 1}


def test_reports_with_long_names_are_told_apart_and_known_again(newsroom: Newsroom) -> None:
    newsroom.send_edition()
    names = (f"<{'long' * 60}{n}@mx>" for n in (1, 2))
    first, second = (bounced(newsroom, "bo", status="5.2.2", identity=name) for name in names)
    tally = newsroom.report(first, second, first)
    assert tally.verdicts == {Verdict.APPLIED: 2, Verdict.REPEATED: 1}


def test_a_full_mailbox_is_given_up_after_so_many_editions(newsroom: Newsroom) -> None:
    """Not after so many reports: a server may send several about one message."""
    for day in range(3):
        newsroom.send_edition()
        tally = newsroom.report(
            bounced(newsroom, "bo", status="5.2.2", identity=f"<{day}a@mx>"),
            bounced(newsroom, "bo", status="5.2.2", identity=f"<{day}b@mx>"),
        )
        ended = day == 2
        assert tally.ended == ended
        assert newsroom.suppressed("bo") is (SuppressionReason.BOUNCED if ended else None)


def test_bounces_of_long_ago_no_longer_count(newsroom: Newsroom) -> None:
    for day in range(2):
        newsroom.send_edition()
        newsroom.report(bounced(newsroom, "bo", status="5.2.2", identity=f"<{day}@mx>"))
    newsroom.send_edition()
    newsroom.report(bounced(newsroom, "bo", status="5.2.2", identity="<late@mx>"), days=31)
    assert newsroom.suppressed("bo") is None


def full(newsroom: Newsroom, day: int) -> bytes:
    """What the server says of bo's mailbox about the newest edition."""
    return bounced(newsroom, "bo", status="5.2.2", identity=f"<{day}@mx>")


def test_an_edition_in_between_that_stayed_starts_the_count_anew(newsroom: Newsroom) -> None:
    for day in range(4):
        newsroom.send_edition()
        if day != 1:
            newsroom.report(full(newsroom, day))
    assert newsroom.suppressed("bo") is None


@pytest.mark.parametrize(("days", "given_up"), [(4, True), (6, False)])
def test_old_bounces_read_at_once_count_for_their_own_editions(
    newsroom: Newsroom, days: int, given_up: bool
) -> None:
    reports = []
    for day in range(3):
        newsroom.send_edition()
        reports.append(full(newsroom, day))
    newsroom.send_edition()  # which may yet come back for some days, and then has arrived
    tally = newsroom.report(*reversed(reports), days=days)
    assert (tally.ended, newsroom.suppressed("bo") is not None) == (given_up, given_up)


def test_an_edition_refused_for_what_we_are_says_nothing_about_the_mailbox(newsroom: Newsroom) -> None:
    for day, status in enumerate(("5.2.2", "5.7.1", "5.2.2", "5.2.2")):
        newsroom.send_edition()
        newsroom.report(bounced(newsroom, "bo", status=status, identity=f"<{day}@mx>"))
    assert newsroom.suppressed("bo") is SuppressionReason.BOUNCED


def test_what_is_ours_to_mend_ends_nobody(newsroom: Newsroom) -> None:
    for day in range(4):
        edition = newsroom.send_edition()
        newsroom.report(bounced(newsroom, "bo", status="5.7.1", identity=f"<{day}@mx>"))
        assert newsroom.counts(edition).bounced == 1
    assert newsroom.suppressed("bo") is None


def test_a_complaint_ends_it_at_once(newsroom: Newsroom) -> None:
    edition = newsroom.send_edition()
    headers = returned_headers(newsroom.last_to("chidi"))
    tally = newsroom.report(dsn_free_arf(headers))
    assert tally.kinds == {FeedbackKind.COMPLAINT: 1}
    assert newsroom.suppressed("chidi") is SuppressionReason.COMPLAINED
    assert newsroom.counts(edition).complained == 1


def dsn_free_arf(headers: str) -> bytes:
    """A complaint that returns the headers of our message, by which alone the reader is known."""
    head, _, rest = arf().partition(b"Content-Type: message/rfc822\r\n\r\n")
    return (
        head
        + b"Content-Type: message/rfc822\r\n\r\n"
        + headers.encode()
        + b"\r\n"
        + rest.partition(b"\r\n\r\n")[2]
    )


def test_a_reader_leaves_by_the_address_in_the_header(newsroom: Newsroom) -> None:
    newsroom.send_edition()
    header = returned_headers(newsroom.last_to("ada"))
    subject = header.partition("subject=unsubscribe%20")[2].partition(">")[0]
    tally = newsroom.report(letter(subject=f"unsubscribe {subject}"))
    assert (tally.kinds, tally.ended) == ({FeedbackKind.LEAVE: 1}, 1)
    assert newsroom.suppressed("ada") is SuppressionReason.UNSUBSCRIBED


@pytest.mark.parametrize("name", ["<a\x00b@mx>", "<\ud800@mx>", "\x00"])
def test_an_id_that_no_database_takes_is_no_hindrance(newsroom: Newsroom, name: str) -> None:
    """A mailbox is read in order: a report that can't be noted would block all that come after it."""
    newsroom.send_edition()
    header = returned_headers(newsroom.last_to("ada"))
    token = header.partition("subject=unsubscribe%20")[2].partition(">")[0]
    report = Feedback("mail", name, FeedbackKind.LEAVE, tokens=(token,))
    tally = feedback.apply(newsroom.parts, [report, report], newsroom.parts.clock())
    assert tally.verdicts == {Verdict.APPLIED: 1, Verdict.REPEATED: 1}
    assert newsroom.suppressed("ada") is SuppressionReason.UNSUBSCRIBED


def test_nobody_is_ended_by_what_we_did_not_sign(newsroom: Newsroom) -> None:
    newsroom.send_edition()
    genuine = newsroom.last_to("bo").sender
    local, _, domain = genuine.partition("@")
    forged = [
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        genuine.replace(".2.", ".1."),
        "bounces+1.2.aaaaaaaaaaaaaaaaaaaa@example.org",
        "bounces@example.org",
    ]
    reports = [dsn(to=to, returned="To: bo@example.org\r\n", identity=f"<{to}>") for to in forged]
    assert newsroom.report(*reports).verdicts == {Verdict.UNKNOWN: 4}
    assert newsroom.suppressed("bo") is newsroom.suppressed("ada") is None
    with newsroom.parts.database.read() as conn:
        assert conn.execute(select(tables.events)).all() == []  # strangers can't fill the database either


def test_a_reference_of_another_newsletter_is_none_of_ours(newsroom: Newsroom) -> None:
    edition = newsroom.send_edition()
    with newsroom.parts.database.write() as conn:
        secret = newsroom.parts.token_secret(conn)
    other = delivery_ref(secret, "other", edition, 2)
    assert newsroom.report(dsn(to=f"bounces+{other}@example.org", returned="")).verdicts == {
        Verdict.UNKNOWN: 1
    }


def test_a_bounce_proves_that_an_uncertain_message_had_left(newsroom: Newsroom) -> None:
    edition = newsroom.send_edition()
    with newsroom.parts.database.write() as conn:
        conn.execute(update(tables.deliveries).values(state="uncertain"))
    newsroom.report(bounced(newsroom, "bo", status="5.2.2"))
    counts = newsroom.counts(edition)
    assert (counts.sent, counts.uncertain, counts.bounced) == (1, 2, 1)


@pytest.mark.parametrize(
    ("code", "text", "reason", "kind"),
    [
        (550, "5.1.1 no such user", SuppressionReason.BOUNCED, FeedbackKind.HARD),
        (550, "mailbox unavailable", None, FeedbackKind.SOFT),
        (552, "too large", None, FeedbackKind.POLICY),
        (554, "5.7.1 listed", None, FeedbackKind.POLICY),
    ],
)
def test_what_the_mail_server_refused_itself_counts_as_well(
    newsroom: Newsroom, code: int, text: str, reason: SuppressionReason | None, kind: FeedbackKind
) -> None:
    edition = newsroom.send_edition()
    with newsroom.parts.database.write() as conn:
        refused = tables.deliveries.c.address == "bo@example.org"
        conn.execute(update(tables.deliveries).where(refused).values(state="failed", code=code, text=text))
    tally = feedback.refusals(newsroom.parts, edition, newsroom.parts.clock())
    assert tally.kinds == {kind: 1}
    assert newsroom.suppressed("bo") is reason
    again = feedback.refusals(newsroom.parts, edition, newsroom.parts.clock())
    assert not again.verdicts, "what was applied is not gone over again"


def test_refusals_of_which_only_some_were_applied_are_applied_to_the_last(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a sender that was killed half-way."""
    edition = newsroom.send_edition()
    gone = {"state": "failed", "code": 550, "text": "5.1.1 no such user"}
    with newsroom.parts.database.write() as conn:
        conn.execute(update(tables.deliveries).values(gone))
    end = subscriptions.end

    def killed(*_args: object, **_options: object) -> bool:
        raise KeyboardInterrupt

    def once(*args: Any, **options: Any) -> bool:
        monkeypatch.setattr(subscriptions, "end", killed)
        return end(*args, **options)

    monkeypatch.setattr(subscriptions, "end", once)
    with pytest.raises(KeyboardInterrupt):
        feedback.refusals(newsroom.parts, edition, newsroom.parts.clock())
    monkeypatch.setattr(subscriptions, "end", end)
    tally = feedback.refusals(newsroom.parts, edition, newsroom.parts.clock())
    assert tally.verdicts == {Verdict.APPLIED: newsroom.counts(edition).failed - 1}
    assert newsroom.suppressed("bo") is SuppressionReason.BOUNCED


def test_a_server_that_refuses_everybody_is_not_believed(newsroom: Newsroom) -> None:
    with newsroom.parts.database.write() as conn:
        pepper = address_pepper(conn, SLOT)
        for number in range(30):
            subscriptions.add(conn, f"r{number}@example.org", pepper=pepper, now=SLOT, known_themes=())
    edition = newsroom.send_edition()
    with newsroom.parts.database.write() as conn:
        conn.execute(update(tables.deliveries).values(state="failed", code=550, text="5.1.1 no such user"))
    tally = feedback.refusals(newsroom.parts, edition, newsroom.parts.clock())
    assert not tally.verdicts
    assert newsroom.suppressed("bo") is None


def test_without_verp_the_returned_headers_do(newsroom: Newsroom) -> None:
    newsroom.parts = replace(newsroom.parts, verp=False)
    edition = newsroom.send_edition()
    sent = newsroom.last_to("bo")
    assert sent.sender == "bounces@example.org"
    tally = newsroom.report(dsn(to=sent.sender, returned=returned_headers(sent)))
    assert tally.ended == 1
    assert newsroom.counts(edition).bounced == 1
