"""How large a message is, and how long its lines are."""

from __future__ import annotations

from collections.abc import Iterator

from digest.maillint.finding import Fault, Level, Rule, quoted
from digest.maillint.mail import Mail, as_it_travels
from digest.render.checks import CLIP_BYTES

TARGET_BYTES = 80 * 1024
MESSAGE_BYTES = 256 * 1024  # a page of text that needs more is carrying something else
STYLE_BYTES = 16 * 1024  # Gmail drops every style sheet of a page that has more
BODY_LINE = 76  # RFC 2045, section 6.7
HEADER_LINE = 78  # RFC 5322, section 2.1.1
LINE = 998  # the same; a server may cut or refuse what is longer


def _kib(size: int) -> str:
    return f"{size / 1024:.1f} KiB"


def _clipped(mail: Mail) -> Iterator[Fault]:
    size = len(mail.html.encode("utf-8", "replace"))
    if size > CLIP_BYTES:
        yield Fault(
            f"the HTML has {_kib(size)}; Gmail shows {_kib(CLIP_BYTES)} and hides the rest", "HTML part"
        )


def _large(mail: Mail) -> Iterator[Fault]:
    size = len(mail.html.encode("utf-8", "replace"))
    if TARGET_BYTES < size <= CLIP_BYTES:
        yield Fault(
            f"the HTML has {_kib(size)}; {_kib(TARGET_BYTES)} leave room before Gmail clips", "HTML part"
        )


def _encoded(mail: Mail) -> Iterator[Fault]:
    if mail.html_part is None or len(mail.html.encode("utf-8", "replace")) > CLIP_BYTES:
        return
    size = len(as_it_travels(mail.html_part))
    encoding = mail.html_part.get("Content-Transfer-Encoding", "7bit")
    if size > CLIP_BYTES:
        yield Fault(
            f"as it travels ({encoding}) the HTML has {_kib(size)}, over {_kib(CLIP_BYTES)}", "HTML part"
        )


def _message(mail: Mail) -> Iterator[Fault]:
    if len(mail.raw) > MESSAGE_BYTES:
        yield Fault(f"the whole message has {_kib(len(mail.raw))}", "message")


def _style(mail: Mail) -> Iterator[Fault]:
    size = sum(len(style.encode("utf-8", "replace")) for style in mail.styles)
    if size > STYLE_BYTES:
        yield Fault(
            f"style sheets have {_kib(size)}; Gmail drops them all beyond {_kib(STYLE_BYTES)}", "<style>"
        )


def _line(mail: Mail) -> Iterator[Fault]:
    for number, line in enumerate(mail.lines, 1):
        if len(line) > LINE:
            yield Fault(f"a line of {len(line)} bytes", f"line {number} of the message")


def _body_line(mail: Mail) -> Iterator[Fault]:
    for number, line in enumerate(mail.lines[mail.header_lines :], mail.header_lines + 1):
        if BODY_LINE < len(line) <= LINE:
            yield Fault(f"a line of {len(line)} bytes", f"line {number} of the message")


def _header_line(mail: Mail) -> Iterator[Fault]:
    for number, line in enumerate(mail.lines[: mail.header_lines], 1):
        value = line.strip() if line[:1] in b" \t" else line.partition(b":")[2].strip()
        if HEADER_LINE < len(line) <= LINE and b" " in value and not line.lower().startswith(b"list-"):
            yield Fault(
                f"a header line of {len(line)} bytes could be folded: {quoted(line.decode('latin-1'), 40)}",
                f"line {number} of the message",
            )


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "html-clipped", Level.ERROR, "The HTML has at most 102 KiB, where Gmail cuts it off.",
        "send fewer or shorter stories: lower [edition] max_html_kib", _clipped,
    ),
    Rule(
        "html-large", Level.WARNING, "The HTML has at most 80 KiB, as relays and link trackers add to it.",
        "lower [edition] max_html_kib, max_stories or max_words", _large,
    ),
    Rule(
        "html-encoded-large", Level.WARNING, "The HTML as it is encoded for travel has at most 102 KiB.",
        "send fewer stories, or write other scripts in an encoding that takes less room", _encoded,
    ),
    Rule(
        "message-large", Level.WARNING, "The whole message has at most 256 KiB.",
        "link to files and pictures instead of attaching them", _message,
    ),
    Rule(
        "style-large", Level.ERROR, "The page's style sheets have at most 16 KiB.",
        "write styles into the elements, and keep only media queries in the head", _style,
    ),
    Rule(
        "line-too-long", Level.ERROR, "No line has more than 998 bytes (RFC 5322).",
        "encode the body as quoted-printable, and fold the header", _line,
    ),
    Rule(
        "body-line-long", Level.WARNING, "No line of a body has more than 76 bytes (RFC 2045).",
        "encode the body as quoted-printable or base64", _body_line,
    ),
    Rule(
        "header-line-long", Level.WARNING,
        "No header line has more than 78 bytes where it could be folded; List- headers stay in one piece.",
        "fold the header at a space", _header_line,
    ),
)  # fmt: skip
