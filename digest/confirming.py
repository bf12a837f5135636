"""Sends what the sign-up form owes: an e-mail that asks to confirm, or one that says it is not needed.

It stands in the database, so that nothing is lost with a process: the web server sends it at once, and the
heartbeat what is left over or has to be tried again.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from datetime import datetime
from functools import partial
from math import inf

from digest import subscriptions
from digest.deliver.one import hand_over_one
from digest.errors import ConfigurationError, DigestError, RenderError
from digest.model.audience import SignUp
from digest.model.delivery import Accepted, Deferred, Outcome
from digest.model.tokens import confirmation_token
from digest.parts import Parts, address_pepper
from digest.store import sign_ups

log = logging.getLogger("digest")

_LOOK_S = 60.0  # how often to look for what is to be tried again
# From a request to its e-mail. Made at once it slows down the answer, or the next one, by milliseconds which
# tell that there is one.
_LATER_S = 1.0


def post(parts: Parts, *, within_s: float = inf) -> dict[str, Outcome]:
    """Send every e-mail that is due for a sign-up, beginning none after ``within_s``.

    What became of each, by the address it went to.

    Raises:
        ConfigurationError, TransportError: none can be sent; all are tried again after a while.
        RenderError: one can't be made and is tried again after a while; the others went out before.
    """
    with parts.database.read() as conn:
        numbers = sign_ups.due(conn, parts.clock())
    outcomes: dict[str, Outcome] = {}
    unmade = None
    end = time.monotonic() + within_s
    for number in numbers:
        if parts.stop.is_set() or time.monotonic() >= end:
            break
        try:
            outcomes |= _post_one(parts, number, parts.clock())  # those before it may have taken long
        except RenderError as error:
            unmade = error
    if unmade is not None:
        raise unmade
    return outcomes


def _post_one(parts: Parts, number: int, now: datetime) -> dict[str, Outcome]:
    with parts.database.write() as conn:
        secret = parts.token_secret(conn)
        owed = subscriptions.owed(
            conn,
            number,
            pepper=address_pepper(conn, now),
            token_of=partial(_token, secret, parts.publication.slug),
            now=now,
            series=parts.schedule.series,
            valid_for=parts.sign_ups.valid_for,
        )
    if owed is None:
        return {}
    from digest.letters import letter_to  # noqa: PLC0415 - slow to load, and every heartbeat asks in vain

    try:
        outcome = hand_over_one(parts.transport(), letter_to(parts, owed, secret, now))
    except (DigestError, ConfigurationError):
        with parts.database.write() as conn:
            sign_ups.mark_unmailed(conn, number)
        raise
    if not isinstance(outcome, Deferred):
        with parts.database.write() as conn:
            sign_ups.settle(conn, number)
    if not isinstance(outcome, Accepted):
        what = "is put off" if isinstance(outcome, Deferred) else "did not go out"
        log.warning("an e-mail for a sign-up %s: %s", what, _nameless(outcome.text, owed.reader.email))
    return {owed.reader.email: outcome}


def _token(secret: bytes, publication: str, asked: SignUp) -> str:
    return confirmation_token(secret, publication, asked.id, asked.email_key, asked.asked_at)


def _nameless(text: str, address: str) -> str:
    """What a mail server said, without the address: servers repeat it, and a log is kept by others."""
    return re.sub(re.escape(address), "...", text, flags=re.IGNORECASE)


class Postman:
    """Sends what is due in a thread of its own: nobody waits for a mail server, or learns from the wait."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._bell = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """There is something to send."""
        self._bell.set()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="confirming", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        wait: float | None = None
        while not self._parts.stop.is_set():
            self._bell.wait(wait)
            if self._parts.stop.wait(_LATER_S):
                break
            self._bell.clear()
            wait = _LOOK_S if self._is_left() else None

    def _is_left(self) -> bool:
        """Send what is due; whether something is left to be tried again."""
        try:
            post(self._parts)
            with self._parts.database.read() as conn:
                return sign_ups.next_due(conn) is not None
        except (DigestError, ConfigurationError) as error:
            log.warning("e-mails for sign-ups can't be sent for now: %s", error)
        except Exception:
            log.exception("e-mails for sign-ups can't be sent for now")
        return True
