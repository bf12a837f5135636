"""`digest init | demo | check`: from nothing to a newsletter that can be trusted with tomorrow."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.common import (
    EditionOption,
    JsonOption,
    counted,
    emit_json,
    opened,
    printable,
    say,
    settings_of,
)
from digest.errors import InputError, StateError
from digest.settings import load, template

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder.")]

TEMPLATES_README = """\
Templates of your own
=====================

A file here replaces the program's template of the same name; everything else stays the program's. Copy only
what you change: a copy no longer follows the program's own improvements. `digest init --templates` writes
all of them here to choose from, and `digest check` says when one of yours fails, with its line.
"""

GIT_IGNORES = """\
# Readers' addresses, keys, and what can be made anew.
/subscribers.db*
/outbox/
/preview/
*.pem
"""


def init(
    folder: FolderArgument = Path(),
    templates: Annotated[
        bool, typer.Option("--templates", help="Also copy every template, to change it.")
    ] = False,
) -> None:
    """Write a commented digest.toml and make the database. Nothing that exists is overwritten.

    Where there is a digest.toml already, --templates adds the templates alone.
    """
    from digest.wiring import open_parts  # noqa: PLC0415 - keeps `digest --help` quick

    config = folder / "digest.toml"
    if config.exists():
        if not templates:
            raise StateError(f"{config} is there already; edit it, or choose another folder")
        _add_templates(folder)
        return
    texts = {
        config: template(),
        folder / ".gitignore": GIT_IGNORES,
        folder / "templates" / "README.txt": TEMPLATES_README,
        **(_templates_for(folder) if templates else {}),
    }
    # The database may be named in the environment alone, as it is on servers; the file is new and fits.
    env = {name: value for name, value in os.environ.items() if name.startswith("DIGEST_DATABASE__")}
    with _written(folder, texts) as written:
        settings = load(config.resolve(), env, folder.resolve())
        with open_parts(settings) as parts:
            say(f"Database: {parts.database.url}")
    for path in written:
        say(f"Written: {path}")
    there = "" if folder.resolve() == Path.cwd() else f"`cd {shlex.quote(str(folder))}`, "
    say(
        f"Next: {there}edit digest.toml (name, sender, feeds), then `digest check`, `digest gather`,"
        " `digest draft`."
    )


def _templates_for(folder: Path) -> dict[Path, str]:
    """The program's own templates, by where copies of them stand in a newsletter's folder."""
    from digest.render import default_template_folders  # noqa: PLC0415 - keeps `digest --help` quick

    source = next(shipped for shipped in default_template_folders(folder)[1:] if shipped.is_dir())
    return {
        folder / "templates" / file.relative_to(source): file.read_text("utf-8")
        for file in source.rglob("*.j2")
    }


def _add_templates(folder: Path) -> None:
    """Copy the templates that are not there yet into a newsletter's folder."""
    with _written(folder, _templates_for(folder)) as written:
        pass
    for path in written:
        say(f"Written: {path}")
    say(
        f"{counted(len(written), 'template')} written, what was there is left as it is: keep those that you"
        " change, and delete the rest."
    )


@contextmanager
def _written(folder: Path, texts: Mapping[Path, str]) -> Iterator[list[Path]]:
    """Those of the files that are new; all gone again if they, or what follows in the block, fail."""
    made: list[Path] = []
    try:
        for path, text in sorted(texts.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
        yield made
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise InputError(f"{folder} can't be used: {error.strerror}") from None
        raise


def demo(
    folder: FolderArgument = Path("digest-demo"),
    serve: Annotated[
        bool, typer.Option("--serve", help="Go on serving the sample outlets and readers' pages afterwards.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The whole job, offline, on bundled sample feeds. It gathers, drafts and sends to a local outbox."""
    from digest.cli.demo import run_demo  # noqa: PLC0415 - keeps `digest --help` quick

    report = run_demo(folder, say=say, serve=serve)
    if as_json:
        emit_json(asdict(report))


def check(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="With --mail: messages (.eml) or MJML source (.mjml)."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the feeds, the name servers and the mail server.")
    ] = False,
    mail: Annotated[
        bool, typer.Option("--mail", help="Lint the edition's mails, or the files, instead of the setup.")
    ] = False,
    edition: EditionOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say what could keep tomorrow's edition from its readers. One line each, and how to mend it."""
    if mail:
        from digest.cli.mail import check_mail  # noqa: PLC0415 - keeps `digest --help` quick

        if online:
            raise typer.BadParameter("asks about the setup, and --mail looks at mails", param_hint="--online")
        check_mail(ctx, files or [], edition, as_json=as_json)
        return
    if files or edition:
        raise typer.BadParameter("a FILE or an --edition goes with --mail")
    from digest.checkup import Level  # noqa: PLC0415 - keeps `digest --help` quick
    from digest.checkup import check as look  # noqa: PLC0415 - the same

    findings = []
    with opened(ctx) as parts:
        for finding in look(settings_of(ctx), parts, online=online):
            findings.append(finding)
            if not as_json:
                mend = f" -> {finding.mend}" if finding.mend else ""
                typer.echo(printable(f"{finding.level:8}{finding.what}{mend}"))
    if as_json:
        emit_json([asdict(finding) for finding in findings])
    errors = sum(finding.level is Level.ERROR for finding in findings)
    if errors:
        raise StateError(f"{counted(errors, 'thing')} would keep an edition from going out; see above")


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    for command in (init, demo, check):
        app.command()(command)
