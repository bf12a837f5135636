"""What an editor sees of a draft, and what the edited file decides; ``digest.amendments`` makes it so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest import drafting
from digest.compose.decided import BELOW_THE_CUT, DROPPED, NEARLY_IN
from digest.compose.headline import clean_headline
from digest.editing import Block, Change, Problem, Sheet, Telling, Wording, diff, parse
from digest.editing.sheet import Mark
from digest.errors import StateError
from digest.model.decisions import Decision, DecisionKind, Decisions
from digest.model.edition import OPEN_TO_EDITING, Edition, EditionStory
from digest.model.links import edition_ref
from digest.model.news import Article, Story, Verdict
from digest.parts import Parts
from digest.rulebook import read_rulebook
from digest.store import articles as article_store
from digest.store import decisions as decision_store
from digest.store import editions
from digest.store.editions import EditionRow
from digest.summarise.grounding import Claim, ungrounded

_HEADLINE_CLAIMS = frozenset({Claim.NUMBER, Claim.QUOTATION})
_NEAR_EACH = 25  # stories below the cut, and as many to check, that the file offers


@dataclass(frozen=True, slots=True)
class Session:
    """A draft that is being edited: its row, its sheet, its articles by number, and what was decided."""

    row: EditionRow
    edition: Edition
    sheet: Sheet
    articles: Mapping[int, Article]
    standing: Sequence[Decision]


def open_draft(row: EditionRow) -> Edition:
    """The draft of an edition that an editor may change.

    Raises:
        StateError: it has none yet, can't be changed any more, or is a correction.
    """
    ref, edition = edition_ref(row.key), row.edition
    if row.state not in OPEN_TO_EDITING:
        raise StateError(f"the edition {ref} is {row.state.in_words()} and can't be edited any more")
    if edition is None:
        raise StateError(f"the edition {ref} has no draft to edit: `digest draft` makes one")
    if edition.correction:
        raise StateError(
            f"{ref} is a correction: `digest correct --edition {edition.correction.of}` rewrites it"
        )
    return edition


def begin(parts: Parts, row: EditionRow) -> Session:
    """What an editor sees of a draft.

    Raises:
        StateError: see ``open_draft``.
    """
    ref, edition = edition_ref(row.key), open_draft(row)
    with parts.database.read() as conn:
        drops = editions.get_drops(conn, row.id)
        standing = decision_store.list_decisions(conn, row.key.publication, row.key.series)
        rulings, decisions = read_rulebook(conn, row.key.publication, row.key.series, decided=standing)
        near = _nearly_in(drops, decisions)
        shown = {number for story in edition.stories for number in story.article_ids}
        articles = article_store.articles_by_id(conn, shown | set(near))
    outside = drafting.stories(
        parts, [articles[n] for n in near if n in articles and n not in shown], rulings
    )
    local = row.key.slot.astimezone(ZoneInfo(parts.schedule.timezone))
    sheet = Sheet(
        ref=ref,
        revision=row.revision,
        about=f"{edition.title}, edition {ref} ({row.state}), due {local:%Y-%m-%d %H:%M} {local.tzname()}",
        themes={theme.slug: theme.name for theme in edition.themes},
        ranking=tuple(_inside(story, articles, standing) for story in edition.stories),
        near=tuple(_outside(outside, drops, decisions, standing)),
        also_today=parts.drafting.composing.also_today,
    )
    return Session(row, edition, sheet, articles, standing)


def _nearly_in(drops: Mapping[int, str], decisions: Decisions) -> dict[int, str]:
    """The articles an editor may want to bring in or to have dropped no more, with why they are out."""
    found = {number: why for number, why in drops.items() if decisions.latest([number], {DecisionKind.DROP})}
    found |= {number: why for number, why in drops.items() if why.startswith(DROPPED)}
    for beginning in NEARLY_IN:
        why_out = {why for why in drops.values() if why.startswith(beginning)}
        best = set(sorted(why_out, key=_nearness)[:_NEAR_EACH])
        found |= {number: why for number, why in drops.items() if why in best}
    return found


def _nearness(why: str) -> float:
    """Sorts reasons by how near the story was: by its rank, or by the points of its theme."""
    figures = [float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", why)]
    if not figures:
        return 0.0
    return figures[0] if why.startswith(BELOW_THE_CUT) else -figures[-1]


def _about(ids: Collection[int], standing: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(one for one in standing if one.article_id in ids or (one.other_id and one.other_id in ids))


def _inside(story: EditionStory, articles: Mapping[int, Article], standing: Sequence[Decision]) -> Block:
    links = {link.article_id: link for link in story.sources}
    tellings = []
    for number in dict.fromkeys((*links, *story.article_ids)):
        if number in links:
            tellings.append(Telling(number, links[number].outlet, links[number].title))
        elif number in articles:
            tellings.append(Telling(number, articles[number].outlet, clean_headline(articles[number])))
    made = story.summary.provenance if story.summary else None
    return Block(
        headline=story.headline,
        tellings=tuple(tellings),
        summary=story.summary.text if story.summary else "",
        themes=story.themes,
        sure=not story.needs_check,
        note=f"an update of what was told before: {story.update_of}" if story.update_of else "",
        source_headline=story.sources[0].title,
        source_summary=" ".join(made.sentences) if made else "",
        decided=_about(story.article_ids, standing),
    )


def _outside(
    stories: Sequence[Story], drops: Mapping[int, str], decisions: Decisions, standing: Sequence[Decision]
) -> Iterator[Block]:
    """What is out but near: below the cut, then to check, then dropped; the nearest first."""

    def order(one: tuple[Story, str]) -> tuple[bool, int, float]:
        _, why = one
        kind = next((n for n, beginning in enumerate(NEARLY_IN) if why.startswith(beginning)), len(NEARLY_IN))
        return (kind == len(NEARLY_IN), kind, _nearness(why))

    # What was dropped once and has no recent telling any more is nothing to bring in.
    near = [(story, why) for story in stories if (why := _why_out(story, drops))]
    for story, why in sorted(near, key=order):
        every = (*story.articles, *story.copies)
        ids = [article.id for article in every]
        said = decisions.latest(ids, {DecisionKind.HEADLINE})
        own = clean_headline(story.lead)
        yield Block(
            headline=said.value if said else own,
            tellings=tuple(Telling(article.id, article.outlet, clean_headline(article)) for article in every),
            themes=tuple(score.theme for score in story.themes),
            mark=Mark.DROP if decisions.latest(ids, {DecisionKind.DROP}) else Mark.OUT,
            sure=bool(story.themes) and story.themes[0].verdict is Verdict.IN,
            note=why,
            source_headline=own,
            decided=_about(ids, standing),
        )


def _why_out(story: Story, drops: Mapping[int, str]) -> str:
    """Why a story is out that an editor may bring in; "" of any other."""
    reasons = (drops.get(article.id, "") for article in (*story.articles, *story.copies))
    return next((why for why in reasons if why.startswith((DROPPED, *NEARLY_IN))), "")


def judge(
    session: Session, text: str, *, by: str, now: datetime, confirm_facts: bool = False
) -> tuple[Change | None, tuple[Problem, ...]]:
    """What an edited file decides, or what is wrong with it. None without a problem: nothing.

    A number, name or quotation that none of the story's articles has is refused unless the editor
    confirms it: invariant 4 lets nothing go out that no source says, and an editor is one.

    Raises:
        StateError: the file is of another draft.
    """
    sheet, row = session.sheet, session.row
    page, problems = parse(text, sheet)
    if page and (page.ref, page.revision) != (sheet.ref, sheet.revision):
        theirs = f"edition {page.ref}, revision {page.revision}"
        raise StateError(
            f"the file is of {theirs}, and what is to be edited is {sheet.ref}, revision {sheet.revision}:"
            " nothing was changed; `digest edit` opens the draft as it is now"
        )
    if page is None or problems:
        return None, problems
    change = diff(sheet, page, series=row.key.series, by=by, now=now)
    problems = tuple(change.problems)
    if not problems and not confirm_facts:
        problems = tuple(_unfounded(session, change))
    return (None if problems else change), problems


def _unfounded(session: Session, change: Change) -> Iterator[Problem]:
    for wording in change.wordings:
        missing = [] if wording.confirmed else _lacking(session, wording)
        if missing:
            yield Problem(
                wording.line,
                f"the articles of {wording.name} don't bear out {', '.join(missing)}:"
                " mend it, or answer for it with a line `facts: confirmed` below the story's first",
            )


def _lacking(session: Session, wording: Wording) -> list[str]:
    """What the words claim and no article bears out. Of a headline, capitals and grammar claim nothing."""
    articles = [session.articles[number] for number in wording.ids if number in session.articles]
    sources = [f"{article.title}\n\n{article.dek}\n\n{article.text}" for article in articles]
    return [
        str(found)
        for found in ungrounded(wording.text, sources)
        if not wording.is_headline or found.kind in _HEADLINE_CLAIMS
    ]
