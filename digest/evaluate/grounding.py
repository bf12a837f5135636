"""The grounding check against summaries made false on purpose: the figures, and every trial by itself.

The figures are those of ``digest.summarise.grounding_report``. The trials repeat its falsehoods, which follow
from the seed, the record and the kind alone, so that each can be looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from digest.evaluate.records import Record
from digest.evaluate.summaries import plain_record
from digest.summarise.grounding import Ungrounded, ungrounded
from digest.summarise.grounding_report import SEEDS, report
from digest.summarise.perturb import Kind, perturb

UNCHANGED = "unchanged"

Falsify = Callable[[str, Sequence[str], int, str], Iterable[tuple[str, str]]]
"""(text, sources, seed, the record's id) to pairs of a kind and the text made false in that way."""


def scorable(records: Iterable[Record]) -> Iterator[tuple[Record, dict[str, Any]]]:
    """The records that have a reference and articles, each also in plain values."""
    for record in records:
        plain = plain_record(record)
        if plain["reference"].strip() and plain["articles"]:
            yield record, plain


def figures(records: Sequence[Record], seed: int) -> dict[str, Any] | None:
    """By kind: tried, caught and the share; and the false alarms. None where no record can be scored."""
    plain = [plain for _, plain in scorable(records)]
    return report(plain, seed=seed).as_json() if plain else None


def falsehoods(text: str, sources: Sequence[str], seed: int, key: str) -> Iterator[tuple[str, str]]:
    """The falsified texts that ``figures`` counts: of each kind as many as the text offers something for."""
    for kind in Kind:
        for number in range(SEEDS):
            changed = perturb(text, sources, kind, seed=SEEDS * seed + number, key=key)
            if changed is not None:
                yield str(kind), changed


def trials(records: Iterable[Record], seed: int, falsify: Falsify = falsehoods) -> Iterator[dict[str, Any]]:
    """Each text put to the check, as a line of predictions; the unchanged reference first.

    A falsehood is caught when the check says something that it doesn't say of the unchanged text.
    """
    for record, plain in scorable(records):
        text = " ".join(plain["reference"].split())
        sources = [f"{article['title']}\n\n{article['text']}" for article in plain["articles"]]
        before = Counter(ungrounded(text, sources, language=plain["language"]))
        yield _row(record, UNCHANGED, text, before)
        for kind, changed in falsify(text, sources, seed, record.key):
            after = Counter(ungrounded(changed, sources, language=plain["language"]))
            yield _row(record, kind, changed, after - before)


def _row(record: Record, kind: str, text: str, said: Counter[Ungrounded]) -> dict[str, Any]:
    why = "; ".join(f"{one.kind}: {one.text}" for one in said)
    return {"id": record.id, "kind": kind, "text": text, "caught": bool(said), "why": why}
