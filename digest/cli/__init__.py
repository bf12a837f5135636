"""The command line: `digest`. Thin: one module per noun, each calling the pipeline or the store.

Data goes to standard output, everything else to standard error. An expected error is one clear line and
exit code 1; wrong usage is exit code 2.
"""

from __future__ import annotations

import errno
import gc
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.common import Session, printable, say
from digest.errors import ConfigurationError, DigestError, InputError

# Which module has which command. Only the one that is called is loaded: the libraries behind all of them
# take a second to import, and `digest run --once` is called every few minutes.
MODULES = {
    "init": "setup",
    "demo": "setup",
    "check": "setup",
    "draft": "editions",
    "preview": "preview",
    "test": "editions",
    "hold": "editions",
    "cancel": "editions",
    "release": "editions",
    "approve": "editions",
    "explain": "explaining",
    "edit": "edit",
    "opening": "opening",
    "correct": "correct",
    "send": "sending",
    "status": "status",
    "run": "running",
    "worker": "running",
    "serve": "running",
    "gather": "gathering",
    "feeds": "feeds",
    "themes": "themes",
    "eval": "evaluate",
    "subscribers": "subscribers",
    "db": "database",
    "retention": "retention",
    "dkim": "dkim",
    "bounces": "bounces",
}


def build(modules: Iterable[str]) -> typer.Typer:
    """The command line with the commands of these modules of ``digest.cli``."""
    app = typer.Typer(
        name="digest",
        help="A newsletter digest e-mailer: feeds in, one e-mail out, everyone exactly once.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    app.callback()(root)
    for module in dict.fromkeys(modules):
        import_module(f"digest.cli.{module}").register(app)
    return app


def wanted_modules(arguments: Sequence[str]) -> list[str]:
    """The module of the command that these arguments call, none for the version, else all of them."""
    before: list[str] = []
    named, value_follows = "", False
    for argument in arguments:
        if not (value_follows or argument.startswith("-")):
            named = argument
            break
        before.append("" if value_follows else argument)
        value_follows = not value_follows and argument == "--config"
    if "--version" in before:
        return []
    return [MODULES[named]] if named in MODULES and "--help" not in before else list(MODULES.values())


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version  # noqa: PLC0415 - reads e-mail headers: slow, rarely asked for

        typer.echo(f"digest {version('digest')}")
        raise typer.Exit


def root(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The settings file.", show_default="digest.toml, or DIGEST_CONFIG"),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")] = False,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A newsletter digest e-mailer: feeds in, one e-mail out, everyone exactly once."""
    ctx.obj = Session(config=config, verbose=verbose)
    logging.basicConfig(
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s" if verbose else "%(levelname)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )
    for chatty in ("trafilatura", "htmldate"):  # they grumble about pages, which is our trade
        logging.getLogger(chatty).setLevel(logging.ERROR)
    logging.getLogger("digest").setLevel(logging.DEBUG if verbose else logging.INFO)


def _loaded(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments. What is loaded stays: nobody need look through it for garbage."""
    gc.disable()
    try:
        return build(wanted_modules(arguments))
    finally:
        gc.freeze()
        gc.enable()


def _demand_text(arguments: Sequence[str]) -> None:
    """Let arguments pass that can be stored: for a byte that is no UTF-8 Python puts half a surrogate pair.

    Raises:
        InputError: one of them has any.
    """
    for argument in arguments:
        if any("\ud800" <= letter <= "\udfff" for letter in argument):
            raise InputError(f"{argument!r} holds bytes that are no text here: write it in UTF-8")


def _run(arguments: Sequence[str]) -> None:
    try:
        _loaded(arguments)()
    except UnicodeEncodeError:  # not before: a file may have any name
        _demand_text(arguments)
        raise
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer makes a failure of it
            raise end.__context__ from None
        raise
    finally:
        sys.stdout.flush()  # here, where it can be told that it fails; not when Python has ended


def main() -> None:
    """Run the command line; expected errors become one line and exit code 1."""
    try:
        _run(sys.argv[1:])
    except ConfigurationError as error:
        for line in str(error).splitlines():
            say(f"digest: {printable(line)}")
        sys.exit(1)
    except DigestError as error:
        say(f"digest: {printable(str(error))}")
        sys.exit(1)
    except KeyboardInterrupt:  # while it was loaded: any later one is the command's, or click's
        say("Aborted!")
        sys.exit(1)
    except BrokenPipeError:
        _let_go_of_output()
        sys.exit(0)  # the reader of our output went away (`| head`): not our error
    except OSError as error:
        if error.errno == errno.ENOSPC and not error.filename:  # our output, into a file on a full disk
            _let_go_of_output()
            say(f"digest: the output can't be written: {error.strerror}")
            sys.exit(1)
        if not error.filename:  # of no file: not something the user can mend
            raise
        say(printable(f"digest: {error.filename} can't be used: {error.strerror}"))
        sys.exit(1)


def _let_go_of_output() -> None:
    """What is still to be written would fail as well, and Python complain of it as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
