"""An edit of a draft, made: the editor's decisions in, and the draft composed anew with them.

An edit is all or nothing. What it decides is about articles, so it holds in the newest draft as well where
that was composed in between; not where somebody else decided the same meanwhile, or approved the edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from digest import drafting
from digest.editing import Change
from digest.edits import Session
from digest.errors import StateError
from digest.model.decisions import Decision, amended
from digest.model.edition import OPEN_TO_EDITING, EditionState
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.store import decisions as decision_store
from digest.store import editions
from digest.store.editions import EditionRow


class Applied(NamedTuple):
    """The draft before an edit, which may be a later one than its editor saw, and the one after it."""

    onto: EditionRow
    row: EditionRow


def apply(parts: Parts, session: Session, change: Change, now: datetime) -> Applied:
    """Remember what was decided and compose the draft anew with it, in one transaction.

    Raises:
        StateError: the edition was approved or sent in between, or somebody else decided about the same;
            nothing was changed.
    """
    applied = None
    while applied is None:  # again, should it be composed anew while we compose
        applied = _try_to_apply(parts, session, change, now)
    return applied


def _try_to_apply(parts: Parts, session: Session, change: Change, now: datetime) -> Applied | None:
    """``apply`` to the draft as it is now; None if that was changed before we were done."""
    number, key = session.row.id, session.row.key
    with parts.database.read() as conn:
        onto = editions.get_edition(conn, number)
        standing = decision_store.list_decisions(conn, key.publication, key.series)
    assert onto is not None
    _not_overtaken(session, onto)
    _undisputed(session, change, standing)
    after = amended(standing, change.made, change.taken)
    composition = drafting.draft_value(parts, key, now, decided=after, ask=True)
    edition, drops = composition.edition, composition.drops
    with parts.database.write() as conn:
        fresh = editions.get_edition(conn, number)
        decided = decision_store.list_decisions(conn, key.publication, key.series)
        as_it_was = fresh is not None and fresh.state is onto.state and decided == standing
        if not as_it_was or not editions.save_content(
            conn, number, edition, drops=drops, now=now, revision=onto.revision
        ):
            return None
        decision_store.take_back(conn, key.publication, change.taken, now)
        decision_store.decide(conn, key.publication, change.made, now)
        row = editions.get_edition(conn, number)
    assert row is not None
    return Applied(onto, row)


def _not_overtaken(session: Session, onto: EditionRow) -> None:
    """Refuse what is too late, and what would undo an approval that its editor hasn't seen."""
    was, state = session.row.state, onto.state
    if state not in OPEN_TO_EDITING or (state is EditionState.APPROVED and was is not state):
        raise StateError(
            f"the edition {edition_ref(onto.key)} was {state} while you were editing: nothing was changed;"
            " `digest edit` opens it as it is now"
        )


def _undisputed(session: Session, change: Change, standing: Iterable[Decision]) -> None:
    """Refuse to undo in silence what another editor decided in between."""
    ours = {(one.kind, number) for one in (*change.made, *change.taken) for number in _articles(one)}
    known = set(session.standing)
    for theirs in standing:
        about = next((n for n in _articles(theirs) if (theirs.kind, n) in ours), None)
        if theirs not in known and about is not None:
            who = theirs.decided_by or "somebody"
            raise StateError(
                f"{who} decided the {theirs.kind} of article {about}, too, while you were editing:"
                " nothing was changed; `digest edit` opens the draft as it is now"
            )


def _articles(decision: Decision) -> Iterator[int]:
    yield decision.article_id
    if decision.other_id:
        yield decision.other_id


def consequences(parts: Parts, applied: Applied) -> Iterator[str]:
    """What came in and what went out with the edit, in words."""
    row = applied.row
    assert row.edition is not None
    assert applied.onto.edition is not None
    with parts.database.read() as conn:
        drops = editions.get_drops(conn, row.id)
    earlier = applied.onto.edition.stories
    before = {number for story in earlier for number in story.article_ids}
    after = {number for story in row.edition.stories for number in story.article_ids}
    for story in row.edition.stories:
        if not before.intersection(story.article_ids):
            yield f"in: {story.headline}"
    for story in earlier:
        if not after.intersection(story.article_ids):
            why = drops.get(story.article_ids[0], "") if story.article_ids else ""
            yield f"out: {story.headline}{f' ({why})' if why else ''}"
