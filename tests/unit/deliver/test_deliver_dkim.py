"""DKIM, judged by another implementation (dkimpy), over messages that we and others make."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver import dkim_keys
from digest.deliver.dkim import Algorithm, Identity, Signer, relaxed_body, relaxed_field
from digest.errors import ConfigurationError, InputError

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
KEYS: dict[str, dkim_keys.DkimKey] = {
    "rsa": dkim_keys.new_key("rsa"),
    "ed25519": dkim_keys.new_key("ed25519"),
}
BOTH = Signer(tuple(Identity("example.org", f"key-{name}", key) for name, key in KEYS.items()))
MESSAGE = (
    b"To: Ada <ada@example.org>\r\n"
    b"Message-ID: <1@example.org>\r\n"
    b"List-Unsubscribe: <https://digest.example.org/u/a>, <mailto:leave@example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"From: The Digest <digest@example.org>\r\n"
    b"Subject: Three stories\r\n about the\t sea\r\n"
    b"Date: Mon, 02 Mar 2026 06:30:00 +0000\r\n"
    b"\r\n"
    b"Good morning.\r\n\r\nThe end.\r\n"
)


def lookup(name: bytes, timeout: int = 5) -> bytes:
    selector = name.decode().partition("._domainkey.")[0].removeprefix("key-")
    return KEYS[selector].record().encode()


def verdicts(content: bytes) -> list[bool]:
    """dkimpy's verdict on each signature, in order."""
    count = content.lower().count(b"dkim-signature:")
    return [verifies(content, index) for index in range(count)]


def verifies(content: bytes, index: int) -> bool:
    try:
        return bool(dkim.DKIM(content).verify(idx=index, dnsfunc=lookup))
    except dkim.ValidationError:  # how it tells of a changed body
        return False


def test_no_line_of_a_signature_could_be_folded_again() -> None:
    identities = [Identity("newsletters.harbour.example.org", "digest-ed25519", key) for key in KEYS.values()]
    head = Signer(tuple(identities)).sign(MESSAGE, NOW).partition(b"To: Ada")[0]
    assert head.count(b"DKIM-Signature:") == 2
    assert max(map(len, head.split(b"\r\n"))) <= 78  # RFC 5322, section 2.1.1


def test_both_signatures_verify() -> None:
    signed = BOTH.sign(MESSAGE, NOW)
    assert signed.endswith(MESSAGE)
    assert verdicts(signed) == [True, True]
    assert all(len(line) <= 78 for line in signed.split(b"\r\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Good morning.", b"Good mourning."),
        (b"Subject: Three", b"Subject: Four"),
        (b"ada@example.org", b"bo@example.org"),
        (b"/u/a>", b"/u/b>"),
        (b"One-Click", b"Two-Clicks"),
    ],
)
def test_whatever_is_changed_on_the_way_breaks_them(before: bytes, after: bytes) -> None:
    signed = BOTH.sign(MESSAGE, NOW)
    assert before in signed
    assert verdicts(signed.replace(before, after)) == [False, False]


@pytest.mark.parametrize(
    "header",
    [b"Subject: Free money", b"From: x@example.net", b"Reply-To: x@example.net", b"Cc: x@example.net"],
)
def test_a_header_added_on_the_way_breaks_them(header: bytes) -> None:
    """Also one that the message has already, or that it never had: mail programs may show the new one."""
    signed = BOTH.sign(MESSAGE, NOW)
    head, end, rest = signed.partition(b"\r\n\r\nGood morning")
    assert verdicts(head + b"\r\n" + header + end + rest) == [False, False]


def test_what_servers_do_to_spaces_and_folding_breaks_nothing() -> None:
    signed = BOTH.sign(MESSAGE, NOW)
    changed = signed.replace(
        b"Subject: Three stories\r\n about the\t sea", b"SUBJECT:  Three stories about\r\n\tthe sea "
    )
    changed = changed.replace(b"Good morning.", b"Good  morning. \t") + b"\r\n\r\n"
    assert changed != signed
    assert verdicts(changed) == [True, True]


def test_the_same_message_is_signed_to_the_same_bytes() -> None:
    """A retry sends what was sent before."""
    assert BOTH.sign(MESSAGE, NOW) == BOTH.sign(MESSAGE, NOW)


body_text = st.text(alphabet=st.sampled_from("ab \t.=é\n"), max_size=60)
header_text = st.text(
    alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]), max_size=120
)


@given(subject=header_text, body=body_text)
@settings(max_examples=60, deadline=None)
def test_messages_of_the_standard_library_verify(subject: str, body: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "digest@example.org", "ada@example.org"
    message["Subject"] = subject
    message.set_content(body)
    assert verdicts(BOTH.sign(message.as_bytes(), NOW)) == [True, True]


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"."]), max_size=20).map(b"".join))
def test_the_relaxed_body_is_dkimpys(body: bytes) -> None:
    assert relaxed_body(body) == Relaxed.canonicalize_body(body if body.endswith(b"\r\n") else body + b"\r\n")


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n ", b":"]), max_size=20).map(b"".join))
def test_a_relaxed_field_is_dkimpys(value: bytes) -> None:
    ((name, wanted),) = Relaxed.canonicalize_headers([(b"Subject", b" " + value + b"\r\n")])
    assert relaxed_field(b"Subject: " + value) + b"\r\n" == name + b":" + wanted


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_key_survives_its_file_which_only_its_owner_reads(algorithm: Algorithm, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    dkim_keys.save_key(KEYS[algorithm], path)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = dkim_keys.load_key(path, algorithm, "dkim.key")
    assert loaded.record() == KEYS[algorithm].record()
    with pytest.raises(InputError, match="there already"):
        dkim_keys.save_key(KEYS[algorithm], path)


def test_a_key_that_could_not_be_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _content: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    def full(number: int, _mode: str) -> Full:
        os.close(number)
        return Full()

    path = tmp_path / "key.pem"
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdopen", full)
        with pytest.raises(InputError, match="No space left"):
            dkim_keys.save_key(KEYS["ed25519"], path)
    assert not path.exists()
    dkim_keys.save_key(KEYS["ed25519"], path)


def pem_of_another_kind() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (lambda: b"no key", "holds no private key"),
        (pem_of_another_kind, "is not of the kind rsa"),
    ],
)
def test_a_file_that_is_no_such_key_is_refused(
    content: Callable[[], bytes], complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content())
    with pytest.raises(ConfigurationError, match=f"dkim.rsa_key: .*{complaint}"):
        dkim_keys.load_key(path, "rsa", "dkim.rsa_key")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be read: No such file.*digest dkim new"):
        dkim_keys.load_key(tmp_path / "none.pem", "rsa", "dkim.rsa_key")


def test_a_long_record_is_cut_into_strings_of_255() -> None:
    line = dkim_keys.zone_line("key._domainkey.example.org", KEYS["rsa"].record())
    pieces = line.split('"')[1::2]
    assert len(pieces) == 2
    assert "".join(pieces) == KEYS["rsa"].record()
    assert all(len(piece) <= 255 for piece in pieces)


def test_a_key_of_the_least_size_is_taken_and_a_shorter_one_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rsa.pem"
    path.write_bytes(
        rsa.generate_private_key(public_exponent=65537, key_size=1024).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    assert isinstance(dkim_keys.load_key(path, "rsa", "dkim.rsa_key"), dkim_keys.RsaKey)
    monkeypatch.setattr(dkim_keys, "_LEAST_BITS", 1025)  # libraries make none that is shorter than 1024
    with pytest.raises(ConfigurationError, match="has 1024 bits, and receivers refuse fewer than 1025"):
        dkim_keys.load_key(path, "rsa", "dkim.rsa_key")
