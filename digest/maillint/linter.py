"""Every rule, and the two things that can be linted: a message, and MJML source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digest.errors import InputError
from digest.maillint import (
    document,
    headers,
    headings,
    images,
    inbox,
    legible,
    links,
    mjml,
    parts,
    size,
    unsafe,
    wording,
)
from digest.maillint.expected import Expected
from digest.maillint.finding import Finding, Rule
from digest.maillint.mail import Mail, parse

MAIL_RULES: dict[str, tuple[Rule[Mail], ...]] = {
    "Size and lines": size.RULES,
    "Headers": headers.RULES,
    "Subject and preheader": inbox.RULES,
    "The page": document.RULES,
    "Headings": headings.RULES,
    "Images": images.RULES,
    "Links": links.RULES,
    "Legibility and dark mode": legible.RULES,
    "What mail programs refuse": unsafe.RULES,
    "Text part, notice and the way out": parts.RULES,
    "Wording": wording.RULES,
}
_TOO_DEEP = "is nested deeper than any mail program reads"


def lint(raw: bytes, expected: Expected | None = None) -> tuple[Finding, ...]:
    """What is wrong with a message, in the order of the rules; nothing where it is as it should be.

    Raises:
        InputError: the bytes are no e-mail, or one nested without end.
    """
    try:
        mail = parse(raw, expected)
        return tuple(
            finding for rules in MAIL_RULES.values() for rule in rules for finding in rule.findings(mail)
        )
    except RecursionError:
        raise InputError(_TOO_DEEP) from None


def rule_count() -> int:
    """How many rules there are, those for MJML included."""
    return sum(map(len, MAIL_RULES.values())) + len(mjml.RULES)


def lint_mjml(source: str) -> tuple[Finding, ...]:
    """What a strict MJML 4 validator would hold against ``source``.

    Raises:
        InputError: its elements are nested without end.
    """
    parsed = mjml.parse(source)
    try:
        return tuple(finding for rule in mjml.RULES for finding in rule.findings(parsed))
    except RecursionError:
        raise InputError(_TOO_DEEP) from None


def rules_page() -> str:
    """Every rule as Markdown, for the reference."""
    lines = [_HEAD]
    matters: dict[str, Sequence[Rule[Any]]] = {**MAIL_RULES, "MJML source": mjml.RULES}
    for matter, rules in matters.items():
        lines += [
            f"## {matter}",
            "",
            "| rule | level | what is asked | how to mend it |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{one.id}` | {one.level} | {_cell(one.demand)} | {_cell(one.mend)} |" for one in rules]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


_HEAD = """\
# Rules for mails

What `digest check --mail` asks of a message. An *error*: some reader or receiver gets something broken,
unsafe
or unlawful; the command ends with exit code 1. A *warning*: it costs readers or reputation. A *notice*: worth
knowing, and often right as it is. [How to use it](../how-to/check-a-mail.md).

This page is written by `make docs`.
"""
