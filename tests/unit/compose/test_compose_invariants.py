from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import ComposeOptions, Composition, Past, compose
from digest.group.kinship import kinship
from digest.material import READING
from digest.model.decisions import Decision, DecisionKind, Decisions
from digest.model.edition import EditionKey, Method, Provenance, Summary, ThemeStyle
from digest.model.news import Article, Story, ThemeScore, Verdict
from digest.model.words import count_words

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SLUGS = ("north", "south", "sea")


@st.composite
def _stories(draw: st.DrawFn) -> list[Story]:
    stories = []
    number = 0
    for index in range(draw(st.integers(0, 10))):
        made = []
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            hours = draw(st.one_of(st.none(), st.integers(-5, 60)))
            made.append(
                Article(
                    url=f"https://example.org/{number}",
                    canonical_url=f"https://example.org/{number}",
                    title=draw(
                        st.sampled_from([f"Ship {number} leaves the port", "The same headline again", ""])
                    ),
                    outlet=draw(st.sampled_from(["A", "B", "C", "D"])),
                    published_at=None if hours is None else NOW - timedelta(hours=hours),
                    weight=draw(st.sampled_from([0.5, 1.0, 2.0])),
                    id=number,
                )
            )
        split = draw(st.integers(1, len(made)))
        scores = tuple(
            ThemeScore(slug, 4.0, draw(st.sampled_from([0.2, 0.9])), draw(st.sampled_from(list(Verdict))))
            for slug in draw(st.lists(st.sampled_from([*SLUGS, "unknown"]), unique=True, max_size=2))
        )
        stories.append(Story(f"k{index}", tuple(made[:split]), tuple(made[split:]), scores))
    return stories


_options = st.builds(
    ComposeOptions,
    max_stories=st.integers(0, 8),
    max_words=st.integers(0, 120),
    also_today=st.booleans(),
    also_today_max=st.integers(0, 3),
    include_check=st.booleans(),
    brief_max=st.integers(0, 3),
)


_decided = st.lists(
    st.builds(
        Decision,
        st.sampled_from([DecisionKind.PIN, DecisionKind.DROP]),
        st.integers(1, 20),
        value=st.integers(1, 9).map(str),
        decided_at=st.integers(0, 50).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    ),
    max_size=6,
)


def _compose(
    stories: list[Story], options: ComposeOptions, used: dict[int, int], decided: list[Decision] | None = None
) -> Composition:
    def summarise(story: Story, lead: bool) -> Summary:
        text = "word " * (9 if lead else 6 + len(story.articles))
        return Summary(text.strip(), Provenance(Method.EXTRACT))

    return compose(
        EditionKey("p", "daily", NOW),
        stories,
        themes=tuple(ThemeStyle(slug, slug, "#000000") for slug in SLUGS),
        title="P",
        language="en",
        local_date="2026-03-02",
        now=NOW,
        options=options,
        summarise=summarise,
        notice=lambda _: None,
        past=Past(used=used),
        reading=READING,
        kin=kinship,
        told_url=lambda told: told.ref,
        articles_considered=1,
        outlets=1,
        decisions=Decisions.of(decided or []),
    )


@settings(max_examples=30, deadline=None)
@given(_stories(), _options, st.dictionaries(st.integers(1, 30), st.integers(1, 9), max_size=3))
def test_limits_hold_and_every_article_is_accounted_for_once(
    stories: list[Story], options: ComposeOptions, used: dict[int, int]
) -> None:
    found = _compose(stories, options, used)
    shown = found.edition.stories
    cards = [story for story in shown if not story.brief]
    assert len(cards) <= options.max_stories
    assert len(shown) - len(cards) <= options.brief_max
    words = sum(count_words(s.headline) + (count_words(s.summary.text) if s.summary else 0) for s in shown)
    assert words <= options.max_words
    assert sum(not story.themes for story in shown) <= (options.also_today_max if options.also_today else 0)

    inside = Counter(number for story in shown for number in story.article_ids)
    linked = Counter(link.article_id for story in shown for link in story.sources)
    assert max([*inside.values(), *linked.values()], default=1) == 1
    everything = {article.id for story in stories for article in (*story.articles, *story.copies)}
    assert set(inside) | set(found.drops) == everything
    assert not set(linked) & set(found.drops)
    assert not set(inside) & set(used)
    assert set(inside) - set(linked) == set(inside) & set(found.drops)

    assert found.edition.quiet == (not shown)
    assert all(len({link.outlet for link in story.sources}) == len(story.sources) for story in shown)
    assert len({story.headline for story in shown}) == len(shown)
    assert all(section.stories for section in found.edition.sections())
    sure = [story.score for story in shown if story.themes and not story.needs_check]
    assert sure == sorted(sure, reverse=True)


@settings(max_examples=60, deadline=None)
@given(_stories(), _options, st.dictionaries(st.integers(1, 30), st.integers(1, 9), max_size=3), _decided)
def test_decisions_are_obeyed_and_every_article_is_accounted_for(
    stories: list[Story], options: ComposeOptions, used: dict[int, int], decided: list[Decision]
) -> None:
    found = _compose(stories, options, used, decided)
    shown = found.edition.stories
    inside = Counter(number for story in shown for number in story.article_ids)
    everything = {article.id for story in stories for article in (*story.articles, *story.copies)}
    assert max(inside.values(), default=1) == 1
    assert set(inside) | set(found.drops) == everything
    assert not set(inside) & set(used)
    for whole in stories:
        numbers = {article.id for article in (*whole.articles, *whole.copies)}
        last = Decisions.of(decided).latest(numbers - used.keys(), {DecisionKind.PIN})
        drop = Decisions.of(decided).latest(numbers, {DecisionKind.DROP})
        dropped = drop and not (last and (last.decided_at or NOW) > (drop.decided_at or NOW))
        if dropped:
            assert not numbers & set(inside)
        elif last and not numbers & used.keys() and numbers & set(inside):
            (story,) = (story for story in shown if numbers & set(story.article_ids))
            assert not story.brief
            assert story.rank[-1].name == "pinned"
        elif last and not numbers & used.keys():
            reasons = {found.drops[number] for number in numbers}
            assert any("headline" in reason for reason in reasons)
    floating = [s.score for s in shown if s.themes and not s.needs_check and s.rank[-1].name != "pinned"]
    assert floating == sorted(floating, reverse=True)


@settings(max_examples=30, deadline=None)
@given(_stories(), _options, st.data())
def test_the_order_of_the_input_does_not_matter(
    stories: list[Story], options: ComposeOptions, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(stories))
    assert _compose(stories, options, {}) == _compose(shuffled, options, {})


@settings(max_examples=30, deadline=None)
@given(_stories())
def test_every_theme_has_three_cards_or_all_it_can_have(stories: list[Story]) -> None:
    roomy = ComposeOptions(max_stories=9, max_words=100_000, brief_max=99)
    shown = _compose(stories, roomy, {}).edition.stories
    available = Counter(story.themes[0] for story in shown)
    cards = Counter(story.themes[0] for story in shown if not story.brief)
    assert all(cards[slug] >= min(3, available[slug]) for slug in SLUGS)
