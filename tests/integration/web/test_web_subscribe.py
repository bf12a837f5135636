"""Subscribing on the web: the program's own parts behind a real server, and what they would have mailed."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from math import inf
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from sqlalchemy import update

from digest import confirming, feedback, letters, subscriptions
from digest.daily import ensure
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import RenderError, StoreError, TransportError
from digest.model.audience import SignUp, Subscriber, SubscriberState, SuppressionReason
from digest.model.delivery import Accepted, Deferred, Outcome, Rejected
from digest.model.feedback import Feedback, FeedbackKind
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, key_hash, make_token
from digest.parts import Parts, SignUps, address_pepper
from digest.settings import SeriesSettings, Settings
from digest.store import alerts, audience, sign_ups, suppressions, tables
from digest.store.engine import Database
from digest.web import background
from digest.web.forms import MAX_BODY
from digest.web.subscribe import EACH_PER_HOUR, OLDEST, PER_MAILBOX, QUICKEST, TRAP
from digest.web.wired import web_app
from tests.wired import parts_of

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ADA = "ada@example.net"
PATIENCE_S = 30


def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


@dataclass
class Outgoing:
    """Mail goes here; the next answers of the server may be decided."""

    answers: list[Outcome | Exception] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None  # while the server thinks
    transport: MemoryTransport = field(init=False)

    def __post_init__(self) -> None:
        self.transport = MemoryTransport(self._answer)

    def _answer(self, _envelope: Envelope) -> Outcome:
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else Accepted()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def letters(self) -> list[EmailMessage]:
        raw = [b"".join(envelope.pieces) for envelope in self.transport.messages]
        return [message_from_bytes(one, _class=EmailMessage, policy=default) for one in raw]


@dataclass
class Site:
    """A newsletter whose pages are served, and a browser without cookies."""

    parts: Parts
    client: httpx2.Client
    outgoing: Outgoing
    hands: list[datetime]

    def later(self, span: timedelta) -> None:
        self.hands[0] += span

    def stamp(self) -> str:
        found = re.search(r'name="stamp" value="(\w+)"', self.client.get("/subscribe").text)
        assert found
        return found[1]

    def post(self, email: str = ADA, *themes: str, stamp: str = "", **fields: str) -> httpx2.Response:
        """Fill in the form, at a person's pace."""
        if not stamp:
            stamp = self.stamp()
            self.later(QUICKEST)
        data = {"email": email, "stamp": stamp, "theme": list(themes), TRAP: "", **fields}
        return self.client.post("/subscribe", data=data)

    def settled(self) -> list[EmailMessage]:
        """All that was mailed, once nothing is owed."""

        def is_settled() -> bool:
            with self.parts.database.read() as conn:
                return sign_ups.next_due(conn) is None

        until(is_settled)
        return self.outgoing.letters()

    def due(self) -> list[int]:
        with self.parts.database.read() as conn:
            return list(sign_ups.due(conn, self.hands[0]))

    def link(self, letter: EmailMessage) -> str:
        body = letter.get_body(("plain",))
        assert isinstance(body, EmailMessage)
        found = re.search(rf"<{re.escape(self.parts.links.base_url)}(/\S+)>", body.get_content())
        assert found
        return found[1]

    def reader(self, address: str = ADA) -> Subscriber | None:
        with self.parts.database.read() as conn:
            return audience.find_subscriber(conn, address)

    def mailed(self) -> dict[str, int]:
        with self.parts.database.read() as conn:
            return audience.theme_choices(conn, "daily")

    def add(self, address: str) -> Subscriber:
        with self.parts.database.write() as conn:
            pepper = address_pepper(conn, NOW)
            return subscriptions.add(conn, address, pepper=pepper, now=NOW, known_themes=()).subscriber

    def suppress(self, address: str, reason: SuppressionReason) -> None:
        with self.parts.database.write() as conn:
            suppressions.suppress(conn, key_hash(address_pepper(conn, NOW), address), reason, NOW)


Start = Callable[..., Site]
LATER_S = confirming._LATER_S


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "_LATER_S", 0.0)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Serve a newsletter over a database, with parts that a test may change."""
    with ExitStack() as stack:

        def start_one(
            database: Database, *, series: tuple[SeriesSettings, ...] = (), **changes: object
        ) -> Site:
            hands, outgoing = [NOW], Outgoing()
            settings = Settings(folder=tmp_path, series=series)
            parts = parts_of(database, settings, lambda: hands[0], outgoing.transport)
            parts = replace(parts, **changes)  # type: ignore[arg-type] # each test knows what it changes
            url = stack.enter_context(background(web_app(parts)))
            client = stack.enter_context(httpx2.Client(base_url=url))
            return Site(parts, client, outgoing, hands)

        yield start_one


@pytest.fixture
def site(start: Start, sqlite_database: Database) -> Site:
    return start(sqlite_database)


WEEK = SeriesSettings(name="weekly", days=("sun",), title="The Week")


def ticked(page: httpx2.Response, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([a-z-]+)" checked', page.text)


def h1(page: httpx2.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text)
    assert found
    return found[1]


def test_from_the_form_to_the_first_edition(start: Start, database: Database) -> None:
    site = start(database)
    sent = site.post(ADA, "arctic", name="Ada Lovelace")
    assert (sent.status_code, h1(sent)) == (200, "Check your inbox")
    assert ADA in sent.text
    (letter,) = site.settled()
    assert letter["To"] == ADA
    assert "Your themes: Arctic." in str(letter.get_body(("plain",)))
    link = site.link(letter)
    for method in ("GET", "HEAD", "GET"):  # scanners
        assert site.client.request(method, link).status_code == 200
    page = site.client.get(link)
    assert h1(page) == "Subscribe to The Morning Digest?"
    assert "a•••@example.net" in page.text
    assert ADA not in page.text
    assert site.mailed() == {}
    waiting = site.reader()
    assert waiting
    assert (waiting.state, waiting.name) == (SubscriberState.PENDING, "Ada Lovelace")
    done = site.client.post(link)
    assert h1(done) == "You are subscribed"
    assert "<strong>Arctic</strong>" in done.text
    assert site.mailed() == {"arctic": 1}
    own = re.search(r'href="([^"]+/p/\w+)"', done.text)
    assert own
    assert site.client.get(str(done.url.join(own[1]))).status_code == 200
    assert h1(site.client.post(link)) == h1(site.client.get(link)) == "You are subscribed"
    assert site.mailed() == {"arctic": 1}


def masked(answer: httpx2.Response, address: str) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without the address that was typed and the nonce that is new each time."""
    (nonce,) = re.findall(r'nonce="([^"]+)"', answer.text)

    def plain(text: str) -> str:
        return text.replace(nonce, "NONCE").replace(address, "ADDRESS")

    headers = [(name, plain(value)) for name, value in answer.headers.items() if name != "date"]
    return answer.status_code, headers, plain(answer.text)


def test_the_answer_is_the_same_to_the_byte_whatever_an_address_is(start: Start, database: Database) -> None:
    site = start(database)
    new, waits, reads, left, gone = (f"reader{number}@example.net" for number in range(5))
    barred = {f"barred{number}@example.net": reason for number, reason in enumerate(SuppressionReason)}
    site.post(waits)
    site.settled()
    for address in (reads, left, gone):
        reader = site.add(address)
        with site.parts.database.write() as conn:
            pepper = address_pepper(conn, NOW)
            if address == left:
                subscriptions.unsubscribe(conn, reader.id, pepper=pepper, now=NOW)
            elif address == gone:
                subscriptions.erase(conn, address, pepper=pepper, now=NOW)
    for address, reason in barred.items():
        site.suppress(address, reason)
    everybody = (new, waits, reads, left, gone, *barred)
    assert len({repr(masked(site.post(address), address)) for address in everybody}) == 1
    mailed = {str(letter["To"]) for letter in site.settled()}
    may_return = {SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED}
    asked = {address for address, reason in barred.items() if reason in may_return}
    assert mailed == {new, waits, reads, left, gone, *asked}


def test_an_email_is_not_made_while_its_request_is_answered(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would slow the answer down, and so tell that there is one."""
    monkeypatch.setattr(confirming, "_LATER_S", LATER_S)
    made: list[float] = []
    site.outgoing.meanwhile = lambda: made.append(time.monotonic())
    begun = time.monotonic()
    site.post()
    site.settled()
    assert made[0] - begun >= LATER_S


def test_the_form_is_indexed_and_not_cached_and_sets_no_cookie(site: Site) -> None:
    page = site.client.get("/subscribe")
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" not in page.text + page.headers.get("x-robots-tag", "")
    answer = site.post()
    assert answer.headers["cache-control"] == "private, no-store"
    assert "noindex" in answer.text
    for one in (page, answer):
        assert "set-cookie" not in one.headers
        assert "script-src" not in one.headers["content-security-policy"]


def test_asking_by_get_does_nothing(site: Site) -> None:
    site.client.get("/subscribe", params={"email": ADA, "stamp": site.stamp()})
    assert site.due() == []
    assert site.reader() is None


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "@x.org", "ada@localhost", "a b@x.org", '"><script>@x.org', "x" * 3000]
)
def test_a_bad_address_is_told_at_the_field_and_what_was_typed_is_kept(site: Site, typed: str) -> None:
    answer = site.post(typed, "arctic", name='Ada "<b>"')
    assert answer.status_code == 422
    assert len(re.findall(r'<p class="problem" id="problem">', answer.text)) == 1
    assert "<title>Not sent yet: Subscribe" in answer.text, "which is what a screen reader says first"
    assert 'aria-invalid="true" aria-describedby="problem"' in answer.text
    assert 'value="Ada &#34;&lt;b&gt;&#34;"' in answer.text
    assert re.findall(r'value="([a-z-]+)" checked', answer.text) == ["arctic"]
    assert "<script" not in answer.text
    assert site.due() == []
    if typed:
        assert typed.replace('"', "&#34;").replace(">", "&gt;").replace("<", "&lt;") in answer.text


def test_one_who_fills_in_what_nobody_sees_gets_the_same_answer_and_no_mail(site: Site) -> None:
    real, trapped = site.post(ADA), site.post("bot@example.net", **{TRAP: "https://pills.example"})
    assert masked(real, ADA) == masked(trapped, "bot@example.net")
    assert [letter["To"] for letter in site.settled()] == [ADA]
    assert site.reader("bot@example.net") is None


@pytest.mark.parametrize("wait", [QUICKEST - SECOND, OLDEST + SECOND, -SECOND])
def test_a_form_sent_too_soon_or_too_late_is_asked_for_again(site: Site, wait: timedelta) -> None:
    stamp = site.stamp()
    site.later(wait)
    answer = site.post(ADA, "arctic", stamp=stamp)
    assert answer.status_code == 422
    assert "press the button again" in answer.text
    assert f'value="{ADA}"' in answer.text
    assert site.due() == []
    fresh = re.search(r'name="stamp" value="(\w+)"', answer.text)
    assert fresh
    site.later(QUICKEST)
    assert site.post(ADA, "arctic", stamp=fresh[1]).status_code == 200


@pytest.mark.parametrize("stamp", ["x", "0" * 42, "\x00", "é" * 42])
def test_a_stamp_that_is_not_ours_is_none(site: Site, stamp: str) -> None:
    assert site.post(ADA, stamp=stamp).status_code == 422
    other = site.client.post("/subscribe", data={"email": ADA})
    assert other.status_code == 422, "a form on another site, say: it is shown, filled in"
    assert f'value="{ADA}"' in other.text
    assert "check that this is right" in other.text
    assert site.due() == []


@pytest.mark.parametrize(
    ("come_from", "status"), [("cross-site", 422), ("same-site", 200), ("same-origin", 200), ("none", 200)]
)
def test_another_sites_page_cannot_have_its_visitors_ask_unseen(
    site: Site, come_from: str, status: int
) -> None:
    site.client.headers["Sec-Fetch-Site"] = come_from
    answer = site.post()
    assert answer.status_code == status
    assert len(site.settled()) == int(status == 200)
    if status != 200:
        assert f'value="{ADA}"' in answer.text
        assert "check that this is right" in answer.text


def test_a_client_has_its_share_of_an_hour(start: Start, sqlite_database: Database) -> None:
    site = start(sqlite_database, sign_ups=SignUps(proxies=("127.0.0.1",)))

    def ask(number: int, forwarded: str) -> httpx2.Response:
        site.client.headers["X-Forwarded-For"] = forwarded
        return site.post(f"reader{number}@example.net")

    for number in range(EACH_PER_HOUR):
        assert ask(number, "203.0.113.9").status_code == 200
    refused = ask(99, "6.6.6.6, 203.0.113.9")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "reader99@example.net" in refused.text
    assert ask(99, "203.0.113.10").status_code == 200, "another one"
    assert len(site.settled()) == EACH_PER_HOUR + 1


def test_nobody_is_believed_who_is_no_proxy_of_ours(start: Start, sqlite_database: Database) -> None:
    site = start(sqlite_database, sign_ups=SignUps(proxies=()))
    answers = []
    for number in range(EACH_PER_HOUR + 1):
        site.client.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        answers.append(site.post(f"reader{number}@example.net").status_code)
    assert answers == [200] * EACH_PER_HOUR + [429]


def test_there_is_a_limit_for_everybody_that_tells_nothing(start: Start, sqlite_database: Database) -> None:
    """It counts what is asked, not what is mailed: else it would tell whether the last one was."""
    site = start(sqlite_database, sign_ups=SignUps(per_hour=2, proxies=("127.0.0.1",)))
    site.suppress("bounced@example.net", SuppressionReason.BOUNCED)
    answers = [site.post(f"{name}@example.net").status_code for name in ("bounced", "bounced", "ada")]
    assert answers == [200, 200, 429]


@pytest.mark.parametrize(
    "name",
    [
        "Buy pills at https://pills.example",
        "Ada\r\nBcc: victim@example.net",
        "<img src=x onerror=alert(1)>",
        "\u202egnp.exe\x00\ud800",
        "{{ 7 * 7 }} __DIGEST_UNSUB_URL__",
        "x" * 5000,
    ],
)
def test_what_a_stranger_calls_somebody_is_never_mailed_to_them(site: Site, name: str) -> None:
    site.post(ADA, name=name.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    (letter,) = site.settled()
    raw = b"".join(site.outgoing.transport.messages[0].pieces).decode()
    assert letter["To"] == ADA
    assert "Bcc" not in letter
    for word in ("pills", "victim", "onerror", "gnp", "7 * 7", "UNSUB_URL", "xxxxx"):
        assert word not in raw
    waiting = site.reader()
    assert waiting
    assert waiting.name.isprintable()
    assert len(waiting.name) <= subscriptions.MAX_NAME


@pytest.mark.parametrize("reads", [False, True])
def test_what_a_stranger_writes_into_an_address_stands_in_its_header_alone(site: Site, reads: bool) -> None:
    """It reaches Ada where her server passes over tags or takes any address, and is made a link there."""
    typed = "ada+www.pills.example/cheap@example.net"
    if reads:
        site.add(typed)
    site.post(typed)
    (letter,) = site.settled()
    assert letter["To"] == typed
    assert ("already" in letter["Subject"]) is reads
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert isinstance(body, EmailMessage)
        words = unescape(body.get_content())
        assert "a•••@example.net" in words
        assert "pills" not in words


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.net\r\nBcc: victim@example.net",
        "ada@example.net, victim@example.net",
        "ada@example.net victim@example.net",
        "<ada@example.net>, <victim@example.net>",
        "ada@example.net\x00victim@example.net",
    ],
)
def test_one_form_writes_to_one_address(site: Site, typed: str) -> None:
    assert site.post(typed).status_code == 422
    assert site.settled() == []


def test_an_address_outside_ascii_is_asked_as_it_was_typed(site: Site) -> None:
    page = site.post(" zoë@bücher.example.net ")
    assert page.status_code == 200
    assert '<span class="who">zoë@bücher.example.net</span>' in page.text
    (letter,) = site.settled()
    assert site.outgoing.transport.messages[0].recipient == "zoë@xn--bcher-kva.example.net"
    site.client.post(site.link(letter))
    assert site.mailed() == {"": 1}


@pytest.mark.parametrize(("language", "mark"), [("ar", "\u200e"), ("en", "")])
def test_an_address_reads_from_left_to_right_in_any_letter(
    start: Start, sqlite_database: Database, language: str, mark: str
) -> None:
    site = start(sqlite_database)
    publication = replace(site.parts.publication, language=language)
    ask_unseen(site, "2ada@example.net")
    confirming.post(replace(site.parts, publication=publication))
    (letter,) = site.outgoing.letters()
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert f"sent to {mark}2•••@example.net." in " ".join(body.get_content().split())
    assert letter["To"] == "2ada@example.net"


@pytest.mark.parametrize(
    ("ticked", "stored"),
    [
        ((), ""),
        (("arctic",), "arctic"),
        (("sport", "arctic", "arctic"), "arctic"),
        (("sport",), ""),
        (("middle-east", "arctic", "indo-pacific"), ""),
    ],
)
def test_no_theme_and_all_themes_are_every_theme(site: Site, ticked: tuple[str, ...], stored: str) -> None:
    site.post(ADA, *ticked)
    site.client.post(site.link(site.settled()[0]))
    assert site.mailed() == {stored: 1}


def test_the_form_ticks_every_theme_as_no_tick_means_all(site: Site) -> None:
    every = ["indo-pacific", "arctic", "middle-east"]
    form = site.client.get("/subscribe")
    assert sorted(ticked(form, "theme")) == sorted(every)
    assert "With every theme ticked, you also get any we add later." in form.text
    again = site.client.post("/subscribe", data={"email": "nobody", "theme": ["arctic"]})
    assert ticked(again, "theme") == ["arctic"]
    bare = site.client.post("/subscribe", data={"email": ADA})  # another site's form
    assert sorted(ticked(bare, "theme")) == sorted(every)


def test_a_reader_is_led_to_their_own_page(site: Site) -> None:
    site.add(ADA)
    site.post()
    (letter,) = site.settled()
    assert "already" in letter["Subject"]
    page = site.client.get(site.link(letter))
    assert h1(page) == "Your themes"


def test_a_link_that_does_not_work_leads_to_the_form(site: Site) -> None:
    for token in ("x", "0" * 32, "%00", "a" * 500):
        for method in ("GET", "POST"):
            answer = site.client.request(method, f"/confirm/{token}")
            assert (answer.status_code, h1(answer)) == (404, "This link doesn\u2019t work")
            assert 'href="../subscribe"' in answer.text


def test_themes_that_are_gone_by_the_time_of_confirming_are_not_promised(
    start: Start, sqlite_database: Database
) -> None:
    site = start(sqlite_database)
    with site.parts.database.write() as conn:
        asked = subscriptions.sign_up_of(
            ADA, name="", themes=["sport"], known_themes=["sport", "arctic"], now=NOW
        )
        subscriptions.ask(conn, asked)
    posted(site)
    link = site.link(site.outgoing.letters()[0])
    for answer in (site.client.get(link), site.client.post(link)):
        assert answer.status_code == 200
        assert "with stories about" not in answer.text


def test_an_expired_link_does_nothing(site: Site) -> None:
    site.post()
    link = site.link(site.settled()[0])
    site.later(site.parts.sign_ups.valid_for)
    assert site.client.get(link).status_code == 404
    assert site.client.post(link).status_code == 404
    assert site.mailed() == {}


def test_one_who_complained_meanwhile_is_sent_to_the_editor(site: Site) -> None:
    site.post()
    link = site.link(site.settled()[0])
    site.suppress(ADA, SuppressionReason.COMPLAINED)
    for method in ("GET", "POST"):
        answer = site.client.request(method, link)
        assert answer.status_code == 409
        assert "write to us" in answer.text
    assert site.mailed() == {}


def test_pressing_the_button_many_times_at_once_subscribes_once(start: Start, database: Database) -> None:
    site = start(database)
    site.post(ADA, "arctic")
    link, answers = site.link(site.settled()[0]), list[str]()
    threads = [Thread(target=lambda: answers.append(h1(site.client.post(link)))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["You are subscribed"] * 6
    assert site.mailed() == {"arctic": 1}


def test_sending_the_form_many_times_at_once_mails_once(start: Start, database: Database) -> None:
    site = start(database)
    stamp = site.stamp()
    site.later(QUICKEST)
    threads = [Thread(target=lambda: site.post(stamp=stamp)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.settled()) == 1


def test_where_sign_ups_are_closed_there_is_no_form_and_links_still_work(
    start: Start, sqlite_database: Database
) -> None:
    site = start(sqlite_database)
    site.post()
    link = site.link(site.settled()[0])
    assert "/subscribe" in site.client.get("/").text
    assert "/subscribe" in site.client.get("/editions").text
    closed = start(sqlite_database, sign_ups=SignUps(is_open=False))
    for path in ("/", "/editions", "/confirm/x"):
        assert "/subscribe" not in closed.client.get(path).text
    assert closed.client.get("/subscribe").status_code == 404
    assert closed.client.post("/subscribe", data={"email": ADA}).status_code == 404
    assert h1(closed.client.post(link)) == "You are subscribed"


def test_what_the_mail_server_puts_off_is_sent_by_the_heartbeat(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.outgoing.answers = [Deferred(code=451, text="greylisted")]
    site.post()
    until(lambda: "greylisted" in caplog.text)
    assert site.outgoing.letters() == []
    site.later(timedelta(minutes=15))
    done = [step.what for step in ensure(site.parts, site.hands[0])]
    assert "e-mails for sign-ups sent: 1" in done
    assert h1(site.client.post(site.link(site.settled()[0]))) == "You are subscribed"


def test_what_is_put_off_is_tried_again_by_the_pages_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No heartbeat need be there, and nobody else fill in the form."""
    monkeypatch.setattr(confirming, "_LOOK_S", 0.05)
    site.outgoing.answers = [Deferred(code=451, text="greylisted")]
    site.post()
    until(lambda: not site.outgoing.answers)
    site.later(timedelta(minutes=16))
    (letter,) = site.settled()
    assert letter["To"] == ADA


def test_what_can_never_be_delivered_is_not_tried_again(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.outgoing.answers = [Rejected(code=550, text=f"no such user <{ADA.upper()}>")]
    site.post()
    assert site.settled() == []
    until(lambda: "no such user <...>" in caplog.text)
    assert ADA not in caplog.text.lower()
    site.later(timedelta(days=1))
    assert posted(site) == 0
    assert site.outgoing.letters() == []


def test_a_mail_server_that_is_down_changes_no_answer_and_the_editor_hears_of_it(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    down = TransportError("mail.example.net can't be reached")
    site.outgoing.answers = [down, down]
    with caplog.at_level(logging.WARNING):
        assert site.post().status_code == 200
        until(lambda: "can't be reached" in caplog.text)
    assert ADA not in caplog.text
    until(lambda: not was_mailed(site))
    site.later(timedelta(minutes=15))
    steps = ensure(site.parts, site.hands[0])
    assert any(step.failed and "can't be reached" in step.what for step in steps)
    with site.parts.database.read() as conn:
        assert any("can't be reached" in text for _key, _at, text in alerts.list_alerts(conn))
    assert not was_mailed(site), "what reached nobody is not counted"
    site.later(timedelta(hours=1))
    assert posted(site) == 1
    assert was_mailed(site)


def posted(site: Site, within_s: float = inf) -> int:
    outcomes = confirming.post(site.parts, within_s=within_s).values()
    return sum(isinstance(outcome, Accepted) for outcome in outcomes)


def was_mailed(site: Site) -> bool:
    with site.parts.database.read() as conn:
        return any(one.mailed_at for one in sign_ups.list_for(conn, ADA))


def ask_unseen(site: Site, *addresses: str) -> None:
    """Store requests without anybody being told to send their e-mails."""
    with site.parts.database.write() as conn:
        for address in addresses:
            subscriptions.ask(
                conn,
                subscriptions.sign_up_of(address, name="", themes=(), known_themes=(), now=site.hands[0]),
            )


def test_a_slow_mail_server_makes_no_second_sender_begin_on_the_same(site: Site) -> None:
    ask_unseen(site, "first@example.net", ADA)
    waited = timedelta(minutes=16)
    site.outgoing.meanwhile = lambda: site.later(waited)
    site.outgoing.answers = [Accepted(), Deferred(code=451, text="later")]
    assert posted(site) == 1
    with site.parts.database.read() as conn:
        (asked,) = sign_ups.list_for(conn, ADA)
    assert asked.mailed_at == NOW + waited
    assert asked.due_at == NOW + waited + timedelta(minutes=15)


def test_the_heartbeat_leaves_the_rest_for_later_rather_than_hold_up_the_edition(site: Site) -> None:
    ask_unseen(site, "first@example.net", ADA)
    assert posted(site, within_s=0) == 0
    assert posted(site, within_s=60) == 2


def test_a_second_try_is_the_same_message_with_the_same_link(site: Site) -> None:
    ask_unseen(site, ADA)
    seen: list[EmailMessage] = []
    numbers = site.due()
    for _ in range(2):
        with site.parts.database.write() as conn:
            conn.execute(update(tables.sign_ups).values(due_at=site.hands[0]))  # as if killed before the note
        site.later(timedelta(minutes=15))
        assert posted(site) == 1
        seen.append(site.outgoing.letters()[-1])
    assert len(numbers) == 1
    assert len({letter["Message-ID"] for letter in seen}) == 1
    assert len({site.link(letter) for letter in seen}) == 1
    assert h1(site.client.post(site.link(seen[0]))) == "You are subscribed"


def test_the_page_that_confirms_says_how_editions_are_addressed(site: Site) -> None:
    """A stranger may have typed that first, and the owner's own request then was not answered."""
    site.post(ADA, name='Buy "pills" & more')
    site.post(ADA, name="Ada")
    (letter,) = site.settled()
    page = site.client.get(site.link(letter))
    assert 'addressed to <span class="who">Buy &#34;pills&#34; &amp; more</span>' in page.text
    site.post("bo@example.net")
    nameless = site.client.get(site.link(site.settled()[-1]))
    assert "addressed to" not in nameless.text


def test_one_mailbox_is_not_filled_by_spelling_it_in_many_ways(
    start: Start, sqlite_database: Database
) -> None:
    site = start(sqlite_database, sign_ups=SignUps(proxies=("127.0.0.1",)))
    spelled = [
        f"{'ad.a' if number % 2 else 'a.da'}+{number:02}@example.net" for number in range(2 * PER_MAILBOX)
    ]
    answers = {repr(masked(site.post(address), address)) for address in spelled}
    assert len(answers) == 1, "nobody learns of it"
    assert len(site.settled()) == PER_MAILBOX
    site.post("ada@example.com")
    assert len(site.settled()) == PER_MAILBOX + 1, "another one"


def test_an_email_that_cannot_be_made_keeps_no_other_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = letters.letter_to

    def broken_for_ada(parts: Parts, owed: subscriptions.Owed, secret: bytes, now: datetime) -> Envelope:
        if owed.reader.email == ADA:
            raise RenderError("letter.txt.j2, line 3: no such name")
        return made(parts, owed, secret, now)

    monkeypatch.setattr(letters, "letter_to", broken_for_ada)
    ask_unseen(site, ADA, "ben@example.net")
    with pytest.raises(RenderError, match="no such name"):
        confirming.post(site.parts)
    assert [letter["To"] for letter in site.outgoing.letters()] == ["ben@example.net"]
    assert not was_mailed(site)


def test_a_database_that_cannot_be_written_is_told_and_nothing_is_promised(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = site.stamp()
    site.later(QUICKEST)

    def unavailable(*_args: object) -> None:
        raise StoreError("subscribers.db is locked by another connection: try again later")

    monkeypatch.setattr(site.parts.database, "write", unavailable)
    answer = site.post(stamp=stamp)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")


@pytest.mark.parametrize("kind", [FeedbackKind.COMPLAINT, FeedbackKind.HARD])
def test_what_comes_back_to_the_letter_keeps_its_address_out(
    start: Start, sqlite_database: Database, kind: FeedbackKind
) -> None:
    site = start(sqlite_database, verp=True, bounce_address="b@example.net", reference_header="X-Ref")
    site.post()
    (letter,) = site.settled()
    local, _, _domain = site.outgoing.transport.messages[0].sender.partition("@")
    reference = local.removeprefix("b+")
    assert letter["X-Ref"] == reference
    tally = feedback.apply(site.parts, [Feedback("dsn", "1", kind, references=(reference,))], site.hands[0])
    assert tally.ended == 1
    site.later(timedelta(days=2))
    site.post()
    assert len(site.settled()) == 1, "not asked again"
    assert site.client.post(site.link(letter)).status_code == 404
    assert site.mailed() == {}


def test_a_form_that_is_too_large_is_refused(site: Site) -> None:
    assert site.client.post("/subscribe", content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert site.client.post("/subscribe", content="&".join(["theme=a"] * 500)).status_code == 400


def test_the_form_works_under_a_path_and_with_a_slash_at_its_end(site: Site) -> None:
    for path in ("/subscribe", "/subscribe/"):
        page = site.client.get(path)
        action = re.search(r'action="([^"]+)"', page.text)
        assert action
        assert page.url.join(action[1]).path == "/subscribe"


def test_what_was_left_by_a_server_that_stopped_is_sent_by_the_next_one(
    start: Start, sqlite_database: Database
) -> None:
    asked = subscriptions.sign_up_of(ADA, name="", themes=(), known_themes=(), now=NOW)
    with sqlite_database.write() as conn:
        subscriptions.ask(conn, asked)
    site = start(sqlite_database)
    assert [letter["To"] for letter in site.settled()] == [ADA]


def test_one_who_subscribes_says_how_often(start: Start, database: Database) -> None:
    site = start(database, series=(WEEK,))
    form = site.client.get("/subscribe")
    assert ticked(form, "series") == ["daily"]
    assert "On Sundays <small>The Week</small>" in form.text
    odd = site.post("no address", series="weekly")
    assert ticked(odd, "series") == ["weekly"]  # what was chosen stands there still
    elsewhere = site.client.post("/subscribe", data={"email": ADA})  # a form on a page of their own
    assert ticked(elsewhere, "series") == ["daily"]
    site.post(ADA, series="weekly")
    (letter,) = site.settled()
    assert "How often: On Sundays." in str(letter.get_body(("plain",)))
    link = site.link(letter)
    assert "How often: <strong>On Sundays</strong>." in site.client.get(link).text
    done = site.client.post(link)
    assert "How often: <strong>On Sundays</strong>." in done.text
    assert "choose themes and how often" in done.text
    reader = site.reader()
    assert reader
    assert reader.series == "weekly"
    asked = {(one.email, one.series) for one in _asked(site)}
    assert asked == {(ADA, "weekly")}


def _asked(site: Site) -> list[SignUp]:
    with site.parts.database.read() as conn:
        return sign_ups.list_for(conn, ADA)


def test_one_who_reads_may_get_it_less_often(start: Start, database: Database) -> None:
    site = start(database, series=(WEEK,))
    reader = site.add(ADA)
    with site.parts.database.write() as conn:
        secret = site.parts.token_secret(conn)
    slug = site.parts.publication.slug
    choice = site.parts.links.preferences(make_token(secret, PREFERENCES, slug, reader.id))
    leaving = site.parts.links.unsubscribe(make_token(secret, UNSUBSCRIBE, slug, reader.id))
    choice, leaving = (link.removeprefix(site.parts.links.base_url) for link in (choice, leaving))
    assert "get it less often, or keep only the themes" in site.client.get(leaving).text
    page = site.client.get(choice)
    assert ticked(page, "series") == ["daily"]
    everything = ticked(page, "theme")
    saved = site.client.post(choice, data={"theme": everything, "series": "weekly"})
    assert "How often: <strong>On Sundays</strong>." in saved.text
    for odd in ({"series": "hourly"}, {"series": ""}, {}):
        kept = site.client.post(choice, data={"theme": everything, **odd})
        assert ticked(kept, "series") == ["weekly"]
    refused = site.client.post(choice, data={"series": "daily"})  # and no theme
    assert refused.status_code == 422
    assert ticked(refused, "series") == ["daily"]  # what was chosen stands there still
    found = site.reader()
    assert found
    assert (found.series, found.themes) == ("weekly", ())
    assert site.mailed() == {}  # the daily


@pytest.mark.parametrize("left", [(), (WEEK,)])
def test_one_whose_series_is_not_sent_any_more_may_choose_anew(
    start: Start, database: Database, left: tuple[SeriesSettings, ...]
) -> None:
    site = start(database, series=left)
    reader = site.add(ADA)
    with site.parts.database.write() as conn:
        audience.change(conn, reader.id, series="monthly")
        secret = site.parts.token_secret(conn)
    token = make_token(secret, PREFERENCES, site.parts.publication.slug, reader.id)
    choice = site.parts.links.preferences(token).removeprefix(site.parts.links.base_url)
    page = site.client.get(choice)
    assert "no longer go out on fixed days" in page.text
    assert ticked(page, "series") == []
    themes = ticked(page, "theme")
    saved = site.client.post(choice, data={"theme": themes}).text
    assert "But the editions you chose no longer go out on fixed days" in saved
    found = site.reader()
    assert found
    assert found.series == "monthly", "nothing was chosen"
    site.client.post(choice, data={"theme": themes, "series": "daily"})
    assert site.mailed() == {"": 1}


def test_with_one_series_nobody_is_asked_how_often(site: Site) -> None:
    site.post(ADA, series="weekly")
    (letter,) = site.settled()
    assert "How often" not in str(letter.get_body(("plain",)))
    page = site.client.get("/subscribe")
    assert "How often" not in page.text
    site.client.post(site.link(letter))
    reader = site.reader()
    assert reader
    assert reader.series == "daily"
