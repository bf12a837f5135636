"""The pages over the program's own parts: what `digest serve` and the demo serve."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial

from starlette.applications import Starlette

from digest import desk, feedback, subscriptions
from digest.bounces.providers import PROVIDERS, HookRequest
from digest.confirming import Postman
from digest.errors import ConfigurationError
from digest.gather.fetch import fetch
from digest.model.audience import SignUp
from digest.model.edition import ThemeStyle
from digest.model.tokens import PREFERENCES, is_hook_token, token_maker
from digest.parts import Parts, address_pepper
from digest.render.feed import FeedRenderer
from digest.render.publication import address_after
from digest.store import sign_ups as store
from digest.subscriptions import Confirmation
from digest.web.app import create_app
from digest.web.hooks import Report
from digest.web.limits import DAY_S, Throttle, networks_of
from digest.web.past import Kept, mark_of
from digest.web.services import PublicationFacts, SeriesChoice, SignUps, database_services
from digest.web.subscribe import EACH_PER_HOUR, PER_MAILBOX

log = logging.getLogger("digest")


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
            postal_address=address_after(publication.publisher, publication.postal_address),
            privacy_url=publication.privacy_url,
            contact=publication.reply_to or publication.from_email,
            base_url=publication.base_url,
        ),
        slug=publication.slug,
        themes=_styles(parts),
        secret=secret,
        pepper=pepper,
        clock=parts.clock,
        web_copy=parts.renderer.web_copy,
        report=_reporter(parts, secret),
        feed_of=FeedRenderer(parts.template_folders, publication).feed,
        sign_ups=_sign_ups(parts, secret, pepper),
        is_over=lambda row: bool(desk.over(parts, row, parts.clock())),
        series=tuple(SeriesChoice(one.name, one.label, one.title) for one in parts.series),
    )
    mark = partial(mark_of, parts.database, publication.slug)
    services = replace(services, archive=Kept(mark, services.archive), feed=Kept(mark, services.feed))
    return create_app(services, template_folders=parts.template_folders)


def _styles(parts: Parts) -> tuple[ThemeStyle, ...]:
    """Names and colours of the themes; a theme file that can't be used keeps nobody from leaving."""
    try:
        return tuple(theme.style for theme in parts.themes)
    except ConfigurationError as error:
        log.warning("%s; readers' pages go by names and colours of themes alone", error)
        return parts.read_styles()


def _sign_ups(parts: Parts, secret: bytes, pepper: bytes) -> SignUps:
    """Stores what is typed into the form, has the e-mail for it sent, and takes confirmations."""
    database, slug, series = parts.database, parts.publication.slug, parts.schedule.series
    postman, most = Postman(parts), parts.sign_ups.per_hour
    with database.read() as conn:
        left_over = store.next_due(conn) is not None
    if left_over:
        postman.ring()

    def ask(sign_up: SignUp) -> None:
        with database.write() as conn:
            subscriptions.ask(conn, sign_up)
        postman.ring()

    def confirmation(token: str) -> Confirmation:
        with database.read() as conn:
            return subscriptions.confirmation(conn, token, pepper=pepper, now=parts.clock())

    def confirm(token: str) -> Confirmation:
        with database.write() as conn:
            return subscriptions.confirm(conn, token, pepper=pepper, now=parts.clock(), series=series)

    return SignUps(
        is_open=parts.sign_ups.is_open,
        slug=slug,
        secret=secret,
        clock=parts.clock,
        proxies=networks_of(parts.sign_ups.proxies),
        throttle=Throttle(each=EACH_PER_HOUR, everybody=most, clock_s=time.monotonic),
        # What gets as far as this has passed the other, so that it never is the one to refuse everybody.
        mailboxes=Throttle(each=PER_MAILBOX, everybody=25 * most, clock_s=time.monotonic, window_s=DAY_S),
        ask=ask,
        confirmation=confirmation,
        confirm=confirm,
        preferences_of=token_maker(secret, PREFERENCES, slug),
    )


def _reporter(parts: Parts, secret: bytes) -> Report:
    """Applies what mail providers report."""

    def get(url: str) -> bytes:
        return fetch(url, parts.gathering, now=parts.clock(), accept="*/*").body

    def report(provider: str, token: str) -> Callable[[HookRequest], object]:
        read = PROVIDERS[provider]
        if not is_hook_token(secret, parts.publication.slug, provider, token):
            raise LookupError(provider)
        return lambda request: feedback.apply(parts, read(request, get), parts.clock())

    return report
