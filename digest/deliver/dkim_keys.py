"""Keys for DKIM: made, read from their files, and as the DNS record that publishes them."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from digest.deliver.dkim import Algorithm
from digest.errors import ConfigurationError, InputError

RSA_BITS = 2048  # what RFC 8301 asks for; a longer key's record no longer fits every DNS form
_LEAST_BITS = 1024  # receivers must refuse less (RFC 8301, section 3.2)
_PKCS1_SHA256 = padding.PKCS1v15()
_HASHED = Prehashed(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class RsaKey:
    """An RSA key: a=rsa-sha256."""

    private: rsa.RSAPrivateKey
    algorithm: str = "rsa-sha256"

    def sign(self, digest: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 of a SHA-256 hash."""
        return self.private.sign(digest, _PKCS1_SHA256, _HASHED)

    def record(self) -> str:
        """The text of the TXT record that publishes the public half."""
        public = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """An Ed25519 key: a=ed25519-sha256, which signs the hash as if it were the text (RFC 8463)."""

    private: Ed25519PrivateKey
    algorithm: str = "ed25519-sha256"

    def sign(self, digest: bytes) -> bytes:
        """PureEdDSA of a SHA-256 hash."""
        return self.private.sign(digest)

    def record(self) -> str:
        """The text of the TXT record: the bare key of 32 bytes (RFC 8463, section 4)."""
        public = self.private.public_key().public_bytes_raw()
        return f"v=DKIM1; k=ed25519; p={b64encode(public).decode()}"


DkimKey = RsaKey | Ed25519Key


def new_key(algorithm: Algorithm) -> DkimKey:
    """A fresh key."""
    if algorithm == "ed25519":
        return Ed25519Key(Ed25519PrivateKey.generate())
    return RsaKey(rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS))


def save_key(key: DkimKey, path: Path) -> None:
    """Write the private key, as PKCS #8 in PEM, into a new file that only its owner can read.

    Raises:
        InputError: the file is there already, or can't be written.
    """
    pem = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise InputError(f"{path} is there already: name another file with --out") from None
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}") from None
    try:
        with os.fdopen(number, "wb") as file:
            file.write(pem)
    except OSError as error:
        path.unlink(missing_ok=True)  # half a key is none, and would stand in the way of the next
        raise InputError(f"{path} can't be written: {error.strerror}") from None


def load_key(path: Path, algorithm: Algorithm, setting: str) -> DkimKey:
    """The private key in a PEM file; ``setting`` names the file in errors.

    Raises:
        ConfigurationError: no such file, or no usable key of that algorithm in it.
    """
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ConfigurationError(
            f"{setting}: {path} can't be read: {error.strerror}; `digest dkim new` makes a key"
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError(
            f"{setting}: {path} holds no private key (PEM, without a password); `digest dkim new` makes one"
        ) from None
    if algorithm == "ed25519" and isinstance(private, Ed25519PrivateKey):
        return Ed25519Key(private)
    if algorithm == "rsa" and isinstance(private, rsa.RSAPrivateKey):
        if private.key_size < _LEAST_BITS:
            raise ConfigurationError(
                f"{setting}: the key in {path} has {private.key_size} bits, and receivers refuse fewer than"
                f" {_LEAST_BITS}; `digest dkim new` makes one of {RSA_BITS}"
            )
        return RsaKey(private)
    raise ConfigurationError(f"{setting}: the key in {path} is not of the kind {algorithm}")


def zone_line(name: str, text: str) -> str:
    """The record as a line of a zone file: a TXT string holds 255 characters at most."""
    pieces = " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
    return f"{name}. 3600 IN TXT ( {pieces} )"
