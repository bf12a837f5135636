"""Corrections: to whom they go, when, and where they stand from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from digest import correcting, daily, desk, edits, pipeline, subscriptions
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import InputError, NotFoundError, RenderError, StateError
from digest.model.delivery import Accepted, Deferred, Outcome, Rejected, Uncertain
from digest.model.edition import EditionState, ToldCorrection
from digest.model.links import edition_ref
from digest.model.news import Article
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.store import articles, deliveries, editions
from digest.store.editions import EditionRow
from digest.store.engine import Database
from tests.wired import parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
LATER = SLOT + timedelta(hours=3, seconds=7, microseconds=5)
TEXT = """One ship was turned back, not all

This morning we wrote that the strait
was closed to shipping.

It was not. The mistake was ours.
"""


class Outgoing:
    """Mail goes here; what the server says to each address may be decided."""

    def __init__(self) -> None:
        self.answers: dict[str, Outcome] = {}
        self.transport = MemoryTransport(self._answer)

    def _answer(self, envelope: Envelope) -> Outcome:
        return self.answers.get(envelope.recipient, Accepted())

    def to(self) -> list[str]:
        return [envelope.recipient for envelope in self.transport.messages]

    def newest(self) -> EmailMessage:
        raw = b"".join(self.transport.messages[-1].pieces)
        return message_from_bytes(raw, _class=EmailMessage, policy=default)


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing()


@pytest.fixture
def parts(database: Database, outgoing: Outgoing, tmp_path: Path) -> Parts:
    built = parts_of(database, Settings(folder=tmp_path), lambda: LATER, outgoing.transport)
    for name in ("ada", "bo", "cy", "dee"):
        add(built, name)
    publish(built, "1", "Japan and Australia sign a pact on naval bases")
    return built


def publish(parts: Parts, name: str, title: str) -> None:
    url = f"https://post.example.org/{name}"
    with parts.database.write() as conn:
        articles.save_articles(
            conn,
            [
                Article(
                    url=url, canonical_url=url, title=title, dek="Its ministers were there.",
                    text="Its ministers were there. More was to follow.", date_source="feed",
                    published_at=SLOT - timedelta(hours=5), gathered_at=SLOT, language="en",
                    outlet="The Post",
                )
            ],
        )  # fmt: skip


def add(parts: Parts, name: str) -> int:
    with parts.database.write() as conn:
        pepper = address_pepper(conn, SLOT)
        address = f"{name}@example.org"
        return subscriptions.add(conn, address, pepper=pepper, now=SLOT, known_themes=()).subscriber.id


@pytest.fixture
def sent(parts: Parts, outgoing: Outgoing) -> EditionRow:
    """An edition that ada got, bo may have got, and cy did not get; dee left after it."""
    outgoing.answers = {
        "bo@example.org": Uncertain("cut off"),
        "cy@example.org": Rejected(550, "no such user"),
    }
    row = pipeline.draft(parts, parts.key(SLOT), SLOT)
    pipeline.send(parts, row, SLOT)
    outgoing.answers.clear()
    with parts.database.write() as conn:
        pepper = address_pepper(conn, SLOT)
        subscriptions.unsubscribe(
            conn, subscriptions.find(conn, "dee@example.org").id, pepper=pepper, now=SLOT
        )
    add(parts, "eve")  # who came too late for it
    return desk.find(parts, str(row.id))


def test_a_correction_goes_to_those_who_got_the_edition_and_are_still_there(
    parts: Parts, outgoing: Outgoing, sent: EditionRow
) -> None:
    drafted, readers, _ = correcting.draft(parts, sent, TEXT, LATER)
    assert (edition_ref(drafted.key), readers) == ("correction-20260310T093007", 2)
    before = len(outgoing.to())
    report = pipeline.send(parts, drafted, LATER)
    assert (report.counts.planned, report.counts.sent) == (2, 2)
    assert sorted(outgoing.to()[before:]) == ["ada@example.org", "bo@example.org"]
    message = outgoing.newest()
    assert message["Subject"] == "Correction: One ship was turned back, not all"
    assert message["List-Unsubscribe"]
    text = message.get_body(("plain",))
    assert isinstance(text, EmailMessage)
    words = " ".join(text.get_content().split())
    assert "This morning we wrote that the strait was closed to shipping." in words
    assert "About the edition of Tuesday, 10 March 2026" in words
    assert "A person wrote this correction." in words
    again = pipeline.send(parts, desk.find(parts, str(drafted.id)), LATER)
    assert again.sent_now == 0


def test_a_reader_who_has_moved_to_another_series_is_told_as_well(parts: Parts, sent: EditionRow) -> None:
    with parts.database.write() as conn:
        ada = subscriptions.find(conn, "ada@example.org")
        subscriptions.change(conn, ada.id, series="weekly", themes=["arctic"], known_themes=["arctic", "b"])
    drafted, readers, _ = correcting.draft(parts, sent, TEXT, LATER)
    assert readers == 2
    assert pipeline.send(parts, drafted, LATER).counts.sent == 2


def test_until_it_goes_out_it_is_written_anew_and_after_that_there_is_another(
    parts: Parts, sent: EditionRow
) -> None:
    first, *_ = correcting.draft(parts, sent, TEXT, LATER)
    second, _, replaced = correcting.draft(
        parts, sent, TEXT.replace("One ship", "One tanker"), LATER + timedelta(minutes=5)
    )
    assert second.id == first.id
    assert replaced == "One ship was turned back, not all"
    assert second.edition is not None
    assert second.edition.correction is not None
    assert second.edition.correction.headline == "One tanker was turned back, not all"
    held = desk.hold(parts, second, LATER)
    assert held.state is EditionState.HELD
    with pytest.raises(StateError, match="is held"):
        pipeline.send(parts, held, LATER)
    pipeline.send(parts, desk.release(parts, held, LATER), LATER)
    third, *_ = correcting.draft(parts, sent, TEXT, LATER)
    assert edition_ref(third.key) == "correction-20260310T093008"  # the second is taken


def test_it_stands_in_the_web_copy_once_it_has_gone_out(parts: Parts, sent: EditionRow) -> None:
    of = edition_ref(sent.key)

    def known() -> list[str]:
        with parts.database.read() as conn:
            told = editions.corrections_of(conn, sent.key.publication, of)
            return [one.correction.headline for one in told]

    drafted, *_ = correcting.draft(parts, sent, TEXT, LATER)
    assert known() == []
    pipeline.send(parts, drafted, LATER)
    assert known() == ["One ship was turned back, not all"]
    assert sent.edition is not None
    with parts.database.read() as conn:
        corrections = editions.corrections_of(conn, sent.key.publication, of)
    page = parts.renderer.web_copy(sent.edition, frozenset(), corrections)
    main = page.partition("<main>")[2]
    assert 0 < main.index("One ship was turned back") < main.index("Japan and Australia sign a pact")
    assert '"CorrectionComment"' in page
    assert [one.at for one in corrections] == [LATER]
    assert "CorrectionComment" not in parts.renderer.web_copy(sent.edition)


def test_the_same_words_go_to_those_alone_who_got_the_edition_since(
    parts: Parts, outgoing: Outgoing, sent: EditionRow
) -> None:
    first, *_ = correcting.draft(parts, sent, TEXT, LATER)
    pipeline.send(parts, first, LATER)
    assert sorted(outgoing.to()[-2:]) == ["ada@example.org", "bo@example.org"]
    with pytest.raises(StateError, match="nobody who got the edition"):
        correcting.draft(parts, sent, TEXT, LATER)
    with parts.database.write() as conn:
        deliveries.retry_failed(conn, sent.id, LATER)
    pipeline.send(parts, desk.find(parts, str(sent.id)), LATER)  # cy gets it now
    again, readers, replaced = correcting.draft(parts, sent, TEXT, LATER)
    assert (readers, replaced) == (1, "")
    pipeline.send(parts, again, LATER)
    assert outgoing.to()[-1] == "cy@example.org"
    other, readers, _ = correcting.draft(parts, sent, TEXT + "\nAnd more.\n", LATER)
    assert readers == 3, "other words are for all of them"
    assert other.edition is not None


def test_who_is_yet_to_get_these_words_gets_them_once(
    parts: Parts, outgoing: Outgoing, sent: EditionRow
) -> None:
    outgoing.answers = {"bo@example.org": Deferred(451, "later")}
    first, *_ = correcting.draft(parts, sent, TEXT, LATER)
    pipeline.send(parts, first, LATER)
    with pytest.raises(StateError, match="and not this correction of it"):
        correcting.draft(parts, sent, TEXT, LATER)


def test_who_got_these_words_before_they_were_cancelled_does_not_get_them_again(
    parts: Parts, outgoing: Outgoing, sent: EditionRow
) -> None:
    outgoing.answers = {"bo@example.org": Deferred(451, "later")}
    first, *_ = correcting.draft(parts, sent, TEXT, LATER)
    pipeline.send(parts, first, LATER)
    desk.cancel(parts, desk.hold(parts, first, LATER), LATER)
    outgoing.answers.clear()
    anew, readers, _ = correcting.draft(parts, sent, TEXT, LATER + timedelta(minutes=1))
    assert readers == 1
    before = len(outgoing.to())
    pipeline.send(parts, anew, LATER + timedelta(minutes=1))
    assert outgoing.to()[before:] == ["bo@example.org"]


def test_two_editions_are_corrected_in_one_second(parts: Parts, sent: EditionRow) -> None:
    noon = SLOT + timedelta(hours=2)
    publish(parts, "2", "Gaza ceasefire talks between Israel and Hamas resume in Cairo")
    later = pipeline.draft(parts, parts.key(noon), noon)
    pipeline.send(parts, later, noon)
    one, *_ = correcting.draft(parts, sent, TEXT, LATER)
    other, *_ = correcting.draft(parts, desk.find(parts, str(later.id)), TEXT, LATER)
    second = LATER.replace(microsecond=0)
    assert [row.key.slot for row in (one, other)] == [second, second + timedelta(seconds=1)]


def test_a_correction_is_not_corrected_itself(parts: Parts, sent: EditionRow) -> None:
    drafted, *_ = correcting.draft(parts, sent, TEXT, LATER)
    pipeline.send(parts, drafted, LATER)
    with pytest.raises(
        StateError, match=r"itself a correction: `digest correct --edition daily-20260310T0630`"
    ):
        correcting.draft(parts, desk.find(parts, str(drafted.id)), TEXT, LATER)


def test_the_longest_correction_is_shown_to_its_last_word(
    parts: Parts, outgoing: Outgoing, sent: EditionRow
) -> None:
    words = "well-known ship " * ((correcting.MOST_CHARACTERS - 20) // 16)
    drafted, *_ = correcting.draft(parts, sent, f"Headline\n\n{words}the-very-end", LATER)
    pipeline.send(parts, drafted, LATER)
    newest = outgoing.newest()
    for kind in ("plain", "html"):
        part = newest.get_body((kind,))
        assert part is not None
        assert "the-very-end" in part.get_content()
    assert drafted.edition is not None
    assert drafted.edition.correction is not None
    assert sent.edition is not None
    page = parts.renderer.web_copy(
        sent.edition, frozenset(), [ToldCorrection(drafted.edition.correction, LATER)]
    )
    assert page.count("the-very-end") == 2, "on the page, and in its data"


def test_an_edition_of_another_publication_is_not_there(parts: Parts, sent: EditionRow) -> None:
    other = replace(parts, publication=replace(parts.publication, slug="other"))
    with pytest.raises(NotFoundError, match="there is no edition"):
        desk.find(other, str(sent.id))


def test_what_is_deferred_of_it_is_tried_again_by_the_heartbeat(
    parts: Parts, outgoing: Outgoing, sent: EditionRow
) -> None:
    outgoing.answers = {"bo@example.org": Deferred(451, "later")}
    drafted, *_ = correcting.draft(parts, sent, TEXT, LATER)
    assert pipeline.send(parts, drafted, LATER).counts.deferred == 1
    outgoing.answers.clear()
    later = LATER + timedelta(hours=2)
    daily.ensure(replace(parts, clock=lambda: later), later)
    assert desk.find(parts, str(drafted.id)).state is EditionState.SENT


def test_a_review_or_an_edit_leaves_a_person_s_words_alone(parts: Parts, sent: EditionRow) -> None:
    drafted, *_ = correcting.draft(parts, sent, TEXT, LATER)
    approved = desk.approve(parts, drafted, LATER, reviewed_by="Ines")
    assert approved.edition == drafted.edition
    with pytest.raises(StateError, match=r"`digest correct --edition daily-20260310T0630` rewrites it"):
        edits.begin(parts, drafted)


def test_an_edition_that_reached_nobody_is_edited_and_not_corrected(parts: Parts) -> None:
    row = pipeline.draft(parts, parts.key(SLOT), SLOT)
    with pytest.raises(StateError, match=r"has not gone out: `digest edit --edition daily-20260310T0630`"):
        correcting.draft(parts, row, TEXT, LATER)


def test_nobody_is_left_to_tell(parts: Parts, sent: EditionRow) -> None:
    with parts.database.write() as conn:
        pepper = address_pepper(conn, SLOT)
        for name in ("ada", "bo"):
            reader = subscriptions.find(conn, f"{name}@example.org")
            subscriptions.unsubscribe(conn, reader.id, pepper=pepper, now=SLOT)
    with pytest.raises(
        StateError,
        match="nobody who got the edition daily-20260310T0630 and not this correction of it is subscribed",
    ):
        correcting.draft(parts, sent, TEXT, LATER)
    with parts.database.read() as conn:
        assert [row.id for row in editions.list_editions(conn, parts.publication.slug)] == [sent.id]


@pytest.mark.parametrize("name", ["edition.mjml.j2", "edition.txt.j2"])
def test_templates_that_know_of_no_corrections_are_told_before_any_is_sent(
    parts: Parts, outgoing: Outgoing, sent: EditionRow, tmp_path: Path, name: str
) -> None:
    drafted, *_ = correcting.draft(parts, sent, TEXT, LATER)
    before = len(outgoing.to())
    (tmp_path / "templates").mkdir()
    known = (Path(__file__).parents[2] / "templates" / name).read_text("utf-8")
    old = known.replace("{% if edition.correction %}", "{% if False %}", 1)
    assert old != known
    (tmp_path / "templates" / name).write_text(old, "utf-8")
    anew = parts_of(parts.database, Settings(folder=tmp_path), lambda: LATER, outgoing.transport)
    with pytest.raises(RenderError, match=f"{name} does not show the correction"):
        pipeline.send(anew, drafted, LATER)
    assert len(outgoing.to()) == before


@pytest.mark.parametrize(
    "odd",
    [
        "<script>alert(1)</script> & {{ 7*7 }} __DIGEST_ADDRESS__",
        "\u202eevil\u202c \x07bell \u2028line",
        "x" * 190,
        "تصحيح: لم يُغلق المضيق",
        "From: evil@example.org\rBcc: all@example.org",
    ],
)
def test_odd_words_stay_words(parts: Parts, outgoing: Outgoing, sent: EditionRow, odd: str) -> None:
    drafted, *_ = correcting.draft(parts, sent, f"{odd}\n\n.\n\n{odd} {odd}\n", LATER)
    pipeline.send(parts, drafted, LATER)
    message = outgoing.newest()
    assert len(str(message["Subject"])) <= 80
    assert message["Bcc"] is None
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    assert "<script>alert" not in page.get_content()
    assert ">49<" not in page.get_content()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs its headline"),
        ("Only a headline\n\n \n", "needs its headline"),
        ("x" * 201 + "\n\nbody", "more than 200 characters"),
        ("Headline\n\n" + "word " * 2_000, "may have 8,000 characters"),
    ],
)
def test_a_correction_that_lacks_something_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        correcting.read_correction(text, "daily-20260310T0630")


def test_blocks_are_paragraphs_however_their_lines_end() -> None:
    for text in (TEXT, TEXT.replace("\n", "\r\n"), "\n \n" + TEXT):
        found = correcting.read_correction(text, "x")
        assert found.headline == "One ship was turned back, not all"
        assert found.paragraphs == (
            "This morning we wrote that the strait was closed to shipping.",
            "It was not. The mistake was ours.",
        )


def test_a_correction_stands_in_the_edition_that_it_corrects_alone(parts: Parts, sent: EditionRow) -> None:
    pipeline.send(parts, correcting.draft(parts, sent, TEXT, LATER).row, LATER)
    with parts.database.read() as conn:
        slug = parts.publication.slug
        assert len(editions.corrections_of(conn, slug, edition_ref(sent.key))) == 1
        assert editions.corrections_of(conn, slug, "daily-20260309T0630") == []
