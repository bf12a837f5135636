"""`digest dkim new | record`: the keys that messages are signed with, and what to publish of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.common import JsonOption, counted, emit_json, opened, say, settings_of
from digest.errors import InputError
from digest.settings.kinds import selector as selector_kind

app = typer.Typer(help="The keys that messages are signed with.", no_args_is_help=True)


class Algorithm(StrEnum):
    """The two kinds of key that DKIM knows."""

    RSA = "rsa"
    ED25519 = "ed25519"


@app.command()
def new(
    ctx: typer.Context,
    algorithm: Annotated[
        Algorithm,
        typer.Option(
            help="rsa: every receiver checks it; ed25519: quicker, and fewer do. Best is one of each."
        ),
    ] = Algorithm.RSA,
    selector: Annotated[
        str, typer.Option(help="The key's name in DNS.", show_default="digest-rsa or digest-ed25519")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="The file for the private key.", show_default="dkim-rsa.pem or dkim-ed25519.pem"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key, and print the DNS record of its public half. The private half goes into a file of yours."""
    from digest.deliver import dkim_keys  # noqa: PLC0415 - keeps `digest --help` quick
    from digest.deliver.dkim import record_name  # noqa: PLC0415 - the same

    settings = settings_of(ctx)
    chosen = _selector(selector or f"digest-{algorithm}")
    path = settings.folder / (out or Path(f"dkim-{algorithm}.pem"))
    key = dkim_keys.new_key(algorithm.value)
    dkim_keys.save_key(key, path)
    name = record_name(chosen, settings.signing_domain)
    if as_json:
        emit_json({"file": str(path), "name": name, "type": "TXT", "value": key.record()})
    else:
        typer.echo(dkim_keys.zone_line(name, key.record()))
    say(f"Written: {path}, which only you can read. Keep it out of backups that others see.")
    say(f"Publish the TXT record of {name}, then put into digest.toml:")
    say(f'[dkim]\n{algorithm}_selector = "{chosen}"\n{algorithm}_key = "{out or path.name}"')
    say("`digest check --online` says whether receivers find the record.")


def _selector(text: str) -> str:
    try:
        return selector_kind().read(text)
    except ValueError as error:
        raise InputError(f"--selector {text!r} {error}") from None


@app.command()
def record(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Print the DNS records of the keys, as lines of a zone file."""
    from digest.deliver.dkim import record_name  # noqa: PLC0415 - keeps `digest --help` quick
    from digest.deliver.dkim_keys import zone_line  # noqa: PLC0415 - the same

    with opened(ctx) as parts:
        signer = parts.signer()
    if not signer.identities:
        raise InputError("the settings name no key; `digest dkim new` makes one")
    records = [(record_name(one.selector, one.domain), one.key.record()) for one in signer.identities]
    if as_json:
        emit_json([{"name": name, "type": "TXT", "value": value} for name, value in records])
        return
    for name, value in records:
        typer.echo(zone_line(name, value))
    say(f"{counted(len(records), 'record')} to publish.")


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="dkim")
