"""`digest eval themes | stories | summaries | grounding`: how good the program is, on a file of examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from digest.cli.common import (
    JsonOption,
    counted,
    emit_json,
    printable,
    say,
    settings_of,
    table,
    watched,
    with_bar,
)
from digest.evaluate import grounding as grounding_part
from digest.evaluate import stories as stories_part
from digest.evaluate import summaries as summaries_part
from digest.evaluate import themes as themes_part
from digest.evaluate.records import predictions_to, read_records
from digest.group import GroupOptions, Theme
from digest.group.evaluate import Score, ThemeReport
from digest.wiring.themes import themes_in, themes_of

app = typer.Typer(help="Measure themes, stories and summaries on a file of examples.")

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE.jsonl", help="The examples: one JSON object a line.")
]
PredictionsOption = Annotated[
    Path | None,
    typer.Option("--predictions", metavar="OUT.jsonl", help="Write what the program says of each line here."),
]
ThemesOption = Annotated[
    Path | None,
    typer.Option(
        "--themes",
        metavar="DIR",
        help="Theme files to use over the built-in ones.",
        show_default="the newsletter's own",
    ),
]


def _themes_of(ctx: typer.Context, folder: Path | None) -> tuple[Theme, ...]:
    return themes_of(settings_of(ctx)) if folder is None else themes_in(folder)


def _unscored(items: int, labelled: int, what: str) -> None:
    if items and not labelled:
        say(f"No line has {what}: predictions only, nothing to score.")
    elif labelled < items:
        say(f"{counted(items - labelled, 'line')} without {what}: predicted, not scored.")


@app.command()
def themes(
    ctx: typer.Context,
    file: FileArgument,
    predictions: PredictionsOption = None,
    themes_dir: ThemesOption = None,
    errors: Annotated[
        bool, typer.Option("--errors", help="Also list what is wrong, with its points and terms.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """File each article under the themes. It prints precision, recall and F1 where there are labels."""
    chosen = _themes_of(ctx, themes_dir)
    tally = themes_part.ThemesTally(tuple(theme.slug for theme in chosen))
    with predictions_to(predictions) as out:
        records = with_bar(read_records(file), "Filing")
        for item in themes_part.file_items(records, chosen, GroupOptions()):
            out.add(id=item.id, labels=list(item.predicted))
            tally.add(item)
    if tally.unknown:
        names = ", ".join(sorted(tally.unknown))
        say(f"Labels that name no theme here, and count for nothing: {printable(names)}.")
    _unscored(tally.items, tally.labelled, "labels")
    if as_json:
        wrong = {"errors": [mistake.as_json() for mistake in tally.mistakes]} if errors else {}
        emit_json({**tally.as_json(), **wrong})
        return
    say(f"{counted(tally.items, 'article')}, {tally.check} of them for an editor to check.")
    if tally.labelled:
        _theme_tables(tally)
    if errors:
        for mistake in tally.mistakes:
            _show_mistake(mistake)


def _theme_tables(tally: themes_part.ThemesTally) -> None:
    rows: list[tuple[object, ...]] = []
    for name, clear_only in (("all", False), ("clear", True)):
        report: ThemeReport = tally.report(clear_only=clear_only)
        for theme, score in report.by_theme.items():
            rows.append((name, theme, *_share(score), score.right, score.wrongly_in, score.missed))
        micro = report.micro
        rows.append((name, "micro", *_share(micro), micro.right, micro.wrongly_in, micro.missed))
        rows.append((name, "macro", "", "", f"{report.macro_f1:.3f}", "", "", ""))
    table(rows, ("items", "theme", "precision", "recall", "F1", "right", "wrongly in", "missed"))


def _share(score: Score | None) -> tuple[str, str, str]:
    if score is None:
        return "-", "-", "-"
    return f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}"


def _show_mistake(mistake: themes_part.Mistake) -> None:
    what = "wrongly in" if mistake.wrongly_in else f"missed ({mistake.score.verdict})"
    border = ", borderline" if mistake.borderline else ""
    typer.echo(
        printable(
            f"{mistake.theme}: {what}{border}, {mistake.score.score:.1f} points: "
            f"{mistake.title or '(no title)'} [{mistake.key}]"
        )
    )
    for hit in mistake.score.hits:
        typer.echo(printable(f"    {hit.points:+.1f}  {hit.term} ({hit.where}, {hit.count}x)"))


@app.command()
def stories(
    ctx: typer.Context,
    file: FileArgument,
    predictions: PredictionsOption = None,
    themes_dir: ThemesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Group the articles of each set into stories. It prints BCubed and pairwise F where events are named."""
    chosen = _themes_of(ctx, themes_dir)
    records = list(read_records(file))

    def on_set(name: str, items: int) -> None:
        if watched():
            say(f"Grouping {counted(items, 'article')}{f' of {printable(name)}' if name else ''} ...")

    grouped = stories_part.group_records(records, chosen, GroupOptions(), on_set)
    with predictions_to(predictions) as out:
        for identity, story in zip(grouped.ids, grouped.stories, strict=True):
            out.add(id=identity, story=story)
    _unscored(len(records), sum(score.labelled for score in grouped.scores), "an event_id")
    if as_json:
        emit_json({"items": len(records), "sets": [score.as_json() for score in grouped.scores]})
        return
    for score in grouped.scores:
        found = f"{counted(score.items, 'article')} in {counted(score.stories, 'story', 'stories')}"
        events = f" ({counted(score.events, 'event')})" if score.events else ""
        say(printable(f"{score.name or 'All'}: {found}{events}."))
    if any(score.labelled for score in grouped.scores):
        rows = [row for score in grouped.scores for row in _story_rows(score)]
        table(rows, ("set", "events", "items", "BCubed P", "R", "F", "pairwise P", "R", "F"))


def _story_rows(score: stories_part.StoryScores) -> list[tuple[object, ...]]:
    rest = "without the largest event"
    return [
        (score.name or "-", name, items, *_share(first), *_share(second))
        for name, items, first, second in (
            ("all", score.labelled, score.bcubed, score.pairwise),
            (rest, score.labelled - score.largest, score.bcubed_rest, score.pairwise_rest),
        )
    ]


@app.command()
def summaries(
    file: FileArgument,
    predictions: PredictionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sum up each record's articles.

    At most two sentences and 60 words; it prints ROUGE where there is a reference.
    """
    tally = summaries_part.SummariesTally()
    with predictions_to(predictions) as out:
        records = with_bar(read_records(file), "Summing up")
        for item in summaries_part.summarise_records(records):
            out.add(id=item.id, summary=item.summary)
            tally.add(item)
    _unscored(tally.items, tally.scored, "a reference and articles")
    if as_json:
        emit_json(tally.as_json())
        return
    for count, number in sorted(tally.by_sentences.items()):
        say(f"{counted(number, 'summary', 'summaries')} of {counted(count, 'sentence')}.")
    if tally.scored:
        rows = [(name, *(f"{100 * value:.1f}" for value in values)) for name, values in tally.means().items()]
        table(rows, ("summary", "ROUGE-1", "ROUGE-2", "ROUGE-L"))


@app.command()
def grounding(
    file: FileArgument,
    predictions: PredictionsOption = None,
    seed: Annotated[int, typer.Option(help="Another seed falsifies the references in other places.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Falsify summaries, and count what the grounding check catches. Its false alarms are counted as well."""
    records = list(read_records(file))
    found = grounding_part.figures(records, seed)
    if predictions:
        with predictions_to(predictions) as out:
            out.extend(grounding_part.trials(with_bar(records, "Checking"), seed))
    scored = sum(1 for _ in grounding_part.scorable(records))
    _unscored(len(records), scored, "a reference and articles")
    if as_json:
        emit_json(found or {"seed": seed, "items": 0, "kinds": {}, "alarms": {}})
    elif found:
        _grounding_table(found)


def _grounding_table(found: dict[str, Any]) -> None:
    rows = [
        (kind, one["tried"], one["caught"], f"{one['share']:.1%}") for kind, one in found["kinds"].items()
    ]
    rows += [
        (f"false alarms on {sort}", one["borne_out"], one["false_alarms"], f"{one['share']:.1%}")
        for sort, one in found["alarms"].items()
    ]
    table(rows, ("kind", "tried", "caught", "share"))


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="eval")
