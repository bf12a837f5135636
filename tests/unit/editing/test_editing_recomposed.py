"""From a draft to its file, to another order of it, to decisions, and to the draft composed with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import ComposeOptions, Past, compose
from digest.edits import _inside
from digest.group.kinship import kinship
from digest.material import READING
from digest.model.decisions import Decision, Decisions, amended
from digest.model.edition import Edition, EditionKey, Method, Provenance, Summary, ThemeStyle
from digest.model.news import Article, Story, ThemeScore, Verdict

from .conftest import NOW, THEMES, judged, sheet
from .test_editing_order import chains_of, rearranged

ROOMY = ComposeOptions(max_stories=99, max_words=99_999)


def draft(themes: list[str], decided: list[Decision]) -> Edition:
    stories = [
        Story(f"s{n}", (_article(n),), (), (ThemeScore(theme, 5.0, 0.5, Verdict.IN),))
        for n, theme in enumerate(themes, start=1)
    ]
    return compose(
        EditionKey("gazette", "daily", NOW),
        stories,
        themes=[ThemeStyle(slug, name, "#000000") for slug, name in THEMES.items()],
        title="The Gazette",
        language="en",
        local_date="2026-03-02",
        now=NOW,
        options=ROOMY,
        summarise=_summarise,
        notice=_no_notice,
        past=Past(),
        reading=READING,
        kin=kinship,
        told_url=lambda told: told.ref,
        articles_considered=1,
        outlets=1,
        decisions=Decisions.of(decided),
    ).edition


def _summarise(story: Story, lead: bool) -> Summary:
    return Summary("It sails.", Provenance(Method.EXTRACT, sentences=("It sails.",)))


def _no_notice(made: Sequence[Provenance | None]) -> None:
    return None


def _article(number: int) -> Article:
    url = f"https://example.org/{number}"
    when = NOW - timedelta(hours=number)
    return Article(url, url, f"Ship number {number} sails", published_at=when, outlet=f"O{number}", id=number)


@settings(max_examples=40)
@given(st.data(), st.lists(st.sampled_from(["north", "south", "sea"]), min_size=1, max_size=8))
def test_any_order_asked_for_twice_over_is_the_order_of_the_draft(
    data: st.DataObject, themes: list[str]
) -> None:
    standing: list[Decision] = []
    edition = draft(themes, standing)
    for again in range(2):
        of = sheet(*(_inside(story, {}, standing) for story in edition.stories))
        order = data.draw(st.permutations([block.number for block in of.ranking]))
        lead = order[0]
        chains = chains_of(of, order[1:])
        change, problems = judged(of, rearranged(of, lead, chains))
        assert problems == ()
        assert change is not None
        made = [replace(one, decided_at=NOW + timedelta(again)) for one in change.made]
        standing = amended(standing, made, change.taken)
        edition = draft(themes, standing)
        found = [story.article_ids[0] for story in edition.stories]
        assert found[0] == lead
        assert chains_of(of, found[1:]) == chains
