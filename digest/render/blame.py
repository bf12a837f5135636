"""Which line of which template a fault in the finished MJML comes from.

The compiler says that something is wrong, not where. So after a failure, and only then, the templates are
rendered again with a mark before every line, the page is read as XML up to its first fault, and the last
mark before that names the place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from jinja2 import Environment
from jinja2.ext import Extension

_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_MARK = re.compile("\ue000([^\ue000\ue001]+)\ue001")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is, as file and line, and what an XML parser says about it."""

    where: str
    fault: str


class _Marked(Extension):
    """Puts a mark with file and line before each line that doesn't begin inside a tag of Jinja's."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        inside = [match.span() for match in _TAG.finditer(source)]
        out, at = [], 0
        for number, line in enumerate(source.splitlines(keepends=True), start=1):
            if not any(start < at < end for start, end in inside):
                out.append(f"\ue000{filename or name}, line {number}\ue001")
            out.append(line)
            at += len(line)
        return "".join(out)


def blame(environment: Environment, name: str, values: Mapping[str, object]) -> Place | None:
    """The first place at which template ``name`` makes no well-formed XML; None where it does."""
    # Marks are compiled in: neither the templates nor what is kept of them may be shared.
    marked = environment.overlay(extensions=[_Marked], cache_size=0, bytecode_cache=None)
    # An overlay shares the globals: the macros that it would get from there come without marks.
    values = {**values, "macros": lambda template: marked.get_template(template).module}
    page, marks = _unmarked(marked.get_template(name).render(values))
    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)  # &nbsp; and its like are HTML's, and no fault
    try:
        parser.Parse(page, True)
    except expat.ExpatError as error:
        place = [where for offset, where in marks if offset <= parser.ErrorByteIndex]
        return Place(place[-1] if place else name, expat.ErrorString(error.code))
    return None


def _unmarked(text: str) -> tuple[bytes, list[tuple[int, str]]]:
    """The page without its marks, and each mark with the byte at which it stood."""
    pieces, marks, at = [], [], 0
    for number, piece in enumerate(_MARK.split(text)):
        if number % 2:
            marks.append((at, piece))
        else:
            pieces.append(piece.encode())
            at += len(pieces[-1])
    return b"".join(pieces), marks
