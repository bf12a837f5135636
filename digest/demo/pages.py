"""The demo's web pages: an article between the things that real pages put around one."""

from __future__ import annotations

import json
from html import escape

from digest.demo.content import Newsroom, Outlet, Piece

_STYLE = (
    "body{font:17px/1.55 Georgia,serif;margin:0;color:#1b1b1b;background:#fff}"
    "header,footer,nav,aside,.box,article{max-width:42rem;margin:0 auto;padding:.6rem 1rem}"
    "nav a{margin-inline-end:1rem}h1{line-height:1.2}.standfirst{font-size:1.15em;color:#444}"
    ".byline,.meta,footer{font:14px/1.5 sans-serif;color:#555}.box{background:#f3f1ea;margin-bottom:1rem}"
)
_INVENTED = (
    "This outlet, its articles and everyone quoted in them are invented. They belong to the demo of digest."
)
_COMMENTS = (
    ("Oriel", "Thank you for talking to the people who live there."),
    ("old_harbourmaster", "A vote is a day's work, a harbour is a hundred years'. We will see."),
)
_COOKIES = """<div class="cookie-banner box" role="dialog" aria-label="Cookies">
We use cookies to remember that you were asked about cookies.
<button>Accept all</button> <button>Only what is needed</button>
</div>"""
_NEWSLETTER = """<section class="newsletter box"><h2>Our letter, every evening</h2>
<p>Sign up for the five stories that we talked about at lunch.</p>
<form><input type="email" aria-label="E-mail address"><button type="button">Sign up</button></form>
</section>"""


def article_page(piece: Piece, room: Newsroom, base_url: str) -> str:
    """The page of one article, complete."""
    main = "\n".join([_head_of_article(piece), *_text(piece), *_foot_of_article(piece, base_url)])
    others = [other for other in room.of(piece.outlet) if other != piece][:4]
    return _page(
        piece.outlet,
        piece.title,
        piece.language,
        piece.direction,
        _meta(piece, base_url),
        main + _related(others),
    )


def comments_page(piece: Piece) -> str:
    """What readers said below an article."""
    said = "".join(f"<li><b>{escape(who)}</b><p>{escape(text)}</p></li>" for who, text in _COMMENTS)
    back = f'<a href="{piece.path}">Back to the article</a>'
    main = f"<article><h1>Comments: {escape(piece.title)}</h1><ol>{said}</ol>{back}</article>"
    return _page(piece.outlet, f"Comments: {piece.title}", piece.language, piece.direction, "", main)


def outlet_page(outlet: Outlet, room: Newsroom, feed_path: str) -> str:
    """An outlet's front page, which also says where its feed is."""
    types = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
    link = ""
    if outlet.format in types:
        link = f'<link rel="alternate" type="{types[outlet.format]}" href="{feed_path}">'
    direction = "rtl" if outlet.language == "ar" else "ltr"
    return _page(outlet, outlet.name, outlet.language, direction, link, _list("Latest", room.of(outlet)))


def front_page(room: Newsroom) -> str:
    """The list of outlets."""
    rows = "".join(
        f'<li><a href="/{outlet.slug}/" lang="{outlet.language}">{escape(outlet.name)}</a></li>'
        for outlet in room.outlets
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The newsrooms of the demo</title>'
        f"<style>{_STYLE}</style></head><body><article><h1>The newsrooms of the demo</h1><ul>{rows}</ul>"
        f"<p>{_INVENTED}</p></article></body></html>"
    )


def _page(outlet: Outlet, title: str, language: str, direction: str, head: str, main: str) -> str:
    return f"""<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {escape(outlet.name)}</title>
{head}<style>{_STYLE}</style></head>
<body>
{_COOKIES}
<header><strong>{escape(outlet.name)}</strong> <span class="meta">{escape(outlet.tagline)}</span></header>
<nav aria-label="Sections">
<a href="/{outlet.slug}/">Home</a> <a href="/{outlet.slug}/">World</a> <a href="/">All newsrooms</a>
</nav>
<main>
{main}
</main>
{_NEWSLETTER}
<footer><p>{_INVENTED}</p></footer>
</body>
</html>
"""


def _meta(piece: Piece, base_url: str) -> str:
    url = base_url + piece.path
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "mainEntityOfPage": url,
        "inLanguage": piece.language,
        "author": {"@type": "Person", "name": piece.author},
        "publisher": {"@type": "Organization", "name": piece.outlet.name},
        "isAccessibleForFree": not piece.paywalled,
    }
    rows = [
        f'<link rel="canonical" href="{url}">',
        f'<meta property="og:title" content="{escape(piece.title)}">',
    ]
    if piece.dek:
        rows.append(f'<meta name="description" content="{escape(piece.dek)}">')
        facts["description"] = piece.dek
    if piece.dated:
        facts["datePublished"] = piece.published_at.isoformat()
        rows.append(f'<meta property="article:published_time" content="{piece.published_at.isoformat()}">')
    # A "<" inside the script element could end it, so JSON's own escape stands for it.
    script = json.dumps(facts).replace("<", "\\u003c")
    rows.append(f'<script type="application/ld+json">{script}</script>')
    return "\n".join(rows) + "\n"


def _head_of_article(piece: Piece) -> str:
    dek = f'<p class="standfirst">{escape(piece.dek)}</p>\n' if piece.dek else ""
    when = ""
    if piece.dated:
        shown = f"{piece.published_at:%Y-%m-%d %H:%M} UTC"
        when = f' <time datetime="{piece.published_at.isoformat()}">{shown}</time>'
    return (
        f'<article>\n<h1>{escape(piece.title)}</h1>\n{dek}<p class="byline">{escape(piece.author)}{when}</p>'
    )


def _text(piece: Piece) -> list[str]:
    # A paywalled page shows its beginning and asks for money, as real ones do.
    shown = piece.paragraphs[:2] if piece.paywalled else piece.paragraphs
    return [
        f"<h2>{escape(paragraph[3:])}</h2>" if paragraph.startswith("## ") else f"<p>{escape(paragraph)}</p>"
        for paragraph in shown
    ]


def _foot_of_article(piece: Piece, base_url: str) -> list[str]:
    rows = []
    if piece.paywalled:
        rows.append('<div class="paywall box"><p>Subscribe to read the rest of this article.</p></div>')
    if piece.ai_notice:
        rows.append(f'<p class="disclaimer"><em>{escape(piece.ai_notice)}</em></p>')
    if piece.comments:
        url = f"{base_url}{piece.path}/comments"
        rows.append(f'<p class="meta"><a class="comments" href="{url}">Read 2 comments</a></p>')
    return [*rows, "</article>"]


def _related(pieces: list[Piece]) -> str:
    rows = "".join(
        f'<li><a href="{piece.path}">{escape(piece.title)}</a><p>{escape(piece.dek)}</p></li>'
        for piece in pieces
    )
    return f'\n<aside class="related"><h2>Related articles</h2><ul>{rows}</ul></aside>' if rows else ""


def _list(title: str, pieces: tuple[Piece, ...]) -> str:
    rows = "".join(f'<li><a href="{piece.path}">{escape(piece.title)}</a></li>' for piece in pieces)
    return f"<article><h1>{title}</h1><ul>{rows}</ul></article>"
