"""The pages that mails lead to: leave, choose themes, read in the browser; the archive; the way to subscribe.

Nothing here needs a login, a cookie or a script. GET and HEAD never change anything, because scanners
follow every link of a mail; POST acts.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.errors import NotFoundError, StateError, StoreError
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE
from digest.web import hooks
from digest.web.forms import one_of, read_form
from digest.web.pages import PUBLIC, Pages, jpeg
from digest.web.services import Reader, WebServices
from digest.web.subscribe import SubscribePages

log = logging.getLogger("digest.web")

Endpoint = Callable[[Request], Awaitable[Response]]

_IMAGE = re.compile(r"([0-9a-f]{64})\.jpg")


def create_app(services: WebServices, *, template_folders: Sequence[Path]) -> Starlette:
    """The application. ``template_folders`` hold ``web/*.html.j2``; the first folder that has one wins."""
    pages = Pages(services, template_folders)
    site = _Site(services, pages)
    subscribe = SubscribePages(
        services.sign_ups,
        pages,
        themes=[theme.slug for theme in services.themes],
        series=[one.name for one in services.choices],
    )
    routes = [
        Route("/", site.guarded(site.home)),
        Route("/subscribe", site.guarded(subscribe.subscribe), methods=["GET", "POST"]),
        Route("/confirm/{token}", site.guarded(subscribe.confirm), methods=["GET", "POST"]),
        Route("/u/{token}", site.guarded(site.leave), methods=["GET", "POST"]),
        Route("/p/{token}", site.guarded(site.preferences), methods=["GET", "POST"]),
        Route("/editions", site.guarded(site.archive)),
        Route("/editions/{ref}", site.guarded(site.edition)),
        Route("/feed.atom", site.guarded(site.feed)),
        Route("/images/{file}", site.guarded(site.image)),
        Route("/test", site.guarded(site.test), methods=["GET", "POST"]),
        Route("/hooks/{provider}/{token}", site.guarded(hooks.endpoint(services.report)), methods=["POST"]),
        Route("/healthz", site.guarded(site.health)),
    ]
    prefix = urlsplit(services.publication.base_url).path.rstrip("/")
    return Starlette(
        routes=routes,
        middleware=[Middleware(_Paths, prefix=prefix)],
        exception_handlers={HTTPException: site.http_error},
    )


class _Paths:
    """Takes the path of ``base_url`` and a trailing slash off, and tells pages the way to the root.

    Without it Starlette would redirect a trailing slash away, and a redirect breaks the one-click POST
    (RFC 8058, section 3.1).
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if self.prefix and (path == self.prefix or path.startswith(f"{self.prefix}/")):
                path = path[len(self.prefix) :]
            # Relative, so that it holds behind a proxy whether or not that takes the prefix off.
            root = "../" * (path.count("/") - 1) or "./"
            scope = {**scope, "path": path.rstrip("/") or "/", "digest.root": root}
        await self.app(scope, receive, send)


class _Site:
    """One method per page."""

    def __init__(self, services: WebServices, pages: Pages) -> None:
        self.services = services
        self.pages = pages

    async def home(self, request: Request) -> Response:
        """Which newsletter this is, and its latest editions."""
        editions = await run_in_threadpool(self.services.archive)
        return self.pages.page(request, "home", {"editions": editions[:3]}, cache=PUBLIC)

    async def archive(self, request: Request) -> Response:
        """The editions that went out."""
        editions = await run_in_threadpool(self.services.archive)
        return self.pages.page(request, "archive", {"editions": editions}, cache=PUBLIC)

    async def edition(self, request: Request) -> Response:
        """One edition; ``?themes=a+b`` as seen by a reader of these. Themes we don't have are passed over."""
        asked = re.split(r"[+ ,]", ",".join(request.query_params.getlist("themes")))
        chosen = {theme.slug for theme in self.services.themes}.intersection(asked)
        text = await run_in_threadpool(
            self.services.edition_html, request.path_params["ref"], frozenset(chosen)
        )
        if text is not None:
            return self.pages.edition(text)
        ref = request.path_params["ref"]
        # No error where it is to come: whoever tries the link of a test message comes here.
        awaited = await run_in_threadpool(self.services.awaited, ref)
        missed = not awaited and await run_in_threadpool(self.services.missed, ref)
        return self.pages.page(request, "no_edition", {"missed": missed}, status=200 if awaited else 404)

    async def feed(self, _request: Request) -> Response:
        """The newest editions for programs that read feeds."""
        return self.pages.feed(await run_in_threadpool(self.services.feed))

    async def image(self, request: Request) -> Response:
        """A picture of an edition; its address holds its hash, so it never changes."""
        found = _IMAGE.fullmatch(request.path_params["file"])
        content = await run_in_threadpool(self.services.image, found[1]) if found else None
        if found is None or content is None:
            return self.pages.page(request, "error", {"status": 404}, status=404)
        return jpeg(content, found[1], request.headers.get("if-none-match", ""))

    async def leave(self, request: Request) -> Response:
        """Leaving. Any POST but the offered way back leaves: a mail provider's one-click is one of them."""
        reader = await self._reader(request, UNSUBSCRIBE)
        if reader is None:
            return self._bad_link(request)
        if request.method != "POST":
            return self.pages.page(request, "leave", {"reader": reader, "done": ""})
        fields = await read_form(request)
        if fields.get("action") == ["resubscribe"]:
            return await self._come_back(request, reader)
        await run_in_threadpool(self.services.unsubscribe, reader.id)
        fresh = await self._reader(request, UNSUBSCRIBE)
        return self.pages.page(request, "leave", {"reader": fresh, "done": "left"})

    async def _come_back(self, request: Request, reader: Reader) -> Response:
        try:
            await run_in_threadpool(self.services.resubscribe, reader.id)
        except (StateError, NotFoundError):
            return self.pages.page(request, "leave", {"reader": reader, "done": "refused"}, status=409)
        fresh = await self._reader(request, UNSUBSCRIBE)
        return self.pages.page(request, "leave", {"reader": fresh, "done": "back"})

    async def preferences(self, request: Request) -> Response:
        """The choice of themes and series. Choosing no theme changes nothing and is explained."""
        reader = await self._reader(request, PREFERENCES)
        if reader is None:
            return self._bad_link(request)
        if request.method != "POST":
            return self._choice(request, reader)
        fields = await read_form(request)
        chosen = [theme.slug for theme in self.services.themes if theme.slug in fields.get("theme", [])]
        series = one_of(fields, "series", [one.name for one in self.services.choices_of(reader)])
        if not chosen:
            return self._choice(request, reader, done="none", status=422, series=series)
        try:
            if not reader.subscribed:
                await run_in_threadpool(self.services.resubscribe, reader.id)
            await run_in_threadpool(self.services.choose, reader.id, chosen, series)
        except (StateError, NotFoundError):
            return self._choice(request, reader, done="refused", status=409)
        fresh = await self._reader(request, PREFERENCES) or reader
        return self._choice(request, fresh, done="saved" if reader.subscribed else "back")

    def _choice(
        self, request: Request, reader: Reader, *, done: str = "", status: int = 200, series: str = ""
    ) -> Response:
        """``series``: which stands chosen in the form, if not the reader's own."""
        known = {theme.slug for theme in self.services.themes}
        ticked = known.intersection(reader.themes) if reader.themes else known
        values = {
            "reader": reader,
            "done": done,
            "ticked": ticked,
            "series": self.services.choices_of(reader),
            "chosen_series": series or reader.series,
        }
        return self.pages.page(request, "preferences", values, status=status)

    async def test(self, request: Request) -> Response:
        """Where personal links of a test message lead: says that nothing happened, and does nothing."""
        return self.pages.page(request, "test")

    async def health(self, _request: Request) -> Response:
        """For monitoring: 200 while the pages and the database work, else 503."""
        await run_in_threadpool(self.services.archive)
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    async def _reader(self, request: Request, purpose: str) -> Reader | None:
        return await run_in_threadpool(self.services.reader, purpose, request.path_params["token"])

    def _bad_link(self, request: Request) -> Response:
        return self.pages.page(request, "bad_link", status=404)

    async def http_error(self, request: Request, error: Exception) -> Response:
        """A wrong address or method, an oversized body: a page in words, with the status."""
        assert isinstance(error, HTTPException)
        return self.pages.page(
            request, "error", {"status": error.status_code}, status=error.status_code, headers=error.headers
        )

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, its failures told in a page and in the log; the log never holds a token."""

        async def safe(request: Request) -> Response:
            try:
                return await endpoint(request)
            except HTTPException:
                raise
            except StoreError as error:
                log.error("%s %s: %s", request.method, endpoint.__name__, error)  # noqa: TRY400 - one line says it
                return self.pages.trouble(request, 503, {"Retry-After": "120"})
            except Exception:
                log.exception("%s %s failed", request.method, endpoint.__name__)
                return self.pages.trouble(request, 500)

        return safe
