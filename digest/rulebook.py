"""Stored decisions as the stages take them: what is one story by address, the rest by article."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from digest.model.decisions import Decision, DecisionKind, Decisions, Rulings
from digest.store.articles import canonical_urls
from digest.store.decisions import list_decisions

Rulebook = tuple[Rulings, Decisions]


def read_rulebook(
    conn: Connection, publication: str, series: str, *, decided: Sequence[Decision] | None = None
) -> Rulebook:
    """What holds for the drafts of a series; with ``decided``, as if that were all that is stored."""
    standing = list_decisions(conn, publication, series) if decided is None else decided
    pairs = [decision for decision in standing if decision.other_id]
    named = {number for pair in pairs for number in (pair.article_id, pair.other_id)}
    addresses = canonical_urls(conn, named) if named else {}
    return rulings_of(pairs, addresses), Decisions.of(standing)


def rulings_of(pairs: Iterable[Decision], addresses: Mapping[int, str]) -> Rulings:
    """Decisions about pairs, by address. Pairs said to be together add up to groups.

    An article that is stored no more still joins what it was joined with.
    """
    together: list[tuple[int, int]] = []
    apart: list[tuple[int, int]] = []
    for pair in pairs:
        ids = (pair.article_id, pair.other_id)
        (together if pair.kind is DecisionKind.TOGETHER else apart).append(ids)
    groups = (
        tuple(sorted(addresses[number] for number in group if number in addresses))
        for group in closed(together)
    )
    return Rulings(
        together=tuple(sorted(group for group in groups if len(group) > 1)),
        apart=tuple(
            sorted((addresses[one], addresses[two]) for one, two in apart if {one, two} <= addresses.keys())
        ),
    )


def closed(pairs: Iterable[tuple[int, int]]) -> list[Collection[int]]:
    """The groups that pairs add up to: whatever is joined with one member is joined with all."""
    group_of: dict[int, set[int]] = {}
    for one, two in pairs:
        joined = group_of.get(one, {one}) | group_of.get(two, {two})
        group_of |= dict.fromkeys(joined, joined)
    return list({id(group): group for group in group_of.values()}.values())
