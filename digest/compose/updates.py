"""Which stories go on with one that an earlier edition told, and which of those have something new to say.

A story is never told twice. One that shares an article with an earlier edition's, or is very like it, is that
edition's: what came out since is either materially new (``novelty``), and then goes in once, labelled as
an update, told by the fresh reports alone; or it stays out, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose.decided import led_by
from digest.compose.headline import clean_headline, same_words
from digest.compose.known import Known, known
from digest.compose.leading import brought_up_to_date
from digest.compose.novelty import News, Nothing, whats_new
from digest.compose.options import UpdateOptions
from digest.compose.reading import Reading
from digest.compose.related import Alike
from digest.compose.retelling import copies_of, only_new, tellings_of
from digest.compose.sift import Sifted, dated, ids
from digest.compose.threads import Past, Thread, thread_of
from digest.model.edition import ToldStory
from digest.model.genre import aside
from digest.model.news import Article, Story


@dataclass(frozen=True, slots=True)
class Update:
    """What is new in a story that ``thread`` tells."""

    thread: Thread
    news: News
    reading: Story  # the fresh reports with nothing but what is new in them: to be summarised


@dataclass(frozen=True, slots=True)
class _Late:
    """What can't carry an update: why not, and the reports that were out when the story was told."""

    articles: list[Article]
    drops: dict[int, str]


@dataclass(frozen=True, slots=True)
class Followed:
    """The judgement on one story: ``story`` is what may go in, None when it has nothing new enough to say.

    ``belated``: its news is what gave way to an earlier edition's update.
    """

    story: Sifted | None
    drops: dict[int, str]
    update: Update | None = None
    belated: bool = False


def follow_all(
    sifted: Sequence[Sifted],
    alike: Alike,
    past: Past,
    reading: Reading,
    options: UpdateOptions,
    now: datetime,
) -> tuple[list[Sifted], dict[str, Update], dict[int, str]]:
    """The stories that may go in, the updates among them by their keys, and why the others may not."""
    passed: list[Sifted] = []
    updates: dict[str, Update] = {}
    drops: dict[int, str] = {}
    stands: dict[str, Sifted] = {}
    judged = [follow(one, alike, past, reading, options, now) for one in sorted(sifted, key=_weight)]
    for found in sorted(judged, key=lambda found: found.belated):
        drops |= found.drops
        if found.story is None:
            continue
        if found.update is not None:
            thread = found.update.thread
            better = stands.setdefault(thread.key, found.story)
            if better is not found.story:
                reason = f"{thread.had}; its update is: {better.story.lead.title}"
                drops |= dict.fromkeys(ids(found.story.story), reason)
                continue
            updates[found.story.story.key] = found.update
        passed.append(found.story)
    return passed, updates, drops


def _weight(one: Sifted) -> tuple[int, str]:
    """Sorts what most publishers tell first: of a running story's updates the first one stands."""
    return -len(one.story.publishers), one.story.key


def follow(
    passed: Sifted,
    alike: Alike,
    past: Past,
    reading: Reading,
    options: UpdateOptions,
    now: datetime,
) -> Followed:
    """What becomes of a sifted story, seen beside what was told.

    Args:
        passed: The story, its used articles and late tellings aside.
        alike: How like the told stories it is.
        past: What was told.
        reading: How to read.
        options: The thresholds.
        now: UTC.
    """
    thread = thread_of(passed, alike, past, options, now)
    if thread is None:
        if repeated := _same_headline(passed, past):
            return _all_out(passed, f"has a headline that edition {repeated.edition_id} already had")
        return Followed(passed, {})
    told = thread.told
    # Not since it went out: of what came out after its draft an edition says nothing.
    found = _followed(passed, thread, told.composed_at, past, reading, options, now)
    if found.story is None and told.follows and len(thread.stories) > 1:
        # That was an update, by the reports of its news alone: of what gave way to it readers know nothing.
        before_that = thread.stories[-2].composed_at
        return replace(_followed(passed, thread, before_that, past, reading, options, now), belated=True)
    return found


def _followed(
    passed: Sifted,
    thread: Thread,
    since: datetime,
    past: Past,
    reading: Reading,
    options: UpdateOptions,
    now: datetime,
) -> Followed:
    """What is new in the reports that came out after ``since``, as an update of the last of ``thread``."""
    story, late = _since(passed, thread, since, now)
    if story is None:
        return Followed(None, late.drops)
    before = _known([*passed.behind, *late.articles], thread, past, reading, options)
    found = whats_new(before, story.articles, reading, options.novelty)
    if isinstance(found, Nothing):
        reason = f"{thread.had}; nothing new enough: {found.why}"
        return Followed(None, late.drops | dict.fromkeys(ids(story), reason))
    told_by = replace(
        story, articles=tellings_of(found), copies=copies_of(story, found, passed.behind, reading)
    )
    led = brought_up_to_date(replace(passed, story=led_by(told_by, passed.ruled.leads)), reading).story
    others = f"{thread.had}; others tell what is new in it"
    drops = late.drops | dict.fromkeys(set(ids(story)) - set(ids(led)), others)
    update = Update(thread, found, only_new(led, before, found, reading, options))
    return Followed(replace(passed, story=led), drops, update)


def _all_out(passed: Sifted, reason: str) -> Followed:
    return Followed(None, dict.fromkeys(ids(passed.story), reason))


def _same_headline(passed: Sifted, past: Past) -> ToldStory | None:
    words = same_words(clean_headline(passed.story.lead))
    return next(
        (told for told in reversed(past.stories) if words and same_words(told.headline) == words), None
    )


def _since(passed: Sifted, thread: Thread, since: datetime, now: datetime) -> tuple[Story | None, _Late]:
    """The reports that came out after ``since``, and those that can't carry an update of ``thread``."""
    late = _Late([], {})
    had = thread.had

    def reports(articles: Sequence[Article]) -> list[Article]:
        fresh = []
        for article in articles:
            when, kind = dated(article, now), aside(article)
            if when is None or when < since:
                late.articles.append(article)
                late.drops[article.id] = f"{had}, and came out before that was drafted"
            elif kind:
                late.drops[article.id] = f"{had}; it doesn't report something new: {kind}"
            else:
                fresh.append(article)
        return fresh

    tellings, copies = reports(passed.story.articles), reports(passed.story.copies)
    late.drops.pop(0, None)  # what is not stored has no number
    if not tellings:
        tellings, copies = copies[:1], copies[1:]
    if not tellings:
        return None, late
    return replace(passed.story, articles=tuple(tellings), copies=tuple(copies)), late


def _known(
    behind: Sequence[Article],
    thread: Thread,
    past: Past,
    reading: Reading,
    options: UpdateOptions,
) -> Known:
    """What readers know, or could: what the editions said, and all that the articles behind them say.

    Of other stories of the matter it is what the editions said, and not which kinds of events they told.
    """
    numbers = dict.fromkeys(number for told in thread.stories for number in told.article_ids)
    articles = {number: past.articles[number] for number in numbers if number in past.articles}
    articles |= {article.id: article for article in behind}
    said, akin = (
        [f"{told.headline}.\n{told.summary}" for told in stories] for stories in (thread.stories, thread.akin)
    )
    texts = [f"{article.title}.\n{article.dek}\n{article.text}" for article in articles.values()]
    leads = [text[: options.novelty.lead_chars] for text in texts]
    return known([*said, *texts], [*said, *leads], reading, akin)
