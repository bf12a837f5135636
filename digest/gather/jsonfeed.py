"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
import re
from typing import Any

from digest.errors import ParseError
from digest.gather.dates import parse_date
from digest.gather.feedread import READ_AHEAD, FeedRead, RawEntry, as_html, cleaned, newest, title_line
from digest.gather.language import tag
from digest.gather.urls import web_url

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1(?:\.\d)?/?")
_ITEMS = re.compile(r"\"items\"\s*:\s*\[")
_VERSION_FIELD = re.compile(r"\"version\"\s*:\s*\"([^\"]{1,100})\"")
_GAP = re.compile(r"[\s,]*")


def parse_json_feed(text: str, url: str, max_entries: int) -> FeedRead:
    """The JSON Feed ``text`` found at ``url``. A cut-off one gives its complete items.

    Raises ParseError 'bad-json' or 'not-a-feed'.
    """
    truncated = False
    try:
        document = json.loads(text, parse_int=str, parse_float=str, strict=False)
    except (ValueError, RecursionError) as error:
        document = _salvaged(text, max_entries * READ_AHEAD)
        if document is None:
            raise ParseError("bad-json", f"the JSON is broken: {str(error)[:100]}") from error
        truncated = True
    if not isinstance(document, dict) or not _VERSION.fullmatch(_word(document, "version")):
        raise ParseError("not-a-feed", "a JSON document, but no JSON Feed of version 1 or 1.1")
    items = document.get("items")
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    language = tag(_word(document, "language"))
    entries = [cleaned(_raw(item, document, url)) for item in items[: max_entries * READ_AHEAD]]
    return FeedRead(
        format="json",
        title=title_line(_word(document, "title"), is_text=True),
        home_url=web_url(_word(document, "home_page_url"), url),
        language=language,
        entries=newest(entries, max_entries),
        truncated=truncated,
    )


def _salvaged(text: str, limit: int) -> dict[str, Any] | None:
    """What is whole in a broken JSON Feed: its version and the items before the break; None if nothing."""
    version, start = _VERSION_FIELD.search(text), _ITEMS.search(text)
    if not version or not start:
        return None
    reader = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
    items: list[Any] = []
    at = start.end()
    while len(items) < limit:
        gap = _GAP.match(text, at)
        try:
            item, at = reader.raw_decode(text, gap.end() if gap else at)
        except (ValueError, RecursionError):
            break
        items.append(item)
    return {"version": version.group(1), "items": items} if items else None


def _word(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _raw(item: dict[str, Any], feed: dict[str, Any], url: str) -> RawEntry:
    content, summary = _word(item, "content_html"), _word(item, "summary")
    text = "" if content else _word(item, "content_text")
    is_text = bool(summary or text)  # of its words, only content_html is HTML
    if summary:
        content = content or as_html(text)
    else:
        summary, content = content or text, ""  # cleaning tells a summary from a text by its length
    tags = item.get("tags")
    return RawEntry(
        base=url,
        id=_word(item, "id"),
        url=_word(item, "url") or _word(item, "external_url") or _as_link(_word(item, "id")),
        title=_word(item, "title"),
        summary=summary,
        content=content,
        published_at=parse_date(_word(item, "date_published")),
        updated_at=parse_date(_word(item, "date_modified")),
        author=_author(item) or _author(feed),
        language=_word(item, "language"),
        image_url=_word(item, "image") or _word(item, "banner_image"),
        categories=[label for label in tags if isinstance(label, str)] if isinstance(tags, list) else (),
        title_is_text=True,
        summary_is_text=is_text,
    )


def _as_link(identity: str) -> str:
    return identity if identity.startswith(("http://", "https://")) else ""


def _author(item: dict[str, Any]) -> str:
    """Names from version 1.1's list of authors, or version 1's single one."""
    listed = item.get("authors")
    people = [*(listed if isinstance(listed, list) else []), item.get("author")]
    return ", ".join(
        _word(person, "name") for person in people if isinstance(person, dict) and person.get("name")
    )
