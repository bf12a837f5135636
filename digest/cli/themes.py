"""`digest themes list | new | suggest | correct | test`: what stories are filed under, and mending it."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from digest.cli import theme_learning
from digest.cli import theme_views as views
from digest.cli.common import JsonOption, counted, emit_json, home_expanded, say, settings_of, table, with_bar
from digest.errors import InputError, NotFoundError, ParseError
from digest.evaluate.records import read_records
from digest.evaluate.themes import article_of
from digest.gather.folder import read_article
from digest.gather.options import GatherOptions
from digest.group import GroupOptions, Theme
from digest.model.news import Article, Feed
from digest.settings import Settings
from digest.store.articles import find_article
from digest.store.engine import Database
from digest.tuning import files, starting
from digest.tuning.moves import compare
from digest.tuning.past import Past, past
from digest.wiring import looking
from digest.wiring.themes import BUILTIN_THEMES, theme_folders, themes_in, themes_of

BUILT_IN = "built-in"
_SHOWN_MOVES = 10
_FEW_ARTICLES = 50

app = typer.Typer(help="The themes that stories are filed under.")


@app.callback()
def themes() -> None:
    """The themes that stories are filed under."""


@app.command(name="list")
def list_(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """The themes in the order of the edition."""
    found = themes_of(settings_of(ctx))
    if as_json:
        emit_json([{"slug": t.slug, "name": t.name, "colour": t.colour} for t in found])
        return
    table([(t.slug, t.name, t.colour) for t in found], ("slug", "name", "colour"))


@app.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="As readers see it.")],
    examples: Annotated[
        list[str] | None,
        typer.Option(
            "--from", metavar="FILE|URL|ID", help="An example: a file or a stored article; may be repeated."
        ),
    ] = None,
    words: Annotated[
        list[str] | None, typer.Option("--words", metavar="W,W", help="Words and phrases that say the theme.")
    ] = None,
    slug: Annotated[
        str, typer.Option(help="In addresses and file names.", show_default="from the name")
    ] = "",
    colour: Annotated[str, typer.Option(help="#rrggbb, readable on white.", show_default="a free one")] = "",
    print_only: Annotated[bool, typer.Option("--print", help="Print the file, write nothing.")] = False,
    since: theme_learning.SinceOption = 90,
    as_json: JsonOption = False,
) -> None:
    """Start a theme file in themes/ from example articles or words. It is for you to read through."""
    given = starting.checked_words(words or [])
    if not examples and not given:
        raise typer.BadParameter("give examples with --from, or --words, or both", ctx)
    settings = settings_of(ctx)
    known, folders = themes_of(settings), theme_folders(settings)
    with looking(settings) as (database, now):
        stored = _past(database, settings, now, since).articles
        found = {one.canonical_url: one for one in (_example(ref, database, now) for ref in examples or ())}
    if len(stored) < _FEW_ARTICLES:
        few = counted(len(stored), "stored article")
        say(f"Only {few} to compare with: some days of gathering give more.")
    wish = starting.Wish(name, slug, colour, tuple(found.values()), given)
    started = starting.start(
        wish, known, stored, folders, GroupOptions(), lambda all_: with_bar(all_, "Comparing")
    )
    _keep(settings, started, print_only=print_only, as_json=as_json)


def _keep(settings: Settings, started: starting.Started, *, print_only: bool, as_json: bool) -> None:
    """Write the new file, or print it, and say what it would do."""
    path = theme_folders(settings)[-1] / f"{started.slug}.toml"
    if not print_only:
        files.write_new(path, started.text)
    if as_json:
        emit_json({"path": str(path), "written": not print_only, **views.started_json(started)})
    elif print_only:
        typer.echo(started.text, nl=False)
    views.show_started(started)
    if not print_only:
        say(f"Written: {path}. Its section follows those of [themes] order; to place it, write there:")
        say(f"  order = {json.dumps([*settings.themes.order, started.slug])}")


def _example(reference: str, database: Database | None, now: datetime) -> Article:
    """A file's article, or a stored one."""
    path = home_expanded(reference)
    if os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises for an address too long to be a name
        try:
            return read_article(path.resolve(), Feed(str(path.parent), path.name), GatherOptions(), now)
        except (OSError, ParseError, ValueError) as error:
            raise InputError(f"{reference}: can't be read as an article: {error}") from None
    article = None
    if database is not None:
        with database.read() as conn:
            article = find_article(conn, reference)
    if article is None:
        raise NotFoundError(
            f"{reference!r} is no file here, and no stored article has that address or number"
        )
    return article


def _past(database: Database | None, settings: Settings, now: datetime, days: int) -> Past:
    if database is None:
        return Past()
    with database.read() as conn:
        return past(conn, settings.publication.slug, now=now, days=days)


@app.command(name="test")
def compare_files(
    ctx: typer.Context,
    changed: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR|FILE", help="The changed theme files.", show_default="the newsletter's own"
        ),
    ] = None,
    against: Annotated[
        str, typer.Option(metavar="DIR|built-in", help="The theme files to compare with.")
    ] = BUILT_IN,
    since: theme_learning.SinceOption = 30,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Also labelled articles, as `digest eval` takes."),
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="List every article that moves.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show which articles a change of theme files would move. It says by which terms, and changes nothing."""
    settings = settings_of(ctx)
    before = themes_in(BUILTIN_THEMES if against == BUILT_IN else Path(against))
    after, only = _changed(settings, changed)
    if only:
        before, after = (tuple(one for one in side if one.slug == only) for side in (before, after))
    with looking(settings) as (database, now):
        stored = _past(database, settings, now, since)
    articles, truth = _with_labelled(stored, labels)
    comparison = compare(before, after, with_bar(articles, "Filing"), truth, GroupOptions())
    say(
        f"Compared with {against}: {counted(len(articles), 'article')},"
        f" {len(truth)} of them filed by a person."
    )
    if as_json:
        emit_json(views.comparison_json(comparison, articles, truth))
    else:
        views.show_comparison(comparison, articles, truth, len(articles) if show_all else _SHOWN_MOVES)


def _with_labelled(stored: Past, labels: Path | None) -> tuple[list[Article], dict[int, frozenset[str]]]:
    """The stored articles and those of a file; and by place, the themes that people gave."""
    articles, truth = list(stored.articles), dict(stored.truth)
    for record in read_records(labels) if labels else ():
        given = record.texts("labels")
        if given is not None:
            truth[len(articles)] = frozenset(given)
        articles.append(article_of(record))
    return articles, truth


def _changed(settings: Settings, changed: Path | None) -> tuple[tuple[Theme, ...], str]:
    """The themes to try; and for a single file, its theme's slug."""
    if changed is None:
        return themes_of(settings), ""
    if changed.is_file():
        return files.load_with(changed, theme_folders(settings)), files.slug_in(changed)
    return themes_in(changed), ""


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    for command in (theme_learning.correct, theme_learning.suggest):
        app.command()(command)
    root.add_typer(app, name="themes")
