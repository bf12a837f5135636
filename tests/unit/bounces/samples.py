"""Reports as mail servers and providers write them, about a message of ours."""

from __future__ import annotations

REFERENCE = "7.42.0123456789abcdef0123"
TOKEN = "012a4f19c03be85d7764a0c2d1f3e5b79880aa"
OUR_HEADERS = (
    "From: The Digest <digest@example.org>\r\n"
    "To: Ada <ada@example.com>\r\n"
    "Message-ID: <1@example.org>\r\n"
    f"List-Unsubscribe: <https://digest.example.org/u/{TOKEN}>,"
    f" <mailto:leave@example.org?subject=unsubscribe%20{TOKEN}>\r\n"
    "Archived-At: <https://digest.example.org/editions/daily-20260310T0630>\r\n"
    "Subject: Three stories\r\n"
)


def dsn(
    *,
    status: str = "5.1.1",
    action: str = "failed",
    diagnosis: str = "smtp; 550 5.1.1 no such user here",
    to: str = f"bounces+{REFERENCE}@example.org",
    returned: str = OUR_HEADERS,
    identity: str = "<bounce-1@mx.example.com>",
    flavour: str = "delivery-status",
) -> bytes:
    """A delivery status notification; ``flavour`` may be global-delivery-status (RFC 6533)."""
    return (
        "Return-Path: <>\r\n"
        f"Delivered-To: {to}\r\n"
        "From: Mail Delivery System <mailer-daemon@mx.example.com>\r\n"
        f"To: {to}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: {identity}\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="xx"\r\n'
        "\r\n--xx\r\nContent-Type: text/plain\r\n\r\nSorry, it could not be delivered.\r\n"
        f"--xx\r\nContent-Type: message/{flavour}\r\n\r\n"
        "Reporting-MTA: dns; mx.example.com\r\n"
        "Arrival-Date: Tue, 10 Mar 2026 06:30:01 +0000\r\n"
        "\r\n"
        "Final-Recipient: rfc822; ada@example.com\r\n"
        f"Action: {action}\r\n"
        f"Status: {status}\r\n"
        f"Diagnostic-Code: {diagnosis}\r\n"
        f"\r\n--xx\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--xx--\r\n"
    ).encode()


def arf(*, said: str = "abuse", identity: str = "<arf-1@fbl.example.com>") -> bytes:
    """A complaint of a feedback loop, with our whole message in it."""
    return (
        "From: <feedback@fbl.example.com>\r\nTo: <abuse@example.org>\r\nSubject: FW: Three stories\r\n"
        f"Message-ID: {identity}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="yy"\r\n'
        "\r\n--yy\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--yy\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {said}\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\n"
        "Original-Rcpt-To: redacted@example.com\r\n"
        f"\r\n--yy\r\nContent-Type: message/rfc822\r\n\r\n{OUR_HEADERS}\r\nGood morning.\r\n--yy--\r\n"
    ).encode()


def letter(
    *, subject: str = "Hello", sender: str = "ada@example.com", text: str = "Hello!", more: str = ""
) -> bytes:
    """A plain message."""
    return (
        f"From: {sender}\r\nTo: bounces+{REFERENCE}@example.org\r\nSubject: {subject}\r\n{more}\r\n{text}\r\n"
    ).encode()
