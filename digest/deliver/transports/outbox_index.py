"""The outbox's index page: which editions, to whom, with links. No script, light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from digest.model.plural import counted

NEWEST = 500  # messages listed; a page of a million rows opens in no browser


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the outbox. ``name`` is its file's, without the ending; ``size`` in bytes."""

    name: str
    edition: str
    recipient: str
    subject: str
    sent_at: str  # ISO, or "" for a message without a date
    size: int
    has_html: bool


_STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif;
  color: #1b1b1f; background: #ffffff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.note { border-left: .3rem solid #b3261e; padding: .5rem 1rem; background: #fdf0ef; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0;
  border-bottom: 1px solid #c8c8cf; }
caption { text-align: left; } td:nth-child(n+3) { white-space: nowrap; }
a { color: #0b57d0; } a:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px; }
@media (max-width: 40rem) {
  body { padding: 1rem; }
  table, caption, tbody { display: block; }
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .75rem 0; border-bottom: 1px solid #c8c8cf; }
  tr > * { padding: 0; border: 0; } tr > :nth-child(-n+2) { width: 100%; overflow-wrap: anywhere; }
  thead tr { padding: 0; border: 0; }
}
@media (prefers-color-scheme: dark) {
  body { color: #e6e6ea; background: #17181c; } .note { background: #3a1d1b; border-color: #f2b8b5; }
  tr, th, td { border-color: #4a4b52; } a { color: #a8c7fa; } a:focus-visible { outline-color: #a8c7fa; }
}
"""


def render_index(entries: Iterable[Entry]) -> str:
    """The page for ``entries``: newest edition first, recipients by name of their file."""
    newest = sorted(entries, key=lambda entry: entry.name, reverse=True)
    shown = sorted(newest[:NEWEST], key=lambda entry: (_group(entry), entry.name))
    groups = [(key, list(group)) for key, group in groupby(shown, key=_group)]
    groups.sort(key=lambda pair: pair[1][-1].name, reverse=True)
    body = "\n".join(_section(title, rows) for (title, _), rows in groups)
    more, messages = len(newest) - len(shown), counted(len(newest), "message")
    rest = f"<p>{counted(more, 'older message')} in the folder, not listed here.</p>" if more else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Outbox: {messages}, none e-mailed</title>
<style>
{_STYLE}</style>
</head>
<body>
<main>
<h1>Outbox</h1>
<p class="note"><strong>Nothing here was e-mailed.</strong> {messages} went to this
folder, because the transport is set to outbox.</p>
{body or "<p>The outbox is empty.</p>"}
{rest}
</main>
</body>
</html>
"""


def _group(entry: Entry) -> tuple[str, str]:
    """What stands under one heading: an edition, else messages of one subject."""
    return (entry.edition or entry.subject or "Without a subject", entry.edition)


def _section(title: str, rows: list[Entry]) -> str:
    """One edition's messages as a table."""
    noun = "message" if len(rows) == 1 else "messages"
    lines = "\n".join(_row(entry) for entry in rows)
    return f"""<h2>{escape(title)}</h2>
<div class="wide" role="region" aria-label="{escape(title)}" tabindex="0"><table>
<caption>{len(rows)} {noun}</caption>
<thead><tr><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Dated</th>
<th scope="col">Size</th><th scope="col">File</th></tr></thead>
<tbody>
{lines}
</tbody>
</table></div>"""


def _row(entry: Entry) -> str:
    """One message. Names are made of letters, digits and hyphens, so they need no URL-encoding."""
    subject, who = escape(entry.subject or "(no subject)"), escape(entry.recipient)
    if entry.has_html:
        subject = (
            f'<a href="{entry.name}.html" aria-label="{subject}, to {who}, in the browser">{subject}</a>'
        )
    return (
        f'<tr><th scope="row">{who}</th><td>{subject}</td><td>{_dated(entry.sent_at)}</td>'
        f"<td>{max(1, round(entry.size / 1024))} KiB</td>"
        f'<td><a href="{entry.name}.eml" aria-label="the message to {who} as an .eml file">.eml</a></td></tr>'
    )


def _dated(sent_at: str) -> str:
    """When a message says that it was sent."""
    try:
        moment = datetime.fromisoformat(sent_at)
    except ValueError:
        return "-"
    return f'<time datetime="{moment.isoformat()}">{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC</time>'
