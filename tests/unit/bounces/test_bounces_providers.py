"""Providers' requests: genuine ones are read, and nobody else's are."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from digest.bounces.providers import PROVIDERS, HookRequest
from digest.bounces.providers._sns import is_of_amazon
from digest.errors import InputError, NotGenuineError
from digest.model.feedback import Feedback, FeedbackKind

from .samples import REFERENCE, TOKEN

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.example.com")])
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(1)
    .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=365))
    .sign(KEY, hashes.SHA256())
    .public_bytes(serialization.Encoding.PEM)
)
AMAZON = "https://sns.eu-west-1.amazonaws.com"
SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


class Web:
    """Stands for the internet: hands out the certificate, and notes what was fetched."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.fetched.append(url)
        return CERTIFICATE if url.endswith(".pem") else b"<ok/>"


def envelope(message: dict[str, Any] | str, *, version: str = "2", **more: str) -> dict[str, str]:
    """A message of SNS, signed."""
    text = message if isinstance(message, str) else json.dumps(message)
    fields = {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": "arn:aws:sns:eu-west-1:1:bounces",
        "Message": text,
        "Timestamp": "2026-03-10T06:40:00.000Z",
        **more,
    }
    content = "".join(f"{name}\n{fields[name]}\n" for name in SIGNED if name in fields)
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = KEY.sign(content.encode(), padding.PKCS1v15(), algorithm)
    return {
        **fields,
        "SignatureVersion": version,
        "Signature": b64encode(signature).decode(),
        "SigningCertURL": f"{AMAZON}/SimpleNotificationService-1.pem",
    }


def ses(body: object, web: Callable[[str], bytes] | None = None) -> tuple[Feedback, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PROVIDERS["ses"](HookRequest(raw, {}), web or Web())


def bounce(bounce_type: str = "Permanent", status: str = "5.1.1") -> dict[str, Any]:
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": bounce_type,
            "bounceSubType": "General",
            "feedbackId": "f-1",
            "bouncedRecipients": [
                {
                    "emailAddress": "ada@example.com",
                    "status": status,
                    "diagnosticCode": f"smtp; 550 {status} no",
                }
            ],
        },
        "mail": {
            "source": f"bounces+{REFERENCE}@example.org",
            "headers": [{"name": "List-Unsubscribe", "value": f"<https://digest.example.org/u/{TOKEN}>"}],
        },
    }


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_bounce_of_ses_is_read(version: str) -> None:
    (found,) = ses(envelope(bounce(), version=version))
    assert found == Feedback(
        "ses", "f-1", FeedbackKind.HARD, (REFERENCE,), (TOKEN,), detail="smtp; 550 5.1.1 no"
    )


@pytest.mark.parametrize(
    ("bounce_type", "status", "kind"),
    [
        ("Permanent", "5.1.1", FeedbackKind.HARD),
        ("Permanent", "", FeedbackKind.HARD),
        ("Permanent", "5.7.1", FeedbackKind.POLICY),
        ("Transient", "5.2.2", FeedbackKind.SOFT),
        ("Transient", "5.1.1", FeedbackKind.SOFT),
        ("Undetermined", "", FeedbackKind.SOFT),
    ],
)
def test_what_a_bounce_of_ses_means(bounce_type: str, status: str, kind: FeedbackKind) -> None:
    (found,) = ses(envelope(bounce(bounce_type, status)))
    assert found.kind is kind


def test_reports_of_ses_without_an_identity_have_that_of_their_message() -> None:
    event = {"eventType": "Complaint", "complaint": {}, "mail": bounce()["mail"]}
    found = [ses(envelope(event, MessageId=identity))[0].event_id for identity in ("m-1", "m-2")]
    assert found == ["m-1", "m-2"]


def test_a_complaint_of_ses_is_read() -> None:
    event = {"eventType": "Complaint", "complaint": {"feedbackId": "f-2"}, "mail": bounce()["mail"]}
    (found,) = ses(envelope(event))
    assert (found.event_id, found.kind, found.references) == ("f-2", FeedbackKind.COMPLAINT, (REFERENCE,))
    event["complaint"] = {"feedbackId": "f-3", "complaintFeedbackType": "not-spam"}
    assert ses(envelope(event)) == ()
    assert ses(envelope({"eventType": "Delivery", "mail": bounce()["mail"]})) == ()


def test_a_genuine_subscription_is_confirmed_by_fetching_its_address() -> None:
    web = Web()
    confirm = f"{AMAZON}/?Action=ConfirmSubscription"
    signed = envelope("You have chosen...", Type="SubscriptionConfirmation", SubscribeURL=confirm, Token="t")
    assert ses(signed, web) == ()
    assert web.fetched[-1] == confirm
    elsewhere = envelope(
        "...", Type="SubscriptionConfirmation", SubscribeURL="https://evil.example/", Token="t"
    )
    with pytest.raises(NotGenuineError, match="not Amazon's"):
        ses(elsewhere, web)
    assert "https://evil.example/" not in web.fetched


@pytest.mark.parametrize(
    "change",
    [
        {"Message": json.dumps(bounce()).replace("42", "43")},
        {"Signature": b64encode(b"x" * 256).decode()},
        {"Signature": "no base64!"},
        {"SignatureVersion": "3"},
        {"SigningCertURL": "https://evil.example/cert.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/cert.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/cert.pem"},
        {"SigningCertURL": f"{AMAZON}/cert.txt"},
        {"Type": "SubscriptionConfirmation"},
    ],
)
def test_what_amazon_did_not_sign_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(NotGenuineError):
        ses({**envelope(bounce()), **change})


@pytest.mark.parametrize(
    ("url", "genuine"),
    [
        ("https://sns.us-east-1.amazonaws.com/x.pem", True),
        ("https://sns.cn-north-1.amazonaws.com.cn/x.pem", True),
        ("https://sns.us-east-1.amazonaws.com:444/x.pem", False),
        ("https://a@sns.us-east-1.amazonaws.com/x.pem", False),
        ("https://s3.us-east-1.amazonaws.com/x.pem", False),
        ("https://sns.us-east-1.amazonaws.com:x/", False),
    ],
)
def test_only_sns_itself_is_amazon(url: str, genuine: bool) -> None:
    assert is_of_amazon(url) is genuine


def postmark(event: dict[str, Any]) -> tuple[Feedback, ...]:
    return PROVIDERS["postmark"](HookRequest(json.dumps(event).encode(), {}), Web())


@pytest.mark.parametrize(
    ("record", "said", "kind"),
    [
        ("Bounce", {"Type": "HardBounce"}, FeedbackKind.HARD),
        ("Bounce", {"Type": "Transient"}, FeedbackKind.SOFT),
        ("Bounce", {"Type": "Blocked"}, FeedbackKind.POLICY),
        ("SpamComplaint", {"Type": "SpamComplaint"}, FeedbackKind.COMPLAINT),
        (
            "SubscriptionChange",
            {"SuppressSending": True, "SuppressionReason": "ManualSuppression"},
            FeedbackKind.LEAVE,
        ),
    ],
)
def test_what_postmark_reports(record: str, said: dict[str, Any], kind: FeedbackKind) -> None:
    event = {
        "RecordType": record,
        "ID": 77,
        "Metadata": {"ref": REFERENCE},
        "Details": "no such user",
        **said,
    }
    assert postmark(event) == (Feedback("postmark", "77", kind, (REFERENCE,), detail="no such user"),)


@pytest.mark.parametrize(
    "event",
    [
        {"RecordType": "Bounce", "Type": "AutoResponder"},
        {"RecordType": "SubscriptionChange", "SuppressSending": False, "SuppressionReason": "HardBounce"},
        {"RecordType": "Open"},
        {},
    ],
)
def test_what_is_no_trouble_of_postmarks(event: dict[str, Any]) -> None:
    assert postmark(event) == ()


json_trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "RecordType",
    "Type",
    "ID",
    "Metadata",
    "eventType",
    "bounce",
    "complaint",
    "mail",
    "SuppressSending",
)


@given(st.dictionaries(st.sampled_from(FIELDS), json_trees | st.sampled_from(["Bounce", "HardBounce"])))
def test_trees_of_any_shape_are_read_or_refused(tree: dict[str, Any]) -> None:
    postmark(tree)
    ses(envelope(tree))


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    for read in PROVIDERS.values():
        with pytest.raises(InputError):
            read(HookRequest(body, {}), Web())


def test_a_bounce_of_postmarks_has_its_description_where_there_are_no_details() -> None:
    event = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 7, "Description": "no such mailbox"}
    (found,) = postmark(event)
    assert found.detail == "no such mailbox"
