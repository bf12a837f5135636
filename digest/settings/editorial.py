"""The sections an editor cares for: the publication, its hours, its sources, its themes and its length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import ClassVar

from digest.settings import addresses, kinds, quantities
from digest.settings.keys import key, required

_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PublicationSettings:
    """Who publishes the newsletter, and what readers see of that."""

    section: ClassVar[str] = "publication"

    name: str = key(
        kinds.text(required=True),
        "The Morning Digest",
        "The newsletter's name, in the masthead and the subject.",
    )
    slug: str = key(
        kinds.slug(),
        "digest",
        "Its short name in addresses and List-Id. Choose it once: with another slug it is another newsletter,"
        " and links in mails already sent stop working.",
    )
    from_name: str = key(
        kinds.text(), "", "The name readers see as the sender. Empty: the newsletter's name."
    )
    from_email: str = key(
        addresses.email(),
        "digest@example.org",
        "The address it comes from. Change it before sending by SMTP.",
    )
    reply_to: str = key(
        addresses.email(optional=True), "", "Where readers' answers go. Empty: to from_email."
    )
    postal_address: str = key(
        kinds.text(), "", "The postal address in the footer, on one line. Many countries' laws ask for one."
    )
    publisher: str = key(
        kinds.text(), "", "Who answers for the newsletter, in the footer. Empty: the newsletter's name."
    )
    base_url: str = key(
        addresses.base_url(),
        "https://digest.example.org",
        "The public address of `digest serve`; unsubscribe and preference links lead there. One-click"
        " unsubscribing needs https.",
    )
    privacy_url: str = key(
        addresses.web_page(),
        "",
        "Your privacy notice, linked from every e-mail and page. Where people subscribe by the form, many"
        " countries' laws ask for one.",
    )
    language: str = key(kinds.language(), "en", "The language of the edition, as a BCP 47 tag.")
    timezone: str = key(
        kinds.time_zone(), "UTC", "The time zone of send_at and of the edition's date, as an IANA name."
    )
    editor_email: str = key(
        addresses.email(optional=True),
        "",
        "Who is told when something needs a person: a late or held edition, a day without news. Empty:"
        " nobody is mailed; `digest status` and the log still tell.",
    )


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When editions are drafted and sent."""

    section: ClassVar[str] = "schedule"

    series: str = key(kinds.series(), "daily", "The series that this schedule sends.")
    label: str = key(
        kinds.text(),
        "",
        "How readers are told of it where there are further [[series]] to choose from. Empty: its days in"
        ' English, like "Every day".',
    )
    send_at: time = key(
        quantities.time_of_day(), time(6, 30), "When an edition goes out, in the publication's time zone."
    )
    days: tuple[str, ...] = key(
        quantities.weekdays(), quantities.DAY_NAMES, "The days on which an edition goes out."
    )
    days_off: tuple[str, ...] = key(
        quantities.days_off(),
        (),
        'Days on which no series goes out, like ["2026-12-24..2027-01-03", "2027-05-01"].',
    )
    gather_every: timedelta = key(
        quantities.duration(5 * _MINUTE, _DAY), 30 * _MINUTE, "How often `digest run` looks at each feed."
    )
    draft_before: timedelta = key(
        quantities.duration(5 * _MINUTE, 20 * _HOUR),
        2 * _HOUR,
        "How long before send_at the draft is ready for the editor.",
    )
    approval: str = key(
        kinds.choice("silence-sends", "silence-holds"),
        "silence-sends",
        "What happens to a draft that nobody touched: it goes out at send_at, or it waits for"
        " `digest approve`.",
    )
    max_lateness: timedelta = key(
        quantities.duration(timedelta(0), _DAY),
        3 * _HOUR,
        "After an outage, the newest missed edition still goes out if it is less late than this;"
        " otherwise it stays, and the editor is told.",
    )
    quiet_day: str = key(
        kinds.choice("skip", "send"),
        "skip",
        "A day without news: send nothing and tell the editor, or send a short note to the readers.",
    )


@dataclass(frozen=True, slots=True)
class SeriesSettings:
    """A further series, such as a weekly; as many [[series]] tables as there are. Readers choose one of them.

    An edition of it tells of everything since its last one. What is not said here is as in [schedule].
    """

    section: ClassVar[str] = "series"

    name: str = required(kinds.series(), "Its short name, as in links and `--edition`.")
    days: tuple[str, ...] = required(quantities.weekdays(), "The days on which an edition of it goes out.")
    send_at: time | None = key(
        quantities.maybe_time_of_day(),
        None,
        "When, in the publication's time zone. Empty: at schedule.send_at.",
    )
    label: str = key(
        kinds.text(),
        "",
        'How readers are told of it when they choose. Empty: its days in English, like "On Sundays".',
    )
    title: str = key(kinds.text(), "", "What stands above its editions. Empty: publication.name.")
    max_stories: int = key(
        quantities.integer(0, 60),
        0,
        "The most of its stories with a card. 0: as edition.max_stories.",
    )


@dataclass(frozen=True, slots=True)
class GatherSettings:
    """What counts as recent, and how feeds and pages are fetched."""

    section: ClassVar[str] = "gather"

    max_age: timedelta = key(
        quantities.duration(_HOUR, 14 * _DAY),
        36 * _HOUR,
        "Articles older than this when the edition goes out stay out.",
    )
    reach_back: bool = key(
        quantities.boolean(),
        False,
        "The weekend rule. false: max_age holds on every day, so a Monday edition after a free weekend"
        " leaves out what happened on Saturday. true: the first edition after free days reaches back to"
        " the last scheduled one.",
    )
    timeout: timedelta = key(
        quantities.duration(_SECOND, 5 * _MINUTE),
        20 * _SECOND,
        "The longest that one fetch may take, from start to end.",
    )
    max_bytes_mib: int = key(
        quantities.integer(1, 50, " MiB"), 5, "The largest answer that is read, unpacked."
    )
    max_redirects: int = key(quantities.integer(0, 20), 5, "How many redirects are followed for one fetch.")
    max_entries: int = key(
        quantities.integer(1, 2_000), 200, "How many entries of one feed are looked at, the newest first."
    )
    per_host: int = key(quantities.integer(1, 10), 2, "How many fetches go to one host at the same time.")
    workers: int = key(quantities.integer(1, 32), 8, "How many fetches run at the same time in all.")
    user_agent: str = key(
        kinds.text(), "", "What we call ourselves to web servers. Empty: the program's name and base_url."
    )


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One source; as many [[feeds]] tables as there are sources."""

    section: ClassVar[str] = "feeds"

    url: str = required(
        kinds.text("web address or folder", required=True), "Its address; for a folder, its path."
    )
    name: str = key(
        kinds.text(),
        "",
        "The outlet's name as readers see it. Empty, or an address such as www.example.org: the feed's own"
        " title, else what its pages call the site, else the site's domain without its ending.",
    )
    publisher: str = key(
        kinds.text(),
        "",
        "The family it belongs to, written alike for all its feeds: one story in three feeds of one"
        " publisher has one source. Empty: the outlet stands alone.",
    )
    weight: float = key(quantities.number(0, 3), 1.0, "Raises (over 1) or lowers (under 1) its stories.")
    kind: str = key(
        kinds.choice("feed", "sitemap", "page", "folder"),
        "feed",
        "feed is RSS, Atom or JSON Feed, told apart by itself; sitemap a news sitemap; page one web page;"
        " folder a folder of .txt, .md or .html articles.",
    )
    allow_private: bool = key(
        quantities.boolean(), False, "Lets this feed's own host and port be an address in a private network."
    )


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """Which themes the newsletter has. Their names, colours and terms stand in themes/SLUG.toml."""

    section: ClassVar[str] = "themes"

    order: tuple[str, ...] = key(
        quantities.slugs(),
        ("indo-pacific", "arctic", "middle-east"),
        "The themes, in the order of their sections. A default theme that isn't named takes no part; your own"
        " in themes/ always do, those not named coming last.",
    )
    also_today: bool = key(
        quantities.boolean(),
        False,
        "Whether stories outside every theme stand under 'Also today', or stay out.",
    )


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """How much one edition holds."""

    section: ClassVar[str] = "edition"

    max_stories: int = key(
        quantities.integer(1, 60), 20, "The most stories with a card; eight more may get a line."
    )
    max_words: int = key(quantities.integer(100, 10_000, " words"), 1_400, "The most words in an edition.")
    max_html_kib: int = key(
        quantities.integer(30, 100, " KiB"),
        80,
        "The largest HTML part. Mail programs cut what is over 102 KiB, so the edition is made to fit and"
        " the rest goes to the web copy.",
    )
    images: str = key(
        kinds.choice("none", "lead"),
        "none",
        "Pictures: none, or one for the top story, which is fetched from its article, made small and served"
        " by `digest serve` with its credit. You answer for the right to show it.",
    )
    include_check: bool = key(
        quantities.boolean(),
        False,
        "Whether stories whose theme is doubtful go in without an editor's word, or stay out and are"
        " listed for checking.",
    )
