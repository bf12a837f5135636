"""From settings to concrete parts: the one place where the two meet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, cast
from zoneinfo import ZoneInfo

from digest import clock as clocks
from digest.bounces.mailboxes import ImapMailbox, Mailbox, Maildir
from digest.compose import ComposeOptions
from digest.deliver.allowance import Limits, WarmUp, Window
from digest.deliver.dkim import Algorithm, Identity, Signer
from digest.deliver.pace import DomainLimits
from digest.deliver.send import SendOptions
from digest.deliver.transports.base import Transport
from digest.deliver.transports.outbox import OutboxTransport
from digest.deliver.transports.smtp import Security, SmtpOptions, SmtpTransport
from digest.errors import ConfigurationError, InputError
from digest.gather.options import GatherOptions
from digest.group import GroupOptions, Theme
from digest.group.theme_files import load_themes
from digest.llm import ModelOptions
from digest.model.answers import Caps
from digest.model.links import Links
from digest.parts import Keep, Parts, Recency, remember_installation
from digest.render import Publication, Renderer, RenderOptions, default_template_folders
from digest.schedule import Schedule
from digest.settings import Settings, is_example, load
from digest.store.connect import parse_url
from digest.store.engine import Database, open_database
from digest.summarise import NoticeWording, SummaryOptions

BUILTIN_THEMES = Path(__file__).parent / "themes"
GATHER_WITHIN_S = 120  # a slow morning on the web must not make an edition late
PREFETCH = timedelta(days=3)  # how far a Monday may reach back over days without an edition
CLOCK_VARIABLE = "DIGEST_NOW"
EARLIEST, LATEST = 1970, 9999  # years that --now and the variable may name; LATEST not itself
RESUME_FOR = timedelta(days=1)  # longer than the last retry of a deferred message can take


def read_settings(config: Path | None = None) -> Settings:
    """The settings of the working directory, or of ``config``.

    Raises:
        ConfigurationError: any of them is wrong; all mistakes at once.
    """
    return load(config, os.environ, Path.cwd())


def themes_of(settings: Settings) -> tuple[Theme, ...]:
    """The publication's themes: the default ones that its order names, and all of its own ``themes/``."""
    return load_themes(theme_folders(settings), settings.themes.order, if_named=BUILTIN_THEMES)


def theme_folders(settings: Settings) -> list[Path]:
    """Where theme files stand; a later folder's replace those of the same name."""
    return [BUILTIN_THEMES, settings.folder / "themes"]


def themes_in(folder: Path) -> tuple[Theme, ...]:
    """The default themes, replaced or added to from ``folder``.

    Raises:
        InputError: there is no such folder.
        ConfigurationError: a file in it can't be used.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name one that holds theme files")
    return load_themes([BUILTIN_THEMES, folder], ())


@contextmanager
def open_parts(settings: Settings, *, now: datetime | None = None) -> Iterator[Parts]:
    """Everything the verbs work with, the database open. ``now`` fixes the clock at an instant."""
    with open_database(settings.database.url) as database:
        rehearsal = now is not None or CLOCK_VARIABLE in os.environ
        parts = replace(build(settings, database, clock=_clock(now)), rehearsal=rehearsal)
        remember_installation(parts)
        yield parts


@contextmanager
def looking(settings: Settings) -> Iterator[tuple[Database | None, datetime]]:
    """The database and the time, for commands that only look; None where there is no database yet."""
    path = parse_url(settings.database.url).path
    if path is not None and not path.exists():
        yield None, _clock(None)()
        return
    with open_database(settings.database.url) as database:
        yield database, _clock(None)()


def build(settings: Settings, database: Database, *, clock: Callable[[], datetime] = clocks.utc_now) -> Parts:
    """The parts for these settings over an open database."""
    publication = publication_of(settings)
    folders = default_template_folders(settings.folder)
    return Parts(
        database=database,
        publication=publication,
        schedule=schedule_of(settings),
        recency=Recency(settings.gather.max_age, settings.gather.reach_back),
        themes=themes_of(settings),
        links=Links(settings.publication.base_url),
        gathering=gathering_of(settings),
        grouping=GroupOptions(),
        summaries=summarising_of(settings),
        composing=composing_of(settings),
        sending=sending_of(settings),
        template_folders=tuple(folders),
        renderer=Renderer(folders, publication, RenderOptions(max_html_kib=settings.edition.max_html_kib)),
        transport=lambda: transport_of(settings),
        transport_name=settings.delivery.transport,
        clock=clock,
        keep=keep_of(settings),
        limits=limits_of(settings),
        signer=cache(lambda: signer_of(settings)),
        mailboxes=tuple(mailboxes_of(settings)),
        soft_bounces=settings.bounces.soft_limit,
        verp=settings.bounces.verp,
        reference_header=settings.bounces.reference_header,
        model=model_of(settings),
        wording=wording_of(settings),
        notice_off=not settings.summaries.notice,
        lead_images=settings.edition.images == "lead",
        skip_quiet_day=settings.schedule.quiet_day == "skip",
        settings_feeds=settings.feeds,
        editor_email=settings.publication.editor_email,
        bounce_address=settings.envelope_sender,
        unsubscribe_mailto=settings.publication.reply_to or settings.publication.from_email,
        secret=settings.web.secret.encode() or None,
    )


def _clock(now: datetime | None) -> Callable[[], datetime]:
    """The wall clock, or one that starts at ``now`` (or DIGEST_NOW) and runs on from there."""
    if now is None and (text := os.environ.get(CLOCK_VARIABLE)):
        try:
            now = datetime.fromisoformat(text)
        except ValueError:
            raise ConfigurationError(
                f"{CLOCK_VARIABLE}={text!r} is no time; write 2026-03-01T06:30Z"
            ) from None
        if now.tzinfo is None:
            raise ConfigurationError(f"{CLOCK_VARIABLE}={text!r} needs its offset; write 2026-03-01T06:30Z")
    if now is None:
        return clocks.utc_now
    if not EARLIEST <= now.year < LATEST:  # a day's or a week's arithmetic must not leave the calendar
        raise InputError(f"the year {now.year} is no time for a newsletter: {EARLIEST} to {LATEST - 1} are")
    start, began = now, time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def publication_of(settings: Settings) -> Publication:
    """What readers see of the publication."""
    chosen = settings.publication
    return Publication(
        name=chosen.name,
        slug=chosen.slug,
        from_name=settings.from_name,
        from_email=chosen.from_email,
        reply_to=chosen.reply_to,
        postal_address=chosen.postal_address,
        publisher=chosen.publisher or chosen.name,
        base_url=chosen.base_url,
        language=chosen.language,
        timezone=chosen.timezone,
        headers=tuple(_header(line) for line in settings.delivery.headers),
        look=settings.look,
        wording=settings.wording,
    )


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()


def schedule_of(settings: Settings) -> Schedule:
    """When the series goes out."""
    chosen = settings.schedule
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return Schedule(
        series=chosen.series,
        send_at=chosen.send_at,
        days=frozenset(names.index(day) + 1 for day in chosen.days),
        timezone=settings.publication.timezone,
        draft_before=chosen.draft_before,
        max_lateness=chosen.max_lateness,
        finish_within=chosen.max_lateness + RESUME_FOR,
        silence_sends=chosen.approval == "silence-sends",
    )


def signer_of(settings: Settings) -> Signer | None:
    """What signs messages; None without a key.

    Raises:
        ConfigurationError: a key can't be used.
    """
    chosen = settings.dkim
    keys: tuple[tuple[Algorithm, str, Path | None], ...] = (
        ("ed25519", chosen.ed25519_selector, chosen.ed25519_key),
        ("rsa", chosen.rsa_selector, chosen.rsa_key),
    )
    if not any(path for _kind, _selector, path in keys):
        return None
    from digest.deliver.dkim_keys import load_key  # noqa: PLC0415 - most commands sign nothing

    domain = settings.signing_domain.encode("idna").decode()
    return Signer(
        tuple(
            Identity(domain, selector, load_key(path, kind, f"dkim.{kind}_key"))
            for kind, selector, path in keys
            if path
        )
    )


def mailboxes_of(settings: Settings) -> Iterator[Mailbox]:
    """Where bounces arrive."""
    chosen = settings.bounces
    if chosen.maildir:
        yield Maildir(chosen.maildir)
    if chosen.imap_host:
        security = cast("Literal['tls', 'starttls', 'none']", chosen.imap_security)
        port = chosen.imap_port or (993 if security == "tls" else 143)
        yield ImapMailbox(
            chosen.imap_host, port, security, chosen.imap_username, chosen.imap_password, chosen.imap_folder
        )


def keep_of(settings: Settings) -> Keep:
    """How long what is no longer needed is kept."""
    chosen = settings.retention
    return Keep(
        articles=chosen.articles,
        model_answers=chosen.model_answers,
        recipients=chosen.recipients,
        unconfirmed=chosen.unconfirmed,
        departed=chosen.departed,
    )


def gathering_of(settings: Settings) -> GatherOptions:
    """Limits of fetching."""
    chosen = settings.gather
    agent = chosen.user_agent or f"digest/0.1 (+{settings.publication.base_url})"
    return GatherOptions(
        user_agent=agent,
        timeout_s=chosen.timeout.total_seconds(),
        max_bytes=chosen.max_bytes_mib * 1024 * 1024,
        max_redirects=chosen.max_redirects,
        max_entries=chosen.max_entries,
        max_per_host=chosen.per_host,
        workers=chosen.workers,
        gather_every_s=settings.schedule.gather_every.total_seconds(),
        max_age=chosen.max_age + (PREFETCH if chosen.reach_back else timedelta(0)),
        run_timeout_s=GATHER_WITHIN_S,
    )


def composing_of(settings: Settings) -> ComposeOptions:
    """How much goes into an edition."""
    return ComposeOptions(
        max_stories=settings.edition.max_stories,
        max_words=settings.edition.max_words,
        max_age_h=settings.gather.max_age.total_seconds() / 3600,
        also_today=settings.themes.also_today,
        include_check=settings.edition.include_check,
    )


def summarising_of(settings: Settings) -> SummaryOptions:
    """How long a summary may be."""
    chosen = settings.summaries
    return SummaryOptions(
        max_sentences=chosen.max_sentences, max_words=chosen.max_words, lead_sentences=chosen.lead_sentences
    )


def wording_of(settings: Settings) -> NoticeWording | None:
    """The AI notice in the publisher's own words; None where they have none."""
    chosen = settings.summaries
    if not (chosen.notice_short or chosen.notice_full):
        return None
    return NoticeWording(short=chosen.notice_short, full=chosen.notice_full)


def model_of(settings: Settings) -> ModelOptions | None:
    """The language model that is asked for summaries; None when there is none."""
    chosen = settings.summaries
    if chosen.method != "model":
        return None
    return ModelOptions(
        url=chosen.model_url,
        model=chosen.model,
        key=chosen.model_key,
        timeout_s=chosen.model_timeout.total_seconds(),
        budget_s=chosen.model_budget.total_seconds(),
        connections=chosen.model_connections,
        max_tokens=chosen.model_max_tokens,
        price_in=chosen.price_in,
        price_out=chosen.price_out,
        caps=Caps(
            tokens=chosen.max_tokens_per_day or None,
            cost_millionths=round(chosen.max_cost_per_day * 1_000_000) or None,
        ),
    )


def sending_of(settings: Settings) -> SendOptions:
    """How an edition is handed over."""
    chosen = settings.delivery
    return SendOptions(
        connections=chosen.connections,
        batch_size=chosen.batch_size,
        rate_per_s=chosen.rate or None,
        max_attempts=chosen.max_attempts,
        domains=DomainLimits(
            chosen.domain_rate or None,
            chosen.domain_connections or None,
            {domain: float(rate) for domain, rate in map(str.split, chosen.domain_rates)},
        ),
        stop_share=chosen.stop_share,
    )


def limits_of(settings: Settings) -> Limits:
    """When, and how much a day, may go out."""
    chosen = settings.delivery
    return Limits(
        ZoneInfo(settings.publication.timezone),
        Window.of(chosen.window) if chosen.window else None,
        WarmUp(chosen.warm_up_from, chosen.warm_up_first, chosen.warm_up_growth)
        if chosen.warm_up_from
        else None,
    )


def transport_of(settings: Settings) -> Transport:
    """What hands messages over.

    Raises:
        ConfigurationError: mail would go out under the example's name, or no server is named.
    """
    delivery = settings.delivery
    if delivery.transport == "outbox":
        return OutboxTransport(settings.folder / delivery.outbox)
    if is_example(settings):
        raise ConfigurationError(
            "publication.from_email and base_url are still the example's (example.org):"
            " set your own in digest.toml before sending by SMTP"
        )
    return SmtpTransport(
        SmtpOptions(
            host=delivery.smtp_host,
            port=delivery.port,
            security=cast("Security", delivery.smtp_security),  # one of them: the settings checked
            username=delivery.smtp_username,
            password=delivery.smtp_password,
        )
    )
