"""What each choice of themes sees: its key, its two lines in the inbox, its words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from digest.errors import RenderError
from digest.model.edition import Method, Provenance, SourceLink, Summary, ThemeStyle
from digest.render import variant_key
from digest.render.checks import visible_text
from digest.render.flowed import WIDTH, flow, unflow
from digest.render.publication import address_after
from digest.render.renderer import Renderer

TEMPLATES = Path(__file__).parents[3] / "templates"
SLUGS = ("arctic", "indo-pacific", "middle-east", "quiet-theme")


def test_everything_and_every_theme_are_the_same_variant(samples: ModuleType) -> None:
    edition = samples.normal()
    assert variant_key(edition, frozenset()) == "all"
    assert variant_key(edition, frozenset({"arctic", "indo-pacific", "middle-east"})) == "all"
    assert variant_key(edition, frozenset({"middle-east", "arctic"})) == "arctic+middle-east"


def test_a_choice_without_a_story_has_no_variant(renderer: Renderer, samples: ModuleType) -> None:
    edition = samples.single_theme()
    assert variant_key(edition, frozenset({"middle-east"})) is None
    assert variant_key(edition, frozenset({"long-gone"})) is None
    with pytest.raises(RenderError, match="no story for the themes: middle-east"):
        renderer.variant(edition, frozenset({"middle-east"}))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("Harbour Institute, 12 Ropewalk Lane\nPort Ellery", "12 Ropewalk Lane\nPort Ellery"),
        ("HARBOUR INSTITUTE\n12 Ropewalk Lane", "12 Ropewalk Lane"),
        ("Harbour Institute", ""),
        ("Harbour Institute House, 12 Ropewalk Lane", "Harbour Institute House, 12 Ropewalk Lane"),
        ("Quay House", "Quay House"),
        ("", ""),
    ],
)
def test_the_publisher_is_named_once_where_the_address_begins_with_it(address: str, shown: str) -> None:
    assert address_after("Harbour Institute", address) == shown
    assert address_after("", address) == address


def test_a_footer_does_not_stutter(samples: ModuleType) -> None:
    publication = replace(samples.PUBLICATION, postal_address="Harbour Institute\n12 Ropewalk Lane")
    renderer = Renderer([Path(__file__).parents[3] / "templates"], publication)
    variant = renderer.variant(samples.one_story(), frozenset())
    for page in (variant.html, variant.text, renderer.web_copy(samples.one_story())):
        assert visible_text(page).count("Harbour Institute") == 1
        assert "12 Ropewalk Lane" in page


@pytest.mark.parametrize(
    ("articles", "outlets", "said"),
    [
        (214, 9, "We looked at 214 articles from 9 outlets."),
        (3, 1, "We looked at 3 articles from 1 outlet."),
        (1, 1, "We looked at 1 article from 1 outlet."),
    ],
)
def test_a_quiet_day_counts_in_good_english_and_claims_no_story(
    renderer: Renderer, samples: ModuleType, articles: int, outlets: int, said: str
) -> None:
    quiet = replace(samples.quiet_day(), gathered_from=articles, outlets=outlets)
    variant = renderer.variant(quiet, frozenset())
    for body in (variant.text.replace(" \n", " "), variant.html):
        assert said in body
        assert "these stories" not in body
        assert "edition is short" not in body


def test_a_quiet_day_is_one_note_for_everybody(samples: ModuleType) -> None:
    assert variant_key(samples.quiet_day(), frozenset({"arctic"})) == "all"
    assert variant_key(replace(samples.quiet_day(), quiet=False), frozenset()) is None


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.lists(st.sampled_from(SLUGS), unique=True, max_size=3), min_size=1, max_size=6))
def test_two_choices_share_a_key_exactly_if_they_show_the_same(
    samples: ModuleType, filed: list[list[str]]
) -> None:
    base = samples.stories(len(filed))
    themes = tuple(ThemeStyle(slug, slug, "#0b6170") for slug in SLUGS)
    edition = samples.edition(
        tuple(replace(one, themes=tuple(slugs)) for one, slugs in zip(base, filed, strict=True)),
        themes=themes,
    )
    seen: dict[str | None, object] = {}
    for size in range(len(SLUGS) + 1):
        for choice in map(frozenset, combinations(SLUGS, size)):
            key = variant_key(edition, choice)
            sections = edition.for_themes(choice).sections()
            assert (key is None) == (not sections)
            assert seen.setdefault(key, sections) == sections
    shown = [str(value) for value in seen.values()]
    assert len(shown) == len(set(shown))


def test_a_variant_holds_the_stories_of_its_themes_and_no_other(
    renderer: Renderer, samples: ModuleType
) -> None:
    edition = samples.normal()
    variant = renderer.variant(edition, frozenset({"arctic"}))
    inside = [one.headline for one in edition.stories if one.themes == ("arctic",)]
    outside = [one.headline for one in edition.stories if one.themes != ("arctic",)]
    assert variant.story_count == len(inside)
    for body in (visible_text(variant.html), unflow(variant.text)):
        assert all(headline in body for headline in inside)
        assert not any(headline in body for headline in outside)
        assert "Your themes: Arctic." in body
    assert "editions/daily-20260309T0600?themes=arctic" in variant.html
    assert inside[0][:30] in variant.subject


@pytest.mark.parametrize(
    "case", ["normal", "one_story", "sixty", "long_headline", "many_scripts", "hostile", "quiet_day"]
)
def test_subject_and_preheader_fit_an_inbox(case: str, renderer: Renderer, samples: ModuleType) -> None:
    edition = renderer.fit(getattr(samples, case)())
    for chosen in (frozenset[str](), frozenset({"indo-pacific"})):
        variant = renderer.variant(edition, chosen)
        assert 15 <= len(variant.subject) <= 70
        assert variant.subject.isprintable() or "\u2068" in variant.subject
        assert 20 <= len(variant.preheader) <= 160


@pytest.mark.parametrize(("headline", "subject"), [("Ice", "The Harbour Brief: Ice"), ("x" * 90, None)])
def test_short_and_endless_headlines_still_make_a_subject(
    headline: str, subject: str | None, renderer: Renderer, samples: ModuleType
) -> None:
    (story,) = samples.stories(1)
    variant = renderer.variant(samples.edition((replace(story, headline=headline),)), frozenset())
    assert 15 <= len(variant.subject) <= 70
    assert subject is None or variant.subject == subject


def test_no_story_stands_twice(renderer: Renderer, samples: ModuleType) -> None:
    variant = renderer.variant(samples.normal(), frozenset())
    for one in samples.normal().stories:
        assert len(re.findall(rf"<h[23][^>]*><a [^>]*>{re.escape(one.headline)}<", variant.html)) == (
            not one.brief
        )


def test_the_marks_of_a_story_are_said_in_words(renderer: Renderer, samples: ModuleType) -> None:
    variant = renderer.variant(samples.normal(), frozenset())
    for seen in (visible_text(variant.html), unflow(variant.text)):
        body = seen.replace(" ,", ",").replace("\u00a0", " ")
        assert "Summary by Strait Gazette" in body
        assert "Extract from Polar Post" in body
        assert "AI summary by small-news-7b, checked against the sources" in body
        assert "Summary written by Mira Oakes" in body
        assert "Headline only" in body
        assert "Levant Courier has a notice on the use of AI. “This article was written" in body
        assert "Update: the donors' list" in body
        assert "Paywall" in body
        assert "Join the discussion at Polar Post" in body
        assert "Read more at Fleet Weekly" in body
    page = visible_text(variant.html).replace(" ,", ",").replace("\u00a0", " ")
    assert "Read more at Strait Gazette and 3 more: Pacific Ledger, Fleet Weekly" in page, "one sentence"
    assert "Read more at Gulf Monitor (single source)" in page
    assert "Radar on Mount Tallis goes live after a ten-month delay Strait Gazette" in page
    assert "Sunday 22:58" not in page, "a brief has no line of sources"


def test_a_lone_outlet_is_named_once(renderer: Renderer, samples: ModuleType) -> None:
    chosen = samples.stories(6)
    shown = visible_text(renderer.variant(samples.edition(chosen), frozenset()).html)
    assert "Extract from the article" in shown, "of its one outlet, named above"
    made = Provenance(Method.PUBLISHER, source="Another Post")
    story = replace(chosen[5], summary=Summary("Words.", made))
    shown = visible_text(renderer.variant(samples.edition((story,)), frozenset()).html)
    assert "Summary by Another Post" in shown, "whoever it is, when it is not that outlet"


def test_a_lone_outlet_is_marked_unless_the_publisher_has_no_words_for_it(
    renderer: Renderer, samples: ModuleType
) -> None:
    words = replace(samples.PUBLICATION.wording, single_source="")
    without = Renderer([TEMPLATES], replace(samples.PUBLICATION, wording=words))
    assert "single source" not in without.variant(samples.normal(), frozenset()).html
    variant = renderer.variant(samples.normal(), frozenset())
    assert "Read more at Gulf Monitor (single source)" in visible_text(variant.html)
    assert "02:40 \u00b7 single source \u00b7 AI summary" in unflow(variant.text)


def test_the_small_print_names_the_zone_of_the_times(renderer: Renderer, samples: ModuleType) -> None:
    zone = replace(samples.PUBLICATION, timezone="America/New_York")
    variant = Renderer([TEMPLATES], zone).variant(samples.one_story(), frozenset())
    assert "All times: America/New York" in visible_text(variant.html)
    assert "\nAll times: America/New York\n" in variant.text
    quiet = renderer.variant(samples.quiet_day(), frozenset())
    assert "All times" not in quiet.html + quiet.text, "where no time is shown"


def test_a_card_that_names_no_outlet_has_no_empty_line(renderer: Renderer, samples: ModuleType) -> None:
    (story,) = samples.stories(1)
    page = renderer.variant(samples.edition((replace(story, sources=()),)), frozenset()).html
    assert re.search(r'<p class="q"[^>]*>05:45', page)


def test_a_time_says_how_long_ago(renderer: Renderer, samples: ModuleType) -> None:
    (story,) = samples.stories(1)
    for ago, said in (
        (timedelta(minutes=15), "05:45 \u00b7"),
        (timedelta(hours=8), "Sunday\u00a022:00 \u00b7"),
        (timedelta(days=6, hours=1), "Tuesday\u00a005:00 \u00b7"),
        (timedelta(days=7), "2\u00a0March,\u00a006:00 \u00b7"),
        (timedelta(days=-1), "10\u00a0March,\u00a006:00 \u00b7"),
    ):
        aged = replace(story, published_at=samples.SLOT - ago)
        assert said in renderer.variant(samples.edition((aged,)), frozenset()).html


def test_each_read_more_link_has_a_name_of_its_own(renderer: Renderer, samples: ModuleType) -> None:
    page = renderer.variant(samples.normal(), frozenset()).html
    labels = re.findall(r'aria-label="(Read more at [^"]+)"', page)
    assert len(labels) == len(set(labels)) == 10


def test_a_story_without_a_web_address_has_no_read_more(renderer: Renderer, samples: ModuleType) -> None:
    (story,) = samples.stories(1)
    local = replace(story, sources=(SourceLink("Our own folder", "file:///articles/one.md", story.headline),))
    variant = renderer.variant(samples.edition((local,)), frozenset())
    assert "Read more" not in variant.html + variant.text
    assert "file:" not in variant.html + variant.text


def test_a_story_of_no_theme_stands_under_also_today(renderer: Renderer, samples: ModuleType) -> None:
    first, second = samples.stories(2)
    edition = samples.edition((second, replace(first, themes=())))
    variant = renderer.variant(edition, frozenset())
    assert variant.html.index(second.headline) < variant.html.index("Also today</h2>")


def test_the_first_story_leads_even_outside_every_theme(renderer: Renderer, samples: ModuleType) -> None:
    """Composing ranks such a story last, so that it stands first only where an editor pinned it there."""
    first, second = samples.stories(2)
    edition = samples.edition((replace(first, themes=()), second))
    variant = renderer.variant(edition, frozenset())
    assert variant.subject.startswith(first.headline[:30])
    assert '<h2 class="lh" style' in variant.html
    assert variant.html.index(f">{first.headline}<") < variant.html.index(f">{second.headline}<")
    assert "Top story</p>" in variant.html, "it has no theme to name"
    only = renderer.variant(edition, frozenset({"indo-pacific"}))
    assert only.subject.startswith(second.headline[:30]), "who chose themes has not chosen it"


def test_a_review_is_named(renderer: Renderer, samples: ModuleType) -> None:
    (story,) = samples.stories(1)
    made = Provenance(Method.EXTRACT, source="Strait Gazette", reviewed_by="Mira Oakes")
    edition = samples.edition((replace(story, summary=Summary("Words.", made)),))
    assert (
        "Extract from Strait Gazette, reviewed by Mira Oakes" in renderer.variant(edition, frozenset()).html
    )


def test_the_text_part_is_flowed_and_in_proportion(renderer: Renderer, samples: ModuleType) -> None:
    for case in samples.CASES.values():
        variant = renderer.variant(renderer.fit(case()), frozenset())
        for line in variant.text.split("\n"):
            assert len(line) <= WIDTH or " " not in line.strip()
        ratio = len(re.findall(r"\w+", variant.text)) / len(re.findall(r"\w+", visible_text(variant.html)))
        assert 0.8 <= ratio <= 1.3


def test_the_text_links_further_sources_from_the_top_as_far_as_there_is_room(
    renderer: Renderer, samples: ModuleType
) -> None:
    text = unflow(renderer.variant(samples.normal(), frozenset()).text)
    first, *_, last = [one for one in samples.normal().stories if not one.brief and len(one.sources) > 1]
    for source in first.sources[1:]:
        assert f"- {source.outlet}: <{source.url}>" in text
    assert last.sources[1].url not in text
    assert f"And {len(last.sources) - 1} more: {last.sources[1].outlet}" in text, "named all the same"
    one = unflow(renderer.variant(samples.one_story(), frozenset()).text)
    assert all(source.url in one for source in samples.one_story().stories[0].sources)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300))
def test_flowed_text_joins_to_what_it_was(line: str) -> None:
    line = line.strip()
    flowed = flow(f"{line}\nnext")
    assert unflow(flowed) == (f"{line}\nnext\n" if line else "next\n")


def test_the_web_copy_has_everything_and_nothing_personal(renderer: Renderer, samples: ModuleType) -> None:
    page = renderer.web_copy(renderer.fit(samples.sixty()))
    assert "__DIGEST" not in page
    assert page.count("<article ") == 60
    assert page.startswith("<!DOCTYPE html>")
    assert '<meta property="og:title"' in page


def test_the_web_copy_tells_machines_which_summaries_a_model_wrote(
    renderer: Renderer, samples: ModuleType
) -> None:
    page = renderer.web_copy(samples.normal())
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    items = [entry["item"] for entry in data["mainEntity"]["itemListElement"]]
    made = [item["headline"] for item in items if "digitalSourceType" in item.get("hasPart", {})]
    assert made == ["Gulf ports agree one customs form after nine years"]
    assert data["digitalSourceType"].endswith("TrainedAlgorithmicMediaDigitalSource")
    assert data["mainEntity"]["numberOfItems"] == len(items) == 12
    assert "digitalSourceType" not in renderer.web_copy(samples.one_story())


def test_hostile_text_stays_text(renderer: Renderer, samples: ModuleType) -> None:
    variant = renderer.variant(samples.hostile(), frozenset())
    for page in (variant.html, renderer.web_copy(samples.hostile())):
        tree = html.fromstring(page)
        scripts = tree.xpath("//script[not(@type='application/ld+json')]")
        assert not scripts
        assert not tree.xpath("//img")
        assert not tree.xpath("//@onload | //@onerror")
        for link in tree.iter("a"):
            assert (link.get("href") or "").startswith(("https://", "__DIGEST_", "#"))
    assert variant.html.count("__DIGEST_UNSUB_URL__") == 1
    assert not set(map(ord, variant.html)) & {*range(0x09), 0x1B, 0x202E}


def test_marks_and_joiners_survive_in_attributes(renderer: Renderer, samples: ModuleType) -> None:
    (story,) = samples.stories(1)
    odd = 'Say \u06cc\u200c\u06a9 \\u{41} "quoted" e\u0301 👩\u200d🚀'
    page = renderer.variant(samples.edition((replace(story, headline=odd),)), frozenset()).html
    label = re.search(r"""aria-label=(['"])Read more at Strait Gazette: (.*?)\1[ >]""", page)
    assert label
    assert label[2] in {odd, odd.replace('"', "&quot;")}


def test_templates_of_the_working_directory_see_the_same_values(
    tmp_path: Path, samples: ModuleType, renderer: Renderer
) -> None:
    again = Renderer([tmp_path, Path(__file__).parents[3] / "templates"], samples.PUBLICATION)
    assert again.variant(samples.normal(), frozenset()) == renderer.variant(samples.normal(), frozenset())


def test_a_privacy_notice_is_linked_wherever_there_is_one(renderer: Renderer, samples: ModuleType) -> None:
    edition, address = samples.CASES["one-story"](), "https://harbour.example/privacy?a=1&b=2"
    publication = replace(samples.PUBLICATION, privacy_url=address)
    informed = Renderer([TEMPLATES], publication)
    variant, written = informed.variant(edition, frozenset()), "https://harbour.example/privacy?a=1&amp;b=2"
    assert f'href="{written}"' in variant.html
    assert f"Privacy: <{address}>" in unflow(variant.text)
    assert f'href="{written}"' in informed.web_copy(edition)
    assert "Privacy" not in renderer.variant(edition, frozenset()).html
