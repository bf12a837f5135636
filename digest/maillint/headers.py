"""Headers: what receivers check before anything is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import getaddresses, parsedate_to_datetime

from digest.maillint.finding import Fault, Level, Rule, quoted
from digest.maillint.mail import Mail
from digest.model.hosts import registered_domain

ONCE = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "List-Unsubscribe",
    "List-Id",
)
_LIST_HEADERS = frozenset({"list-unsubscribe", "list-unsubscribe-post"})


def _from(mail: Mail) -> Iterator[Fault]:
    senders = getaddresses(mail.headers("From"))
    if len(senders) != 1 or not re.fullmatch(r"[^@\s]+@[^@\s]+", senders[0][1]):
        yield Fault("From must be one address", "From")


def _from_name(mail: Mail) -> Iterator[Fault]:
    senders = getaddresses(mail.headers("From"))
    if len(senders) == 1 and "@" in senders[0][1] and not senders[0][0].strip():
        yield Fault(f"the sender has no name, so inboxes show {senders[0][1]}", "From")


def _date(mail: Mail) -> Iterator[Fault]:
    values = mail.headers("Date")
    try:
        aware = bool(values) and parsedate_to_datetime(values[0]).tzinfo is not None
    except (ValueError, TypeError, IndexError, OverflowError):
        aware = False
    if not aware:
        yield Fault("there is no date with a time zone", "Date")


def _message_id(mail: Mail) -> Iterator[Fault]:
    values = mail.headers("Message-ID")
    if not values or not re.fullmatch(r"\s*<[^<>@\s]+@[^<>@\s]+>\s*", values[0]):
        yield Fault("there is no Message-ID of the form <unique@domain>", "Message-ID")


def _to(mail: Mail) -> Iterator[Fault]:
    people = [address for _name, address in getaddresses(mail.headers("To")) if "@" in address]
    if len(people) != 1:
        said = f"{len(people)} people" if people else "nobody"
        yield Fault(f"it is addressed to {said}", "To")


def _version(mail: Mail) -> Iterator[Fault]:
    if [value.strip() for value in mail.headers("MIME-Version")][:1] != ["1.0"]:
        yield Fault("it doesn't say that it is MIME", "MIME-Version")


def _twice(mail: Mail) -> Iterator[Fault]:
    for name in ONCE:
        if len(mail.headers(name)) > 1:
            yield Fault(f"{name} stands {len(mail.headers(name))} times", name)


def _ascii(mail: Mail) -> Iterator[Fault]:
    for number, line in enumerate(mail.lines[: mail.header_lines], 1):
        address = line.lower().startswith((b"to:", b"from:", b"reply-to:")) or line[:1] in b" \t"
        if not line.isascii() and not address:
            yield Fault(
                f"a header has bytes outside ASCII: {quoted(line.decode('utf-8', 'replace'))}",
                f"line {number} of the message",
            )


def _defects(mail: Mail) -> Iterator[Fault]:
    for part in mail.message.walk():
        for defect in part.defects:
            said = (type(defect).__doc__ or type(defect).__name__).strip().rstrip(".")
            yield Fault(f"the message is malformed: {said}", part.get_content_type())


def _list_id(mail: Mail) -> Iterator[Fault]:
    values = mail.headers("List-Id")
    if not values or not re.search(r"<[^<>@\s.]+(?:\.[^<>@\s.]+)+>\s*$", values[0]):
        yield Fault("there is no List-Id such as <brief.example.org> to filter by", "List-Id")


def _ways_out(mail: Mail) -> list[str]:
    return re.findall(r"<([^<>]+)>", " ".join(mail.headers("List-Unsubscribe")))


def _unsubscribe(mail: Mail) -> Iterator[Fault]:
    value = " ".join(mail.headers("List-Unsubscribe"))
    if "=?" in value:
        yield Fault("List-Unsubscribe is encoded, and no receiver reads it so", "List-Unsubscribe")
    elif not any(way.lower().startswith("https:") for way in _ways_out(mail)):
        yield Fault("List-Unsubscribe has no https address", "List-Unsubscribe")


def _unsubscribe_mail(mail: Mail) -> Iterator[Fault]:
    value = " ".join(mail.headers("List-Unsubscribe"))
    mailboxes = [way for way in _ways_out(mail) if re.match(r"mailto:[^@?\s]+@[^@?\s]+", way, re.IGNORECASE)]
    if value and "=?" not in value and not mailboxes:
        yield Fault("List-Unsubscribe has no mail address", "List-Unsubscribe")


def _one_click(mail: Mail) -> Iterator[Fault]:
    if [value.strip() for value in mail.headers("List-Unsubscribe-Post")] != ["List-Unsubscribe=One-Click"]:
        yield Fault("leaving with one click is not offered", "List-Unsubscribe-Post")


def _unsigned(mail: Mail) -> Iterator[Fault]:
    if not mail.headers("DKIM-Signature"):
        yield Fault("there is no DKIM signature", "DKIM-Signature")


def _outside_signature(mail: Mail) -> Iterator[Fault]:
    signed: set[str] = set()
    for value in mail.headers("DKIM-Signature"):
        if found := re.search(r"(?:^|;)h=([^;]+)", re.sub(r"\s", "", value)):
            signed |= set(found[1].lower().split(":"))
    missing = sorted(_LIST_HEADERS - signed)
    if signed and missing:
        yield Fault(f"the signature doesn't cover {' and '.join(missing)}", "DKIM-Signature")


def _other_signer(mail: Mail) -> Iterator[Fault]:
    senders = getaddresses(mail.headers("From"))
    domain = senders[0][1].lower().partition("@")[2] if senders else ""
    signers = [
        found[1].lower()
        for value in mail.headers("DKIM-Signature")
        if (found := re.search(r"(?:^|;)d=([^;]+)", re.sub(r"\s", "", value)))
    ]
    own = registered_domain(domain)
    if domain and signers and own not in map(registered_domain, signers):
        yield Fault(f"{', '.join(signers)} signed, and the sender is of {domain}", "DKIM-Signature")


def _feedback(mail: Mail) -> Iterator[Fault]:
    if not mail.headers("Feedback-ID"):
        yield Fault("complaints at Gmail can't be told apart by edition", "Feedback-ID")


def _bulk(mail: Mail) -> Iterator[Fault]:
    if not (mail.headers("Precedence") or mail.headers("Auto-Submitted")):
        yield Fault(
            "nothing says that no person wrote it, so out-of-office programs answer", "Auto-Submitted"
        )


RULES: tuple[Rule[Mail], ...] = (
    Rule("from", Level.ERROR, "There is one sender (RFC 5322).", "name one address in From", _from),
    Rule(
        "from-name", Level.WARNING, "The sender has a name.",
        "set [publication] from_name", _from_name,
    ),
    Rule(
        "date", Level.ERROR, "There is a date with a time zone; without one filters take 2.7 points off.",
        "add a Date header, such as Mon, 09 Mar 2026 06:00:00 +0000", _date,
    ),
    Rule(
        "message-id", Level.ERROR, "There is a Message-ID.",
        "make one, unique, with the sender's domain", _message_id,
    ),
    Rule(
        "to", Level.WARNING, "It is addressed to one person.",
        "send each reader a message of their own", _to,
    ),
    Rule("mime-version", Level.WARNING, "It says MIME-Version: 1.0.", "add the header", _version),
    Rule(
        "header-twice", Level.ERROR,
        "No header that may stand once stands twice (RFC 5322); Gmail refuses such mails.",
        "keep one of them", _twice,
    ),
    Rule(
        "header-ascii", Level.WARNING, "Headers are ASCII; other letters are encoded (RFC 2047).",
        "encode the header", _ascii,
    ),
    Rule(
        "mime-defect", Level.ERROR, "The message is well-formed MIME.",
        "let one library write the message, boundaries included", _defects,
    ),
    Rule(
        "list-id", Level.WARNING, "It has a List-Id (RFC 2919), so that readers can file it.",
        "add List-Id: Name <name.your-domain>", _list_id,
    ),
    Rule(
        "list-unsubscribe", Level.ERROR,
        "List-Unsubscribe has an https address (RFC 2369); Gmail and Yahoo demand it.",
        "add it in angle brackets, on one line and not encoded; base_url begins with https://", _unsubscribe,
    ),
    Rule(
        "list-unsubscribe-mail", Level.WARNING, "List-Unsubscribe has a mail address as well.",
        "add <mailto:...> after the web address", _unsubscribe_mail,
    ),
    Rule(
        "one-click", Level.ERROR, "Leaving takes one click (RFC 8058); Gmail and Yahoo demand it.",
        "add List-Unsubscribe-Post: List-Unsubscribe=One-Click", _one_click,
    ),
    Rule(
        "dkim", Level.NOTICE, "It is signed. A file from before the mail server need not be.",
        "sign here or at the mail server, and publish the key", _unsigned,
    ),
    Rule(
        "dkim-list", Level.WARNING, "The signature covers both List-Unsubscribe headers (RFC 8058).",
        "add list-unsubscribe and list-unsubscribe-post to the signed headers", _outside_signature,
    ),
    Rule(
        "dkim-domain", Level.WARNING, "It is signed by the sender's own domain, as DMARC wants (RFC 7489).",
        "sign with a key of the domain in From", _other_signer,
    ),
    Rule(
        "feedback-id", Level.NOTICE, "It has a Feedback-ID.", "add edition, variant and sender to one",
        _feedback,
    ),
    Rule(
        "automatic", Level.NOTICE, "It says that a program sent it.",
        "add Auto-Submitted: auto-generated, or Precedence: bulk", _bulk,
    ),
)  # fmt: skip
