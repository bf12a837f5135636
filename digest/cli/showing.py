"""An edition as commands print it: for people, and for ``--json``."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import typer

from digest.cli.common import counted, local, printable, say
from digest.kept_out import in_words, kept_out
from digest.model.edition import Edition, EditionStory, Method
from digest.model.links import edition_ref
from digest.model.words import count_words
from digest.parts import Parts
from digest.store import feeds, models
from digest.store.editions import EditionRow


def edition_json(parts: Parts, row: EditionRow) -> dict[str, object]:
    """A drafted edition for ``--json``."""
    assert row.edition is not None
    made = _summary_counts(parts, row.edition)
    return {**row_json(row), "summaries": made, "edition": asdict(row.edition)}


def show(parts: Parts, row: EditionRow) -> None:
    """A drafted edition for people."""
    edition = row.edition
    assert edition is not None
    told_by = {source.outlet for story in edition.stories for source in story.sources}
    outlets = f" from {counted(len(told_by), 'outlet')}" if told_by else ""
    say(
        f"Edition {edition_ref(row.key)} ({row.state}), due {local(row.key.slot, parts)}"
        f" {parts.schedule.timezone}: {counted(len(edition.stories), 'story', 'stories')}{outlets}."
    )
    if edition.quiet:
        then = "nothing will be sent" if parts.skip_quiet_day else "readers get a short note that says so,"
        say(f"No news worth an edition: {then} unless that changes.")
        with parts.database.read() as conn:
            if not any(health.checked_at for health in feeds.all_health(conn).values()):
                say("Nothing has been gathered yet: `digest gather` fetches the feeds.")
    elif edition.empty_themes():
        say(f"No story for {', '.join(theme.name for theme in edition.empty_themes())}.")
    if edition.stories:
        made = _summary_counts(parts, edition)
        refused = made.pop("refused")
        ways = ", ".join(f"{count} {way}" for way, count in made.items() if count)
        say(f"Summaries: {ways}" + (f"; answers of the model refused: {refused}." if refused else "."))
    say_kept_out(parts, row)
    if edition.opening:
        words = counted(sum(map(count_words, edition.opening)), "word")
        say(f"On top: {words} of an editor's; `digest opening` prints them.")
    for story in edition.possible_leads():
        if story.picture_trouble:
            say(printable(f"No picture for {story.headline!r}: {story.picture_trouble}."))
    _show_stories(edition)


def say_kept_out(parts: Parts, row: EditionRow, lead: str = "") -> None:
    """What came after its story was dropped, and so is out though no editor has seen it."""
    with parts.database.read() as conn:
        articles = kept_out(conn, row)
    if articles:
        see = f"`digest explain s{articles[0]}` says of which; `digest edit` has them"
        say(f"{lead}{in_words(articles)}: {see}.")


def _show_stories(edition: Edition) -> None:
    """The stories as readers meet them: the lead, then each theme."""
    lead = edition.lead()
    if lead is not None:
        typer.echo("\nThe lead")
        _show_story(lead)
    for section in edition.sections():
        rest = [story for story in section.stories if story is not lead]
        if rest:
            typer.echo(f"\n{section.theme.name if section.theme else 'Also today'}")
        for story in rest:
            _show_story(story)


def _show_story(story: EditionStory) -> None:
    """One story, called by the number that `digest edit` and `digest explain` know it by."""
    mark = "-" if story.brief or story.web_only else "*"
    outlets = ", ".join(dict.fromkeys(source.outlet for source in story.sources))
    typer.echo(printable(f"  {mark} s{story.sources[0].article_id} {story.headline} [{outlets}]"))
    if story.summary and not story.brief:
        typer.echo(f"      {printable(story.summary.text)}")


def _summary_counts(parts: Parts, edition: Edition) -> dict[str, int]:
    """How many cards have a summary by which method, and for how many the model's was refused."""
    cards = [story for story in edition.stories if not story.brief]
    made = Counter(story.summary.provenance.method if story.summary else "none" for story in cards)
    by_model = {s.key for s in cards if s.summary and s.summary.provenance.method is Method.MODEL}
    leads = [s.article_ids[0] for s in cards if s.article_ids and s.key not in by_model]
    with parts.database.read() as conn:
        answers = models.answers_about(conn, leads) if parts.drafting.model else []
    newest = {answer.article_id: answer for answer in reversed(answers)}
    refused = sum(not answer.accepted for answer in newest.values())
    return {**{str(way): made[way] for way in (*Method, "none")}, "refused": refused}


def row_json(row: EditionRow) -> dict[str, object]:
    """An edition for ``--json``, without its contents."""
    return {
        "id": row.id,
        "ref": edition_ref(row.key),
        "series": row.key.series,
        "slot": row.key.slot,
        "state": row.state,
        "revision": row.revision,
        "reason": row.reason,
    }
