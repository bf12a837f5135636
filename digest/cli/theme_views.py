"""How the commands of `digest themes` show what they found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from digest.cli.common import counted, printable, say, table
from digest.evaluate.themes import report_json
from digest.group.evaluate import ThemeReport, theme_report
from digest.group.terms import WEIGHTS
from digest.model.news import Article, Verdict
from digest.tuning.moves import Comparison, Move, Truth
from digest.tuning.proposals import Entry, Proposal
from digest.tuning.starting import Started

_GOES = {Verdict.IN: "go in", Verdict.OUT: "go out", Verdict.CHECK: "go to an editor to check"}
_TERMS = 4
_MATCHED = 5


def headline(article: Article) -> str:
    """An article in one line."""
    return printable(f"{article.title or '(no title)'} [{article.outlet or article.url}]")


def entry_line(entry: Entry) -> str:
    """A proposal's term and where it would go."""
    if entry.level == "mask":
        what = "look past the name"
    else:
        sign = "-" if entry.table == "negatives" else ""
        what = f"{entry.table} {entry.level}, {sign}{WEIGHTS[entry.level]:g} points:"
    return printable(f'{entry.theme}: {what} "{entry.phrase}"')


def show_proposals(proposals: Sequence[Proposal], articles: Sequence[Article]) -> None:
    """Each with its number, its evidence and its effect."""
    for number, proposal in enumerate(proposals, 1):
        effect = proposal.effect
        typer.echo(f"{number}. {entry_line(proposal.entry)}")
        evidence = (
            f"learned from {counted(len(proposal.learned_from), 'corrected article')}"
            f" of {counted(proposal.stories, 'story', 'stories')}"
        )
        typer.echo(f"   {'weak evidence: ' if proposal.weak else ''}{evidence}")
        typer.echo(
            f"   of the corrected ones {len(effect.fixed)} become right, {len(effect.broken)} wrong,"
            f" {len(effect.nearer)} come nearer"
        )
        for where, places in (("in", effect.into), ("out", effect.out), ("to check", effect.check)):
            if places:
                typer.echo(f"   {counted(len(places), 'stored article')} {where}, such as")
                for at in places[:3]:
                    mark = " (right)" if at in effect.fixed else " (wrong)" if at in effect.broken else ""
                    typer.echo(f"     {headline(articles[at])}{mark}")


def show_comparison(comparison: Comparison, articles: Sequence[Article], truth: Truth, most: int) -> None:
    """A table of the themes, then what moves in each, then the scores where people gave answers."""
    rows = [
        (
            theme.theme,
            theme.before.get(Verdict.IN, 0),
            theme.after.get(Verdict.IN, 0),
            *(len(theme.going(verdict)) for verdict in _GOES),
        )
        for theme in comparison.themes
    ]
    table(rows, ("theme", "in before", "in after", "go in", "go out", "go to check"))
    for theme in comparison.themes:
        for verdict, goes in _GOES.items():
            moves = theme.going(verdict)
            if moves:
                typer.echo(f"\n{theme.theme}: {len(moves)} {goes}")
            for move in moves[:most]:
                _show_move(move, articles[move.at])
            if len(moves) > most:
                typer.echo(f"  ... and {len(moves) - most} more: --all shows them")
    if truth:
        _show_reports(*_reports(comparison, truth))


def _show_move(move: Move, article: Article) -> None:
    mark = {True: " (right)", False: " (wrong)", None: ""}[move.right]
    typer.echo(f"  {move.before.score:.1f} -> {move.after.score:.1f}  {headline(article)}{mark}")
    for change in move.changes[:_TERMS]:
        typer.echo(printable(f"      {change.before:+.1f} -> {change.after:+.1f}  {change.term}"))


def _reports(comparison: Comparison, truth: Truth) -> tuple[ThemeReport, ThemeReport]:
    """The scores before and after, over the articles whose themes a person gave."""
    places = sorted(truth)
    labels, themes = [truth[at] for at in places], [moves.theme for moves in comparison.themes]
    before, after = (
        theme_report(labels, [side[at] for at in places], themes)
        for side in (comparison.before, comparison.after)
    )
    return before, after


def _show_reports(before: ThemeReport, after: ThemeReport) -> None:
    """F1 and what it is made of, before and after."""
    rows: list[tuple[object, ...]] = []
    for theme, old in before.by_theme.items():
        new = after.by_theme[theme]
        rows.append(
            (
                theme,
                f"{old.f1:.3f} -> {new.f1:.3f}",
                f"{old.right} -> {new.right}",
                f"{old.wrongly_in} -> {new.wrongly_in}",
                f"{old.missed} -> {new.missed}",
            )
        )
    rows.append(("macro", f"{before.macro_f1:.3f} -> {after.macro_f1:.3f}", "", "", ""))
    typer.echo("")
    table(rows, ("theme", "F1", "right", "wrongly in", "missed"))


def comparison_json(comparison: Comparison, articles: Sequence[Article], truth: Truth) -> dict[str, Any]:
    """The whole comparison; "scores" only where people gave answers."""
    found: dict[str, Any] = {
        "articles": len(articles),
        "themes": [theme.as_json(articles) for theme in comparison.themes],
    }
    if truth:
        before, after = _reports(comparison, truth)
        found["scores"] = {
            "articles": len(truth),
            "before": report_json(before),
            "after": report_json(after),
        }
    return found


def show_started(started: Started) -> None:
    """What a new theme would file, and what it wouldn't though it was made from it."""
    for article in started.unfiled:
        say(f"It does not file this example by itself yet: {headline(article)}")
    say(
        f"Of the stored articles {started.count(Verdict.IN)} would be in it,"
        f" {started.count(Verdict.CHECK)} for an editor to check{':' if started.matched else '.'}"
    )
    for article, score in started.matched[:_MATCHED]:
        say(f"  {score.score:.1f} ({score.verdict})  {headline(article)}")


def started_json(started: Started) -> dict[str, Any]:
    """A new theme, and what it would file."""
    return {
        "slug": started.slug,
        "text": started.text,
        "matches": {verdict.value: started.count(verdict) for verdict in (Verdict.IN, Verdict.CHECK)},
        "examples_not_filed": [article.url for article in started.unfiled],
    }
