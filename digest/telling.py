"""What the editor must hear of: noted once, a failure once a day, and told by e-mail."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import ParamSpec, TypeVar

from digest.deliver.envelope import Envelope
from digest.deliver.one import hand_over_one
from digest.errors import ConfigurationError, DigestError
from digest.model.delivery import Accepted, Deferred, Rejected, Untried
from digest.model.plural import counted
from digest.parts import OUTBOX, Parts
from digest.store import alerts, meta

log = logging.getLogger("digest")

_T = TypeVar("_T")
_P = ParamSpec("_P")
AGAIN_AFTER = timedelta(days=1)  # a failure that goes on
REFUSED_AT = "alerts_refused_at"
REFUSED_FOR = timedelta(hours=1)
OVER_AFTER = timedelta(hours=1)  # one that comes and goes is not told at each of its comings


def note(parts: Parts, key: str, text: str, now: datetime) -> bool:
    """Note what the editor must hear of; False if ``key`` was noted before."""
    with parts.database.write() as conn:
        return alerts.add_alert(conn, key, text, now)


def note_failure(parts: Parts, step: str, text: str, now: datetime) -> bool:
    """Note that a step failed, unless that was noted within a day and no success came since."""
    kind = re.sub(r"[^a-z ]", "", text.lower())[:80]  # without the numbers that differ from try to try
    key = f"error:{step}:{kind}"
    with parts.database.write() as conn:
        alerts.take_up(conn, key)
        alerts.set_aside(conn, alerts.standing(conn, key, now - AGAIN_AFTER))
        return alerts.add_alert(conn, key, text, now)


def note_success(parts: Parts, step: str, now: datetime) -> None:
    """A step succeeded: should it fail once more, that is news, unless it failed within the hour."""
    failures, an_hour_ago = f"error:{step}:", now - OVER_AFTER
    with parts.database.read() as conn:
        known = alerts.standing(conn, failures)
        over = alerts.standing(conn, failures, an_hour_ago) + alerts.laid_by(conn, failures, an_hour_ago)
    if known or over:
        with parts.database.write() as conn:
            alerts.set_aside(conn, over)
            alerts.lay_by(conn, known)


def tried(parts: Parts, step: str, now: datetime, act: Callable[[], _T | None]) -> tuple[_T | None, str]:
    """What ``act`` gives; or None, and why it failed, which is noted for the editor.

    Where it gives None by itself it did not try: that is no success either.
    """
    try:
        result = act()
    except (DigestError, ConfigurationError) as error:
        text = str(error)
    except Exception as error:
        log.exception("%s failed", step)
        text = f"{step.partition(':')[0].lower()} failed: {type(error).__name__}: {error}"
    else:
        if result is not None:
            _noted(note_success, parts, step, now)
        return result, ""
    _noted(note_failure, parts, step, text, now)
    return None, text


def _noted(how: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> None:
    """Note how a step went; where even that fails, the other steps go on."""
    try:
        how(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - mostly what made the step fail
        log.error("how a step went could not be noted: %s", error)  # noqa: TRY400 - the same


def tell_editor(parts: Parts, now: datetime) -> None:
    """E-mail the alerts nobody was told of, in one message; they wait for the next call if that fails.

    Where the mail server refuses them for good, they wait for an hour: it may refuse everything just now.
    """
    if not parts.editor_email or parts.transport_name == OUTBOX:
        return  # a folder tells nobody: they stay untold until mail can go out
    with parts.database.write() as conn:
        refused = meta.get_meta(conn, REFUSED_AT)
        if refused and timedelta(0) <= now - datetime.fromisoformat(refused) < REFUSED_FOR:
            return
        waiting = alerts.claim_untold(conn, now)
    if not waiting:
        return
    keys = [key for key, _at, _text in waiting]
    try:
        outcome = hand_over_one(parts.transport(), _letter(parts, waiting, now))
    except (DigestError, ConfigurationError) as error:
        outcome = Deferred(text=str(error))
    except BaseException:
        with parts.database.write() as conn:
            alerts.mark_untold(conn, keys)
        raise
    if isinstance(outcome, Deferred | Rejected | Untried):
        with parts.database.write() as conn:
            alerts.mark_untold(conn, keys)
            if isinstance(outcome, Rejected):
                meta.set_meta(conn, REFUSED_AT, now.isoformat())
    if not isinstance(outcome, Accepted):
        log.warning("the editor could not be told of %s: %s", counted(len(keys), "alert"), outcome.text)


def _letter(parts: Parts, waiting: list[tuple[str, datetime, str]], now: datetime) -> Envelope:
    publication = parts.publication
    message = EmailMessage(policy=SMTP)
    local, _, domain = publication.from_email.rpartition("@")
    message["From"] = Address(publication.name, local, domain)  # in one piece a letter like ë is refused
    message["To"] = parts.editor_email
    message["Subject"] = f"{publication.name}: {len(waiting)} alert" + ("s" if len(waiting) > 1 else "")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=publication.domain)
    message["Auto-Submitted"] = "auto-generated"
    told = (f"{at.astimezone(publication.zone):%Y-%m-%d %H:%M %Z}  {text}" for _key, at, text in waiting)
    message.set_content("\n\n".join(told) + "\n")
    content = parts.signer().sign(message.as_bytes(), now)
    return Envelope(publication.from_email, parts.editor_email, (content,))
