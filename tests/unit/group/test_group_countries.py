from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digest.group import Theme, group, why_same
from digest.group.countries import ELSEWHERE, Whereabouts
from digest.model.news import Article

MakeArticle = Callable[..., Article]

RAIN = "Heavy rain washed roads away, and a flash flood in the hills killed nine people, officials said."
MORE_RAIN = "Forecasters expect heavy rain all week; a flash flood has already shut two motorways."


@pytest.mark.parametrize(
    ("one", "other", "elsewhere"),
    [
        ("Floods in Peru", "Floods in Nepal", True),
        ("Floods in Peru", "Peruvians flee the floods", False),
        ("Floods in Peru", "Lima counts the dead", False),  # nothing that is known as a country's
        ("Floods in Peru", "Nepal sends tents to Peru", False),
        ("Seoul answers Pyongyang", "North Koreans cross the line", False),
        ("Turkey votes", "Why turkey is dry", False),
        ("FLOODS IN PERU DRIVE THOUSANDS OUT", "Floods in Nepal", False),  # in capitals throughout
        ("New Yorkers clear the snow", "Congress of Swiss bakers", True),
    ],
)
def test_two_articles_are_about_different_countries_when_both_name_some_and_none_in_common(
    one: str, other: str, elsewhere: bool, article: MakeArticle
) -> None:
    where = Whereabouts([article(one), article(other)])
    assert where.elsewhere(0, np.array([1])).tolist() == [elsewhere]
    assert where.elsewhere(1, np.array([0, 1])).tolist() == [elsewhere, False]


def test_the_text_below_the_title_is_read_for_countries_but_not_to_its_end(article: MakeArticle) -> None:
    texts = ["Rain fell in Peru.", "Rain fell in Nepal.", "Rain fell. " * 100 + "It fell in Nepal as well."]
    where = Whereabouts([article(f"Rain {text[-9:]}", text) for text in texts])
    assert where.elsewhere(0, np.array([1, 2])).tolist() == [True, False]
    deks = [article("Rain", dek="In Peru"), article("Rain", dek="In Nepal", name="other")]
    assert Whereabouts(deks).elsewhere(0, np.array([1])).tolist() == [True]


def test_the_same_mishap_in_two_countries_is_two_stories(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    def stories(first: str, second: str) -> int:
        heavy = article(f"Nine dead as heavy rain brings flash floods to {first}", RAIN, outlet="Hill Times")
        more = article(f"More rain for flooded {second}", MORE_RAIN, outlet="Quay Post", hours=3)
        return len(group([heavy, more], themes))

    assert stories("Nepal", "Peru") == 2
    assert stories("Nepal", "Nepal") == 1


def test_explain_shows_what_is_left_of_a_likeness_across_countries(article: MakeArticle) -> None:
    nepal, peru = article("Flash floods in Nepal", RAIN), article("Flash floods in Peru", RAIN, hours=1)
    unnamed = article("Flash floods in Xeru", RAIN, name="unnamed", hours=1)
    batch = [nepal, peru, unnamed]
    likeness = {other.title: found.likeness for other, found in why_same(nepal, [peru, unnamed], batch)}
    assert likeness[peru.title] == pytest.approx(ELSEWHERE * likeness[unnamed.title], rel=0.1)
