"""Templates to responses: the headers that every page carries, and how errors look."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest.render.templates import Templates
from digest.web.services import WebServices

PERSONAL = "private, no-store"
PUBLIC = "public, max-age=300"  # seconds; an edition that went out never changes, the list does daily
FRESH = "no-store"  # may be indexed, but holds what is good for a while only
FOREVER = "public, max-age=31536000, immutable"  # a year, the longest that is understood

_ALWAYS = {
    "Referrer-Policy": "no-referrer",  # the address of a personal page is a key: no other site gets it
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that don't know frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FENCE = "base-uri 'none'; frame-ancestors 'none'"
_TROUBLE = "Something went wrong here"


class Pages:
    """The pages in words and looks; ``template_folders`` are searched in order, first hit wins."""

    def __init__(self, services: WebServices, template_folders: Sequence[Path]) -> None:
        self._services = services
        self._templates = Templates(template_folders)

    def page(
        self,
        request: Request,
        template: str,
        values: Mapping[str, object] | None = None,
        *,
        status: int = 200,
        cache: str = PERSONAL,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """One of ``templates/web``, with the headers of a page of ours: no script, no frame, no tracking."""
        nonce = secrets.token_urlsafe(16)
        text = self._templates.render(
            f"web/{template}.html.j2",
            {
                "publication": self._services.publication,
                "look": self._services.publication.look,
                "themes": self._services.themes,
                "series": self._services.choices,
                "sign_ups_open": self._services.sign_ups.is_open,
                "root": request.scope.get("digest.root", "./"),
                "nonce": nonce,
                **(values or {}),
            },
        )
        policy = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; {_FENCE}"
        )
        return HTMLResponse(text, status, {**_headers(policy, cache), **(headers or {})})

    def trouble(
        self, request: Request, status: int, headers: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """What is said where we have failed: a page as any other, which needs no database."""
        try:
            return self.page(request, "error", {"status": status}, status=status, headers=headers)
        except Exception:  # noqa: BLE001 - whatever a template of the editor's own may raise
            return _bare_page(status)

    def edition(self, text: str) -> HTMLResponse:
        """An edition's web copy, as the renderer made it: its styles stand in the elements."""
        sources = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:"
        policy = f"{sources}; form-action 'none'; {_FENCE}"
        return HTMLResponse(text, 200, _headers(policy, PUBLIC))

    def feed(self, text: str) -> Response:
        """The feed of editions, as the renderer made it."""
        headers = _headers(f"default-src 'none'; {_FENCE}", PUBLIC)
        return Response(text, 200, headers, "application/atom+xml")


def _bare_page(status: int) -> HTMLResponse:
    """A page that needs no template, for when that is the trouble."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_TROUBLE}</title></head><body><main><h1>{_TROUBLE}</h1>"
        "<p>Nothing was changed. Please try again in a few minutes.</p></main></body></html>"
    )
    policy = f"default-src 'none'; {_FENCE}"
    return HTMLResponse(text, status, _headers(policy, PERSONAL))


def jpeg(content: bytes, name: str, asked: str) -> Response:
    """A picture under the name of its content: kept for a year, and not sent again to who has it.

    ``asked`` is the request's If-None-Match. Mails and other sites' pages may show it, hence no policy
    against that.
    """
    tag = f'"{name}"'
    headers = {
        "Cache-Control": FOREVER,
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": f"default-src 'none'; {_FENCE}",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if tag in asked:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)


def _headers(policy: str, cache: str) -> dict[str, str]:
    headers = {**_ALWAYS, "Content-Security-Policy": policy, "Cache-Control": cache}
    if cache == PERSONAL:
        headers["X-Robots-Tag"] = "noindex, nofollow"
    return headers
