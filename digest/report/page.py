"""What the page says: from the ledger, and as HTML that stands by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from markupsafe import Markup

from digest.model.delivery import Counts, DeliveryRecord, DeliveryState, Run
from digest.model.edition import Edition
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.render.templates import Templates
from digest.report.picture import picture, worth_showing
from digest.store import deliveries, runs
from digest.store.editions import EditionRow

_MISSED = (DeliveryState.FAILED, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
_MOST_REASONS = 12
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")
_NUMBERS = re.compile(r"\b[0-9a-f]{8,}\b|\b\d{4,}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why messages did not arrive: the server's words, without what differs from reader to reader."""

    state: DeliveryState
    code: int | None
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page says."""

    edition: EditionRow
    counts: Counts
    reasons: tuple[Reason, ...]
    runs: tuple[Run, ...]


def collect(parts: Parts, row: EditionRow) -> Report:
    """The report of an edition, read in one transaction, so that it agrees with itself."""
    with parts.database.read() as conn:
        missed = (
            record for state in _MISSED for record in deliveries.iter_records(conn, row.id, state=state)
        )
        return Report(
            row,
            deliveries.counts(conn, row.id),
            _reasons(missed),
            tuple(run for run in runs.list_runs(conn, row.id) if run.report or run.finished_at is None),
        )


def _reasons(missed: Iterable[DeliveryRecord]) -> tuple[Reason, ...]:
    found: Counter[tuple[DeliveryState, int | None, str]] = Counter()
    for record in missed:
        text = _NUMBERS.sub("...", _ADDRESS.sub("...", record.text))
        found[record.state, record.code, text[:120]] += 1
    return tuple(Reason(*key, count) for key, count in found.most_common(_MOST_REASONS))


def _share(part: float) -> str:
    """A share in per cent; what is there is never shown as none."""
    return "< 0.1 %" if 0 < part < 0.001 else f"{100 * part:.1f} %"  # noqa: PLR2004 - as it says


def _headline(edition: Edition | None) -> str:
    """What the edition is known by; "" where it has no story."""
    if edition is None:
        return ""
    if edition.correction:
        return edition.correction.headline
    lead = edition.lead() or next(iter(edition.stories), None)
    return lead.headline if lead else ""


def render(parts: Parts, report: Report) -> str:
    """The page as HTML.

    Raises:
        RenderError: an overriding template fails.
    """
    pictures: list[Markup] = []
    small: list[Markup] = []
    for number, run in enumerate(report.runs, 1):
        for narrow, drawn in ((False, pictures), (True, small)):
            timeline = run.report.get("timeline", {})
            shown = worth_showing(timeline)
            svg = picture(timeline, title=f"Run {number}", narrow=narrow) if shown else ""
            drawn.append(Markup(svg))  # noqa: S704 - numbers and our own words, escaped where they are made
    values = {
        "publication": parts.publication,
        "look": parts.publication.look,
        "themes": (),
        "ref": edition_ref(report.edition.key),
        "edition": report.edition,
        "headline": _headline(report.edition.edition),
        "zone": parts.publication.zone,
        "counts": {name: number for name, number in asdict(report.counts).items() if number},
        "states": [state.value for state in DeliveryState],
        "planned": report.counts.planned,
        "share": _share,
        "reasons": report.reasons,
        "runs": list(zip(report.runs, pictures, strict=True)),
        "small_pictures": small,
    }
    return Templates(parts.template_folders).render("web/report.html.j2", values)
