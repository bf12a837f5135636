"""The verbs of the product, in the order in which a day goes through them.

    feeds, pages, folders --gather--> articles --group--> stories, themed --summarise--> with provenance
       --compose--> edition (draft -> held | approved -> frozen) --render--> one message per variant
       --deliver--> one delivery per subscriber --> report

Each verb takes the parts it works with (``Parts``, built by ``digest.wiring``) and the time. What decides
is pure and lives in the stages; what is here fetches, calls and stores. Every verb may be called again at
any time: the database's compare-and-set moves make a repetition harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from digest import handing_over, sharing
from digest.deliver.allowance import Allowance
from digest.deliver.run import SendReport
from digest.errors import NotNowError, StateError
from digest.model.delivery import Counts, Reached
from digest.model.edition import OPEN_TO_EDITING, Edition, EditionKey, EditionState
from digest.model.links import edition_ref
from digest.model.message import Variant
from digest.model.news import FeedHealth
from digest.parts import Parts
from digest.render import variant_key
from digest.store import articles as article_store
from digest.store import audience, editions, restored
from digest.store import feeds as feed_store
from digest.store.editions import EditionRow
from digest.store.freezing import freeze
from digest.store.planning import materialise

if TYPE_CHECKING:
    from digest.compose import Composition
    from digest.gather.outcome import Gathered

log = logging.getLogger("digest")

# --- gather -----------------------------------------------------------------------------------------


def gather(
    parts: Parts,
    now: datetime,
    *,
    everything: bool = False,
    on_done: Callable[[Gathered, int], None] | None = None,
) -> int:
    """Fetch every feed that is due (or ``everything``) and store what is new; how many articles were.

    Each feed is stored in a transaction of its own as it comes in, so an interruption loses nothing.
    """
    with parts.database.write() as conn:
        feed_store.sync_settings_feeds(conn, parts.settings_feeds, now)
        due = feed_store.due_feeds(conn, now)
        if everything:
            health = feed_store.all_health(conn)
            feeds = feed_store.list_feeds(conn)
            due = [(feed, health.get(feed.id, FeedHealth(feed.id))) for feed in feeds]
    found, before = 0, {feed.id: health for feed, health in due}

    def known(urls: Collection[str]) -> set[str]:
        with parts.database.read() as conn:
            return article_store.known_urls(conn, urls)

    def store(gathered: Gathered) -> None:
        nonlocal found
        with parts.database.write() as conn:
            new, _updated = article_store.save_articles(conn, gathered.articles)
            feed_store.save_health(conn, gathered.health)
        found += new
        if on_done is None:
            for level, line in gathered.to_log(before[gathered.feed.id]):
                log.log(level, "feed %s: %s", gathered.feed.name, line)
        else:
            on_done(gathered, new)

    from digest.gather.collect import gather as gather_feeds  # noqa: PLC0415 - slow to load, rarely needed

    gather_feeds(due, options=parts.gathering, now=now, known=known, on_done=store, stop=parts.stop.is_set)
    return found


# --- draft ------------------------------------------------------------------------------------------


def draft(parts: Parts, key: EditionKey, now: datetime, *, unattended: bool = False) -> EditionRow:
    """Compose the edition of a slot and keep it; an existing draft is composed anew.

    Composing takes a while: what an editor decides meanwhile is obeyed, by composing once more.
    ``unattended``: nobody asked for it, so that what an editor has held or approved stays as it is.

    Raises:
        StateError: the edition is frozen or beyond, and never changes again; or is not to be touched.
    """
    from digest.drafting import draft_value  # noqa: PLC0415 - slow to load, and what is drafted is sent without

    kept: EditionRow | None = None
    while kept is None:
        with parts.database.read() as conn:
            before = editions.find_edition(conn, key)
        composition = draft_value(parts, key, now, ask=True)
        with parts.database.write() as conn:
            kept = _kept(conn, key, composition, now, since=before, unattended=unattended)
    return kept


def _kept(
    conn: Connection,
    key: EditionKey,
    composition: Composition,
    now: datetime,
    *,
    since: EditionRow | None,
    unattended: bool,
) -> EditionRow | None:
    """Keep what was composed; None where somebody has edited or drafted it ``since``."""
    row, _created = editions.open_slot(conn, key, now)
    ref, revision = edition_ref(key), since.revision if since else 0
    if row.state in OPEN_TO_EDITING and row.revision != revision:
        return None
    if unattended and row.state is not EditionState.DRAFT:
        raise StateError(f"the edition {ref} is {row.state}: it is not composed anew")
    saved = editions.save_content(
        conn, row.id, composition.edition, drops=composition.drops, now=now, revision=row.revision
    )
    if not saved:
        raise StateError(f"the edition {ref} is {row.state.in_words()} and can't be drafted anew")
    return _fresh(conn, row)


# --- render -------------------------------------------------------------------------------------------


def choice_set(choice: str) -> frozenset[str]:
    """The slugs of a stored choice of themes; "" is no restriction."""
    return frozenset(choice.split("+")) if choice else frozenset()


def render_variants(
    parts: Parts, edition: Edition, choices: Mapping[str, int]
) -> tuple[dict[str, str | None], dict[str, Variant]]:
    """Which variant each stored choice of themes gets, and the variants, each rendered once."""
    keys: dict[str, str | None] = {}
    variants: dict[str, Variant] = {}
    for choice in choices:
        chosen = choice_set(choice)
        key = keys[choice] = variant_key(edition, chosen)
        if key is not None and key not in variants:
            variants[key] = parts.renderer.variant(edition, chosen)
    return keys, variants


# --- send ---------------------------------------------------------------------------------------------


def begin(parts: Parts, row: EditionRow, now: datetime) -> None:
    """Freeze the edition and plan one delivery per subscriber, in one transaction.

    Does nothing when somebody else has already done so.

    Raises:
        StateError: nobody to send to, nothing to send, or changed since it was approved.
    """
    approved = row.state is EditionState.APPROVED
    while row.state in {EditionState.DRAFT, EditionState.APPROVED}:
        if approved and row.state is EditionState.DRAFT:
            ref = edition_ref(row.key)
            raise StateError(f"the edition {ref} was changed after it was approved: nothing was sent")
        edition = row.edition
        if edition is None or not (
            edition.stories or edition.correction or (edition.quiet and not parts.skip_quiet_day)
        ):
            raise StateError(
                f"the edition {edition_ref(row.key)} has no story: nothing is sent on a day without news"
            )
        with parts.database.read() as conn:
            choices = choices_of(conn, edition)
        # Every theme ("") too: what a choice made after the freeze falls back to.
        keys, variants = render_variants(parts, edition, {**choices, "": 0})
        with parts.database.write() as conn:
            choices = choices_of(conn, edition)
            if not choices:
                raise StateError(_why_nobody(conn, edition))
            if set(choices) - set(keys):
                continue  # somebody chose anew in between: render that choice as well
            rendered = tuple(variants.values())
            if freeze(conn, row.id, variants=rendered, now=now, revision=row.revision):
                materialise(
                    conn,
                    row.id,
                    series=row.key.series,
                    variants=keys,
                    batch_size=parts.sending.batch_size,
                    now=now,
                    got=_corrected(conn, edition),
                )
            row = _fresh(conn, row)  # frozen now; or drafted anew since, and then once more from the top


def nobody_to_correct(ref: str) -> str:
    """Why a correction of that edition would go to no reader."""
    return (
        f"nobody who got the edition {ref} and not this correction of it is subscribed any more, or known to"
        " have got it"
    )


def _why_nobody(conn: Connection, edition: Edition) -> str:
    """Why an edition would go to no reader, and what to do about it."""
    if edition.correction:
        return nobody_to_correct(edition.correction.of)
    others = audience.series_choices(conn)
    if not others:
        return "nobody to send to: `digest subscribers add` or `import` adds readers"
    readers = ", ".join(f"{count:,} in {series!r}" for series, count in others.items())
    return (
        f"nobody reads the series {edition.key.series!r}; readers are {readers}:"
        f" `digest subscribers change ADDRESS --series {edition.key.series}` moves one"
    )


def choices_of(conn: Connection, edition: Edition) -> dict[str, int]:
    """Every choice of themes among those who are to get an edition, and how many made it."""
    return audience.theme_choices(conn, edition.key.series, got=_corrected(conn, edition))


def _corrected(conn: Connection, edition: Edition) -> Reached | None:
    """For whom a correction is: those who got what it corrects, and not these very words about it before."""
    correction, publication = edition.correction, edition.key.publication
    if correction is None:
        return None
    found = editions.find_ref(conn, publication, correction.of)
    assert found is not None, "an edition is never deleted"
    return Reached(found.id, but=editions.same_corrections(conn, publication, correction))


def _fresh(conn: Connection, row: EditionRow) -> EditionRow:
    fresh = editions.get_edition(conn, row.id)
    assert fresh is not None
    return fresh


def send(
    parts: Parts,
    row: EditionRow,
    now: datetime,
    *,
    allowance: Allowance | None = None,
    progress: Callable[[Counts, float], None] | None = None,
) -> SendReport:
    """Freeze the edition if need be, and hand over everything that is due.

    Returns when nothing is due at the moment: what was deferred waits for the next call. ``allowance`` is
    for a caller who has asked ``allowance_at`` already: in a warm-up that counts the messages of a day.

    Raises:
        StateError: held, cancelled, empty, or nobody to send to.
        NotNowError: outside the delivery window, over the warm-up's share of the day, or another process
            sends at a limited pace.
        TransportError: the transport can't be used; everything unsent stays pending.
    """
    if row.state is EditionState.CANCELLED:
        raise StateError(f"the edition {edition_ref(row.key)} is cancelled and is never sent")
    if row.state in {EditionState.HELD, EditionState.PAUSED}:
        why = f" ({row.reason})" if row.reason else ""
        ref = edition_ref(row.key)
        raise StateError(
            f"the edition {ref} is {row.state}{why}; `digest release --edition {ref}` lets it go"
        )
    allowance = allowance or handing_over.allowance_at(parts, now)
    handing_over.refuse_when_shut(allowance)
    with handing_over.alone(parts, allowance, now) as (keep, allowance):
        transport = handing_over.ready_transport(parts)
        sharing.note(parts, row.key.series, allowance)
        if row.state in {EditionState.DRAFT, EditionState.APPROVED}:
            begin(parts, row, now)
        with parts.database.read() as conn:
            fresh = _fresh(conn, row)
        if fresh.state not in {EditionState.FROZEN, EditionState.SENDING, EditionState.SENT}:
            # Held or cancelled since this was planned, by an editor, who need not be told of it.
            raise NotNowError(
                f"the edition {edition_ref(row.key)} is {fresh.state.in_words()} now; nothing was sent"
            )
        restored.note_hand_over(parts.database)
        report = handing_over.hand_over(parts, fresh, now, transport, allowance, progress, keep)
        restored.note_hand_over(parts.database)  # a copy made meanwhile is behind it
        return report
