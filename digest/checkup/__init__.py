"""`digest check`: everything that could keep tomorrow's edition from its readers, one finding each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from digest.checkup.finding import Finding, Level
from digest.checkup.phrases import phrases
from digest.checkup.sender import LookUp, sender, text_records
from digest.errors import ConfigurationError, DigestError, FetchError, TransportError
from digest.gather.fetch import fetch
from digest.gather.probe import probe as probe_feed
from digest.gather.urls import origin
from digest.letters import sample_letter
from digest.llm import Asking, ModelOptions
from digest.llm.probe import probe, standing
from digest.model.edition import ToldCorrection
from digest.model.news import Feed, FeedHealth
from digest.parts import HOW_TO_ADD_FEEDS, OUTBOX, Parts
from digest.proofs import sample_correction, sample_edition, sample_quiet_edition
from digest.render import theme_problems
from digest.render.feed import FeedRenderer
from digest.render.letter import LetterRenderer
from digest.render.templates import Templates
from digest.settings import Settings, is_example
from digest.store import audience, engine
from digest.store import feeds as feed_store

__all__ = ["Finding", "Level", "check"]


def check(
    settings: Settings, parts: Parts, *, online: bool, lookup: LookUp | None = None
) -> Iterator[Finding]:
    """Look at everything in turn; ``online`` also asks the feeds, the name servers and the mail server."""
    yield _settings(settings)
    yield from _identity(settings)
    yield from phrases(settings)
    yield from sender(settings, parts, (lookup or text_records) if online else None)
    yield _database(settings, parts)
    yield _templates(parts)
    yield from _colours(parts)
    yield from _readers(parts)
    yield from _feeds(parts, online=online)
    yield from _transport(settings, parts, online=online)
    yield from _sign_ups(settings, parts)
    if online and not is_example(settings):
        yield _pages(parts)
    yield from _bounces(parts, online=online)
    if model := parts.drafting.model:
        yield from _model(parts, model, online=online)


def _settings(settings: Settings) -> Finding:
    if settings.file is None:
        return Finding(
            Level.WARNING, "there is no digest.toml: the defaults hold", "`digest init` writes one to edit"
        )
    return Finding(Level.OK, f"settings: {settings.file}")


def _identity(settings: Settings) -> Iterator[Finding]:
    publication = settings.publication
    if is_example(settings):
        level = Level.WARNING if settings.delivery.transport == OUTBOX else Level.ERROR
        yield Finding(
            level,
            "the sender or the web address is still the example's",
            "set from_email and base_url under [publication]",
        )
    else:
        yield Finding(Level.OK, f"sender: {settings.from_name} <{publication.from_email}>")
    if not publication.base_url.startswith("https://"):
        yield Finding(
            Level.WARNING,
            f"base_url {publication.base_url} is not https: one-click unsubscribing needs that",
            "serve the pages over https and set [publication] base_url",
        )
    if settings.edition.images == "lead" and not publication.base_url.startswith("https://"):
        yield Finding(
            Level.WARNING,
            f"pictures are on, and {publication.base_url} is not https: many mail programs won't show them",
            'serve the pages over https and set [publication] base_url, or write images = "none"',
        )
    if not publication.postal_address:
        yield Finding(
            Level.WARNING,
            "no postal address stands in the footer; many countries' laws ask for one",
            "set [publication] postal_address",
        )
    if not settings.summaries.notice:
        yield Finding(Level.WARNING, f"the AI notice is off, because: {settings.summaries.notice_off_reason}")


def _database(settings: Settings, parts: Parts) -> Finding:
    problems = engine.check(settings.database.url)
    if problems:
        return Finding(Level.ERROR, f"database: {'; '.join(problems)}")  # each names its mend
    found = f"database: {parts.database.dialect}, up to date"
    if parts.database.path is None and not os.access(settings.folder, os.W_OK):  # it takes no mark
        found += f"; {settings.folder} can't be written: after a restore type `digest db restored`"
    return Finding(Level.OK, found)


def _templates(parts: Parts) -> Finding:
    now = parts.clock()
    edition, correction = sample_edition(parts, now), sample_correction(parts, now)
    told = (ToldCorrection(correction.correction, now),) if correction.correction else ()
    try:
        Templates(parts.template_folders).compile()  # those of readers' pages, too
        for sample in (edition, sample_quiet_edition(parts, now), correction):
            parts.renderer.variant(parts.renderer.fit(sample), frozenset())
            parts.renderer.web_copy(sample, corrections=told)
        FeedRenderer(parts.template_folders, parts.publication).feed([(edition, now)])
        LetterRenderer(parts.template_folders, parts.publication).parts(sample_letter(parts))
    except (DigestError, ConfigurationError) as error:
        return Finding(Level.ERROR, f"templates: {error}", "mend the template, or remove your copy of it")
    names = ", ".join(theme.name for theme in parts.themes)
    return Finding(Level.OK, f"templates render; themes: {names}")


def _colours(parts: Parts) -> Iterator[Finding]:
    """Themes whose colour can't be used; those of the look itself are refused with the settings."""
    for problem in theme_problems([theme.style for theme in parts.themes], parts.publication.look):
        yield Finding(
            Level.WARNING,
            f"{problem}; the accent stands in for it",
            "change the colour in the theme's file, or the paper under [look]",
        )


def _readers(parts: Parts) -> Iterator[Finding]:
    with parts.database.read() as conn:
        readers = audience.series_choices(conn)
    scheduled = parts.scheduled
    if readers:
        shares = {series: readers.get(series, 0) for series in (*scheduled, *sorted(readers))}
        told = ", ".join(f"{count:,} {series}" for series, count in shares.items())
        of_these = f" ({told})" if len(shares) > 1 else ""
        yield Finding(Level.OK, f"subscribers: {sum(readers.values()):,} active{of_these}")
    else:
        yield Finding(Level.WARNING, "nobody is subscribed", "`digest subscribers add` or `import`")
    for series in sorted(readers.keys() - set(scheduled)):
        yield Finding(
            Level.WARNING,
            f"{readers[series]:,} of the subscribers are in {series!r}, which no schedule sends",
            "add it as [[series]], or move them: `digest subscribers change ADDRESS --series NAME`",
        )


def _feeds(parts: Parts, *, online: bool) -> Iterator[Finding]:
    now = parts.clock()
    with parts.database.write() as conn:
        feed_store.sync_settings_feeds(conn, parts.settings_feeds, now)
        feeds, health = feed_store.list_feeds(conn), feed_store.all_health(conn)
    if not feeds:
        yield Finding(Level.ERROR, "there are no feeds", HOW_TO_ADD_FEEDS)
        return
    if online:
        troubled = 0
        for feed in feeds:
            found = _tried(feed, parts, now)
            troubled += found.level is not Level.OK
            yield found
        yield _altogether(len(feeds), troubled, "just now")
        return
    worried = [feed for feed in feeds if health.get(feed.id, FeedHealth(feed.id)).trouble]
    for feed in worried:
        yield Finding(Level.WARNING, f"feed {feed.name}: {health[feed.id].message}", "`digest feeds health`")
    yield _altogether(len(feeds), len(worried), "at the last fetch")


def _tried(feed: Feed, parts: Parts, now: datetime) -> Finding:
    health = probe_feed(feed, parts.gathering, now).health
    if health.trouble:
        return Finding(
            Level.WARNING, f"feed {feed.name} ({feed.url}): {health.message}", "mend or remove the feed"
        )
    return Finding(Level.OK, f"feed {feed.name}: {health.entries} in it")


def _altogether(feeds: int, troubled: int, when: str) -> Finding:
    what = f"feeds: {feeds}, {troubled} in trouble {when}"
    if troubled < feeds:
        return Finding(Level.OK, what)
    return Finding(Level.ERROR, what, "see whether this machine reaches the web, then `digest feeds health`")


def _transport(settings: Settings, parts: Parts, *, online: bool) -> Iterator[Finding]:
    if parts.transport_name == OUTBOX:
        yield Finding(
            Level.WARNING,
            "transport: outbox, a folder: nothing is e-mailed",
            'set transport = "smtp" and smtp_host under [delivery]',
        )
    try:
        transport = parts.transport()
        if online or parts.transport_name == OUTBOX:
            transport.check()
            yield Finding(Level.OK, f"transport: {parts.transport_name} can be used")
        else:
            chosen = settings.delivery
            where = f"{chosen.smtp_host}:{chosen.port} ({chosen.smtp_security})"
            yield Finding(Level.OK, f"transport: smtp by {where}; `digest check --online` tries it")
    except (DigestError, ConfigurationError) as error:
        yield Finding(Level.ERROR, f"transport: {error}", "see [delivery] in digest.toml")


def _sign_ups(settings: Settings, parts: Parts) -> Iterator[Finding]:
    """Whether people can subscribe by themselves, as the form promises."""
    if not parts.sign_ups.is_open:
        return
    lacking = [
        *(['transport = "smtp" under [delivery]'] if parts.transport_name == OUTBOX else []),
        *(["base_url and from_email of your own under [publication]"] if is_example(settings) else []),
    ]
    if lacking:
        yield Finding(
            Level.WARNING,
            "sign-ups are open, and the e-mail that asks people to confirm would reach nobody",
            f"set {' and '.join(lacking)}, or subscribe = false under [web]",
        )
    else:
        page = parts.links.subscribe()
        yield Finding(Level.OK, f"sign-ups: {page}, if `digest serve` runs; the e-mail asks to confirm")


def _pages(parts: Parts) -> Finding:
    """Whether readers' pages are where every e-mail links to."""
    base = parts.publication.base_url.rstrip("/")
    try:
        found = fetch(f"{base}/healthz", parts.gathering, now=parts.clock(), private=origin(base))
        ours = found.body.strip() == b"ok"
        trouble = "" if ours else f"something else than `digest serve` answers at {base}"
    except FetchError as error:
        trouble = str(error)
    if trouble:
        return Finding(
            Level.WARNING,
            f"readers' pages: {trouble}; links to leave and to choose would lead nowhere",
            "have `digest serve` run at base_url: docs/how-to/run-daily.md",
        )
    return Finding(Level.OK, f"readers' pages: {base} answers")


def _bounces(parts: Parts, *, online: bool) -> Iterator[Finding]:
    """Where bounces come back to, and mails that ask to leave; and whether anybody reads them."""
    if parts.transport_name == OUTBOX:
        return
    leaving = parts.unsubscribe_mailto
    if not parts.mailboxes:
        apart = "" if leaving == parts.sender else f" to {leaving}"
        yield Finding(
            Level.WARNING,
            f"bounces come back to {parts.sender}, and mails that ask to leave{apart}:"
            " this program reads neither",
            "set maildir or imap_host under [bounces], or let your provider report to `digest bounces hooks`",
        )
    elif leaving != parts.sender:
        yield Finding(
            Level.WARNING,
            f"mails that ask to leave go to {leaving}, and bounces come back to {parts.sender}",
            "set address under [bounces]: both go there; or let both land in the mailbox that is read",
        )
    for mailbox in parts.mailboxes:
        if not (online or mailbox.is_at_hand):
            yield Finding(Level.OK, f"bounces: {mailbox.name}")
            continue
        try:
            next(mailbox.messages(""), None)
        except TransportError as error:
            yield Finding(Level.ERROR, f"bounces: {error}", "see [bounces] in digest.toml")
        else:
            yield Finding(Level.OK, f"bounces: {mailbox.name} can be read")


def _model(parts: Parts, model: ModelOptions, *, online: bool) -> Iterator[Finding]:
    """A model that fails keeps no edition from going out: its stories are summed up offline."""
    name = f"language model {model.model} at {model.host}"
    now = parts.clock()
    asking = Asking(now, parts.stop)
    trouble = probe(model, parts.database, asking) if online else standing(parts.database, now).trouble
    if trouble:
        mend = "see [summaries] in digest.toml; until then stories are summed up offline"
        yield Finding(Level.WARNING, f"{name}: {trouble}", mend)
    elif online:
        yield Finding(Level.OK, f"{name} answers as it should")
    used = standing(parts.database, now).usage
    of_cap = f" of {model.caps.tokens:,}" if model.caps.tokens else ""
    cost = f", cost {used.cost_millionths / 1e6:.2f}" if model.price_in or model.price_out else ""
    counts = f"requests {used.requests:,}, tokens {used.tokens:,}{of_cap}{cost}"
    yield Finding(Level.OK, f"{name}: used today (UTC): {counts}")
