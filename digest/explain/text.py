"""What ``explain`` found out, for people: one part for each question, in the order of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from digest.explain.value import Explanation, Placing, Telling
from digest.model.edition import EditionStory
from digest.model.plural import counted

_HITS = 12  # terms of one theme that are shown
_TERMS = 6


def lines(found: Explanation) -> Iterator[str]:
    """The whole explanation. A further part is one more function in this list."""
    for part in (_origin, _themes, _story, _decisions, _editions, _answers):
        yield from part(found)


def _origin(found: Explanation) -> Iterator[str]:
    article, feed = found.article, found.feed
    yield article.title or "(no title)"
    yield f"  article {article.id}: {article.outlet}, {article.url}"
    source = f"according to its {article.date_source}" if article.date_source else "its date is unknown"
    published = _time(article.published_at) if article.published_at else "undated"
    yield f"  published {published} ({source})"
    origin = f"from the feed {feed.name} <{feed.url}>" if feed else "from a feed that is gone"
    yield f"  gathered {_time(article.gathered_at)} {origin}"
    weight = f"; its feed weighs {article.weight:g}" if article.weight != 1 else ""
    yield f"  {counted(len(article.text.split()), 'word')} of text{weight}"
    if article.ai_notice:
        yield f"  its page says of itself: {article.ai_notice}"


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"


def _themes(found: Explanation) -> Iterator[str]:
    into, check = found.theme_points
    for score in found.themes:
        points = f"{score.score:.1f} points ({into:g} are in, {check:g} to check)"
        yield f"Theme {score.theme}: {score.verdict}, {points}"
        for hit in score.hits[:_HITS]:
            yield f"    {hit.points:+.1f}  {hit.term} ({hit.where}, {hit.count}x)"
        if len(score.hits) > _HITS:
            yield f"    and {len(score.hits) - _HITS} more"


def _story(found: Explanation) -> Iterator[str]:
    thread = found.thread
    if not thread.tellings:
        yield f"Story: the only telling of its event; a story takes a likeness of {thread.threshold:.2g}"
        if thread.nearest:
            yield "  nearest:"
        for telling in thread.nearest:
            yield from _likeness(telling)
        return
    is_lead = thread.lead_id == found.article.id
    role = "a copy in it" if thread.is_copy else "its lead" if is_lead else "a telling"
    copies = f" ({thread.copies} of them copies)" if thread.copies else ""
    joins = f"a likeness of {thread.threshold:.2g} joins a pair"
    yield f"Story: {counted(thread.size, 'article')}{copies}, this one {role}; {joins}"
    if thread.shared:
        yield f"  most of them share: {', '.join(thread.shared)}"
    for one in thread.through:
        named = ", ".join(f"{outlet} [{number}] at {points:.1f}" for number, outlet, points in one.articles)
        yield f"  in {one.theme} by {len(one.articles)} of its {one.of} tellings: {named}"
    yield "  told with:" if thread.size - 1 <= len(thread.tellings) else "  told with, the closest first:"
    for telling in thread.tellings:
        yield from _likeness(telling)


def _likeness(telling: Telling) -> Iterator[str]:
    apart = f"{telling.hours_apart:.0f} h apart"
    copied = f", {telling.copied:.0%} the same text: a copy" if telling.copied else ""
    yield f"    {telling.likeness:.3f}  {telling.outlet}: {telling.title} [{telling.id}], {apart}{copied}"
    if telling.shared:
        yield f"           shares {', '.join(f'{term} {part:.3f}' for term, part in telling.shared[:_TERMS])}"


def _decisions(found: Explanation) -> Iterator[str]:
    for decision in found.decisions:
        when = f", {_time(decision.decided_at)}" if decision.decided_at else ""
        other = decision.article_id if decision.other_id == found.article.id else decision.other_id
        said = f" {decision.value}" if decision.value else f" with {other}" if other else ""
        yield f"Decided by {decision.decided_by or 'an editor'}{when}: {decision.kind}{said}"


def _answers(found: Explanation) -> Iterator[str]:
    for answer in found.answers:
        verdict = "accepted" if answer.accepted else f"refused: {answer.reason}"
        yield f"Asked {answer.model} on {_time(answer.answered_at)} for a summary: {verdict}"
        if answer.text:
            yield f"    it said: {answer.text}"


def _editions(found: Explanation) -> Iterator[str]:
    for placing in found.placings:
        yield from _placing(placing)
    if found.outlook:
        yield f"Editions: {found.outlook}"


def _placing(placing: Placing) -> Iterator[str]:
    head = f"Edition {placing.ref} (number {placing.edition_id}, {placing.state})"
    story = placing.story
    if story is None:
        yield f"{head}: out: {placing.dropped or 'no reason on record'}"
        return
    where = "one line" if story.brief else "in the web copy alone" if story.web_only else "a card"
    yield f"{head}: in, ranked {placing.position} of {placing.stories}, {story.score:.2f} points, as {where}"
    yield f"    headline: {story.headline}"
    if placing.dropped:
        yield f"    it stands behind that story and is not named: {placing.dropped}"
    for part in story.rank:
        yield f"    {part.value:+.2f}  {part.name}" + (f" ({part.note})" if part.note else "")
    yield from _texts(story)
    yield from _picture(story)
    for line in story.related:
        yield f"    related: {line.title} <{line.url}>"


def _picture(story: EditionStory) -> Iterator[str]:
    picture = story.picture
    if picture:
        whose = picture.credit or f"{picture.outlet}, as its source names nobody"
        size = f"{picture.width} x {picture.height} pixels"
        yield f"    picture, if it leads: {picture.source_url}, {size}, credited to {whose}"
    elif story.picture_trouble:
        where = f" from {story.image_url}" if story.image_url else ""
        yield f"    no picture{where}: {story.picture_trouble}"


def _texts(story: EditionStory) -> Iterator[str]:
    if story.update_of:
        yield f"    an update; new is: {story.update_of}"
    if story.summary is None:
        why = "a line has none" if story.brief else "no usable sentence"
        yield "    no further summary" if story.update_of else f"    no summary: {why}"
        return
    made = story.summary.provenance
    by = f"{made.method} {made.model}" if made.model else f"{made.method}"
    yield f"    summary by {by}, from {made.source or 'its sources'}: {story.summary.text}"
    yield from _sentences(made.sentences)
    if made.reviewed_by:
        yield f"      reviewed by {made.reviewed_by}"


def _sentences(sentences: Sequence[str]) -> Iterator[str]:
    for sentence in sentences:
        yield f"      from: {sentence}"
