from __future__ import annotations

import pytest

from digest.summarise.acquaintance import Reader


def presumed(*sentences: str, language: str = "en") -> frozenset[str]:
    """What the last of these sentences presumes."""
    reader = Reader(language)
    return [reader.read(sentence).presumes for sentence in sentences][-1]


@pytest.mark.parametrize(
    "later",
    ["Holt will leave the council in May.", "The council asked Holt to leave.", "Nobody liked Holt's ferry."],
)
def test_a_surname_that_was_introduced_before_is_presumed(later: str) -> None:
    assert presumed("Mayor Ida Holt has resigned.", later) == {"holt"}


@pytest.mark.parametrize(
    ("before", "later", "surname"),
    [
        (
            "Ida Sanders has resigned.",
            "Sanders will leave in May.",
            "sanders",
        ),  # ends as many a plain word does
        ("Senator Ida Holt of Harne has resigned.", "Holt will leave in May.", "holt"),
        ("Head of Staff Ida Holt has resigned.", "Holt will leave in May.", "holt"),
        ("Ida J. Holt has resigned.", "The council asked Mr. Holt to leave.", "holt"),
        ("Ida Holt Jr. has resigned.", "The council asked Holt to leave.", "holt"),
        ("Ida Holt III has resigned.", "The council asked Holt to leave.", "holt"),
    ],
)
def test_a_surname_is_known_by_where_it_stood(before: str, later: str, surname: str) -> None:
    assert presumed(before, later) == {surname}


def test_a_courtesy_introduces_nobody_and_an_office_does() -> None:
    assert not Reader("en").read("The council asked Mr. Holt to leave.").introduces
    assert Reader("en").read("The council asked Mayor Holt to leave.").introduces == {"holt"}


def test_one_who_is_named_in_full_again_is_introduced() -> None:
    reader = Reader("")
    reader.read("Mayor Ida Holt has resigned.")
    again = reader.read("Holt, or Mayor Holt as her letters have it, will leave in May.")
    assert not again.presumes
    assert again.introduces == {"holt"}


@pytest.mark.parametrize(
    ("before", "later"),
    [
        ("The ferry has sunk.", "Holt will leave the council in May."),  # nobody had named her in full
        ("The Harne Council has resigned.", "It said the Council had no money."),  # no person
        ("House Republicans have resigned.", "They are Republicans from Harne."),
        ("It sank on Black Monday.", "On Monday it was raised."),
        ("The Harne Council met other councils; a council pays.", "Council houses are cold."),  # a plain word
        ("Senator Ida Holt of Harne has resigned.", "It moved Harne."),  # a place
        ("Ida Holt has resigned.", "Holt Hansen will follow."),  # another's name begins with it
    ],
)
def test_what_is_no_surname_presumes_nothing(before: str, later: str) -> None:
    assert presumed(before, later) == frozenset()


def test_a_language_that_gives_its_nouns_capitals_is_not_read() -> None:
    told = ("Die Deutsche Fähre ist gesunken.", "Man hat die Fähre gehoben.")
    assert presumed(*told, language="de-AT") == frozenset()
    assert presumed(*told) == {"fähre"}
