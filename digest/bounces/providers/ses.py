"""Amazon SES: bounces and complaints, published to a topic of Amazon SNS that posts them to us.

The topic's first message asks whether we want them; a genuine one is answered by fetching the address in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from digest.bounces.providers import Get, HookRequest
from digest.bounces.providers._json import list_at, read_object, text_at
from digest.bounces.providers._sns import check_signature, is_of_amazon
from digest.bounces.status import best_status, kind_of_status
from digest.bounces.trail import OWN_HEADERS, feedback_from
from digest.errors import NotGenuineError
from digest.model.feedback import Feedback, FeedbackKind


def read(request: HookRequest, get: Get) -> tuple[Feedback, ...]:
    """What one request reports.

    Raises:
        InputError: it is no message of SNS, or its certificate can't be read.
        NotGenuineError: Amazon did not sign it.
        FetchError: the certificate, or the address that confirms the subscription, can't be fetched.
    """
    envelope = read_object(request.body)
    check_signature(envelope, get)
    match text_at(envelope, "Type"):
        case "SubscriptionConfirmation":
            confirm = text_at(envelope, "SubscribeURL")
            if not is_of_amazon(confirm):
                raise NotGenuineError("the address to confirm at is not Amazon's")
            get(confirm)
            return ()
        case "Notification":
            return tuple(_reported(read_object(text_at(envelope, "Message")), text_at(envelope, "MessageId")))
        case _:
            return ()


def _reported(event: dict[str, Any], message_id: str) -> Iterator[Feedback]:
    trail = list(_trail(event))
    match text_at(event, "eventType") or text_at(event, "notificationType"):
        case "Bounce":
            kind, detail = _bounce(event)
            identity = text_at(event, "bounce", "feedbackId") or message_id
            yield feedback_from("ses", identity, kind, trail, detail)
        case "Complaint":
            if text_at(event, "complaint", "complaintFeedbackType") != "not-spam":
                identity = text_at(event, "complaint", "feedbackId") or message_id
                detail = text_at(event, "complaint", "complaintFeedbackType") or "complaint"
                yield feedback_from("ses", identity, FeedbackKind.COMPLAINT, trail, detail)


def _bounce(event: dict[str, Any]) -> tuple[FeedbackKind, str]:
    """Its kind, and what the server said. Without a status, what SES calls permanent is taken for that."""
    recipient = next(iter(list_at(event, "bounce", "bouncedRecipients")), {})
    diagnosis = text_at(recipient, "diagnosticCode")
    status = best_status(text_at(recipient, "status"), diagnosis)
    permanent = text_at(event, "bounce", "bounceType") == "Permanent"
    for_good = kind_of_status(status) if status else FeedbackKind.HARD
    kind = for_good if permanent else FeedbackKind.SOFT
    subtype = text_at(event, "bounce", "bounceSubType")
    return kind, diagnosis or f"{text_at(event, 'bounce', 'bounceType')} {subtype}"


def _trail(event: dict[str, Any]) -> Iterator[str]:
    yield text_at(event, "mail", "source")
    for header in list_at(event, "mail", "headers"):
        if text_at(header, "name").lower() in OWN_HEADERS:
            yield text_at(header, "value")
