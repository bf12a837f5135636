"""What a browser or a mail provider posts, read with a bound on size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from email import message_from_bytes
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY = 16 * 1024  # bytes; our largest form is far below
MAX_FIELDS = 200
BODY_TIMEOUT_S = 10

Fields = dict[str, list[str]]


async def read_form(request: Request) -> Fields:
    """The posted fields. RFC 8058 allows both encodings of a form; anything else has no fields.

    Raises:
        HTTPException: 413 for a body over MAX_BODY, 408 for one that comes too slowly, 400 for garbage.
    """
    body = await read_body(request, MAX_BODY)
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == "multipart/form-data":
        return _multipart(kind, body)
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return _grouped(pairs)


def one_of(fields: Fields, name: str, known: Collection[str]) -> str:
    """What was chosen in a field, if it is one of ``known``; else ""."""
    return next((value for value in fields.get(name, []) if value in known), "")


async def read_body(request: Request, most: int) -> bytes:
    """The body, of ``most`` bytes.

    Raises:
        HTTPException: 413 for a longer one, 408 for one that comes too slowly.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(body)


def _multipart(kind: str, body: bytes) -> Fields:
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    pairs = []
    try:
        for part in message_from_bytes(head + body).walk():
            name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(value, bytes):
                pairs.append((name, value.decode("utf-8", "replace")))
    except Exception:  # noqa: BLE001 - the parser raises whatever hostile bytes make of it
        return {}  # whoever posts that to leave has left all the same
    return _grouped(pairs[:MAX_FIELDS])


def _grouped(pairs: list[tuple[str, str]]) -> Fields:
    fields: Fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value.strip())
    return fields
