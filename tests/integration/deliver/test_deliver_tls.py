"""Secured connections and logins: what is trusted, and what never happens in the clear."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from digest.checkup.sender import sender
from digest.deliver.envelope import Envelope
from digest.deliver.run import SendOptions
from digest.deliver.send import deliver
from digest.deliver.transports.base import Desk, Ending
from digest.deliver.transports.smtp import SmtpOptions, SmtpTransport
from digest.errors import TransportError
from digest.model.delivery import Counts, Recipient
from digest.settings import Settings, load
from digest.store.deliveries import counts
from digest.store.engine import Database
from digest.wiring.mail import transport_of
from tests.wired import Clock, parts_of


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A throwaway certificate for 127.0.0.1, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    command = f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = "-subj /CN=mail.example.org -addext subjectAltName=IP:127.0.0.1"
    arguments = [*command.split(), *names.split(), "-keyout", key, "-out", cert]
    subprocess.run(arguments, check=True, capture_output=True)
    return cert, key


@pytest.fixture
def server_context(certificate: tuple[str, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.parametrize("how", [(s, p) for s in ("starttls", "tls") for p in (True, False)], ids=str)
def test_an_edition_goes_out_over_a_secured_and_logged_in_connection(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    certificate: tuple[str, str],
    server_context: ssl.SSLContext,
    how: tuple[str, bool],
) -> None:
    security, pipelining = how
    make_edition(sqlite_database, ["ok", "end451", "enddrop", "ok2", "ok3"])
    implicit = security == "tls"
    server = start_server(
        pipelining=pipelining,
        implicit_tls=server_context if implicit else None,
        **(
            {"auth_require_tls": False}
            if implicit
            else {"tls_context": server_context, "require_starttls": True}
        ),
    )
    server_auth(server)
    transport = smtp_transport(
        server.port, security=security, ca_file=certificate[0], username="digest", password="right"
    )
    transport.check()
    report = deliver(
        sqlite_database,
        1,
        transport=transport,
        compose=compose,
        options=SendOptions(connections=2, reconnect_s=0.001),
        clock=lambda: datetime.now(UTC),
        stop=threading.Event(),
    )
    assert report.counts == Counts(sent=3, deferred=1, uncertain=1, planned=5)
    assert server.recipients == dict.fromkeys(["ok", "ok2", "ok3", "enddrop"], 1)
    assert set(server.logins) == {b"right"}


def test_the_settings_name_an_authority_of_ones_own_and_this_machine(
    start_server: Callable[..., Any],
    certificate: tuple[str, str],
    server_context: ssl.SSLContext,
    tmp_path: Path,
) -> None:
    server = start_server(tls_context=server_context, require_starttls=True)
    shutil.copy(certificate[0], tmp_path / "ours.pem")
    text = f"""
        [publication]
        from_email = "news@paper.example"
        base_url = "https://paper.example"
        [delivery]
        transport = "smtp"
        smtp_host = "127.0.0.1"
        smtp_port = {server.port}
        smtp_ca_file = "ours.pem"
        smtp_helo_name = "news.paper.example"
    """
    (tmp_path / "digest.toml").write_text(text)
    transport_of(load(tmp_path / "digest.toml", {}, tmp_path)).check()
    assert set(server.introduced) == {"news.paper.example"}
    (tmp_path / "digest.toml").write_text(text.replace("smtp_ca_file", "# "))
    with pytest.raises(TransportError, match="is not trusted"):
        transport_of(load(tmp_path / "digest.toml", {}, tmp_path)).check()


def server_auth(server: Any) -> None:
    """Have the server ask for a login."""
    server._smtp |= {"authenticator": server.authenticate}


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ({"security": "starttls"}, "certificate of .* is not trusted"),
        ({"security": "tls"}, r"no TLS with .*check smtp_port and smtp_security"),
        (
            {"security": "starttls", "trusted": True, "password": "wrong"},
            "refuses us: 535.*check smtp_username",
        ),
        ({"security": "starttls", "trusted": True, "host": "localhost"}, "not trusted: Hostname mismatch"),
    ],
)
def test_what_cannot_be_trusted_is_not_used(
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    certificate: tuple[str, str],
    server_context: ssl.SSLContext,
    client: dict[str, Any],
    words: str,
) -> None:
    server = start_server(tls_context=server_context)
    server_auth(server)
    options = {"username": "digest", "password": "right", **client}
    ca_file = certificate[0] if options.pop("trusted", False) else ""
    with pytest.raises(TransportError, match=words):
        smtp_transport(server.port, ca_file=ca_file, **options).check()
    assert b"right" not in server.logins


def test_an_untrusted_certificate_stops_the_run_and_leaves_everybody_pending(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    server_context: ssl.SSLContext,
) -> None:
    make_edition(sqlite_database, 5)
    server = start_server(tls_context=server_context)
    with pytest.raises(TransportError, match=r"certificate of .* is not trusted"):
        deliver(
            sqlite_database,
            1,
            transport=smtp_transport(server.port, security="starttls"),
            compose=compose,
            options=SendOptions(connections=2, reconnect_s=0.001),
            clock=lambda: datetime.now(UTC),
            stop=threading.Event(),
        )
    with sqlite_database.read() as conn:
        assert counts(conn, 1) == Counts(pending=5, planned=5)
    assert server.commands == []


def test_a_server_without_starttls_gets_nothing_in_the_clear(
    start_server: Callable[..., Any], smtp_transport: Callable[..., Any]
) -> None:
    server = start_server(auth_require_tls=False)
    server_auth(server)
    transport = smtp_transport(server.port, security="starttls", username="digest", password="right")
    with pytest.raises(TransportError, match="nothing is sent unencrypted instead"):
        transport.check()
    assert server.logins == []


def test_a_password_is_refused_to_cross_a_network_in_the_clear() -> None:
    transport = SmtpTransport(
        SmtpOptions("mail.example.org", 25, "none", username="digest", password="right")
    )
    with pytest.raises(TransportError, match="would cross the network unencrypted"):
        transport.check()


def test_a_password_may_go_in_the_clear_to_this_machine(
    start_server: Callable[..., Any], smtp_transport: Callable[..., Any]
) -> None:
    server = start_server(auth_require_tls=False)
    server_auth(server)
    smtp_transport(server.port, username="digest", password="right").check()
    assert server.logins == [b"right"]


def test_a_connection_that_is_closed_right_after_the_login_is_lost(
    start_server: Callable[..., Any], smtp_transport: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = smtp_transport(start_server().port)
    connect = transport._connect

    async def connect_and_lose() -> Any:
        client = await connect()
        client.transport.close()
        return client

    monkeypatch.setattr(transport, "_connect", connect_and_lose)
    served = asyncio.run(transport.serve(cast("Desk", None)))  # nothing is taken from the desk
    assert served.ending is Ending.LOST
    assert "closed the connection after the login" in served.text


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file or directory"), ("ours", "it holds no certificate")]
)
def test_a_certificate_file_that_is_of_no_use_is_named_as_in_the_settings(
    sqlite_database: Database,
    smtp_transport: Callable[..., Any],
    tmp_path: Path,
    content: str | None,
    why: str,
) -> None:
    """In the same words when sending and when checking."""
    file = tmp_path / "ours.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TransportError, match=rf"^\[delivery\] smtp_ca_file: .*ours\.pem .*{why}") as refused:
        smtp_transport(1, security="tls", ca_file=str(file)).check()
    settings = Settings(folder=tmp_path)
    settings = replace(settings, delivery=replace(settings.delivery, smtp_ca_file=file))
    found = sender(settings, parts_of(sqlite_database, settings, Clock(datetime.now(UTC))), None)
    assert str(refused.value) in [finding.what for finding in found]


def test_the_password_is_not_shown() -> None:
    assert "right" not in repr(SmtpOptions("mail.example.org", username="digest", password="right"))
