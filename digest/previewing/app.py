"""The live page and what it shows, over HTTP: GET only, for this machine alone.

/                 the page: switches, figures, and a frame with the mail
/events           server-sent events: the number of the newest rendering, or of the newest failure
/state            that number, what is wrong, the edition, its themes and figures, as JSON
/frame/{form}     the mail (html), its text, its headers or the web copy, to stand in the frame
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from digest.errors import DigestError
from digest.previewing.frames import SANDBOX, Looks, framed
from digest.previewing.live import Live
from digest.previewing.pages import asset, page
from digest.previewing.preview import Preview

# Any name can be made to lead to 127.0.0.1: a page under such a name would read the draft.
HOSTS = ("127.0.0.1", "localhost")

_TELL_EVERY_S = 0.1
_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The mail brings its own sources, see ``framed``; here stands what a page can't say of itself.
_FRAMED = f"sandbox {SANDBOX}; script-src 'none'; form-action 'none'; frame-ancestors 'self'"
_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FORMS: Mapping[str, Callable[[Preview, Looks], str]] = {
    "html": lambda preview, looks: framed(preview.html, looks),
    "text": lambda preview, looks: page("plain.html.j2", text=preview.read_text, scheme=looks.scheme),
    "web": lambda preview, looks: framed(preview.web, looks),
    "headers": lambda preview, looks: page("plain.html.j2", text=preview.headers, scheme=looks.scheme),
}


def live_app(live: Live) -> Starlette:
    """The application over ``live``; it answers under this machine's own names only."""
    site = _Site(live)
    return Starlette(
        routes=[
            Route("/", site.page),
            Route("/base.css", site.asset),
            Route("/live.css", site.asset),
            Route("/live.js", site.asset),
            Route("/events", site.events),
            Route("/state", site.state),
            Route("/frame/{form}", site.frame),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)],
    )


class _Site:
    """One method per address."""

    def __init__(self, live: Live) -> None:
        self.live = live

    async def page(self, _request: Request) -> Response:
        """The page; everything that may change is asked for by its script."""
        return HTMLResponse(page("live.html.j2", sandbox=SANDBOX), headers=_headers(_OURS))

    async def asset(self, request: Request) -> Response:
        """Its style sheets and its script."""
        kind = "text/css" if request.url.path.endswith(".css") else "text/javascript"
        return Response(asset(request.url.path[1:]), media_type=kind, headers=_headers(_OURS))

    async def events(self, _request: Request) -> Response:
        """The number of the newest rendering, as soon as there is one and whenever it changes."""

        async def told() -> AsyncIterator[str]:
            seen = 0  # the first rendering, and so the first failure, is number 1
            while not self.live.closed:
                if self.live.version != seen:
                    seen = self.live.version
                    yield f"data: {seen}\n\n"
                await asyncio.sleep(_TELL_EVERY_S)

        return StreamingResponse(told(), media_type="text/event-stream", headers=_headers(_OURS))

    async def state(self, request: Request) -> Response:
        """What the page says around the frame."""
        live = self.live
        version, problem, good = live.version, live.problem, live.good
        facts: tuple[tuple[str, str], ...] = ()
        with suppress(DigestError):  # the frame says it
            facts = (await run_in_threadpool(live.preview, self._chosen(request))).facts
        return JSONResponse(
            {
                "version": version,
                "problem": problem,
                "publication": good.edition.title if good else "",
                "edition": good.ref if good else "",
                "state": good.state if good else "",
                "themes": [{"slug": theme.slug, "name": theme.name} for theme in good.themes] if good else [],
                "facts": facts,
            },
            headers=_headers(_OURS),
        )

    async def frame(self, request: Request) -> Response:
        """One form of the edition; what keeps it from being shown is said in its place."""
        form = _FORMS.get(request.path_params["form"])
        if form is None:
            raise HTTPException(404)
        asked = request.query_params
        looks = Looks(dark=asked.get("dark") == "1", images=asked.get("images") != "0")
        try:
            shown = form(await run_in_threadpool(self.live.preview, self._chosen(request)), looks)
        except DigestError as error:
            shown = page("plain.html.j2", text=str(error), scheme=looks.scheme)
        return HTMLResponse(shown, headers=_headers(_FRAMED))

    def _chosen(self, request: Request) -> frozenset[str]:
        """The themes asked for; those that the settings no longer know are passed over."""
        known = {theme.slug for theme in self.live.good.themes} if self.live.good else set()
        return frozenset(known.intersection(request.query_params.getlist("theme")))


def _headers(policy: str) -> dict[str, str]:
    return {**_ALWAYS, "Content-Security-Policy": policy}
