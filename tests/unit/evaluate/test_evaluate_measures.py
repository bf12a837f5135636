"""The figures against plain re-computation on cases small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.evaluate.grounding import trials
from digest.evaluate.records import Record
from digest.evaluate.stories import group_records, score_stories
from digest.evaluate.summaries import SummariesTally, summarise_records
from digest.evaluate.themes import ThemesTally, file_items
from digest.group import GroupOptions, Theme, load_themes
from digest.model.words import count_words
from digest.summarise.sentences import sentences


def records(*rows: Mapping[str, object]) -> list[Record]:
    return [Record(f"x:{number}", number, row) for number, row in enumerate(rows, 1)]


@pytest.fixture(scope="module")
def themes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Theme, ...]:
    folder = tmp_path_factory.mktemp("themes")
    for slug, word in (("rivers", "dam"), ("lakes", "lake")):
        (folder / f"{slug}.toml").write_text(
            f'slug = "{slug}"\nname = "{slug}"\ncolour = "#114477"\n[phrases]\nstrong = ["{word}"]\n',
            encoding="utf-8",
        )
    return load_themes([folder], ["rivers", "lakes"])


# --- themes


def tallied(themes: tuple[Theme, ...], rows: Sequence[dict[str, object]]) -> ThemesTally:
    tally = ThemesTally(tuple(theme.slug for theme in themes))
    for item in file_items(iter(records(*rows)), themes, GroupOptions()):
        tally.add(item)
    return tally


ROWS: list[dict[str, object]] = [
    {"id": "a", "title": "A dam breaks", "labels": ["rivers"], "borderline": False},
    {"id": "b", "title": "A dam by the lake", "labels": ["rivers"], "borderline": True},
    {"id": "c", "title": "A dam in a joke", "labels": [], "borderline": False},
    {"id": "d", "title": "Water rises", "labels": ["rivers", "lakes"], "borderline": False},
    {"id": "e", "title": "Sun shines", "labels": [], "borderline": False},
    {"id": "f", "title": "The lake", "labels": None},
]


def test_themes_are_scored_as_one_would_by_hand(themes: tuple[Theme, ...]) -> None:
    found = tallied(themes, ROWS).as_json()
    rivers, lakes = found["all"]["by_theme"]["rivers"], found["all"]["by_theme"]["lakes"]
    # rivers: a and b right, c wrongly in, d missed. lakes: b wrongly in, d missed.
    assert (rivers["right"], rivers["wrongly_in"], rivers["missed"]) == (2, 1, 1)
    assert rivers["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert rivers["recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert (lakes["right"], lakes["wrongly_in"], lakes["missed"], lakes["f1"]) == (0, 1, 1, 0.0)
    assert found["all"]["macro_f1"] == pytest.approx((2 / 3 + 0) / 2, abs=1e-4)
    assert found["all"]["micro"]["f1"] == pytest.approx(2 * 2 / (2 * 2 + 2 + 2), abs=1e-4)
    assert (found["items"], found["labelled"], found["borderline"]) == (6, 5, 1)


def test_clear_items_leave_the_borderline_ones_out(themes: tuple[Theme, ...]) -> None:
    clear = tallied(themes, ROWS).as_json()["clear"]["by_theme"]
    assert (clear["rivers"]["right"], clear["lakes"]["wrongly_in"]) == (1, 0)


def test_mistakes_carry_points_and_terms(themes: tuple[Theme, ...]) -> None:
    wrong = {(one.key, one.theme): one for one in tallied(themes, ROWS).mistakes}
    assert set(wrong) == {("b", "lakes"), ("c", "rivers"), ("d", "rivers"), ("d", "lakes")}
    told = wrong["c", "rivers"].as_json()
    assert (told["what"], told["points"], told["terms"][0]["term"]) == ("wrongly in", 6.0, "dam")
    assert wrong["d", "rivers"].as_json()["what"] == "missed"


def test_an_item_that_an_editor_would_check_is_not_in(themes: tuple[Theme, ...]) -> None:
    tally = tallied(
        themes, [{"title": "Rain", "text": "The dam held. The dam stands.", "labels": ["rivers"]}]
    )
    (missed,) = tally.mistakes
    assert (missed.wrongly_in, missed.score.verdict, tally.check) == (False, "check", 1)


def test_labels_that_name_no_theme_are_told_and_count_for_nothing(themes: tuple[Theme, ...]) -> None:
    tally = tallied(themes, [{"title": "Sun", "labels": ["seas"]}])
    assert tally.unknown == {"seas"}
    assert tally.report().micro.missed == 0


# --- stories


def by_hand(events: Sequence[str], stories: Sequence[str]) -> tuple[float, float, float, float]:
    """BCubed and pairwise precision and recall, straight from their definitions."""
    everyone = range(len(events))
    precisions, recalls = [], []
    for one in everyone:
        with_me = {other for other in everyone if stories[other] == stories[one]}
        like_me = {other for other in everyone if events[other] == events[one]}
        precisions.append(len(with_me & like_me) / len(with_me))
        recalls.append(len(with_me & like_me) / len(like_me))
    together = {pair for pair in combinations(everyone, 2) if stories[pair[0]] == stories[pair[1]]}
    belong = {pair for pair in combinations(everyone, 2) if events[pair[0]] == events[pair[1]]}
    right = len(together & belong)
    return (
        sum(precisions) / len(events),
        sum(recalls) / len(events),
        right / len(together) if together else float(not belong),
        right / len(belong) if belong else float(not together),
    )


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=1, max_size=12))
def test_stories_are_scored_as_their_measures_are_defined(pairs: list[tuple[str, str]]) -> None:
    events, stories = [event for event, _ in pairs], [story for _, story in pairs]
    found = score_stories("", events, stories)
    assert found.bcubed is not None
    assert found.pairwise is not None
    measured = (
        found.bcubed.precision,
        found.bcubed.recall,
        found.pairwise.precision,
        found.pairwise.recall,
    )
    assert measured == pytest.approx(by_hand(events, stories))
    largest = max(dict.fromkeys(events), key=events.count)
    rest = [pair for pair in pairs if pair[0] != largest]
    if rest:
        assert found.bcubed_rest is not None
        assert (found.bcubed_rest.precision, found.bcubed_rest.recall) == pytest.approx(
            by_hand([event for event, _ in rest], [story for _, story in rest])[:2]
        )


FIRE = {
    "title": "Warehouse fire closes the harbour of Lindholm",
    "text": "A warehouse fire in the harbour of Lindholm drove crews off the quay before dawn.",
}
SAME_FIRE = {
    "title": "Lindholm harbour closed after warehouse fire",
    "text": "The harbour of Lindholm stays closed after a warehouse fire that crews fought until noon.",
}


def test_each_set_is_grouped_by_itself_and_no_two_share_a_story(themes: tuple[Theme, ...]) -> None:
    rows: list[dict[str, object]] = [
        {"id": "1", "set": "a", "event_id": "fire", "date": "2026-03-01", **FIRE},
        {"id": "2", "set": "a", "event_id": "fire", "date": "2026-03-01", **SAME_FIRE},
        {"id": "3", "set": "b", "event_id": "fire", "date": "2026-03-01", **FIRE},
    ]
    found = group_records(records(*rows), themes, GroupOptions())
    assert found.stories[0] == found.stories[1] != found.stories[2]
    assert [score.name for score in found.scores] == ["a", "b"]


def test_every_record_has_a_story_also_doubles_and_those_without_anything(themes: tuple[Theme, ...]) -> None:
    rows: list[dict[str, object]] = [{"id": "x", "date": None, **FIRE}, {"id": "x", **SAME_FIRE}, {}, {}]
    found = group_records(records(*rows), themes, GroupOptions())
    assert len(found.stories) == 4
    assert found.stories[0] == found.stories[1] != found.stories[2]
    assert found.stories[2] != found.stories[3]
    assert found.scores[0].bcubed is None


def test_an_undated_article_is_compared_with_the_latest_of_its_set(themes: tuple[Theme, ...]) -> None:
    rows: list[Mapping[str, object]] = [
        {"id": "1", "date": "2026-03-01", **FIRE},
        {"id": "2", "date": None, **SAME_FIRE},
    ]
    found = group_records(records(*rows), themes, GroupOptions())
    assert found.stories[0] == found.stories[1]
    far: list[Mapping[str, object]] = [
        *rows,
        {"id": "3", "date": "2026-06-01", "title": "Snow", "text": "Snow fell."},
    ]
    assert len(set(group_records(records(*far), themes, GroupOptions()).stories)) == 3


# --- summaries


def rouge_by_hand(summary: str, reference: str) -> tuple[float, float, float]:
    """ROUGE-1, -2 and -L F1 of texts whose words need no stemming."""
    mine, theirs = summary.lower().replace(".", "").split(), reference.lower().replace(".", "").split()

    def overlap(first: list[object], second: list[object]) -> float:
        left = list(second)
        shared = 0
        for one in first:
            if one in left:
                left.remove(one)
                shared += 1
        return f1(shared, len(first), len(second))

    def longest(first: Sequence[str], second: Sequence[str]) -> int:
        if not first or not second:
            return 0
        if first[0] == second[0]:
            return 1 + longest(first[1:], second[1:])
        return max(longest(first[1:], second), longest(first, second[1:]))

    return (
        overlap(list(mine), list(theirs)),
        overlap(list(pairwise(mine)), list(pairwise(theirs))),
        f1(longest(mine, theirs), len(mine), len(theirs)),
    )


def f1(shared: int, mine: int, theirs: int) -> float:
    return 2 * shared / (mine + theirs) if shared else 0.0


def tally_of(rows: Iterable[dict[str, object]]) -> tuple[SummariesTally, list[str]]:
    tally, texts = SummariesTally(), []
    for item in summarise_records(iter(records(*rows))):
        tally.add(item)
        texts.append(item.summary)
    return tally, texts


ARTICLE = {
    "title": "Ferry runs again",
    "text": "The ferry to Orm runs again from Monday at noon. Crews fixed the gate in two weeks of work."
    " The mayor took the first trip to the fort with a band.",
}


def test_summaries_and_baselines_are_scored_as_rouge_is_defined() -> None:
    reference = "The ferry to Orm runs again. Crews fixed the gate."
    tally, (summary,) = tally_of([{"id": 1, "articles": [ARTICLE], "reference": reference}])
    means = tally.means()
    assert means["extract"] == pytest.approx(rouge_by_hand(summary, reference))
    first, second, _ = sentences(ARTICLE["text"])
    assert means["lead-1"] == pytest.approx(rouge_by_hand(first, reference))
    assert means["lead-2"] == pytest.approx(rouge_by_hand(f"{first} {second}", reference))
    assert means["lead-3"] == pytest.approx(rouge_by_hand(ARTICLE["text"], reference))


def test_a_summary_has_at_most_two_sentences_and_sixty_words() -> None:
    tally, (summary,) = tally_of([{"articles": [ARTICLE, ARTICLE]}])
    assert 1 <= len(sentences(summary)) <= 2
    assert count_words(summary) <= 60
    assert tally.by_sentences == {len(sentences(summary)): 1}


def test_what_can_not_be_summed_up_has_an_empty_summary_and_no_score() -> None:
    rows: list[dict[str, object]] = [
        {"articles": []},
        {"reference": "Something."},
        {"articles": [{"title": None, "text": None}], "reference": "Something."},
    ]
    tally, texts = tally_of(rows)
    assert texts == ["", "", ""]
    assert tally.by_sentences == {0: 3}
    assert tally.scored == 1


# --- grounding


def test_a_falsehood_is_caught_when_the_check_says_more_than_of_the_true_text() -> None:
    reference = "Crews fixed the gate in two weeks."
    rows: list[dict[str, object]] = [
        {"id": "a", "articles": [ARTICLE], "reference": reference},
        {"id": "b", "articles": [ARTICLE], "reference": "Crews fixed the gate in 40 weeks."},  # not borne out
        {"id": "c", "articles": [ARTICLE]},
    ]

    def falsify(text: str, _sources: Sequence[str], _seed: int, _key: str) -> Iterable[tuple[str, str]]:
        return [("number", text.replace("weeks", "weeks and 7.5 hours")), ("nothing", f"{text} ")]

    found = list(trials(records(*rows), 0, falsify))
    assert [(row["id"], row["kind"], row["caught"]) for row in found] == [
        ("a", "unchanged", False),
        ("a", "number", True),
        ("a", "nothing", False),
        ("b", "unchanged", True),
        ("b", "number", True),
        ("b", "nothing", False),
    ]
    assert "7.5" in found[1]["why"]
    assert found[1]["text"] != reference
