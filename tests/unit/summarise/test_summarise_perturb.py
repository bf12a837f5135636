from __future__ import annotations

import pytest

from digest.errors import InputError
from digest.summarise.grounding import ungrounded
from digest.summarise.grounding_report import SEEDS, borne_out, report
from digest.summarise.perturb import Kind, perturb

SOURCES = [
    (
        "Second ferry for Harne\n\nThe council of Harne did not buy a ferry in 2019. On Monday it bought one"
        " for 5.7 million crowns. “We lost a winter on that island,” Mayor Ida Holt told the Coast Agency."
        " Prices rose by 12 percent."
    ),
    (
        "Harne buys ferry\n\nNils Brandt, a fisherman, will sell 40 boats to the port of Velmouth."
        " He was told on Friday."
    ),
]
TEXT = (
    "The council of Harne bought a ferry for 5.7 million crowns on Monday."
    " The council did not buy a ferry in 2019. Prices rose by 12 percent."
    " “We lost a winter on that island,” Mayor Ida Holt said. Nils Brandt will sell 40 boats."
)
RECORD = {
    "id": "r1",
    "articles": [dict(zip(("title", "text"), source.split("\n\n"), strict=True)) for source in SOURCES],
    "reference": TEXT,
}


def test_the_text_to_be_changed_is_true() -> None:
    assert ungrounded(TEXT, SOURCES, language="en") == ()
    assert borne_out(TEXT, SOURCES)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_changes_the_text_and_the_same_seed_changes_it_alike(kind: Kind) -> None:
    made = {perturb(TEXT, SOURCES, kind, seed=seed, key=f"r{seed}") for seed in range(12)}
    assert None not in made
    assert TEXT not in made
    assert len(made) > 1 or kind is Kind.SCALED_NUMBER  # there is but one million
    again = perturb(TEXT, SOURCES, kind, seed=5, key="r1")
    assert again == perturb(TEXT, SOURCES, kind, seed=5, key="r1")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SWAPPED_NAME])
def test_what_was_made_false_is_caught(kind: Kind) -> None:
    for seed in range(12):
        changed = perturb(TEXT, SOURCES, kind, seed=seed, key="r1")
        assert changed is not None
        assert ungrounded(changed, SOURCES, language="en"), changed


@pytest.mark.parametrize(
    ("kind", "text", "sources"),
    [
        (Kind.INVENTED_NUMBER, "No figure here.", ["No figure here."]),
        (Kind.SWAPPED_NUMBER, "It has 5 ships.", ["It has 5 ships."]),
        (Kind.SWAPPED_NUMBER, "It has 5 ships.", ["It has 5 ships. It has 7 ships."]),  # as true
        (Kind.SCALED_NUMBER, "It cost 5 million.", ["It cost 5 million, or was it 5 billion?"]),
        (Kind.INVENTED_NAME, "Nobody is named.", ["Nobody is named."]),
        (Kind.INVENTED_NAME, "They met Ida Holt near some boats.", ["They met a woman."]),  # not borne out
        (
            Kind.SWAPPED_NAME,
            "They met Ida Holt near some boats.",
            ["They met Ida Holt near those boats. They met Nils Brandt near other boats."],
        ),
        (Kind.SWAPPED_NAME, "They met Holt near some boats.", ["There sat Ida and ate. She was Ida Holt."]),
        (Kind.ALTERED_QUOTATION, "He said “never again ever”.", ["He said something."]),
        (Kind.FLIPPED_NEGATION, "Ships at sea.", ["Ships at sea."]),
        (Kind.FLIPPED_DIRECTION, "Ships at sea.", ["Ships at sea."]),
        (Kind.FLIPPED_DIRECTION, "Prices rose twice.", ["Prices rose twice. Wages fell twice."]),
    ],
)
def test_what_can_not_be_made_false_is_left(kind: Kind, text: str, sources: list[str]) -> None:
    assert all(perturb(text, sources, kind, seed=seed, key="k") is None for seed in range(8))


def test_the_report_counts_what_was_tried_and_caught_and_names_the_false_alarms() -> None:
    stranger = {**RECORD, "id": "r2", "reference": "Gustav Lind paid 99 crowns."}
    made = report([RECORD, stranger], seed=3)
    by_kind = {one.kind: one for one in made.kinds}
    assert set(by_kind) == set(Kind)
    assert (
        by_kind[Kind.INVENTED_NUMBER].tried == SEEDS
    )  # of the first alone: what no source has is not changed
    assert by_kind[Kind.INVENTED_NUMBER].share == 1.0
    references = made.alarms[0]
    assert (references.sort, references.texts, references.borne_out, references.stopped) == (
        "references",
        2,
        1,
        1,
    )
    assert references.false == ()
    assert report([RECORD, stranger], seed=3) == made
    assert made.as_json()["kinds"]["scaled-number"] == {"tried": SEEDS, "caught": SEEDS, "share": 1.0}
    assert made.as_json()["alarms"]["references"]["false"] == []


def test_a_text_that_is_true_and_stopped_is_told_with_the_reason() -> None:
    text = "Guests came, and 12 of them slept in tents by the lake."
    source = (
        "By the lake slept guests. In tents slept 30 of them, it is said. Of 12 others nothing was heard."
    )
    record = {"id": "r3", "articles": [{"title": "Guests", "text": source}], "reference": text}
    (false,) = report([record]).as_json()["alarms"]["references"]["false"]
    assert false["id"] == "r3"
    assert false["against"] == [{"kind": "number", "text": "12", "reason": "the sources have 30 here"}]


def test_records_of_another_form_and_none_at_all_are_errors() -> None:
    with pytest.raises(InputError, match="no records"):
        report([])
    with pytest.raises(InputError, match="needs id"):
        report([{"id": "r1"}])


@pytest.mark.parametrize(
    "text",
    [
        "Harne bought 6 ferries.",
        "They met Gustav there.",
        "He said “we lost a summer”.",
        "The mayor did not sing at all.",
        "Cows ate green grass behind some hill.",
    ],
)
def test_a_text_with_a_word_that_no_source_has_is_not_borne_out(text: str) -> None:
    assert not borne_out(text, SOURCES)
