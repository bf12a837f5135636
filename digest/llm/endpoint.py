"""One POST to a chat completions endpoint: bounded in time and size, and with nowhere else to go.

The address is the owner's own word, so it may be on a private network (a model on this machine, say). It is
the only address that is ever connected to: no redirect is followed and no proxy of the environment used, so
the key goes to nobody else. Every failure is a value with a verdict.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx2

from digest.errors import FetchError
from digest.gather.fetch import retry_after
from digest.gather.network import Deadline, GuardedTransport, Stopped
from digest.gather.urls import origin
from digest.llm.options import ModelOptions

PATH = "/chat/completions"
MAX_BYTES = 1_000_000  # unpacked; an answer has a few thousand
MAX_SAID = 200  # characters of a server's own words in our messages
MIN_REDACTED = 6  # characters; a shorter "key" is a placeholder, and would black out ordinary words
MOST_TOKENS = 10_000_000  # more than any request can have: a server that says so is wrong
_REDIRECTS = range(300, 400)
_WRONG_KEY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BAD_FORM = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said. ``whole``: it was not cut off at the limit. Tokens are 0 where untold."""

    content: str
    whole: bool = True
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reply, in a stable word and in a line for people.

    Attributes:
        word: ``http-429``, ``timeout``, ``refused``, ``no-json``...
        message: For people; never holds the key.
        again: Whether the same request may succeed later.
        hopeless: Whether no other request will succeed either: a wrong key, address or model.
        spent: Whether the server may have worked on it, and so count its tokens.
        retry_after_s: What the server asked to wait.
        param: The parameter that it does not know, where it said so.
        bad_form: The request's form was refused, not its content.
    """

    word: str
    message: str
    again: bool = False
    hopeless: bool = False
    spent: bool = False
    retry_after_s: float | None = None
    param: str = ""
    bad_form: bool = False


@cache
def _tls() -> ssl.SSLContext:
    """One context for all requests; SSL_CERT_FILE may name the authority of a private network."""
    return httpx2.create_ssl_context(trust_env=True)


def post(
    options: ModelOptions, body: Mapping[str, Any], *, seconds: float, stop: Callable[[], bool]
) -> Reply | Failure:
    """Ask once. Takes at most ``seconds``; less when ``stop`` says so. Raises nothing of the network's."""
    deadline = Deadline(seconds, stop)
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "digest"}
    if options.key:
        headers["Authorization"] = f"Bearer {options.key}"
    url = options.url + PATH
    transport = GuardedTransport(_tls(), deadline, origin(url))
    try:
        # A client for this request alone: no cookies, no connection that outlives it.
        with (
            httpx2.Client(transport=transport, trust_env=False, timeout=seconds) as client,
            client.stream("POST", url, json=body, headers=headers, follow_redirects=False) as response,
        ):
            content = _read(response, deadline)
            text = _redacted(content.decode("utf-8", "replace"), options.key)
            if response.status_code == HTTPStatus.OK:
                return _reply(text)
            return _refusal(response, text, options)
    except Stopped:
        return Failure("stopped", "the program was told to stop", hopeless=True)
    except FetchError as error:
        timeout = error.trouble == "timeout"
        said = f"no complete answer within {seconds:.0f} s" if timeout else str(error)
        return Failure(error.trouble, f"{options.host}: {said}", again=timeout, spent=timeout)
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError) as error:
        return _broken(error, options)


def _read(response: httpx2.Response, deadline: Deadline) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        deadline.left()
        size += len(part)
        if size > MAX_BYTES:
            raise FetchError("too-large", f"the answer is larger than {MAX_BYTES:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _redacted(text: str, key: str) -> str:
    """``text`` without the key, which some servers repeat in their complaints."""
    return text.replace(key, "[key]") if len(key) >= MIN_REDACTED else text


def _reply(text: str) -> Reply | Failure:
    try:
        found = json.loads(text)
        choice = found["choices"][0]
        content = choice["message"].get("content")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return Failure(
            "no-json", "the answer is not of the chat completions protocol", again=True, spent=True
        )
    usage = found.get("usage")
    return Reply(
        content=content if isinstance(content, str) else "",
        whole=choice.get("finish_reason") != "length",
        tokens_in=_count(usage, "prompt_tokens"),
        tokens_out=_count(usage, "completion_tokens"),
    )


def _count(usage: object, name: str) -> int:
    found = usage.get(name) if isinstance(usage, dict) else None
    return min(max(found, 0), MOST_TOKENS) if isinstance(found, int) else 0


def _refusal(response: httpx2.Response, text: str, options: ModelOptions) -> Failure:
    status = response.status_code
    word, where = f"http-{status}", f"{options.host} answers {status}"
    if status in _REDIRECTS:
        return Failure(word, f"{where}, a redirect, which is not followed: check model_url", hopeless=True)
    if status in _WRONG_KEY:
        return Failure(word, f"{where}: it does not take the key; check model_key", hopeless=True)
    said, param = _complaint(text)
    message = f"{where}: {said}" if said else where
    if status == HTTPStatus.NOT_FOUND:
        return Failure(word, f"{message}; check model_url and model", hopeless=True)
    if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
        return Failure(word, message, again=True, retry_after_s=wait)
    return Failure(word, message, param=param, bad_form=status in _BAD_FORM)


def _complaint(text: str) -> tuple[str, str]:
    """What an error answer says, on one line, and the parameter it names."""
    try:
        error = json.loads(text)["error"]
        said, param = (error.get("message"), error.get("param")) if isinstance(error, dict) else (error, "")
    except (ValueError, RecursionError, LookupError, TypeError):
        return "", ""
    line = "".join(c if c.isprintable() else " " for c in said) if isinstance(said, str) else ""
    return " ".join(line.split())[:MAX_SAID], param if isinstance(param, str) else ""


def _broken(error: Exception, options: ModelOptions) -> Failure:
    """The HTTP library's exception as ours. Its own words are not used: they might hold a header."""
    cause = _root(error)
    host = options.host
    if isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", "") or cause.reason or "handshake failed"
        return Failure("tls", f"no secure connection to {host} ({reason})", hopeless=True)
    if isinstance(cause, ConnectionRefusedError):
        return Failure("refused", f"{host} refuses connections")
    for kind, word, words in (
        (httpx2.ConnectError, "unreachable", "can't be reached"),
        (httpx2.TimeoutException, "timeout", "does not answer in time"),
        (httpx2.DecodingError, "bad-encoding", "sends a damaged answer"),
        (httpx2.HTTPError, "broken-off", "broke off the connection"),
    ):
        if isinstance(error, kind):
            again = kind is not httpx2.ConnectError  # then it never got the question
            return Failure(word, f"{host} {words}", again=again, spent=again)
    return Failure("bad-address", f"{host} can't be asked: check model_url", hopeless=True)


def _root(error: BaseException) -> BaseException:
    """The innermost cause, for the HTTP library wraps twice."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error
