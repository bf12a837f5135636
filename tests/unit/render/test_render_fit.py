"""The byte budget holds whatever the stories, takes fairly from every theme, and loses nothing."""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType

import lxml.etree
import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import RenderError
from digest.model.edition import Edition, EditionStory, ThemeStyle
from digest.model.links import Links, edition_ref, story_anchor
from digest.model.message import Hole, Person, Variant
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, make_token
from digest.render import Publication, RenderOptions, compile_message, variant_key
from digest.render.fit import FAIR_CARDS, FAIR_LINES, fit
from digest.render.renderer import Renderer
from tests.unit.render.generated import choices_of, editions

TEMPLATES = Path(__file__).parents[3] / "templates"
NUMBER = re.compile(r"S\d{3}(?= |$)")
MORE = re.compile(r"(\d+) more in the web edition")
TIGHT = 48  # KiB; a dozen themes fit into it, if only as headings
LONGEST_ADDRESS = "&" * 64 + "@" + "a" * 185 + ".example"  # RFC 5321: 64 and 254; each "&" takes five bytes


def delivered(variant: Variant, publication: Publication, edition: Edition) -> str:
    """The HTML part of what the reader with the longest links and address gets."""
    links = Links(publication.base_url)
    tokens = {purpose: make_token(b"k" * 32, purpose, "p", 2**31) for purpose in (UNSUBSCRIBE, PREFERENCES)}
    person = Person(
        address=LONGEST_ADDRESS,
        name="",
        message_id="m@harbour.example",
        list_unsubscribe="<https://read.harbour.example/u/x>",
        holes={
            Hole.UNSUBSCRIBE_URL: links.unsubscribe(tokens[UNSUBSCRIBE]),
            Hole.PREFERENCES_URL: links.preferences(tokens[PREFERENCES]),
            Hole.ADDRESS: LONGEST_ADDRESS,
        },
    )
    ref = edition_ref(edition.key)
    raw = compile_message(variant, publication, edition_ref=ref, date=datetime(2026, 3, 9, tzinfo=UTC)).fill(
        person
    )
    message = email.message_from_bytes(bytes(raw), policy=email.policy.default)
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    html: str = page.get_content()
    assert Hole.ADDRESS.value not in html
    return html.replace("\r\n", "\n")


@pytest.fixture(scope="session", params=[TIGHT, 80])
def sized(request: pytest.FixtureRequest, samples: ModuleType) -> Renderer:
    # A long address of the publisher's own, as it stands in every personal link.
    publication = replace(
        samples.PUBLICATION, base_url=f"https://{'long.' * 20}harbour.example/our/daily/digest"
    )
    return Renderer([TEMPLATES], publication, RenderOptions(max_html_kib=request.param))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(editions(), st.data())
def test_no_mail_is_too_large_and_no_story_is_lost(
    sized: Renderer, edition: Edition, data: st.DataObject
) -> None:
    fitted = sized.fit(edition)
    assert fitted == replace(edition, stories=fitted.stories), "nothing but stories moves"
    assert [replace(one, brief=False, web_only=False) for one in fitted.stories] == [
        replace(one, brief=False) for one in edition.stories
    ], "no story goes, comes or changes"
    assert sized.fit(fitted) == fitted
    for chosen in (frozenset[str](), data.draw(choices_of(edition)), data.draw(choices_of(edition))):
        if variant_key(fitted, chosen) is not None:
            variant = sized.variant(fitted, chosen)
            html = delivered(variant, sized.publication, edition)
            assert len(html.encode()) <= sized.options.max_html_kib * 1024
            assert_all_are_shown(html, sized.web_copy(fitted, chosen), fitted.for_themes(chosen).stories)


def assert_all_are_shown(html: str, page: str, stories: tuple[EditionStory, ...]) -> None:
    """Each story is a card, a line, or counted under a link to the web copy, which has them all."""
    mail = lxml.html.document_fromstring(html)
    shown = [NUMBER.match(words_of(element)) for element in mail.iter("h2", "h3", "li")]
    numbers = [found[0] for found in shown if found]
    assert set(numbers) <= {one.headline[:4] for one in stories}
    assert len(numbers) == len(set(numbers))
    more = [(link.get("href"), MORE.match(words_of(link))) for link in mail.iter("a")]
    elsewhere = [(url, int(found[1])) for url, found in more if found]
    assert len(numbers) + sum(count for _url, count in elsewhere) == len(stories)
    web = lxml.html.document_fromstring(page)
    (address,) = (link.get("href") for link in web.iter("link") if link.get("rel") == "canonical")
    assert {url for url, _count in elsewhere} <= {address}
    anchors = Counter(element.get("id") for element in web.iter("article", "li") if element.get("id"))
    assert anchors == Counter(story_anchor(one.key) for one in stories)


def words_of(element: lxml.etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def test_a_choice_that_brings_headings_of_its_own_is_fitted_too(sized: Renderer, samples: ModuleType) -> None:
    """All stories stand under one theme; whoever leaves it out has them under eleven others."""
    themes = tuple(ThemeStyle(f"theme-{n}", f"Theme {n} of a long name" * 2, "#0b6170") for n in range(12))
    stories = tuple(
        replace(one, headline=f"S{n:03} {one.headline}", themes=("theme-0", f"theme-{n % 11 + 1}"))
        for n, one in enumerate(samples.stories(90))
    )
    fitted = sized.fit(samples.edition(stories, themes=themes))
    chosen = frozenset(theme.slug for theme in themes[1:])
    whole, part = sized.variant(fitted, frozenset()), sized.variant(fitted, chosen)
    for variant, themes_seen in ((whole, frozenset[str]()), (part, chosen)):
        html = delivered(variant, sized.publication, fitted)
        assert len(html.encode()) <= sized.options.max_html_kib * 1024
        assert_all_are_shown(
            html, sized.web_copy(fitted, themes_seen), fitted.for_themes(themes_seen).stories
        )
    assert len(re.findall("more in the web edition</a>", part.html)) > 1


@pytest.fixture(scope="session")
def tight_renderer(samples: ModuleType) -> Renderer:
    return Renderer(
        [Path(__file__).parents[3] / "templates"], samples.PUBLICATION, RenderOptions(max_html_kib=40)
    )


def weight(edition: Edition) -> int:
    return sum(0 if one.web_only else 1 if one.brief else 10 for one in edition.stories)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(editions(repeated=(1, 4, 20)), st.floats(0, 1))
def test_what_is_taken_is_taken_fairly(edition: Edition, share: float) -> None:
    budget = int(weight(edition) * share)
    fitted = fit(edition, budget, weight)
    assert weight(fitted) <= budget
    assert fitted == edition or weight(fitted) + 9 > budget, "one move less, and it would not have fitted"

    cards = [one for one in edition.stories if not one.brief]
    top = cards[0] if cards else None
    if top and top not in fitted.stories:
        assert all(one.web_only for one in fitted.stories if one.key != top.key), "the top story goes last"

    themes = [
        [(was, now) for was, now in zip(old.stories, new.stories, strict=True) if was is not top]
        for old, new in zip(edition.sections(), fitted.sections(), strict=True)
    ]
    most_cards = max(shown(theme)[CARD] for theme in themes)
    most_lines = max(shown(theme)[LINE] for theme in themes)
    for theme in themes:
        left = shown(theme)
        if left[CARD] < sum(not was.brief for was, _now in theme):
            assert most_cards <= left[CARD] + 1, "a theme gave a card while another had more"
            if left[CARD] < FAIR_CARDS:
                assert most_cards <= FAIR_CARDS, "a theme gave one of its few cards while another had many"
                assert most_lines <= FAIR_CARDS + FAIR_LINES, "it gave one while another had many lines"
        if left[WEB]:
            assert most_lines <= max(left[LINE] + 1, FAIR_CARDS + FAIR_LINES)
        fates = [fate(now) for _was, now in sorted(theme, key=lambda pair: pair[0].brief)]
        assert fates == sorted(fates), "a theme gives its last stories first, and its lines before its cards"


CARD, LINE, WEB = 0, 1, 2


def fate(story: EditionStory) -> int:
    return WEB if story.web_only else LINE if story.brief else CARD


def shown(theme: list[tuple[EditionStory, EditionStory]]) -> Counter[int]:
    return Counter(fate(now) for _was, now in theme)


def test_an_edition_that_fits_is_left_alone(samples: ModuleType) -> None:
    edition = samples.normal()
    assert fit(edition, weight(edition), weight) is edition


def test_the_theme_with_most_gives_first(samples: ModuleType) -> None:
    arctic = [one for one in samples.stories(22) if one.themes == ("arctic",)][:2]
    pacific = [one for one in samples.stories(60) if one.themes == ("indo-pacific",)][:12]
    fitted = fit(samples.edition((*pacific, *arctic)), 90, weight)
    assert not any(one.brief or one.web_only for one in fitted.stories if one.themes == ("arctic",))
    moved = [one.brief or one.web_only for one in fitted.stories if one.themes == ("indo-pacific",)]
    assert moved == sorted(moved), "the last stories of a theme go first"


def test_no_more_is_moved_than_needed(samples: ModuleType) -> None:
    fitted = fit(samples.edition(samples.stories(22)), 200, weight)
    assert 200 - 9 < weight(fitted) <= 200


def test_the_top_story_goes_last(samples: ModuleType) -> None:
    fitted = fit(samples.edition(samples.stories(22)), 10, weight)
    assert not fitted.stories[0].brief
    assert all(one.web_only for one in fitted.stories[1:])


def test_a_frame_that_is_too_large_is_refused(samples: ModuleType) -> None:
    with pytest.raises(RenderError, match="without any story is already over"):
        fit(samples.edition(samples.stories(3)), 5, lambda edition: 6 + weight(edition))


def test_what_moved_is_named_and_linked(tight_renderer: Renderer, samples: ModuleType) -> None:
    fitted = tight_renderer.fit(samples.sixty())
    variant = tight_renderer.variant(fitted, frozenset())
    assert any(one.brief for one in fitted.stories)
    hidden = sum(one.web_only for one in fitted.stories)
    assert hidden
    said = re.findall(r">(\d+) more in the web edition<", variant.html)
    assert sum(map(int, said)) == hidden
    page = tight_renderer.web_copy(fitted)
    assert all(f"{samples.ROWS[n][1]} (3)" in page.replace("&#39;", "'") for n in range(16))
