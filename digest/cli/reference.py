"""The generated reference pages: every command and every setting, from the code itself.

`make docs` writes them; a test fails when one is out of date, so nothing can stay undocumented.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import typer.main

from digest.cli import MODULES, build
from digest.maillint import rules_page
from digest.settings import reference as settings_page

HEAD = """\
# Commands

Data goes to standard output, everything else to standard error; `--json` prints data as JSON. An expected
error is one line and exit code 1, wrong usage is exit code 2. `digest --config FILE COMMAND` names other
settings than `digest.toml` of the working directory.

This page is written by `make docs`.
"""


def commands_page() -> str:
    """Every command with its arguments and options, as Markdown."""
    root = typer.main.get_command(build(MODULES.values()))
    lines = [HEAD]
    for path, command in _walk("digest", root):
        lines.extend(_section(path, command))
    return "\n".join(lines).rstrip() + "\n"


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _walk(f"{path} {name}", child)


def _section(path: str, command: Any) -> Iterator[str]:
    context = typer.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    yield f"## {path}\n"
    yield f"    {usage}\n"
    yield f"{' '.join((command.help or '').split())}\n"
    rows = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    rows = [row for row in rows if row[0] != "--help"]
    if rows:
        yield "| option | meaning |"
        yield "|---|---|"
        for name, meaning in rows:
            yield f"| `{_cell(name)}` | {_cell(meaning)} |"
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {"commands.md": commands_page(), "settings.md": settings_page(), "mail-rules.md": rules_page()}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
