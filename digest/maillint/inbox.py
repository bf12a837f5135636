"""The two lines that an inbox shows: subject and preheader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lxml import etree, html

from digest.maillint.css import declarations
from digest.maillint.finding import Fault, Level, Rule, quoted
from digest.maillint.mail import Mail

SUBJECT_MIN, SUBJECT_MAX = 15, 78
SHOUTED = 0.6  # share of capitals among the letters of a subject
SHORTEST_SHOUT = 12  # letters; a name such as UNCLOS III shouts at nobody
MOST_EMOJI = 1
_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg)\s*:", re.IGNORECASE)


def _missing(mail: Mail) -> Iterator[Fault]:
    if not mail.header("Subject"):
        yield Fault("there is no subject", "Subject")


def _length(mail: Mail) -> Iterator[Fault]:
    subject = mail.header("Subject")
    if subject and not SUBJECT_MIN <= len(subject) <= SUBJECT_MAX:
        yield Fault(f"the subject has {len(subject)} characters: {quoted(subject)}", "Subject")


def _shouted(mail: Mail) -> Iterator[Fault]:
    letters = [letter for letter in mail.header("Subject") if letter.isupper() or letter.islower()]
    if len(letters) >= SHORTEST_SHOUT and sum(map(str.isupper, letters)) > SHOUTED * len(letters):
        yield Fault(f"the subject shouts: {quoted(mail.header('Subject'))}", "Subject")


def _exclaimed(mail: Mail) -> Iterator[Fault]:
    if re.search(r"[!\uff01]\s*[!\uff01]|\$\$|\?\?", mail.header("Subject")):
        yield Fault(f"the subject has marks in a row: {quoted(mail.header('Subject'))}", "Subject")


def _reply(mail: Mail) -> Iterator[Fault]:
    if _REPLY.match(mail.header("Subject")) and not (
        mail.headers("In-Reply-To") or mail.headers("References")
    ):
        yield Fault(f"the subject pretends to answer: {quoted(mail.header('Subject'))}", "Subject")


def _emoji(mail: Mail) -> Iterator[Fault]:
    pictures = [letter for letter in mail.header("Subject") if unicodedata.category(letter) == "So"]
    if len(pictures) > MOST_EMOJI:
        yield Fault(f"the subject has {len(pictures)} pictures: {quoted(mail.header('Subject'))}", "Subject")


def preheader(mail: Mail) -> str:
    """The hidden words at the top of the page that an inbox shows after the subject; "" for none."""
    body = next(mail.elements("body"), None)
    for element in body.iter(etree.Element) if body is not None else ():
        if _is_hidden(element):
            return " ".join("".join(map(str, element.itertext())).split())
        if element.tag not in {"style", "script"} and (element.text or "").strip():
            return ""
    return ""


def _is_hidden(element: html.HtmlElement) -> bool:
    styles = {one.name: one.value.lower() for one in declarations(element.get("style", ""))}
    return styles.get("display") == "none" or styles.get("max-height", "").rstrip("px") == "0"


def _no_preheader(mail: Mail) -> Iterator[Fault]:
    if mail.tree is not None and not preheader(mail):
        yield Fault("there is no preheader, so inboxes show whatever comes first", "<body>")


def _repeated(mail: Mail) -> Iterator[Fault]:
    shown, subject = _plain(preheader(mail)), _plain(mail.header("Subject"))
    if shown and subject and (shown.startswith(subject) or subject.startswith(shown)):
        yield Fault(f"the preheader repeats the subject: {quoted(preheader(mail))}", "<body>")


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _white(mail: Mail) -> Iterator[Fault]:
    for one in mail.elements("div", "span"):
        styles = {style.name: style.value.lower() for style in declarations(one.get("style", ""))}
        if _is_hidden(one) and styles.get("color") in {"#fff", "#ffffff", "white"}:
            yield Fault("hidden text is white on white, a trick of spammers", f"<{one.tag}>")


RULES: tuple[Rule[Mail], ...] = (
    Rule("subject", Level.ERROR, "There is a subject.", "write one, 15 to 78 characters", _missing),
    Rule(
        "subject-length", Level.WARNING, "The subject has 15 to 78 characters; phones show about 40.",
        "say the one thing that makes somebody open it", _length,
    ),
    Rule("subject-capitals", Level.WARNING, "The subject doesn't shout.", "write it as a sentence", _shouted),
    Rule(
        "subject-marks", Level.WARNING, "The subject has no !!, ?? or $$.", "use one mark, or none",
        _exclaimed,
    ),
    Rule(
        "subject-reply", Level.WARNING, "The subject doesn't pretend to be an answer (Re:, Fwd:).",
        "take Re: or Fwd: out", _reply,
    ),
    Rule("subject-emoji", Level.WARNING, "The subject has one emoji at most.", "keep one, or none", _emoji),
    Rule(
        "preheader", Level.WARNING, "There is a preheader: what an inbox shows after the subject.",
        "write an <mj-preview>, or a hidden first element", _no_preheader,
    ),
    Rule(
        "preheader-repeats", Level.WARNING, "The preheader adds to the subject.",
        "say what else is inside", _repeated,
    ),
    Rule(
        "preheader-white", Level.WARNING, "Hidden text isn't white on white: SpamAssassin adds .7 points.",
        "give it the colour of the other text; it is hidden anyway", _white,
    ),
)  # fmt: skip
