"""Freezing an edition: what is rendered of it never changes again, and its articles are used up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from digest.errors import StateError
from digest.model.edition import EditionState
from digest.model.message import Variant
from digest.store.editions import compare_and_set, get_edition
from digest.store.tables import edition_articles, edition_variants


def freeze(
    conn: Connection,
    edition_id: int,
    *,
    variants: Sequence[Variant],
    now: datetime,
    revision: int | None = None,
) -> bool:
    """Draft or approved to frozen, with its rendered variants and the articles it will use up.

    Whether this call did it: not if the content is no longer of the ``revision`` that the variants were
    rendered from. What is frozen never changes: a resumed run sends the same bytes.

    Raises:
        StateError: it has no content yet.
    """
    frozen = {"state": EditionState.FROZEN.value, "frozen_at": now, "updated_at": now, "reason": ""}
    allowed = {EditionState.DRAFT, EditionState.APPROVED}
    if not compare_and_set(conn, edition_id, allowed, frozen, revision=revision):
        return False
    use_up(conn, edition_id)
    conn.execute(edition_variants.delete().where(edition_variants.c.edition_id == edition_id))
    if variants:
        names = edition_variants.c.keys()[1:]
        rows = [{name: getattr(variant, name) for name in names} for variant in variants]
        conn.execute(insert(edition_variants), [{"edition_id": edition_id, **values} for values in rows])
    return True


def use_up(conn: Connection, edition_id: int) -> None:
    """Note which articles an edition uses up, once anything of it is accepted.

    Raises:
        StateError: it has no content yet.
    """
    row = get_edition(conn, edition_id)
    if row is None or row.edition is None:
        raise StateError(f"edition {edition_id} has no content yet: run digest draft first")
    conn.execute(edition_articles.delete().where(edition_articles.c.edition_id == edition_id))
    used: dict[int, str] = {}
    for story in row.edition.stories:
        for article_id in story.article_ids:
            used.setdefault(article_id, story.key)
    if used:
        conn.execute(
            insert(edition_articles),
            [
                {"edition_id": edition_id, "article_id": key, "story_key": story}
                for key, story in used.items()
            ],
        )


def get_variants(conn: Connection, edition_id: int) -> dict[str, Variant]:
    """The variants of a frozen edition, by key."""
    return {row.key: Variant(*row) for row in conn.execute(_variants(edition_id))}


def get_variant(conn: Connection, edition_id: int, key: str) -> Variant | None:
    """One variant of a frozen edition; None where no reader's choice called for it."""
    row = conn.execute(_variants(edition_id).where(edition_variants.c.key == key)).one_or_none()
    return None if row is None else Variant(*row)


def _variants(edition_id: int) -> Select[Any]:
    table = edition_variants.c
    return select(
        table.key, table.subject, table.preheader, table.html, table.text, table.mjml, table.story_count
    ).where(table.edition_id == edition_id)
