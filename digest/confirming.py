"""Sends what the sign-up form owes: an e-mail that asks to confirm, or one that says it is not needed.

It stands in the database, so that nothing is lost with a process: the web server sends it at once, and the
heartbeat what is left over or has to be tried again.
"""

from __future__ import annotations

import logging
import re
import threading
from datetime import datetime

from digest import subscriptions
from digest.deliver.one import hand_over_one
from digest.errors import ConfigurationError, DigestError, RenderError
from digest.model.delivery import Accepted, Deferred
from digest.parts import Parts, address_pepper
from digest.store import sign_ups

log = logging.getLogger("digest")

_LOOK_S = 60.0  # how often to look for what is to be tried again


def post(parts: Parts, now: datetime) -> int:
    """Send every e-mail that is due for a sign-up; how many the next server took.

    Raises:
        ConfigurationError, TransportError: none can be sent; all are tried again after a while.
        RenderError: one can't be made and is tried again after a while; the others went out before.
    """
    with parts.database.read() as conn:
        numbers = sign_ups.due(conn, now)
    taken, unmade = 0, None
    for number in numbers:
        if parts.stop.is_set():
            break
        try:
            taken += _post_one(parts, number, now)
        except RenderError as error:
            unmade = error
    if unmade is not None:
        raise unmade
    return taken


def _post_one(parts: Parts, number: int, now: datetime) -> bool:
    with parts.database.write() as conn:
        owed = subscriptions.owed(
            conn,
            number,
            pepper=address_pepper(conn, now),
            now=now,
            series=parts.schedule.series,
            valid_for=parts.sign_ups.valid_for,
        )
        secret = parts.token_secret(conn)
    if owed is None:
        return False
    from digest.letters import letter_to  # noqa: PLC0415 - slow to load, and every heartbeat asks in vain

    outcome = hand_over_one(parts.transport(), letter_to(parts, owed, secret, now))
    if not isinstance(outcome, Deferred):
        with parts.database.write() as conn:
            sign_ups.settle(conn, number)
    if isinstance(outcome, Accepted):
        return True
    what = "is put off" if isinstance(outcome, Deferred) else "did not go out"
    log.warning("an e-mail for a sign-up %s: %s", what, _nameless(outcome.text, owed.reader.email))
    return False


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
            self._bell.clear()
            wait = _LOOK_S if self._is_left() else None

    def _is_left(self) -> bool:
        """Send what is due; whether something is left to be tried again."""
        try:
            post(self._parts, self._parts.clock())
            with self._parts.database.read() as conn:
                return sign_ups.next_due(conn) is not None
        except (DigestError, ConfigurationError) as error:
            log.warning("e-mails for sign-ups can't be sent for now: %s", error)
        except Exception:
            log.exception("e-mails for sign-ups can't be sent for now")
        return True
