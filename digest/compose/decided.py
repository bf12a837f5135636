"""What an editor decided about stories, obeyed.

A decision speaks of an article, and holds for whatever story has it. Of several about one story the latest
wins. A drop is absolute, and so is a pin, but for this: no story is told twice. What was said for one
telling (its place, its headline, its summary) is spent once an edition has told the article it was said of;
drops and themes stay, and so does a word against its picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose.headline import clean_headline
from digest.model.decisions import Decision, DecisionKind, Decisions
from digest.model.edition import Method, Provenance, RankPart, Summary
from digest.model.news import Article, Story, ThemeScore, Verdict

DROPPED = "dropped by the editor"
_LATER = ": a later telling of "
BELOW_THE_CUT = "below the cut"
TO_CHECK = "only for an editor to check"
NEARLY_IN = (BELOW_THE_CUT, TO_CHECK)  # how the reasons begin of what an editor may want to bring in


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an editor said about one story; None where nothing was."""

    pinned: Decision | None = None
    dropped: Decision | None = None
    filed: Decision | None = None
    worded: Decision | None = None
    summed_up: Decision | None = None
    no_picture: Decision | None = None
    led: Decision | None = None

    @property
    def place(self) -> int:
        """Where it is pinned, from 1; 0 where it isn't."""
        return self.pinned.place if self.pinned else 0

    @property
    def leads(self) -> int:
        """The article chosen to lead it; 0 where none was."""
        return self.led.article_id if self.led else 0

    @property
    def pin_order(self) -> tuple[int, datetime, int]:
        """Sorts pinned stories by place, and of two at one place the one first pinned there first."""
        pin = self.pinned
        assert pin is not None
        return (pin.place, pin.moment, pin.article_id)

    @property
    def headline(self) -> str:
        """In the editor's words; "" where there are none."""
        return self.worded.value if self.worded else ""

    @property
    def in_vain(self) -> str:
        """What to add to the reason of a pinned story that can't be in all the same."""
        return f"; pinned in vain{by(self.pinned)}: no story is told twice" if self.pinned else ""


NOTHING = Ruled()


def ruled_by(decisions: Decisions, article_ids: Sequence[int], told: Mapping[int, int]) -> Ruled:
    """What holds for the story of these articles; ``told`` are those that an edition has had."""
    if not any(number in decisions.by_article for number in article_ids):
        return NOTHING
    unspent = [number for number in article_ids if number not in told]
    pinned = decisions.latest(unspent, {DecisionKind.PIN})
    dropped = decisions.latest(article_ids, {DecisionKind.DROP})
    if pinned and dropped:
        pinned, dropped = (pinned, None) if pinned.moment > dropped.moment else (None, dropped)
    return Ruled(
        pinned=pinned,
        dropped=dropped,
        filed=decisions.latest(article_ids, {DecisionKind.FILE}),
        worded=decisions.latest(unspent, {DecisionKind.HEADLINE}),
        summed_up=decisions.latest(unspent, {DecisionKind.SUMMARY}),
        no_picture=decisions.latest(article_ids, {DecisionKind.NO_PICTURE}),
        led=decisions.latest(unspent, {DecisionKind.LEADS}),
    )


def led_by(story: Story, article_id: int) -> Story:
    """The story with this telling of it first; as it is where that is none of its own.

    A copy changes places with the telling whose words it has: it counts for no publisher more than before.
    """
    every = (*story.articles, *story.copies)
    leading = next((article for article in every if article_id and article.id == article_id), None)
    if leading is None:
        return story
    others, copies = list(story.articles), list(story.copies)
    if leading in copies:
        original = max(others, key=lambda article: _words_shared(article, leading))
        copies[copies.index(leading)] = original
        others.remove(original)
    else:
        others.remove(leading)
    return replace(story, articles=(leading, *others), copies=tuple(copies))


def _words_shared(one: Article, other: Article) -> float:
    words, others = (set(f"{article.title} {article.text}".lower().split()) for article in (one, other))
    return len(words & others) / (len(words | others) or 1)


def by(decision: Decision) -> str:
    """' by Ada Lund', or ' by an editor' where no name was given."""
    return f" by {decision.decided_by or 'an editor'}"


def drop_reasons(
    out: Iterable[Article], story: Story, dropped: Decision, decisions: Decisions
) -> dict[int, str]:
    """Why each of the articles ``out`` is not in, their story being dropped.

    One that came since, and that no editor has seen, names the one that was dropped.
    """
    reason = f"{DROPPED}{f' ({dropped.decided_by})' if dropped.decided_by else ''}"
    every = (*story.articles, *story.copies)
    seen = next((article for article in every if article.id == dropped.article_id), None)
    later = f"{reason}{_LATER}“{clean_headline(seen)}” [{seen.id}]" if seen else reason
    return {
        article.id: later if _came_since(article, dropped, decisions) else reason
        for article in out
        if article.id
    }


def _came_since(article: Article, dropped: Decision, decisions: Decisions) -> bool:
    when = article.gathered_at or article.published_at
    if when is None or dropped.decided_at is None or when <= dropped.decided_at:
        return False
    return decisions.latest([article.id], {DecisionKind.DROP}) is None


def later_than_dropped(drops: Mapping[int, str]) -> list[int]:
    """The articles that are out only since an editor dropped their story before they came."""
    return sorted(number for number, why in drops.items() if why.startswith(DROPPED) and _LATER in why)


def filed_under(
    ruled: Ruled, scores: Sequence[ThemeScore], known: Collection[str]
) -> tuple[tuple[ThemeScore, ...], bool] | None:
    """The themes an editor set, never to be checked; None when none did, or none of them exists any more.

    Being filed doesn't move a story: each theme has the points of the best that it had by itself.
    """
    if ruled.filed is None:
        return None
    slugs = [slug for slug in ruled.filed.slugs if slug in known]
    if ruled.filed.slugs and not slugs:
        return None
    own = {score.theme: score for score in scores}
    best = max(scores, key=lambda score: score.score, default=ThemeScore("", 0.0, 0.0, Verdict.IN))
    return tuple(
        replace(best, theme=slug, verdict=Verdict.IN, hits=own[slug].hits if slug in own else ())
        for slug in slugs
    ), False


def notes(ruled: Ruled, story: Story) -> tuple[RankPart, ...]:
    """What to show with the rank: addends of nothing, since no decision is weighed."""
    parts: list[RankPart] = []
    if ruled.pinned:
        parts.append(RankPart("pinned", 0.0, f"to {ruled.place}{by(ruled.pinned)}"))
    if ruled.filed:
        themes = ", ".join(ruled.filed.slugs) or "no theme"
        parts.append(RankPart("filed", 0.0, f"under {themes}{by(ruled.filed)}"))
    if ruled.led and ruled.led.article_id == story.lead.id:
        parts.append(RankPart("led", 0.0, f"by the telling chosen{by(ruled.led)}"))
    return tuple(parts)


def rewritten(summary: Summary | None, ruled: Ruled) -> Summary | None:
    """The summary in the editor's words, where there are any; it still names what it was made from."""
    if ruled.summed_up is None:
        return summary
    made = summary.provenance if summary else Provenance(Method.EDITOR)
    return Summary(
        ruled.summed_up.value,
        replace(
            made,
            method=Method.EDITOR,
            reviewed_by=ruled.summed_up.decided_by,
            reviewed_at=ruled.summed_up.decided_at,
        ),
    )
