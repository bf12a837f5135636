"""The pages by which people subscribe: the form, and the page that the link in its e-mail leads to.

Nobody can find out here who reads: an answer depends on what was typed and on how often the asking client
asked, and takes the same steps for every address; who gets which e-mail is decided after it. A form of
another site may post here (CSRF): there is no cookie and no login to abuse. It leads to our form, filled in,
or it could have its visitors ask unseen, each with a client's share. Programs are kept off by a field that
people don't see, by a signed time stamp in the form, and by counting; no third party has a part in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.errors import InputError
from digest.model.audience import SignUp
from digest.model.tokens import form_stamp, read_form_stamp
from digest.subscriptions import Standing, mailbox_of, masked, sign_up_of
from digest.web.forms import Fields, one_of, read_form
from digest.web.limits import HOUR_S, client_of
from digest.web.pages import FRESH, Pages
from digest.web.services import SignUps

TRAP = "website"  # no person sees it, and a program that fills in everything can't leave it out
EACH_PER_HOUR = 20  # requests of one client: an office behind one address may have several who want it
PER_MAILBOX = 10  # requests a day for what is likely one mailbox, however its address is written
QUICKEST = timedelta(seconds=2)  # nobody reads the form and types an address in less
OLDEST = timedelta(hours=24)
_LONGEST_ADDRESS = 320  # characters; no address that mail can reach is longer


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form."""

    email: str = ""
    name: str = ""
    themes: tuple[str, ...] = ()
    series: str = ""


class SubscribePages:
    """One method per page."""

    def __init__(
        self, sign_ups: SignUps, pages: Pages, *, themes: Sequence[str], series: Sequence[str]
    ) -> None:
        self._sign_ups = sign_ups
        self._pages = pages
        self._themes = themes
        self._series = series

    async def subscribe(self, request: Request) -> Response:
        """The form; and what is said to whoever filled it in, the same for every address."""
        if not self._sign_ups.is_open:
            raise HTTPException(404)
        if request.method != "POST":
            return self._form(request, _Typed())
        return await self._take(request, await read_form(request))

    async def _take(self, request: Request, fields: Fields) -> Response:
        typed = self._typed(fields)
        try:
            sign_up = self._sign_up(typed)
        except InputError:
            return self._form(request, typed, problem="email", status=422)
        if any(fields.get(TRAP, [])):
            return self._sent(request, typed, sign_up)  # a program: it need not learn that it was found out
        if "stamp" not in fields or request.headers.get("sec-fetch-site") == "cross-site":
            return self._form(request, typed, problem="elsewhere", status=422)
        if not self._is_fresh(fields):
            return self._form(request, typed, problem="again", status=422)
        if not self._sign_ups.throttle.lets_through(self._client(request)):
            headers = {"Retry-After": str(HOUR_S)}
            return self._form(request, typed, problem="busy", status=429, headers=headers)
        if self._sign_ups.mailboxes.lets_through(mailbox_of(sign_up.email_key)):
            await run_in_threadpool(self._sign_ups.ask, sign_up)
        return self._sent(request, typed, sign_up)

    async def confirm(self, request: Request) -> Response:
        """Where the link in the e-mail leads: a button, because scanners follow links; POST confirms."""
        use = self._sign_ups.confirm if request.method == "POST" else self._sign_ups.confirmation
        found = await run_in_threadpool(use, request.path_params["token"])
        done = found.standing is Standing.DONE
        values = {
            "standing": found.standing,
            "shown_address": masked(found.email),
            "shown_name": found.name,
            "chosen": found.themes,
            "chosen_series": found.series,
            "preferences_token": self._sign_ups.preferences_of(found.reader_id) if done else "",
        }
        status = {Standing.GONE: 404, Standing.REFUSED: 409}.get(found.standing, 200)
        return self._pages.page(request, "confirm", values, status=status)

    def _typed(self, fields: Fields) -> _Typed:
        asked = fields.get("theme", [])
        chosen = tuple(slug for slug in self._themes if slug in asked)
        series = one_of(fields, "series", self._series)
        return _Typed(_first(fields, "email"), _first(fields, "name"), chosen, series)

    def _sign_up(self, typed: _Typed) -> SignUp:
        if len(typed.email) > _LONGEST_ADDRESS:
            raise InputError("no address is so long")
        return sign_up_of(
            typed.email,
            name=typed.name,
            themes=typed.themes,
            known_themes=self._themes,
            now=self._sign_ups.clock(),
            series=typed.series,
        )

    def _is_fresh(self, fields: Fields) -> bool:
        """Whether the form was handed out by us, and neither a moment nor long ago."""
        stamp = read_form_stamp(self._sign_ups.secret, self._sign_ups.slug, _first(fields, "stamp"))
        return stamp is not None and QUICKEST <= self._sign_ups.clock() - stamp <= OLDEST

    def _client(self, request: Request) -> str:
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        return client_of(request.client.host if request.client else "", forwarded, self._sign_ups.proxies)

    def _form(
        self,
        request: Request,
        typed: _Typed,
        *,
        problem: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        stamp = form_stamp(self._sign_ups.secret, self._sign_ups.slug, self._sign_ups.clock())
        # No theme means every theme, and no series the main one, also to whoever posts here from a form of
        # their own: so it is shown.
        typed = replace(
            typed,
            themes=typed.themes or tuple(self._themes),
            series=typed.series or next(iter(self._series), ""),
        )
        values = {"typed": typed, "problem": problem, "stamp": stamp, "trap": TRAP, "sent_to": ""}
        return self._pages.page(request, "subscribe", values, status=status, cache=FRESH, headers=headers)

    def _sent(self, request: Request, typed: _Typed, sign_up: SignUp) -> Response:
        foreign = "xn--" in sign_up.email  # a domain in other letters: people know it as they typed it
        bare = re.search(r"[^\s<>]+@[^\s<>]+", typed.email) if foreign else None
        shown = bare[0] if bare else sign_up.email
        return self._pages.page(request, "subscribe", {"sent_to": shown})


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]
