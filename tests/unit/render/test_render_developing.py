"""How an update and what is related look in the mail, its text part and the web copy."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest
from lxml import html

from digest.model.edition import Edition, SourceLink
from digest.model.links import story_anchor
from digest.render.checks import visible_text
from digest.render.flowed import unflow
from digest.render.renderer import Renderer

EARLIER = "https://gazette.example.org/editions/daily-20260301T0630#story-aa"


@pytest.fixture
def edition(samples: ModuleType) -> Edition:
    chosen: Edition = samples.normal()
    first, second, *rest = chosen.stories
    related = (
        SourceLink("", EARLIER, "Donors meet, and agree on a list", published_at=chosen.key.slot),
        SourceLink("Polar Post", "https://www.polarpost.example/ice", "How thick is the ice?"),
    )
    update = replace(
        first, update_of="The donors' list is public.", summary=None, follows="aa", related=related
    )
    return replace(chosen, stories=(update, second, *rest))


def test_related_lines_stand_one_by_one_with_whose_they_are(renderer: Renderer, edition: Edition) -> None:
    mail = renderer.variant(edition, frozenset())
    web = renderer.web_copy(edition)
    lines = ["Donors meet, and agree on a list 9 March", "How thick is the ice? Polar Post"]
    for page in (mail.html, web):
        shown = visible_text(page).replace("\u00a0", " ")
        assert all(line in shown for line in lines)
        links = {link.get("href") for link in html.fromstring(page).iter("a")}
        assert {EARLIER, "https://www.polarpost.example/ice"} <= links
    text = unflow(mail.text)
    assert "Related:\n- Donors meet, and agree on a list (9 March)" in text
    assert "\n- How thick is the ice? (Polar Post)" in text


def test_a_related_line_names_no_outlet_that_the_card_has_just_named(
    renderer: Renderer, edition: Edition
) -> None:
    first, *rest = edition.stories
    line = SourceLink(first.sources[0].outlet, "https://gazette.example/next", "What comes next")
    again = replace(edition, stories=(replace(first, related=(line,)), *rest))
    page = visible_text(renderer.variant(again, frozenset()).html).replace("\u00a0", " ")
    assert f"Related: What comes next {line.outlet}" not in page
    assert "Related: What comes next " in page
    assert f"- What comes next: <{line.url}>\n" in unflow(renderer.variant(again, frozenset()).text)


@pytest.mark.parametrize(("others", "named", "rest"), [(6, 6, ""), (7, 7, ""), (8, 6, "and 2 others")])
def test_the_one_outlet_that_there_is_no_room_for_is_named_all_the_same(
    renderer: Renderer, edition: Edition, others: int, named: int, rest: str
) -> None:
    first, *after = edition.stories
    more = [
        SourceLink(f"Outlet {letter}", f"https://{letter}.example/news", "The same") for letter in "abcdefgh"
    ]
    told = replace(first, update_of="", sources=(first.sources[0], *more[:others]))
    text = unflow(renderer.variant(replace(edition, stories=(told, *after)), frozenset()).text)
    assert text.count("- Outlet ") == named
    assert ("others" in text, rest in text) == (bool(rest), True)


def test_a_mail_shows_two_related_lines_and_the_web_copy_all(renderer: Renderer, edition: Edition) -> None:
    first, *rest = edition.stories
    lines = tuple(SourceLink("Bay Times", f"https://bay.example/{n}", f"Line {n}") for n in range(5))
    many = replace(edition, stories=(replace(first, related=lines), *rest))
    mail, web = renderer.variant(many, frozenset()), renderer.web_copy(many)
    assert [mail.html.count(f">Line {n}<") for n in range(5)] == [1, 1, 0, 0, 0]
    assert [web.count(f">Line {n}<") for n in range(5)] == [1, 1, 1, 1, 1]
    assert mail.html.count("Bay\u00a0Times") == 2


def test_a_neighbour_with_a_card_under_the_same_heading_is_not_named_again(
    renderer: Renderer, edition: Edition
) -> None:
    by_theme = [one for one in edition.stories[1:] if one.themes == ("arctic",) and not one.brief]
    upper, lower = by_theme[:2]
    of_lower = SourceLink("Polar Post", lower.sources[0].url, "The lower card")
    other = SourceLink("Polar Post", "https://www.polarpost.example/ice", "How thick is the ice?")
    lead, *_rest = edition.stories
    with_lines = {upper.key: (of_lower, other), lead.key: (of_lower,)}
    stories = tuple(replace(one, related=with_lines.get(one.key, ())) for one in edition.stories)
    alike = replace(edition, stories=stories)
    for page in (renderer.variant(alike, frozenset()).html, renderer.web_copy(alike)):
        assert page.count(">The lower card<") == 1, "under the lead, which is far above it"
        assert page.count(">How thick is the ice?<") == 1


def test_an_update_without_a_summary_says_whose_sentence_it_is(renderer: Renderer, edition: Edition) -> None:
    def shown(of: Edition) -> str:
        return visible_text(renderer.variant(of, frozenset()).html)

    first, *rest = edition.stories
    taken = f"Extract from {first.sources[0].outlet}"
    plain = replace(edition, stories=(replace(first, update_of=""), *rest))
    assert "Update: The donors' list is public." in shown(edition)
    assert shown(edition).count(taken) == shown(plain).count(taken) + 1
    assert shown(edition).count("Headline only") == shown(plain).count("Headline only") - 1


def test_what_is_new_is_never_cut_inside_its_sentence(renderer: Renderer, edition: Edition) -> None:
    line = (
        "The donors "
        + "and the harbour masters " * 9
        + "agreed on forty words, which is what a line may have."
    )
    first, *rest = edition.stories
    long = replace(edition, stories=(replace(first, update_of=line), *rest))
    assert line in visible_text(renderer.variant(long, frozenset()).html)


def test_a_link_to_a_story_lands_on_its_element_in_the_web_copy(renderer: Renderer, edition: Edition) -> None:
    page = html.fromstring(renderer.web_copy(edition))
    shown = {
        element.get("id"): visible_text(html.tostring(element).decode()) for element in page.iter("article")
    }
    for story in edition.stories:
        assert story.headline in shown[story_anchor(story.key)]
