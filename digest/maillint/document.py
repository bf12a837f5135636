"""The frame of the page: what a browser, a screen reader and Outlook need to read it rightly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from digest.maillint.finding import Fault, Level, Rule, quoted
from digest.maillint.mail import Mail, as_it_travels, place

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
_MEANT_FOR_OTHERS = re.compile(
    r"<!--\[if\s+!mso[^\]<>]*\]><!-->.*?(?:<!--<!\[endif\]-->|\Z)", re.IGNORECASE | re.DOTALL
)
_MEANT_FOR_OUTLOOK = re.compile(
    r"<!--\[if(?=[^\]<>]*mso)[^\]<>]*\]>(.*?)(?:<!\[endif\]-->|\Z)", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CONDITION = re.compile(r"<!--\[if\b", re.IGNORECASE)
_END_OF_CONDITION = re.compile(r"<!\[endif\]-->", re.IGNORECASE)
_BLOCK = re.compile(
    r"""<(/?)(table|tbody|tr|td|th|div|center)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"__[A-Z][A-Z0-9]*_[A-Z0-9_]*|\{\{[^{}<>]{0,60}\}\}|\{%[^{}<>]{0,60}%\}|%7B%7B|\*\|[\w:.-]{1,40}\|\*"
    r"|%%\{?[\w.]{1,40}\}?%%|@@\w{1,40}@@|\[%[\w.| ]{1,40}%\]"
)
_OURS = re.compile(r"__DIGEST_")


def _doctype(mail: Mail) -> Iterator[Fault]:
    if mail.tree is not None and not re.match(r"\s*<!doctype html", mail.html, re.IGNORECASE):
        yield Fault("the page has no doctype, so browsers show it as pages of the 1990s", "HTML part")


def _language(mail: Mail) -> Iterator[Fault]:
    if mail.tree is None:
        return
    tag = mail.tree.get("lang", "")
    if not _LANGUAGE.fullmatch(tag) or tag.lower() == "und":
        yield Fault(f"the page's language is {quoted(tag) if tag else 'not said'}", "<html>")


def _direction(mail: Mail) -> Iterator[Fault]:
    if mail.tree is not None and mail.tree.get("dir", "").lower() not in {"ltr", "rtl", "auto"}:
        yield Fault("the page doesn't say which way it runs", "<html>")


def _title(mail: Mail) -> Iterator[Fault]:
    if mail.tree is None:
        return
    titles = ["".join(map(str, one.itertext())).strip() for one in mail.elements("title")]
    if not any(titles):
        yield Fault("the page has no title", "<head>")


def _viewport(mail: Mail) -> Iterator[Fault]:
    names = {one.get("name", "").lower(): one.get("content", "") for one in mail.elements("meta")}
    if mail.tree is not None and "width" not in names.get("viewport", ""):
        yield Fault("phones are not told to use their own width", "<head>")
    elif re.search(
        r"user-scalable\s*=\s*no|maximum-scale\s*=\s*1(?:\.0*)?\s*(?:,|$)", names.get("viewport", "")
    ):
        yield Fault("phones are told not to let readers zoom", "<head>")


def _charset(mail: Mail) -> Iterator[Fault]:
    for part in (mail.text_part, mail.html_part):
        if part is not None and not part.get_content_charset() and not as_it_travels(part).isascii():
            yield Fault("a part doesn't name its character set", part.get_content_type())
    if mail.tree is None:
        return
    said = " ".join(
        f"{one.get('charset', '')} {one.get('content', '')}" for one in mail.elements("meta")
    ).lower()
    if "utf-8" not in said and not mail.html.isascii():
        yield Fault(
            "the page doesn't name its character set; saved or forwarded, it may be garbled", "<head>"
        )


def _ids(mail: Mail) -> Iterator[Fault]:
    counts = Counter(one.get("id") for one in mail.elements() if one.get("id"))
    for name, count in counts.items():
        if count > 1:
            yield Fault(f"{count} elements have the id {quoted(str(name))}", f'id="{name}"')


def _tables(mail: Mail) -> Iterator[Fault]:
    for table in mail.elements("table"):
        data = any(True for _ in table.iter("th", "caption"))
        if not data and table.get("role", "").lower() not in {"presentation", "none"}:
            yield Fault("a table for layout is read out cell by cell", place(table))


def _conditions(mail: Mail) -> Iterator[Fault]:
    opened, closed = len(_CONDITION.findall(mail.html)), len(_END_OF_CONDITION.findall(mail.html))
    if opened != closed:
        yield Fault(f"{opened} conditional comments are opened, {closed} closed", "HTML part")
        return
    for_outlook = _MEANT_FOR_OUTLOOK.sub(r"\1", _MEANT_FOR_OTHERS.sub("", mail.html))
    for_outlook = _COMMENT.sub("", for_outlook)
    stack: list[str] = []
    for found in _BLOCK.finditer(for_outlook):
        tag = found[2].lower()
        if found[3].endswith("/"):
            continue
        if not found[1]:
            stack.append(tag)
        elif stack and stack[-1] == tag:
            stack.pop()
        else:
            still = f"<{stack[-1]}> is open" if stack else "none is open"
            yield Fault(f"as Outlook reads it, </{tag}> is closed while {still}", "HTML part")
            return
    if stack:
        yield Fault(f"as Outlook reads it, <{stack[-1]}> is never closed", "HTML part")


def _placeholders(mail: Mail) -> Iterator[Fault]:
    attributes = [
        (f"{name}={quoted(str(value))} of {place(one)}", str(value))
        for one in mail.elements()
        for name, value in one.attrib.items()
        if name in {"href", "src", "alt", "aria-label", "title"}
    ]
    places = [
        *((name, mail.header(name)) for name in ("Subject", "From", "To", "List-Unsubscribe")),
        *attributes,
        ("the page's text", mail.visible),
        ("text part", mail.joined_text),
    ]
    for where, text in places:
        for found in dict.fromkeys(_PLACEHOLDER.findall(text)):
            if _OURS.match(found) or not mail.told(found):
                yield Fault(f"a placeholder was not filled: {found}", where)


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "doctype", Level.WARNING, "The page begins with <!DOCTYPE html>.",
        "put <!DOCTYPE html> first; in upper case, or the inliner drops it", _doctype,
    ),
    Rule(
        "language", Level.ERROR, "The page says its language, for the voice that reads it (WCAG 3.1.1).",
        'write <mjml lang="en">, or <html lang="en">', _language,
    ),
    Rule(
        "direction", Level.WARNING, "The page says which way it runs.",
        'write <mjml dir="ltr"> (or rtl), or <html dir="ltr">', _direction,
    ),
    Rule("title", Level.WARNING, "The page has a title.", "write an <mj-title>, or a <title>", _title),
    Rule(
        "viewport", Level.WARNING, "Phones use their own width, and readers may zoom (WCAG 1.4.4).",
        'write <meta name="viewport" content="width=device-width, initial-scale=1">', _viewport,
    ),
    Rule(
        "charset", Level.WARNING, "Parts and page name their character set, where they go beyond ASCII.",
        "add charset=utf-8 to the Content-Type, and a meta tag to the head", _charset,
    ),
    Rule(
        "id-twice", Level.WARNING, "No id stands twice in the page.", "make each id unique, or drop it",
        _ids,
    ),
    Rule(
        "table-role", Level.WARNING, "Tables for layout have role=presentation.",
        'add role="presentation", or <th> where it really is a table of data', _tables,
    ),
    Rule(
        "outlook-balance", Level.ERROR,
        "Outlook's conditional comments, and the tables within, are balanced.",
        "close in each [if mso] block what it opens, in the order of the page", _conditions,
    ),
    Rule(
        "placeholder", Level.ERROR, "No placeholder is left unfilled, in any header, link or text.",
        "correct its name in the template, or take it out", _placeholders,
    ),
)  # fmt: skip
