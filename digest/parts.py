"""Everything concrete that the verbs of the pipeline work with; ``digest.wiring`` builds it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from digest.deliver.allowance import Allowance, Limits
from digest.deliver.dkim import Signer
from digest.deliver.run import SendOptions
from digest.deliver.transports.base import Transport
from digest.gather.options import GatherOptions
from digest.model.edition import EditionKey, ThemeStyle
from digest.model.links import Links
from digest.model.news import Feed
from digest.render import Publication
from digest.schedule import Schedule
from digest.store import editions, meta
from digest.store.engine import Database

if TYPE_CHECKING:  # what makes editions and reads mail is slow to load, and most commands do without
    from digest.bounces.mailboxes import Mailbox
    from digest.compose import ComposeOptions
    from digest.group import GroupOptions, Theme
    from digest.llm import ModelOptions
    from digest.render.renderer import Renderer
    from digest.summarise import NoticeWording, SummaryOptions

TOKEN_SECRET = "links"  # noqa: S105 - the names of keys in the store, not the keys
PEPPER = "addresses"
OUTBOX = "outbox"
HOW_TO_ADD_FEEDS = "`digest feeds add URL`, or `digest feeds import FILE.opml`"
INSTALLED = "installed_at"


@dataclass(frozen=True)
class Recency:
    """What 'recent' means: published at most ``max_age`` before the slot, and told by no earlier edition.

    With ``reach_back``, the first edition after days without one (a weekend, by ``Schedule.days``) looks
    back to the previous slot however long ago that was, so that Monday tells of Saturday.
    """

    max_age: timedelta = timedelta(hours=36)
    reach_back: bool = False

    def since(self, schedule: Schedule, slot: datetime) -> datetime:
        """The oldest publication instant that the edition of ``slot`` takes."""
        oldest = slot - self.max_age
        if not self.reach_back:
            return oldest
        previous = schedule.newest_slot(slot - timedelta(microseconds=1))
        return min(oldest, previous)


@dataclass(frozen=True, slots=True)
class Series:
    """One rhythm of editions: when they go out, what they tell of, and how readers are told of it."""

    schedule: Schedule
    recency: Recency
    label: str  # for readers who may choose
    title: str = ""  # what stands above its editions; "" is the publication's name
    max_stories: int = 0  # 0: as many as any edition may have

    @property
    def name(self) -> str:
        """Its short name."""
        return self.schedule.series


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what is no longer needed is kept."""

    articles: timedelta = timedelta(days=90)
    model_answers: timedelta = timedelta(days=90)
    recipients: timedelta = timedelta(days=400)
    unconfirmed: timedelta = timedelta(days=30)
    departed: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class SignUps:
    """How people may subscribe by themselves. ``proxies`` are IP addresses and networks."""

    is_open: bool = True
    valid_for: timedelta = timedelta(days=7)  # the link in the e-mail that asks them to confirm
    per_hour: int = 500
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drafting:
    """How articles become an edition: grouped, summed up and composed."""

    grouping: GroupOptions
    summaries: SummaryOptions
    composing: ComposeOptions
    model: ModelOptions | None = None  # None: every summary is made offline
    wording: NoticeWording | None = None  # of the AI notice; None: ours


@dataclass(frozen=True)
class Parts:
    """Everything concrete that the verbs work with. ``secret`` overrides the key kept in the store.

    ``schedule``, ``recency``, ``title`` and ``max_stories`` are those of one series, of the main one unless
    ``for_series`` gave these parts; ``series`` are all that are scheduled, the main one first.

    ``read_themes``, ``make_drafting`` and ``make_renderer`` make their part at the first call and give the
    same one from then on (two threads that ask first at once may make it twice): an edition that is frozen
    needs none of them to be sent.
    """

    database: Database
    publication: Publication
    schedule: Schedule
    recency: Recency
    links: Links
    gathering: GatherOptions
    sending: SendOptions
    template_folders: tuple[Path, ...]
    read_themes: Callable[[], tuple[Theme, ...]]
    read_styles: Callable[[], tuple[ThemeStyle, ...]]  # also of theme files that can't be used otherwise
    make_drafting: Callable[[], Drafting]
    make_renderer: Callable[[], Renderer]
    transport: Callable[[], Transport]
    transport_name: str
    clock: Callable[[], datetime]
    series: tuple[Series, ...] = ()
    title: str = ""  # of editions; "" is the publication's name
    max_stories: int = 0  # 0: as many as any edition may have
    processes: int = 1  # that share a send; 0: as many as its signatures need
    config_file: Path | None = None  # what those processes read
    keep: Keep = Keep()
    sign_ups: SignUps = SignUps()
    signer: Callable[[], Signer] = Signer
    limits: Limits = field(
        default_factory=lambda: Limits(ZoneInfo("UTC"))
    )  # when, and how much a day, may go out
    mailboxes: tuple[Mailbox, ...] = ()  # where bounces arrive
    soft_bounces: int = 3  # editions in a row that come back softly before a reader is given up
    reference_header: str = ""  # where each message's reference stands as well, for providers that return it
    verp: bool = False  # every message has an envelope sender of its own, by which bounces are known
    notice_off: bool = False
    lead_images: bool = False
    skip_quiet_day: bool = True
    settings_feeds: tuple[Feed, ...] = ()
    editor_email: str = ""
    bounce_address: str = ""
    unsubscribe_mailto: str = ""
    secret: bytes | None = None
    rehearsal: bool = False  # the clock was set by hand: nothing can be told from its jumps
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The publication's themes, in its order. Raises ConfigurationError for a file that can't be used."""
        return self.read_themes()

    @property
    def drafting(self) -> Drafting:
        """How articles become an edition."""
        return self.make_drafting()

    @property
    def renderer(self) -> Renderer:
        """What renders editions."""
        return self.make_renderer()

    def for_series(self, name: str) -> Parts:
        """The same for editions of another series; for one that is not scheduled, as for the main one."""
        for one in self.series:
            if one.name == name:
                return replace(
                    self,
                    schedule=one.schedule,
                    recency=one.recency,
                    title=one.title,
                    max_stories=one.max_stories,
                )
        return self

    @property
    def edition_title(self) -> str:
        """What stands above editions."""
        return self.title or self.publication.name

    def of_each_series(self) -> list[Parts]:
        """These parts for every scheduled series, the main one first."""
        return [self.for_series(one.name) for one in self.series] or [self]

    @property
    def scheduled(self) -> tuple[str, ...]:
        """The names of all scheduled series, the main one first."""
        return tuple(one.name for one in self.series)

    def key(self, slot: datetime, series: str = "") -> EditionKey:
        """The key of an edition of this publication."""
        return EditionKey(self.publication.slug, series or self.schedule.series, slot)

    def is_paced(self, allowance: Allowance) -> bool:
        """Whether anything limits how fast or how much is sent: such limits hold within one process."""
        sending = self.sending
        return sending.rate_per_s is not None or sending.domains.any or allowance.most is not None

    @property
    def sender(self) -> str:
        """Where bounces come back to."""
        return self.bounce_address or self.publication.from_email

    def sender_for(self, reference: str) -> str:
        """The envelope sender of one delivery: with VERP, its reference stands in it."""
        local, _, domain = self.sender.rpartition("@")
        return f"{local}+{reference}@{domain}" if self.verp else self.sender

    def token_secret(self, conn: Connection) -> bytes:
        """What links in mails are signed with."""
        return self.secret or meta.secret(conn, TOKEN_SECRET, self.clock())


def address_pepper(conn: Connection, now: datetime) -> bytes:
    """What addresses are hashed with in suppressions."""
    return meta.secret(conn, PEPPER, now)


def remember_installation(parts: Parts) -> None:
    """Note when this database began to serve, and each series; the first one to ask decides.

    A series is as old as the database if it has editions, or if it is the main one under another name. What
    lies ahead is of a rehearsal, or of a clock that was wrong: it becomes the present, or no edition would be
    owed until then.
    """
    names = [one.schedule.series for one in parts.of_each_series()]
    now = parts.clock().isoformat()
    with parts.database.read() as conn:
        noted_at = {key: meta.get_meta(conn, key) for key in (INSTALLED, *map(_installed, names))}
    ahead = [key for key, since in noted_at.items() if since and _is_ahead(parts, since)]
    if all(noted_at.values()) and not ahead:
        return
    with parts.database.write() as conn:
        for key in ahead:
            meta.set_meta(conn, key, now)
        began = meta.get_meta(conn, INSTALLED) or now
        meta.set_meta(conn, INSTALLED, began)
        noted = {name: meta.get_meta(conn, _installed(name)) for name in names}
        told = {name for name in names if editions.has_any(conn, parts.publication.slug, name)}
        renamed = names[0] if not told and began not in noted.values() else ""
        for name, since in noted.items():
            if since is None:
                meta.set_meta(conn, _installed(name), began if name in told or name == renamed else now)


def _is_ahead(parts: Parts, since: str) -> bool:
    """Whether an instant is still to come, as far as the clock can be believed."""
    return not parts.rehearsal and datetime.fromisoformat(since) > parts.clock()


def installed_at(parts: Parts) -> datetime:
    """When this database began to serve the series: no earlier slot was ever owed."""
    with parts.database.read() as conn:
        known = meta.get_meta(conn, _installed(parts.schedule.series))
        if known is None:  # no schedule sends it
            known = meta.get_meta(conn, INSTALLED)
    assert known is not None
    return min(datetime.fromisoformat(known), parts.clock())


def _installed(series: str) -> str:
    """Where it is kept when a series began. Hashed: its name may be as long as a key may."""
    return f"{INSTALLED}:{sha256(series.encode()).hexdigest()}"
