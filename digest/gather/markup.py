"""Strangers' HTML made fit for the parser, whose time grows with the square of the attributes of one tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.gather.xmltext import MAX_TAG

_GAP = "\t\n\f\r "  # what HTML takes for white space between attributes
_OPENING = re.compile(r"<!--|<[!?]|</(?=.)|<(?=[a-zA-Z])", re.DOTALL)
_LETTER = re.compile("[a-zA-Z]")
_NAME = re.compile(rf"[^{_GAP}/>]*+")
# As HTML reads them (WHATWG, 13.2.5.32 and on): a quote opens a value only right after the sign "=".
_ATTRIBUTES = re.compile(
    rf"(?:[{_GAP}/]++|[^{_GAP}/>][^{_GAP}/>=]*+"
    rf"(?:[{_GAP}]*+=[{_GAP}]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^{_GAP}>\"'][^{_GAP}>]*+)?+)?+)*+"
)
_COMMENT_END = re.compile(r"(?<=<!--)-?>|--!?>")
_ANGLES = re.compile("[<>]")
_ESCAPED = {"<": "&lt;", ">": "&gt;"}
_UNREAD = frozenset({"style", "xmp", "iframe", "noembed", "noframes"})  # nobody asks for what is in them
_LITERAL = frozenset({"title", "textarea"})
_RAW_END = {
    name: re.compile(rf"</{name}(?=[{_GAP}/>])", re.IGNORECASE) for name in (*_UNREAD, *_LITERAL, "script")
}
NO_COMMENT = "<!---->"


def bounded(text: str) -> str:
    """``text`` without the attributes of tags longer than MAX_TAG characters, in linear time.

    Every tag that comes out ends at its first ``>``, comments are empty, and scripts hold none: so the
    parser can't take for one long tag what is read here as several.
    """
    return text if len(text) <= MAX_TAG else "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    at = 0
    while found := _OPENING.search(text, at):
        yield text[at : found.start()]
        mark, at = found.group(), found.end()
        if mark == "<!--":
            at = _after(_COMMENT_END.search(text, at), text)
            yield NO_COMMENT
        elif mark in {"<!", "<?"} or (mark == "</" and not _LETTER.match(text, at)):
            end = text.find(">", at)
            at = end + 1 if end >= 0 else len(text)
            yield NO_COMMENT
        else:
            name, attributes, at = _tag(text, at)
            if mark == "</":
                yield f"</{name}>"
                continue
            yield f"<{name}{attributes}>"
            closes_itself = attributes.endswith("/")  # as the parser takes it: <style/> in a drawing
            if (end_tag := _RAW_END.get(name.lower())) is not None and not closes_itself:
                closing = end_tag.search(text, at)
                stop = closing.start() if closing else len(text)
                yield _inside(name.lower(), text[at:stop])
                at = stop
    yield text[at:]


def _after(found: re.Match[str] | None, text: str) -> int:
    return found.end() if found else len(text)


def _tag(text: str, at: int) -> tuple[str, str, int]:
    """The tag whose name begins ``at``: the name, its attributes, and where what follows it begins."""
    name_end = _after(_NAME.match(text, at), text)
    end = _after(_ATTRIBUTES.match(text, name_end), text)
    attributes = text[name_end:end] if end - at <= MAX_TAG else ""
    name = text[at : min(name_end, at + MAX_TAG)]
    return _without_angles(name), _without_angles(attributes), end + 1


def _without_angles(text: str) -> str:
    return _ANGLES.sub(lambda found: _ESCAPED[found.group()], text)


def _inside(name: str, text: str) -> str:
    """The content of an element in which tags are no tags."""
    if name in _UNREAD:
        return ""
    return text.replace("<!--", "<! --") if name == "script" else _without_angles(text)
