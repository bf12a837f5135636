"""How an update and what is related look in the mail, its text part and the web copy."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest
from lxml import html

from digest.model.edition import Edition, EditionStory, SourceLink
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
    lines = ["Donors meet, and agree on a list in our edition of 9 March", "How thick is the ice? Polar Post"]
    for page in (mail.html, web):
        shown = visible_text(page).replace("\u00a0", " ")
        assert all(line in shown for line in lines)
        links = {link.get("href") for link in html.fromstring(page).iter("a")}
        assert {EARLIER, "https://www.polarpost.example/ice"} <= links
    text = unflow(mail.text)
    assert "Related:\n- Donors meet, and agree on a list (in our edition of 9 March)" in text
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


def with_related(edition: Edition, lines: dict[str, tuple[SourceLink, ...]]) -> Edition:
    stories = (replace(one, related=lines.get(one.key, ()), follows="") for one in edition.stories)
    return replace(edition, stories=tuple(stories))


def to_story(story: EditionStory, title: str) -> SourceLink:
    return SourceLink("Polar Post", story.sources[0].url, title)


def test_a_neighbour_under_the_same_heading_is_not_named_again(renderer: Renderer, edition: Edition) -> None:
    upper, lower = [one for one in edition.stories if one.themes == ("arctic",) and not one.brief][:2]
    other = SourceLink("Polar Post", "https://www.polarpost.example/ice", "How thick is the ice?")
    lead = edition.stories[0]
    lines = {
        upper.key: (to_story(lower, "The lower card"), to_story(lead, "The top story"), other),
        lead.key: (to_story(lower, "Named by the lead"),),
    }
    alike = with_related(edition, lines)
    for page in (renderer.variant(alike, frozenset()).html, renderer.web_copy(alike)):
        assert ">The lower card<" not in page
        assert page.count(">Named by the lead<") == 1, "it stands under another heading"
        assert page.count(">The top story<") == 1
        assert page.count(">How thick is the ice?<") == 1


def test_neither_is_the_lead_of_its_theme_nor_a_brief(renderer: Renderer, edition: Edition) -> None:
    lead, card = [one for one in edition.stories if one.themes == lead_themes(edition) and one.has_card][:2]
    brief = next(one for one in edition.stories if one.themes == lead.themes and one.brief)
    lines = {lead.key: (to_story(card, "A"), to_story(brief, "B")), card.key: (to_story(lead, "C"),)}
    mail = renderer.variant(with_related(edition, lines), frozenset())
    assert "Related" not in mail.html + mail.text
    unseen = replace(brief, brief=False, web_only=True)
    moved = replace(edition, stories=tuple(unseen if one is brief else one for one in edition.stories))
    mail = renderer.variant(with_related(moved, lines), frozenset())
    assert mail.html.count(">B<") == 1, "what the mail had no room for is not in sight"
    assert ">B<" not in renderer.web_copy(with_related(moved, lines))


def test_the_lead_names_cards_further_down_under_its_theme(renderer: Renderer, edition: Edition) -> None:
    lead, first, second = [one for one in edition.stories if one.themes == lead_themes(edition)][:3]
    assert second.has_card
    below = (to_story(first, "Right below"), to_story(second, "Further down"))
    lines: dict[str, tuple[SourceLink, ...]] = {lead.key: below}
    for page in (
        renderer.variant(with_related(edition, lines), frozenset()).html,
        renderer.web_copy(with_related(edition, lines)),
    ):
        assert (page.count(">Right below<"), page.count(">Further down<")) == (0, 1)


def lead_themes(edition: Edition) -> tuple[str, ...]:
    return edition.stories[0].themes


def test_no_two_cards_lead_to_the_same_place_and_an_update_keeps_its_own(
    renderer: Renderer, edition: Edition
) -> None:
    first, second, third = [one for one in edition.stories if one.has_card][:3]
    told = SourceLink("", EARLIER, "Donors meet", published_at=edition.key.slot)
    each = with_related(edition, {one.key: (told,) for one in (first, second, third)})
    for page in (renderer.variant(each, frozenset()).html, renderer.web_copy(each)):
        assert page.count(">Donors meet<") == 1
    stories = tuple(
        replace(one, follows="aa", update_of="News.") if one.key == third.key else one for one in each.stories
    )
    text = unflow(renderer.variant(replace(each, stories=stories), frozenset()).text)
    assert text.count("- Donors meet (in our edition of 9 March)") == 1
    assert text.index("- Donors meet") > text.index(third.headline)


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
        element.get("id"): visible_text(html.tostring(element).decode())
        for element in [*page.iter("article"), *page.iter("li")]
    }
    for story in edition.stories:
        assert story.headline in shown[story_anchor(story.key)]
