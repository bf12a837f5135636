"""Signatures of Amazon SNS, as its developer guide describes them."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from digest.bounces.providers import Get
from digest.bounces.providers._json import text_at
from digest.errors import InputError, NotGenuineError

_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303 - what SNS signs with unless the topic is set to version 2
    "2": hashes.SHA256(),
}


def is_of_amazon(url: str) -> bool:
    """Whether an address is one of SNS's own, and encrypted."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and port in {None, 443}
    return parts.scheme == "https" and plain and _HOST.fullmatch(parts.hostname or "") is not None


def check_signature(envelope: dict[str, Any], get: Get) -> None:
    """Let a message of SNS pass if Amazon signed it.

    Raises:
        NotGenuineError: it did not.
        InputError: what stands where the certificate should is none.
        FetchError: the certificate can't be fetched.
    """
    where = text_at(envelope, "SigningCertURL")
    if not (is_of_amazon(where) and urlsplit(where).path.endswith(".pem")):
        raise NotGenuineError("the certificate that should prove the signature is not Amazon's")
    algorithm = _HASHES.get(text_at(envelope, "SignatureVersion"))
    if algorithm is None:
        raise NotGenuineError("the signature is of a version that is not known")
    try:
        signature = b64decode(text_at(envelope, "Signature"), validate=True)
        _key(where, get).verify(signature, _signed(envelope), padding.PKCS1v15(), algorithm)
    except (InvalidSignature, binascii.Error, ValueError):
        raise NotGenuineError("the signature does not fit the message") from None


def _signed(envelope: dict[str, Any]) -> bytes:
    names = _NOTIFICATION if text_at(envelope, "Type") == "Notification" else _SUBSCRIPTION
    present = [name for name in names if name in envelope]
    return "".join(f"{name}\n{text_at(envelope, name)}\n" for name in present).encode()


@lru_cache(maxsize=8)
def _key(where: str, get: Get) -> rsa.RSAPublicKey:
    """The key of the certificate at an address of Amazon's; it changes its address when it changes."""
    try:
        key = x509.load_pem_x509_certificate(get(where)).public_key()
    except ValueError:
        raise InputError("the certificate at Amazon's address can't be read") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise InputError("the certificate at Amazon's address holds another kind of key than SNS uses")
    return key
