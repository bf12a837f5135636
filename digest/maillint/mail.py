"""A message taken apart: headers, parts and the tree of its HTML. Nothing in it is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from digest.errors import InputError
from digest.gather.decode import character_set
from digest.maillint.css import Screen
from digest.maillint.expected import Expected
from digest.maillint.finding import quoted
from digest.maillint.styles import Text, texts
from digest.render.flowed import unflow

MAX_BYTES = 30 * 1024 * 1024  # no receiver takes more
MAX_HEADER = 10_000  # characters of a header whose encoded words are read
_ENDS_OF_LINES = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class Mail:
    """One message. ``raw`` has its lines ended by CRLF, as they go over the wire."""

    raw: bytes
    message: Message
    expected: Expected
    _texts: dict[Screen, tuple[Text, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines of the whole message, without their ends."""
        return self.raw.split(b"\r\n")

    @cached_property
    def header_lines(self) -> int:
        """How many of ``lines`` are headers."""
        return self.lines.index(b"") if b"" in self.lines else len(self.lines)

    def headers(self, name: str) -> list[str]:
        """Every value of a header, as it stands, unfolded."""
        return [re.sub(r"\r?\n(?=[ \t])", "", str(value)) for value in self.message.get_all(name, [])]

    def header(self, name: str) -> str:
        """The first value of a header with its encoded-words read; "" where there is none."""
        values = self.headers(name)
        if not values:
            return ""
        try:
            return str(make_header(decode_header(values[0][:MAX_HEADER]))).strip()
        except (HeaderParseError, LookupError, UnicodeError, ValueError):
            return values[0].strip()

    @cached_property
    def parts(self) -> tuple[Message, ...]:
        """The bodies to be read, in order; attachments and pictures are none."""
        leaves = (part for part in self.message.walk() if not part.is_multipart())
        return tuple(part for part in leaves if part.get_content_disposition() != "attachment")

    def _part(self, kind: str) -> Message | None:
        return next((part for part in self.parts if part.get_content_type() == kind), None)

    @cached_property
    def html_part(self) -> Message | None:
        """The first HTML body."""
        return self._part("text/html")

    @cached_property
    def text_part(self) -> Message | None:
        """The first plain one."""
        return self._part("text/plain")

    @cached_property
    def html(self) -> str:
        """The HTML, decoded; "" where there is none."""
        return _decoded(self.html_part)

    @cached_property
    def text(self) -> str:
        """The text part, decoded and with its soft line breaks; "" where there is none."""
        return _decoded(self.text_part)

    @cached_property
    def joined_text(self) -> str:
        """The words of the text part on one line, its soft line breaks joined."""
        return " ".join(unflow(self.text.replace("\r\n", "\n")).split())

    def told(self, words: str) -> bool:
        """Whether a source wrote these very words."""
        return any(words in one for one in self.expected.told)

    @cached_property
    def visible(self) -> str:
        """The words of the page's body on one line, the preheader's too."""
        body = next(self.elements("body"), None)
        return " ".join(" ".join(_words(body)).split()) if body is not None else ""

    @cached_property
    def tree(self) -> HtmlElement | None:
        """The HTML as a browser would mend it; None where there is nothing to parse."""
        if not self.html.strip():
            return None
        # Without huge_tree the parser drops what is nested deeper than 256, with it deeper than 2,048.
        parser = HTMLParser(encoding="utf-8", huge_tree=True)
        try:
            return document_fromstring(self.html.encode("utf-8", "replace"), parser=parser)
        except (etree.LxmlError, ValueError):
            return None

    def elements(self, *tags: str) -> Iterator[HtmlElement]:
        """Every element of these names (none: of any) in document order; comments are left out."""
        if self.tree is not None:
            yield from (
                one for one in self.tree.iter(*(tags or (etree.Element,))) if isinstance(one.tag, str)
            )

    @cached_property
    def links(self) -> tuple[HtmlElement, ...]:
        """Every ``a`` that is meant to lead somewhere."""
        return tuple(
            link for link in self.elements("a") if "name" not in link.attrib or "href" in link.attrib
        )

    @cached_property
    def styles(self) -> tuple[str, ...]:
        """The style sheets in the page."""
        return tuple("".join(map(str, style.itertext())) for style in self.elements("style"))

    def texts(self, screen: Screen) -> tuple[Text, ...]:
        """Every piece of text that can be seen on ``screen``, with its colours and size."""
        if screen not in self._texts:
            seen = texts(self.tree, self.styles, screen) if self.tree is not None else ()
            self._texts[screen] = tuple(seen)
        return self._texts[screen]


def parse(raw: bytes, expected: Expected | None = None) -> Mail:
    """A message from its bytes, with line ends of any kind.

    Raises:
        InputError: it is no message, or larger than any receiver takes.
    """
    if len(raw) > MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB: no receiver takes that")
    canonical = _ENDS_OF_LINES.sub(b"\r\n", raw)
    try:
        message = message_from_bytes(canonical, policy=compat32)
    except (MessageError, LookupError, ValueError) as error:
        raise InputError(f"is no e-mail that can be read: {error}") from error
    if not message.keys():
        raise InputError("is no e-mail: it has no headers")
    return Mail(canonical, message, expected or Expected())


def _words(top: HtmlElement) -> Iterator[str]:
    """Every piece of text within ``top``, in order; of any depth, so without recursion."""
    for event, element in etree.iterwalk(top, events=("start", "end", "comment")):
        if event == "start" and element.tag not in {"style", "script"}:
            yield str(element.text or "")
        elif event != "start" and element is not top:
            yield str(element.tail or "")


def place(element: HtmlElement) -> str:
    """Where an element stands, for people: its tag, line of the HTML and first words."""
    words = " ".join("".join(map(str, element.itertext())).split())
    named = words or element.get("alt") or element.get("src") or element.get("class") or ""
    line = f" on line {element.sourceline}" if element.sourceline else ""
    return f"<{element.tag}>{line}" + (f": {quoted(named)}" if named else "")


def as_it_travels(part: Message) -> str:
    """A part's body as it stands in the message, not yet decoded."""
    if character_set(part.get_content_charset("ascii")):
        return str(part.get_payload())
    return _decoded(part)  # of no character set that can be read with, such as "undefined"


def _decoded(part: Message | None) -> str:
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return raw.decode(character_set(part.get_content_charset() or "") or "utf-8", "replace")
