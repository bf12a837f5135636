"""What a refusal means, by its enhanced status code (RFC 3463)."""

from __future__ import annotations

import re

from digest.model.feedback import FeedbackKind

# Only what says that the mailbox does not exist. One mailing service that took all of 5.x.x for that shut out
# some forty readers whose mailboxes were fine: everything else is counted instead.
NO_SUCH_MAILBOX = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
# About the message, the protocol or the sender, and so no sign of a dead mailbox.
_OURS_TO_MEND = ("5.7.", "5.6.", "5.5.", "5.3.4", "5.2.3")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


def kind_of_status(status: str) -> FeedbackKind:
    """The kind of bounce that a status like 5.1.1 is; "" is a soft one."""
    if status in NO_SUCH_MAILBOX:
        return FeedbackKind.HARD
    return FeedbackKind.POLICY if status.startswith(_OURS_TO_MEND) else FeedbackKind.SOFT


def best_status(*texts: str) -> str:
    """The most telling status in ``texts``, which come in the order of their authority; "" if there is none.

    Many servers write 5.0.0 into the field and the real one into the words behind it.
    """
    found = [match[1] for text in texts for match in _STATUS.finditer(text)]
    return next((status for status in found if not status.endswith(".0.0")), found[0] if found else "")
