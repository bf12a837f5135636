"""What the pages need done, as plain callables; wiring fills them, tests may fake them.

Every callable is called in a worker thread, opens its own transaction, and raises StoreError when the
database can't be used: the page then asks to try again later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest import subscriptions
from digest.model.audience import SignUp, Subscriber
from digest.model.edition import Edition, ThemeStyle, ToldCorrection
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, make_token, read_token
from digest.store import audience, images
from digest.store.editions import EditionRow
from digest.store.engine import Database
from digest.subscriptions import Confirmation
from digest.web.hooks import Report
from digest.web.limits import Networks, Throttle
from digest.web.past import ArchiveEntry, PastEditions


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """The newsletter as its pages name it. ``look`` holds the fields of ``digest.model.look.Look``."""

    name: str
    look: Mapping[str, object]
    publisher: str = ""
    postal_address: str = ""
    privacy_url: str = ""
    contact: str = ""  # an address that people can write to
    base_url: str = ""  # its path is where the pages stand; "" is the root


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """A series that readers may choose: ``label`` says how often, ``title`` what its editions are called."""

    name: str
    label: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscriber as the pages may show them: whoever was forwarded a mail sees this too."""

    id: int
    shown_address: str  # enough to tell one's own, too little to harvest
    subscribed: bool
    may_return: bool  # has left, and may come back by themselves
    themes: tuple[str, ...]  # empty: all
    series: str
    unsubscribe_token: str
    preferences_token: str


@dataclass(frozen=True, slots=True)
class SignUps:
    """What the pages by which people subscribe do and know.

    ``secret`` signs the stamp of the form for the publication ``slug``. ``throttle`` counts what a client
    asks, ``mailboxes`` what is asked for a mailbox. ``ask(sign_up)`` stores a request and
    sees to its e-mail. ``confirmation(token)`` says what a link is good for, ``confirm(token)`` uses it.
    ``preferences_of(id)`` is the token of a reader's own page.
    """

    is_open: bool
    slug: str
    secret: bytes
    clock: Callable[[], datetime]
    proxies: Networks
    throttle: Throttle
    mailboxes: Throttle
    ask: Callable[[SignUp], None]
    confirmation: Callable[[str], Confirmation]
    confirm: Callable[[str], Confirmation]
    preferences_of: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class WebServices:
    """Everything the pages do and know.

    ``reader(purpose, token)``: whom a signed link speaks for; None for a link that we did not make.
    ``unsubscribe(id)``: the reader leaves; harmless when repeated, or when they are gone.
    ``resubscribe(id)``: the reader comes back; StateError where only the editor can do that, NotFoundError
    where they are gone.
    ``choose(id, slugs, series)``: stores the choice; no slug is all themes, and "" leaves the series.
    ``edition_html(ref, slugs)``: an edition's web copy as seen by a reader of these themes (none: all);
    None where there is no such edition, or it has not gone out.
    ``awaited(ref)``: whether that edition may still go out: it is a draft, or its time has not come.
    ``missed(ref)``: whether it was drafted, and its time went by without it.
    ``archive()``: the editions that went out, newest first.
    ``report(provider, token)``: what applies a mail provider's reports; LookupError where there is no such
    provider or the token is not its own. It raises as ``digest.bounces.providers`` says.
    ``feed()``: the newest of them as an Atom feed.
    ``image(name)``: the JPEG of this hash; None where there is none.
    ``sign_ups``: how people subscribe.
    ``series``: what is on schedule.
    """

    publication: PublicationFacts
    themes: tuple[ThemeStyle, ...]
    reader: Callable[[str, str], Reader | None]
    unsubscribe: Callable[[int], None]
    resubscribe: Callable[[int], None]
    choose: Callable[[int, Sequence[str], str], None]
    edition_html: Callable[[str, frozenset[str]], str | None]
    awaited: Callable[[str], bool]
    archive: Callable[[], Sequence[ArchiveEntry]]
    report: Report
    feed: Callable[[], str]
    image: Callable[[str], bytes | None]
    sign_ups: SignUps
    missed: Callable[[str], bool]
    series: tuple[SeriesChoice, ...] = ()

    @property
    def choices(self) -> tuple[SeriesChoice, ...]:
        """The series between which a reader may choose: one is no choice."""
        return self.series if len(self.series) > 1 else ()

    def choices_of(self, reader: Reader) -> tuple[SeriesChoice, ...]:
        """The same; even a single one for a reader whose own series is not on schedule."""
        astray = reader.series not in {one.name for one in self.series}
        return self.series if astray else self.choices


def database_services(
    database: Database,
    *,
    publication: PublicationFacts,
    slug: str,
    themes: tuple[ThemeStyle, ...],
    secret: bytes,
    pepper: bytes,
    clock: Callable[[], datetime],
    web_copy: Callable[[Edition, frozenset[str], Sequence[ToldCorrection]], str],
    report: Report,
    feed_of: Callable[[Sequence[tuple[Edition, datetime]]], str],
    sign_ups: SignUps,
    is_over: Callable[[EditionRow], bool],
    series: tuple[SeriesChoice, ...] = (),
) -> WebServices:
    """The services over a database.

    ``slug`` is the publication's, ``secret`` what its links are signed with, ``pepper`` what hides the
    addresses of suppressions, ``web_copy`` renders an edition for a choice of themes (none: all) with what
    corrects it, ``feed_of`` the feed of editions with the instants at which they went out, ``report`` applies
    what mail providers report, ``sign_ups`` is how people subscribe, ``is_over`` says of an edition that has
    not begun whether its time is over, ``series`` is what is on schedule.
    """
    known = [theme.slug for theme in themes]

    def reader(purpose: str, token: str) -> Reader | None:
        subscriber_id = read_token(secret, purpose, slug, token)
        if subscriber_id is None:
            return None
        with database.read() as conn:
            return _reader(conn, subscriber_id, secret=secret, pepper=pepper, slug=slug)

    def unsubscribe(subscriber_id: int) -> None:
        with database.write() as conn:
            subscriptions.unsubscribe(conn, subscriber_id, pepper=pepper, now=clock())

    def resubscribe(subscriber_id: int) -> None:
        with database.write() as conn:
            subscriptions.resubscribe(conn, subscriber_id, pepper=pepper, now=clock())

    def choose(subscriber_id: int, slugs: Sequence[str], chosen: str) -> None:
        with database.write() as conn:
            subscriptions.change(conn, subscriber_id, themes=slugs, series=chosen or None, known_themes=known)

    past = PastEditions(database, slug, clock, web_copy, feed_of, is_over)

    def image(name: str) -> bytes | None:
        with database.read() as conn:
            return images.image_content(conn, name)

    return WebServices(
        publication=publication,
        themes=themes,
        reader=reader,
        unsubscribe=unsubscribe,
        resubscribe=resubscribe,
        choose=choose,
        edition_html=past.html,
        awaited=past.awaited,
        archive=past.archive,
        feed=past.feed,
        report=report,
        image=image,
        sign_ups=sign_ups,
        missed=past.missed,
        series=series,
    )


def _reader(
    conn: Connection, subscriber_id: int, *, secret: bytes, pepper: bytes, slug: str
) -> Reader | None:
    # A good token of someone whose row is gone, or emptied, still gets a page: they are off the list.
    found = audience.get_subscriber(conn, subscriber_id) or Subscriber(
        email="", email_key="", id=subscriber_id
    )
    return Reader(
        id=subscriber_id,
        shown_address=subscriptions.masked(found.email),
        subscribed=subscriptions.is_mailed(conn, found, pepper=pepper),
        may_return=subscriptions.may_come_back(conn, found, pepper=pepper),
        themes=found.themes,
        series=found.series,
        unsubscribe_token=make_token(secret, UNSUBSCRIBE, slug, subscriber_id),
        preferences_token=make_token(secret, PREFERENCES, slug, subscriber_id),
    )
