"""`digest themes correct | suggest`: an editor says what an article is about, and the theme files learn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from digest.cli import theme_views as views
from digest.cli.common import JsonOption, counted, emit_json, opened, printable, say, settings_of, with_bar
from digest.errors import InputError, NotFoundError, StateError
from digest.model.decisions import Decision, DecisionKind
from digest.parts import Parts
from digest.store import articles as article_store
from digest.store import decisions, meta
from digest.tuning import files
from digest.tuning.past import past as read_past
from digest.tuning.proposals import Entry, propose
from digest.tuning.workshop import Workshop
from digest.wiring.themes import theme_folders

SUGGESTED = "themes.suggested"  # in the store: the list last shown, which `--accept` counts by

SinceOption = Annotated[
    int, typer.Option("--since", metavar="DAYS", min=1, max=36500, help="Stored articles of this many days.")
]


def correct(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="URL|ID", help="A stored article's address or number (812, s812).")
    ],
    within: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="THEME", help="It belongs to this theme; may be repeated."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="It belongs to no theme.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Take an earlier correction back.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who says so.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say which themes an article belongs to. Later drafts obey, and `suggest` learns from it."""
    if sum(map(bool, (within, none, forget))) != 1:
        raise typer.BadParameter("give one of --in THEME, --none and --forget", ctx)
    with opened(ctx) as parts:
        chosen = [_known(parts, slug) for slug in dict.fromkeys(within or ())]
        with parts.database.read() as conn:
            article = article_store.find_article(conn, reference)
        if article is None:
            raise NotFoundError(
                f"{reference!r} was never gathered: give a stored article's address or number"
            )
        made = Decision(DecisionKind.FILE, article.id, value=" ".join(chosen), decided_by=by)
        where = (parts.publication.slug, [made], parts.clock())
        with parts.database.write() as conn:
            if not forget:
                decisions.decide(conn, *where)
            elif not decisions.take_back(conn, *where):
                raise StateError(f"nobody has corrected {article.title!r}: there is nothing to forget")
    if as_json:
        emit_json({"id": article.id, "url": article.url, "themes": None if forget else chosen})
    what = "is filed by its terms again" if forget else f"belongs to {', '.join(chosen) or 'no theme'}"
    say(printable(f"{article.title}: {what}."))


def _known(parts: Parts, slug: str) -> str:
    slugs = [theme.slug for theme in parts.themes]
    if slug not in slugs:
        raise NotFoundError(f"there is no theme {slug!r}; there are {', '.join(slugs)}")
    return slug


def suggest(
    ctx: typer.Context,
    only: Annotated[
        list[str] | None, typer.Option("--theme", help="Only this theme; may be repeated.")
    ] = None,
    accept: Annotated[
        str, typer.Option("--accept", metavar="1,3", help="Write these of the list last shown; or `all`.")
    ] = "",
    since: SinceOption = 90,
    as_json: JsonOption = False,
) -> None:
    """Propose terms from your corrections. Each stands with what it would have done to past articles."""
    with opened(ctx) as parts:
        if accept:
            _accept(ctx, parts, accept, as_json=as_json)
            return
        slugs = [_known(parts, slug) for slug in only or ()]
        chosen = [theme for theme in parts.themes if not slugs or theme.slug in slugs]
        with parts.database.read() as conn:
            past = read_past(conn, parts.publication.slug, now=parts.clock(), days=since)
        if past.gone:
            say(f"{counted(past.gone, 'correction')} of articles no longer stored: nothing to learn from.")
        shop = Workshop.set_up(
            parts.themes,
            past.articles,
            past.truth,
            parts.drafting.grouping,
            lambda all_: with_bar(all_, "Filing"),
        )
        found = propose(shop, chosen, lambda all_: with_bar(all_, "Trying"))
        with parts.database.write() as conn:
            meta.set_meta(conn, SUGGESTED, json.dumps([asdict(proposal.entry) for proposal in found]))
    if as_json:
        emit_json([proposal.as_json(number, past.articles) for number, proposal in enumerate(found, 1)])
    else:
        views.show_proposals(found, past.articles)
    wrong = sum(len(side) for theme in chosen for side in shop.wrong(theme.slug))
    _advise(len(past.truth), wrong, len(found))


def _advise(corrected: int, wrong: int, found: int) -> None:
    if not corrected:
        say("No corrections yet: `digest themes correct ARTICLE --in THEME` or `digest edit` makes them.")
    elif not wrong:
        say(f"The theme files agree with all {counted(corrected, 'correction')}: nothing to propose.")
    elif not found:
        say(
            f"{counted(wrong, 'wrong filing')}, but no phrase that two stories of a kind share:"
            " correct some more, or edit the theme file."
        )
    else:
        say("`digest themes suggest --accept 1,3` writes what you choose into themes/.")


def _accept(ctx: typer.Context, parts: Parts, accept: str, *, as_json: bool) -> None:
    """Write entries of the list last shown into the newsletter's own theme files."""
    with parts.database.read() as conn:
        shown = [Entry(**fields) for fields in json.loads(meta.get_meta(conn, SUGGESTED) or "[]")]
    if not shown:
        raise StateError("no proposals have been shown: run `digest themes suggest` first")
    entries = _numbered(accept, shown)
    folders = theme_folders(settings_of(ctx))
    written = []
    for slug in dict.fromkeys(entry.theme for entry in entries):
        mine = [(entry.table, entry.level, entry.phrase) for entry in entries if entry.theme == slug]
        written.append(files.add_to_theme(slug, mine, folders))
    if as_json:
        emit_json(
            {"accepted": [asdict(entry) for entry in entries], "files": [str(path) for path in written]}
        )
    for entry in entries:
        say(f"Added: {views.entry_line(entry)}")
    for path in written:
        say(f"Written: {path}. `digest themes test` shows what that moves.")


def _numbered(accept: str, shown: Sequence[Entry]) -> list[Entry]:
    if accept.strip() == "all":
        return list(shown)
    chosen: dict[Entry, None] = {}
    for part in accept.split(","):
        number = part.strip()
        if not (number.isascii() and number.isdecimal() and 1 <= int(number[:9]) <= len(shown)):
            raise InputError(f"--accept {accept}: {number!r} is none of 1 to {len(shown)}, as last shown")
        chosen[shown[int(number) - 1]] = None
    return list(chosen)
