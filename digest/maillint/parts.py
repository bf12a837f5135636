"""The two bodies against each other: the text part says what the page says, and how to leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.maillint.finding import Fault, Level, Rule
from digest.maillint.links import host_of, name_of
from digest.maillint.mail import Mail
from digest.render.clean import clean

FEWEST, MOST = 0.8, 1.3  # words of the text part to those of the page
SHARE_OF_LINKS = 0.4  # each story's own; the links to further sources may be left out
TEXT_LINE = 78  # RFC 3676, section 4.2
_WAY_OUT = re.compile(
    r"unsubscribe|opt[ -]?out|leave this list|abmelden|abbestellen|d[e\u00e9]sabonner|desinscri"
    r"|darse de baja|cancelar|cancella|disiscri|afmelden|uitschrijven|avregistrer|afmeld|wypisz",
    re.IGNORECASE,
)
_WAY_OUT_WITH_LINK = re.compile(rf"(?:{_WAY_OUT.pattern}).{{0,200}}https?://", re.IGNORECASE)
_AI = re.compile(
    r"\bA\.?I\.?\b|artificial intelligence|machine[- ](?:made|written|generated|learning)|\bsoftware\b"
    r"|automat(?:ed|ic)|K\u00fcnstliche Intelligenz|\bKI\b|intelligence artificielle|\bIA\b",
)
_TAG = re.compile(r"</?(?:p|div|table|td|tr|a|br|span|html|body|img)\b[^<>]*>", re.IGNORECASE)


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _no_html(mail: Mail) -> Iterator[Fault]:
    if not mail.html.strip():
        yield Fault("there is no HTML part", "message")


def _no_text(mail: Mail) -> Iterator[Fault]:
    if not mail.text.strip():
        yield Fault("there is no text part, or an empty one", "message")


def _order(mail: Mail) -> Iterator[Fault]:
    kinds = [part.get_content_type() for part in mail.parts]
    if (
        "text/html" in kinds
        and "text/plain" in kinds
        and kinds.index("text/plain") > kinds.index("text/html")
    ):
        yield Fault("the text part comes after the HTML, so programs that read both show the text", "message")


def _flowed(mail: Mail) -> Iterator[Fault]:
    if mail.text_part is None or not mail.text.strip():
        return
    if str(mail.text_part.get_param("format", "")).lower() != "flowed":
        yield Fault("its lines can't be joined again on a narrow screen", "text part")


def _long_lines(mail: Mail) -> Iterator[Fault]:
    for number, line in enumerate(mail.text.splitlines(), 1):
        if len(line) > TEXT_LINE and " " in line.strip() and "://" not in line:
            yield Fault(f"a line of {len(line)} characters", f"line {number} of the text part")


def _proportion(mail: Mail) -> Iterator[Fault]:
    if not mail.text.strip() or not mail.visible:
        return
    ratio = _words(mail.text) / max(1, _words(mail.visible))
    if not FEWEST <= ratio <= MOST:
        yield Fault(f"the text part has {ratio:.2f} times the words of the page", "text part")


def _links(mail: Mail) -> Iterator[Fault]:
    if not mail.text.strip():
        return
    targets = {link.get("href", "").strip() for link in mail.links}
    web = {target for target in targets if host_of(target)}
    said = mail.joined_text
    missing = [target for target in web if target not in said]
    if web and len(missing) > (1 - SHARE_OF_LINKS) * len(web):
        yield Fault(f"{len(missing)} of the page's {len(web)} links are not in the text part", "text part")


def _markup(mail: Mail) -> Iterator[Fault]:
    found = [tag for tag in _TAG.findall(mail.joined_text) if not mail.told(tag)]
    if found:
        yield Fault(f"tags stand in the text: {found[0][:40]}", "text part")


def _html_way_out(mail: Mail) -> Iterator[Fault]:
    if mail.tree is None:
        return
    listed = set(re.findall(r"<(https?:[^<>]+)>", " ".join(mail.headers("List-Unsubscribe"))))
    for link in mail.links:
        href = link.get("href", "").strip()
        if href in listed or (href and (_WAY_OUT.search(name_of(link)) or _WAY_OUT.search(href))):
            return
    yield Fault("no link of the page lets a reader leave", "HTML part")


def _text_way_out(mail: Mail) -> Iterator[Fault]:
    if not mail.text.strip():
        return
    said = mail.joined_text
    listed = re.findall(r"<(https?:[^<>]+)>", " ".join(mail.headers("List-Unsubscribe")))
    if any(url in said for url in listed) or _WAY_OUT_WITH_LINK.search(said):
        return
    yield Fault("the text part doesn't say how to leave", "text part")


def _notice(mail: Mail) -> Iterator[Fault]:
    for name, said in (("HTML part", mail.visible), ("text part", mail.joined_text)):
        for words in mail.expected.notice or ():
            if said and clean(words) not in clean(said):
                yield Fault(f"the AI notice is missing: {clean(words)[:60]}", name)


def _perhaps_notice(mail: Mail) -> Iterator[Fault]:
    if mail.expected.notice is None and mail.visible and not _AI.search(mail.visible):
        yield Fault("nothing says whether software or AI had a part in it", "HTML part")


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "html-missing", Level.ERROR, "There is an HTML part.", "send both parts as multipart/alternative",
        _no_html,
    ),
    Rule(
        "text-missing", Level.ERROR,
        "There is a text part with words in it; a stub costs 2.3 SpamAssassin points.",
        "send both parts as multipart/alternative", _no_text,
    ),
    Rule(
        "part-order", Level.ERROR, "The text part comes first, the HTML last (RFC 2046).",
        "put text/plain before text/html", _order,
    ),
    Rule(
        "text-flowed", Level.WARNING, "The text part is format=flowed (RFC 3676).",
        "break lines with a space at the end, and say format=flowed", _flowed,
    ),
    Rule(
        "text-lines", Level.WARNING, "No line of the text has more than 78 characters, but for links.",
        "break lines at 72", _long_lines,
    ),
    Rule(
        "text-proportion", Level.WARNING,
        "The text has .8 to 1.3 times the words of the page: filters compare them.",
        "say the same in both", _proportion,
    ),
    Rule(
        "text-links", Level.WARNING, "The text has at least two fifths of the page's links.",
        "write each story's address under it", _links,
    ),
    Rule(
        "text-markup", Level.WARNING, "No tags stand in the text.", "make it from the words, not from HTML",
        _markup,
    ),
    Rule(
        "unsubscribe-html", Level.ERROR,
        "The page has a link to leave by: the law of most countries asks for it.",
        "add one in the footer: {{ holes.UNSUBSCRIBE_URL.value }}", _html_way_out,
    ),
    Rule(
        "unsubscribe-text", Level.ERROR, "The text part has one too.",
        "add one at its end: {{ holes.UNSUBSCRIBE_URL.value }}", _text_way_out,
    ),
    Rule(
        "ai-notice", Level.ERROR,
        "The AI notice stands in both parts, short and full, where the edition has one.",
        "put {{ edition.notice.short }} under the masthead and {{ edition.notice.full }} in the footer",
        _notice,
    ),
    Rule(
        "ai-notice-unknown", Level.NOTICE, "A mail whose edition isn't known says what part AI had in it.",
        "add a sentence on how it was made", _perhaps_notice,
    ),
)  # fmt: skip
