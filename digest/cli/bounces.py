"""`digest bounces ingest | poll | hooks`: what comes back after a message has left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from digest import feedback
from digest.bounces.providers import PROVIDERS
from digest.bounces.reading import MAX_BYTES
from digest.cli.common import JsonOption, emit_json, opened, printable, say
from digest.errors import ConfigurationError, InputError, StoreError
from digest.model.tokens import hook_token
from digest.parts import Parts

app = typer.Typer(help="What comes back: bounces, complaints, readers who leave.", no_args_is_help=True)

TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h: a mail server that pipes to us tries again later


@app.command()
def ingest(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...", help="Messages as files; without one, one message on standard input."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Apply bounces and complaints from files, or from a pipe. A mail server may pipe each one in.

    Ends with exit code 75 while the database or the settings can't be used: the mail server then tries again.
    """
    try:
        with opened(ctx, may_begin=False) as parts:
            tally = feedback.ingest(parts, _contents(files or []), parts.clock())
    except (StoreError, ConfigurationError) as error:
        for line in str(error).splitlines():
            say(printable(f"digest: {line}"))
        raise typer.Exit(TEMPORARY) from None
    _tell(tally, as_json=as_json)


def _contents(files: list[Path]) -> Iterator[bytes]:
    if not files:
        yield sys.stdin.buffer.read(MAX_BYTES)
    for path in files:
        try:
            with path.open("rb") as file:
                yield file.read(MAX_BYTES)
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror}") from None


@app.command()
def poll(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Read the mailboxes of [bounces]. `digest run` does so every quarter of an hour."""
    with opened(ctx) as parts:
        if not parts.mailboxes:
            raise InputError("no mailbox to read: set maildir or imap_host under [bounces]")
        tally = feedback.poll(parts, parts.clock())
    _tell(tally, as_json=as_json)


@app.command()
def hooks(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """The addresses that a mail provider may report to. Whoever knows one can report: keep them secret."""
    with opened(ctx) as parts:
        addresses = {name: hook_address(parts, name) for name in sorted(PROVIDERS)}
    if as_json:
        emit_json(addresses)
    else:
        for name, address in addresses.items():
            typer.echo(f"{name}  {address}")


def hook_address(parts: Parts, provider: str) -> str:
    """Where one provider reports to."""
    with parts.database.write() as conn:
        secret = parts.token_secret(conn)
    return parts.links.hook(provider, hook_token(secret, parts.publication.slug, provider))


def _tell(tally: feedback.Tally, *, as_json: bool) -> None:
    if as_json:
        emit_json(tally.as_json())
    else:
        say(f"Reports: {tally}.")


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="bounces")
