"""The pages over the program's own parts: what `digest serve` and the demo serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from starlette.applications import Starlette

from digest import feedback
from digest.bounces.providers import PROVIDERS, HookRequest
from digest.gather.fetch import fetch
from digest.model.tokens import is_hook_token
from digest.parts import Parts, address_pepper
from digest.render.feed import FeedRenderer
from digest.web.app import create_app
from digest.web.services import PublicationFacts, database_services


def web_app(parts: Parts) -> Starlette:
    """Readers' pages over these parts."""
    publication = parts.publication
    with parts.database.write() as conn:
        secret, pepper = parts.token_secret(conn), address_pepper(conn, parts.clock())
    services = database_services(
        parts.database,
        publication=PublicationFacts(
            name=publication.name,
            look=asdict(publication.look),
            publisher=publication.publisher,
            postal_address=publication.postal_address,
            contact=publication.reply_to or publication.from_email,
            base_url=publication.base_url,
        ),
        slug=publication.slug,
        themes=tuple(theme.style for theme in parts.themes),
        secret=secret,
        pepper=pepper,
        clock=parts.clock,
        web_copy=parts.renderer.web_copy,
        report=_reporter(parts, secret),
        feed_of=FeedRenderer(parts.template_folders, publication).feed,
    )
    return create_app(services, template_folders=parts.template_folders)


def _reporter(parts: Parts, secret: bytes) -> Callable[[str, str, HookRequest], None]:
    """Applies what mail providers report."""

    def get(url: str) -> bytes:
        return fetch(url, parts.gathering, now=parts.clock(), accept="*/*").body

    def report(provider: str, token: str, request: HookRequest) -> None:
        read = PROVIDERS[provider]
        if not is_hook_token(secret, parts.publication.slug, provider, token):
            raise LookupError(provider)
        feedback.apply(parts, read(request, get), parts.clock())

    return report
