"""The demo's feeds: RSS 2.0, Atom, JSON Feed 1.1 and a news sitemap, each as its own specification asks."""

from __future__ import annotations

import json
from email.utils import format_datetime
from html import escape
from xml.sax.saxutils import escape as xml_escape

from digest.demo.content import Outlet, Piece

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
PATHS = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json", "sitemap": "news-sitemap.xml"}
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "sitemap": "application/xml; charset=utf-8",
}


def feed_path(outlet: Outlet) -> str:
    """Where an outlet's feed stands on the site."""
    return f"/{outlet.slug}/{PATHS[outlet.format]}"


def feed_body(outlet: Outlet, pieces: tuple[Piece, ...], base_url: str) -> str:
    """An outlet's feed in the outlet's format."""
    makers = {"rss": _rss, "atom": _atom, "json": _json, "sitemap": _sitemap}
    return makers[outlet.format](outlet, pieces, base_url)


def _guid(piece: Piece) -> str:
    return f"tag:{piece.outlet.slug}.example.org,2026:{piece.slug}"  # RFC 4151; the same on every port


def _html(piece: Piece) -> str:
    # Whoever sells an article doesn't give it away in the feed.
    shown = piece.paragraphs[:1] if piece.paywalled else piece.paragraphs
    return "".join(
        f"<h2>{escape(paragraph[3:])}</h2>" if paragraph.startswith("## ") else f"<p>{escape(paragraph)}</p>"
        for paragraph in shown
    )


def _rss(outlet: Outlet, pieces: tuple[Piece, ...], base_url: str) -> str:
    items = "".join(_rss_item(piece, base_url) for piece in pieces)
    return (
        f'{XML}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{xml_escape(outlet.name)}</title>'
        f"<link>{base_url}/{outlet.slug}/</link><description>{xml_escape(outlet.tagline)}</description>"
        f"<language>{outlet.language}</language>{items}</channel></rss>\n"
    )


def _rss_item(piece: Piece, base_url: str) -> str:
    url = base_url + piece.path
    parts = [
        f"<title>{xml_escape(piece.title)}</title><link>{url}</link>",
        f'<guid isPermaLink="false">{_guid(piece)}</guid><dc:creator>{xml_escape(piece.author)}</dc:creator>',
    ]
    if piece.dek:
        parts.append(f"<description>{xml_escape(piece.dek)}</description>")
    if piece.dated:
        parts.append(f"<pubDate>{format_datetime(piece.published_at)}</pubDate>")
    if piece.comments:
        parts.append(f"<comments>{url}/comments</comments>")
    if piece.outlet.full_text:
        parts.append(f"<content:encoded>{xml_escape(_html(piece))}</content:encoded>")
    return f"<item>{''.join(parts)}</item>"


def _atom(outlet: Outlet, pieces: tuple[Piece, ...], base_url: str) -> str:
    updated = max(piece.published_at for piece in pieces).isoformat()
    entries = "".join(_atom_entry(piece, base_url) for piece in pieces)
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{xml_escape(outlet.name)}</title><id>tag:{outlet.slug}.example.org,2026:feed</id>"
        f'<link href="{base_url}/{outlet.slug}/"/><link rel="self" href="{base_url}{feed_path(outlet)}"/>'
        f"<updated>{updated}</updated>{entries}</feed>\n"
    )


def _atom_entry(piece: Piece, base_url: str) -> str:
    stamp = piece.published_at.isoformat()
    parts = [
        f"<title>{xml_escape(piece.title)}</title><id>{_guid(piece)}</id>",
        f'<link href="{base_url}{piece.path}"/>',
        f"<updated>{stamp}</updated><published>{stamp}</published>",
        f"<author><name>{xml_escape(piece.author)}</name></author>",
    ]
    if piece.dek:
        parts.append(f"<summary>{xml_escape(piece.dek)}</summary>")
    if piece.outlet.full_text:
        parts.append(f'<content type="html">{xml_escape(_html(piece))}</content>')
    return f"<entry>{''.join(parts)}</entry>"


def _json(outlet: Outlet, pieces: tuple[Piece, ...], base_url: str) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "home_page_url": f"{base_url}/{outlet.slug}/",
            "feed_url": base_url + feed_path(outlet),
            "language": outlet.language,
            "items": [_json_item(piece, base_url) for piece in pieces],
        },
        ensure_ascii=False,
    )


def _json_item(piece: Piece, base_url: str) -> dict[str, object]:
    item: dict[str, object] = {
        "id": _guid(piece),
        "url": base_url + piece.path,
        "title": piece.title,
        "authors": [{"name": piece.author}],
        "content_html": _html(piece) if piece.outlet.full_text else f"<p>{escape(piece.paragraphs[0])}</p>",
        "date_published": piece.published_at.isoformat(),
    }
    return item | ({"summary": piece.dek} if piece.dek else {})


def _sitemap(outlet: Outlet, pieces: tuple[Piece, ...], base_url: str) -> str:
    rows = "".join(
        f"<url><loc>{base_url}{piece.path}</loc><news:news><news:publication><news:name>{xml_escape(outlet.name)}"
        f"</news:name><news:language>{piece.language}</news:language></news:publication>"
        f"<news:publication_date>{piece.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{xml_escape(piece.title)}</news:title></news:news></url>"
        for piece in pieces
    )
    return (
        f'{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>\n'
    )
