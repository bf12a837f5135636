"""The pages over the program's own parts: what `digest serve` and the demo serve."""

from __future__ import annotations

from dataclasses import asdict

from starlette.applications import Starlette

from digest.parts import Parts, address_pepper
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
    )
    return create_app(services, template_folders=parts.template_folders)
