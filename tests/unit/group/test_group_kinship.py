from __future__ import annotations

from digest.group.kinship import kinship, nearest
from digest.model.news import Article


def article(number: int, title: str, text: str = "") -> Article:
    return Article(f"https://e.org/{number}", f"https://e.org/{number}", title, text=text, id=number)


KELDA = article(1, "Icebreaker Kelda stuck near Cape Odden", "The crew of the Kelda waits for a tug.")
TUG = article(2, "Tug reaches icebreaker Kelda off Cape Odden", "The tug freed the Kelda by noon.")
ONIONS = article(3, "Onion prices climb in Marrow Vale", "Farmers blame a dry spring.")


def test_stories_of_one_matter_are_alike_and_others_are_not() -> None:
    found = kinship([[KELDA], [ONIONS], [TUG]]).pairs
    assert set(found) == {(0, 2)}
    assert 0.1 < found[0, 2] < 1


def test_what_two_stories_have_in_common_is_told_the_weightiest_first() -> None:
    terms = kinship([[KELDA], [ONIONS], [TUG]]).shared(0, 2)
    assert {"kelda", "odden", "tug"} <= set(terms)
    assert kinship([[KELDA], [ONIONS]]).shared(0, 1) == ()


def test_a_story_is_the_mean_of_its_tellings() -> None:
    alone = kinship([[KELDA], [TUG]]).pairs[0, 1]
    assert kinship([[KELDA, ONIONS], [TUG]]).pairs[0, 1] < alone
    assert kinship([]).pairs == {}


def test_the_nearest_come_first_and_strangers_not_at_all() -> None:
    other = article(4, "Cape Odden lighthouse painted")
    assert nearest(KELDA, [ONIONS, other, TUG], 3) == [TUG, other]
    assert nearest(KELDA, [ONIONS, other, TUG], 1) == [TUG]
    assert nearest(KELDA, [], 3) == []
