"""`digest edit`: the draft as one file in the editor's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from digest import amendments, desk, edits
from digest.cli.common import (
    EditionOption,
    JsonOption,
    NowOption,
    counted,
    emit_json,
    opened,
    printable,
    read_text,
    say,
)
from digest.cli.editions import APPROVAL_GONE
from digest.cli.showing import edition_json, show
from digest.editing import Change, Problem, complain, write
from digest.edits import Session
from digest.errors import DigestError, InputError
from digest.model.edition import EditionState
from digest.parts import Parts
from digest.store.editions import EditionRow

_AT_ONCE_S = 1.0  # nobody reads and closes a draft in less: such an editor runs on without us
_FALLBACKS = ("sensible-editor", "editor", "vi")


def edit(
    ctx: typer.Context,
    edition: EditionOption = "",
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who decides; shown to other editors.")
    ] = "",
    file: Annotated[
        str, typer.Option("--file", metavar="FILE", help="Apply this edited file (- for standard input).")
    ] = "",
    print_it: Annotated[bool, typer.Option("--print", help="Only print the file to be edited.")] = False,
    confirm_facts: Annotated[
        bool, typer.Option("--confirm-facts", help="Answer for new words whose facts no article has.")
    ] = False,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Edit the draft as one file, which later drafts remember.

    Reorder, drop, pin, move, merge, split, rewrite.
    """
    if print_it and file:
        raise typer.BadParameter("--print writes the file to be edited, --file reads it: give one of them")
    with opened(ctx, now) as parts:
        row = desk.named(parts, parts.clock(), edition)
        session = edits.begin(parts, row)
        if print_it:
            typer.echo(write(session.sheet), nl=False)
            return
        one = _Edit(parts, session, " ".join(printable(by).split()), confirm_facts)
        drafted = one.from_file(read_text(Path(file))) if file else one.from_editor()
        if as_json:
            emit_json({**edition_json(parts, drafted), "changes": one.words})
        elif one.words:
            show(parts, drafted)


class _Edit:
    """One edit: a text is read, judged and applied, and what came of it is said."""

    def __init__(self, parts: Parts, session: Session, by: str, confirm_facts: bool) -> None:
        self.parts = parts
        self.session = session
        self.by = by
        self.confirm_facts = confirm_facts
        self.words: list[str] = []

    def from_file(self, text: str) -> EditionRow:
        change, problems = self._judge(text, self.parts.clock())
        for problem in problems[:-1]:
            say(f"digest: {printable(str(problem))}")
        if problems:
            raise InputError(str(problems[-1]))
        return self._apply(change)

    def from_editor(self) -> EditionRow:
        """Open the editor until the file can be read, or is left as it was; the file is never lost."""
        command = _editor()
        path = Path(tempfile.mkdtemp(prefix="digest-edit-")) / f"{self.session.sheet.ref}.txt"
        written = write(self.session.sheet)
        _store(path, written)
        began = time.monotonic()
        try:
            drafted = self._until_it_reads(command, path, written)
        except DigestError as error:
            if read_text(path) == written:
                shutil.rmtree(path.parent)
                raise
            raise InputError(f"{error}; your file is kept: {path}") from None
        except BaseException:  # interrupted: nothing that was written may be lost
            say(f"Your file is kept: {path}")
            raise
        if time.monotonic() - began < _AT_ONCE_S and read_text(path) == written:
            again = f"digest edit --edition {self.session.sheet.ref} --file {shlex.quote(str(path))}"
            say(
                f"The editor {command[0]!r} came back at once. If it is still open, save there and type"
                f" `{again}`; next time let it wait, as in EDITOR='code --wait'."
            )
            return drafted
        shutil.rmtree(path.parent)
        return drafted

    def _until_it_reads(self, command: list[str], path: Path, written: str) -> EditionRow:
        shown = written
        while True:
            _run(command, path)
            text = read_text(path)
            change, problems = self._judge(text, self.parts.clock())
            if not problems:
                return self._apply(change)
            if text == shown and shown != written:
                raise InputError(f"nothing was changed: {problems[0]}")
            shown = complain(text, problems)
            _store(path, shown)

    def _judge(self, text: str, now: datetime) -> tuple[Change | None, tuple[Problem, ...]]:
        return edits.judge(self.session, text, by=self.by, now=now, confirm_facts=self.confirm_facts)

    def _apply(self, change: Change | None) -> EditionRow:
        if change is None or not change.words:
            say("Nothing was changed.")
            return self.session.row
        applied = amendments.apply(self.parts, self.session, change, self.parts.clock())
        onto, drafted = applied
        self.words = [*change.words, *amendments.consequences(self.parts, applied)]
        if onto.revision != self.session.row.revision:
            say("The draft was composed anew while you were editing; what you decided holds in the new one.")
        say(f"{counted(len(change.words), 'change')}, remembered for later drafts:")
        for line in self.words:
            say(f"  {printable(line)}")
        if onto.state is EditionState.APPROVED:
            say(APPROVAL_GONE)
        elif drafted.state is EditionState.HELD:
            say("It is still held.")
        say()
        return drafted


def _editor() -> list[str]:
    """The command of the user's editor."""
    for variable in ("VISUAL", "EDITOR"):
        if words := os.environ.get(variable, "").strip():
            try:
                return shlex.split(words)
            except ValueError as error:
                raise InputError(
                    f"${variable} can't be read ({error}): set it to an editor's command"
                ) from None
    found = next((name for name in _FALLBACKS if shutil.which(name)), None)
    if found is None or not sys.stdin.isatty():
        why = "there is no terminal" if found else "there is no editor"
        raise InputError(
            f"{why}: set EDITOR, or change what `digest edit --print` prints and give that to `--file`"
        )
    return [found]


def _run(command: list[str], path: Path) -> None:
    """Open the editor and wait for it. Ctrl-C is the editor's while it has the terminal, as git does it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)  # ignored outright, it would be by the editor, too
    try:
        ended = subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603 - the user's own editor
    except OSError as error:
        raise InputError(
            f"the editor {command[0]!r} can't be started: {error.strerror}; set EDITOR"
        ) from None
    finally:
        signal.signal(signal.SIGINT, before)
    if ended:
        raise InputError(f"the editor {command[0]!r} ended with an error ({ended}): nothing was changed")


def _store(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(edit)
