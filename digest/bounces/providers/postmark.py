"""Postmark's webhooks: bounces, spam complaints and changes of subscription.

Postmark does not sign; the secret in the address is what keeps strangers out. It returns what stood in the
message's X-PM-Metadata-ref header, by which we know the delivery.
"""

from __future__ import annotations

from digest.bounces.providers import Get, HookRequest
from digest.bounces.providers._json import read_object, text_at
from digest.bounces.trail import feedback_from
from digest.model.feedback import Feedback, FeedbackKind

_TYPES = {
    "HardBounce": FeedbackKind.HARD,
    "BadEmailAddress": FeedbackKind.HARD,
    "SoftBounce": FeedbackKind.SOFT,
    "Transient": FeedbackKind.SOFT,
    "DnsError": FeedbackKind.SOFT,
    "AddressChange": FeedbackKind.SOFT,
    "Unknown": FeedbackKind.SOFT,
    "Blocked": FeedbackKind.POLICY,
    "SpamNotification": FeedbackKind.POLICY,
    "VirusNotification": FeedbackKind.POLICY,
    "DMARCPolicy": FeedbackKind.POLICY,
    "SpamComplaint": FeedbackKind.COMPLAINT,
    "Unsubscribe": FeedbackKind.LEAVE,
}
_SUPPRESSIONS = {
    "HardBounce": FeedbackKind.HARD,
    "SpamComplaint": FeedbackKind.COMPLAINT,
    "ManualSuppression": FeedbackKind.LEAVE,
}


def read(request: HookRequest, _get: Get) -> tuple[Feedback, ...]:
    """What one request reports; nothing where it reports no trouble, such as an automatic answer.

    Raises:
        InputError: it is no request of Postmark's.
    """
    event = read_object(request.body)
    record = text_at(event, "RecordType")
    kind: FeedbackKind | None = None
    if record in {"Bounce", "SpamComplaint"}:
        kind = _TYPES.get(text_at(event, "Type"))
    elif record == "SubscriptionChange" and event.get("SuppressSending") is True:
        kind = _SUPPRESSIONS.get(text_at(event, "SuppressionReason"))
    if kind is None:
        return ()
    identity = text_at(event, "ID") or f"{text_at(event, 'MessageID')}:{kind}"
    trail = [text_at(event, "Metadata", "ref"), text_at(event, "From"), text_at(event, "Content")]
    detail = text_at(event, "Details") or text_at(event, "Description") or text_at(event, "SuppressionReason")
    return (feedback_from("postmark", identity, kind, trail, detail),)
