"""The picture of an edition: fetched for every story that may lead it, kept in the store, shown by the lead.

Which story leads depends on a reader's themes, so there are as many candidates as themes; every mail shows
one at most. Nothing here stops an edition: a story without its picture says why (``picture_trouble``).
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sqlalchemy import Connection

from digest.errors import FeedError, FetchError, ParseError
from digest.model.edition import Edition, EditionStory
from digest.model.picture import Fetching, Jpeg, Picture
from digest.parts import Parts
from digest.store import articles as article_store
from digest.store import feeds as feed_store
from digest.store import images
from digest.store.feeds import MAX_URL_BYTES

ALL_WITHIN_S = 30.0  # for the pictures of one draft together: an editor waits for it
EACH_WITHIN_S = 10.0
FRESH_FOR = timedelta(days=1)  # how long a picture is not fetched again, however often an edition is drafted
TRY_AGAIN = timedelta(minutes=10)  # after which a failure is
KEPT_FOR = timedelta(days=7)  # how long a picture stays that no edition shows
LOOK_BACK = timedelta(days=14)
MOST_ARTICLES = 3  # of one outlet with the same picture; with more it stands for the outlet
ACCEPT = "image/jpeg, image/png, image/webp, image/gif;q=0.8"
_STAND_IN = re.compile(  # file names of pictures that show nothing of a story
    r"(?:^|[-_.])(?:logo|placeholder|fallback|favicon|icon|avatar|sprite|spacer|blank|pixel|default)(?:$|[-_.\d])",
    re.IGNORECASE,
)


def illustrated(parts: Parts, edition: Edition, now: datetime, *, ask: bool) -> Edition:
    """``edition`` with a picture for each of its possible leads, or the reason why there is none.

    Those that are not in the store are fetched if ``ask``, within ``ALL_WITHIN_S``, and what no edition shows
    any more is deleted. The edition stays as it is where the publication wants no pictures.
    """
    if ask:
        with parts.database.write() as conn:
            images.prune_images(conn, now - KEPT_FOR)
    if not parts.lead_images:
        return edition
    end = time.monotonic() + ALL_WITHIN_S
    leads = edition.possible_leads()
    shown = {story.key: _with_picture(parts, story, now, end if ask else None) for story in leads}
    return replace(edition, stories=tuple(shown.get(story.key, story) for story in edition.stories))


def files(parts: Parts, edition: Edition) -> dict[str, bytes]:
    """The pictures that ``edition`` shows to anybody, by hash: for looking at it where nothing is served."""
    wanted = {story.picture.hash for story in edition.stories if story.picture}
    with parts.database.read() as conn:
        found = {name: images.image_content(conn, name) for name in sorted(wanted)}
    return {name: content for name, content in found.items() if content is not None}


def embedded(parts: Parts, html: str, shown: Mapping[str, bytes]) -> str:
    """A rendering for the eye alone, which carries the pictures that readers fetch from base_url."""
    for name, content in shown.items():
        data = f"data:image/jpeg;base64,{b64encode(content).decode()}"
        html = html.replace(f'src="{parts.links.image(name)}"', f'src="{data}"')
    return html


def _with_picture(parts: Parts, story: EditionStory, now: datetime, end: float | None) -> EditionStory:
    fetching = _outcome(parts, story, now, end)
    if fetching.picture is None:
        return replace(story, picture=None, picture_trouble=fetching.trouble)
    outlet = story.sources[0].outlet if story.sources else ""
    picture = replace(fetching.picture, alt=story.image_alt, credit=story.image_credit, outlet=outlet)
    return replace(story, picture=picture, picture_trouble="")


def _outcome(parts: Parts, story: EditionStory, now: datetime, end: float | None) -> Fetching:
    """What came of a story's picture: as known, else fetched until ``end`` (of the monotonic clock)."""
    url = story.image_url
    if not url:
        return Fetching(url, now, trouble=story.picture_trouble or "its source names none")
    if unfit := _unfit(url):
        return Fetching(url, now, trouble=unfit)
    with parts.database.read() as conn:
        known = images.last_fetch(conn, url)
    if known is not None and _counts(known, now):
        return known
    if end is None:
        return Fetching(url, now, trouble="it has not been fetched: `digest draft` does that")
    if end <= time.monotonic():
        return Fetching(url, now, trouble="the time for fetching pictures was up")
    return _fetched(parts, story, now, min(end - time.monotonic(), EACH_WITHIN_S))


def _unfit(url: str) -> str:
    """Why a picture is not even fetched; "" if it may be."""
    if len(url.encode()) > MAX_URL_BYTES:
        return "its address is too long"
    name = PurePosixPath(urlsplit(url).path).name
    return f"{name} is by its name a stand-in, no picture of the story" if _STAND_IN.search(name) else ""


def _counts(known: Fetching, now: datetime) -> bool:
    """Whether a fetch is recent enough to stand for another."""
    if known.picture is None and not known.trouble:
        return False  # the picture was pruned since
    return now - known.fetched_at < (FRESH_FOR if known.picture else TRY_AGAIN)


def _fetched(parts: Parts, story: EditionStory, now: datetime, seconds: float) -> Fetching:
    """Fetch a picture and keep it, or the reason why there is none."""
    url = story.image_url
    try:
        jpeg = _download(parts, story, now, seconds)
    except FeedError as error:
        with parts.database.write() as conn:
            images.save_trouble(conn, url, str(error), now)
        return Fetching(url, now, trouble=str(error))
    with parts.database.write() as conn:
        images.save_image(conn, url, jpeg, now)
    return Fetching(url, now, Picture(jpeg.hash, jpeg.width, jpeg.height, source_url=url))


def _download(parts: Parts, story: EditionStory, now: datetime, seconds: float) -> Jpeg:
    """The picture of the story's first source.

    Raises:
        FeedError: it can't be had, is no photo, or is the same for many articles.
    """
    # Slow to load, and needed on few days of few publications.
    from digest.gather.fetch import Stopped, fetch  # noqa: PLC0415
    from digest.imaging import picture_of  # noqa: PLC0415

    with parts.database.read() as conn:
        private = _private_origin(conn, story)
        outlet = story.sources[0].outlet if story.sources else ""
        uses = article_store.count_with_image(conn, story.image_url, outlet, now - LOOK_BACK)
    if uses > MOST_ARTICLES:
        raise ParseError("stand-in", f"{outlet} has it with {uses} articles, so it shows no story")
    options = replace(parts.gathering, timeout_s=min(seconds, parts.gathering.timeout_s))
    try:
        fetched = fetch(
            story.image_url, options, now=now, private=private, accept=ACCEPT, stop=parts.stop.is_set
        )
    except Stopped:
        raise FetchError("stopped", "the program was told to stop") from None
    kind = fetched.content_type
    if not kind.startswith("image/") or kind.startswith("image/svg"):
        raise ParseError("not-an-image", f"it comes as {kind or 'no known type'}, not as a photo")
    return picture_of(fetched.body)


def _private_origin(conn: Connection, story: EditionStory) -> tuple[str, int] | None:
    """The one host and port on a private address that the story's own feed was given."""
    from digest.gather.sources import private_origin  # noqa: PLC0415 - slow to load

    ids = [source.article_id for source in story.sources[:1]]
    feed_ids = {article.feed_id for article in article_store.articles_by_id(conn, ids).values()}
    feeds = (feed for feed in feed_store.list_feeds(conn, active_only=False) if feed.id in feed_ids)
    return next((private_origin(feed) for feed in feeds), None)
