"""`digest check --mail`: what the linter finds, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from digest.cli.common import counted, emit_json, opened, printable, say
from digest.errors import StateError
from digest.mailcheck import Linted, edition_to_check, lint_edition, lint_files
from digest.maillint import Expected, Finding, Level, expected_of, rule_count

MOST_SHOWN = 5  # places of one rule; --json has them all


def check_mail(ctx: typer.Context, files: Sequence[Path], edition: str, *, as_json: bool) -> None:
    """Lint ``files``, or the mails of an edition where there are none.

    Raises:
        StateError: there is an error among the findings.
    """
    # Somebody else's mail needs neither settings nor a database.
    looked_at = list(lint_files(files)) if files and not edition else _of_edition(ctx, files, edition)
    if as_json:
        emit_json([{"mail": one.mail, **asdict(finding)} for one in looked_at for finding in one.findings])
    else:
        _show(looked_at)
    errors = {finding for one in looked_at for finding in one.findings if finding.level is Level.ERROR}
    if errors:
        raise StateError(f"{counted(len(errors), 'error')} in what readers would get; see above")


def _of_edition(ctx: typer.Context, files: Sequence[Path], ref: str) -> list[Linted]:
    with opened(ctx) as parts:
        name, edition = edition_to_check(parts, ref)
        if files:
            expected: Expected = expected_of(edition)
            return list(lint_files(files, expected))
        say(f"Looking at the mails of {name}.")
        return list(lint_edition(parts, edition))


def _show(looked_at: Sequence[Linted]) -> None:
    """One line each; what several mails share is said once."""
    places: dict[Finding, list[str]] = {}
    for one in looked_at:
        for finding in one.findings:
            places.setdefault(finding, []).append(one.mail)
    shown: Counter[str] = Counter()
    for finding, mails in places.items():
        shown[finding.rule] += 1
        if shown[finding.rule] <= MOST_SHOWN:
            typer.echo(printable(_line(finding, mails, len(looked_at))))
    for rule, count in shown.items():
        if count > MOST_SHOWN:
            typer.echo(f"        {rule}: and {count - MOST_SHOWN} more; --json lists them all")
    levels = Counter(finding.level for finding in places)
    found = ", ".join(counted(levels[level], str(level)) for level in reversed(Level))
    say(f"{counted(len(looked_at), 'mail')}, {rule_count()} rules: {found}.")


def _line(finding: Finding, mails: Sequence[str], of: int) -> str:
    distinct = list(dict.fromkeys(mails))
    among = "" if len(distinct) == of else f" [{', '.join(distinct)}]"
    return f"{finding.level:8}{finding.rule}{among}: {finding.what}, in {finding.where} -> {finding.mend}"
