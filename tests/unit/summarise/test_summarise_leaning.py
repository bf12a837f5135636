# ruff: noqa: RUF001 - typographic marks occur in news
from __future__ import annotations

import pytest

from digest.summarise.leaning import is_author_speaking, is_dangling


@pytest.mark.parametrize(
    "sentence",
    [
        "He said the yard would be paid in May.",
        "It’s the same reason the ferry was built at all.",
        "They'd asked for a spare ship for eleven years.",
        "With those words the mayor of Harne left the room.",
        "In both cases the county overturned what the council had decided.",
        "After all, he had asked for the ferry himself.",
        "On Monday, she met the owners of the yard.",
        "The request comes as the council looks for a second ferry.",
        "The update came after the ferry of Harne had been seen in the yard.",
        "As of the same date, the yard had built two ferries for Harne.",
        "A similar claim appeared on another island's website.",
        "Among them are two children from Harne.",
        "Mayor Ida Holt added that the yard of Harne would be paid in May.",
        "(The council of Harne had voted for the ferry in May.)",
        "The owners of the yard, however, want to be paid in May.",
        "There will be a second ferry, though.",
        "The yard of Oskarhavn, for example, has built six ferries.",
        "Now, the council of Harne wants its money back.",
        "“The ferry of Harne will sail again before the summer,” she tweeted.",
    ],
)
def test_a_sentence_that_points_back_cannot_open_a_summary(sentence: str) -> None:
    assert is_dangling(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mayor Ida Holt said the yard would be paid in May.",
        "After Mayor Holt lost the vote, she left the council.",  # who 'she' is has been said
        "The county council voted for a second ferry on Monday.",
        "The request of the council for a second ferry was refused on Monday.",
        "In Harne, the ferry sails again.",
        "Itamar Holt, the mayor of Harne, has resigned.",
        "Thatcher's former yard is to build the ferry of Harne.",
        "The yard of Harne added 60 jobs in May.",
        "The council voted for a second ferry; the county, however, did not.",  # it says of whom it differs
        "The council may, however reluctant, vote for a second ferry.",
        "“The ferry of Harne will sail again before the summer,” Mayor Ida Holt tweeted.",
    ],
)
def test_one_that_names_what_it_speaks_of_can(sentence: str) -> None:
    assert not is_dangling(sentence)


def test_an_author_who_speaks_counts_outside_quotation_marks_only() -> None:
    for author in (
        "I saw the ferry sink.",
        "Let’s look at what our ferry costs.",
        "It gave us a winter.",
        "The ferry of Harne shows why you should never buy a ship in winter.",
        "Here are five of the best stories from the ferry of Harne.",
    ):
        assert is_author_speaking(author)
    for news in (
        "“We lost a winter,” said Mayor Ida Holt.",
        'The mayor said "I will resign" on Monday.',
        "The mayor said “thank you” to the yard of Harne.",
        "The US has bought the museum of Harne.",
        "Elizabeth I, as the ship is called, is an island ferry.",
    ):
        assert not is_author_speaking(news)


def test_who_said_it_leans_only_where_hardly_more_is_said() -> None:
    assert is_dangling("Holt said it was late.")
    assert not is_dangling(
        "Holt said the county would buy a second ferry for the island, pay the yard and hire a crew of nine."
    )
