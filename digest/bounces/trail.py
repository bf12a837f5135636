"""What a report carries of our own message: the references in it, verified by nobody yet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.model.feedback import Feedback, FeedbackKind

# The headers of ours that name a delivery, wherever a report returns them.
OWN_HEADERS = frozenset({"list-unsubscribe", "archived-at", "x-pm-metadata-ref", "return-path"})
_LONGEST_DETAIL = 300
_REFERENCE = re.compile(r"(?<![\w.])(\d{1,18}\.\d{1,18}\.[0-9a-f]{20})(?![0-9a-f])", re.IGNORECASE)
_TOKEN = re.compile(r"(?:/u/|subject=unsubscribe%20)([0-9a-f]{36,50})(?![0-9a-f])", re.IGNORECASE)
_EDITION = re.compile(r"/editions/([A-Za-z0-9._-]{3,160})")


def feedback_from(
    provider: str, event_id: str, kind: FeedbackKind, trail: Iterable[str], detail: str
) -> Feedback:
    """A report whose ``trail`` is every text of it that may name the delivery, the likeliest first."""
    text = "\n".join(trail)
    edition = _EDITION.search(text)
    return Feedback(
        provider,
        event_id,
        kind,
        references=tuple(dict.fromkeys(found.lower() for found in _REFERENCE.findall(text))),
        tokens=tuple(dict.fromkeys(found.lower() for found in _TOKEN.findall(text))),
        edition=edition[1] if edition else "",
        detail=" ".join(detail.split())[:_LONGEST_DETAIL],
    )
