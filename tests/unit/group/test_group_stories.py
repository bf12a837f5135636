from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from digest.group import GroupOptions, Sameness, Theme, group, why_same
from digest.group.features import _STEMMERS, _stemmer
from digest.group.order import preference
from digest.model.decisions import Rulings
from digest.model.news import Article, Story, Verdict

MakeArticle = Callable[..., Article]

FERRY = "A ferry with 80 people aboard sank off Vardø in a gale. Rescuers pulled 74 passengers from the sea."
FERRY_TOO = (
    "Six passengers of the ferry that sank in a gale off Vardø are missing; 74 of 80 people were saved."
)
WIRE = (
    "The harbour authority said on Monday that the eastern basin would close for dredging until the autumn, "
    "because silt had cut the depth at the oil jetty to nine metres. Ships of the larger classes must unload "
    "in the roads. Brokers expect the delay to add two days to each voyage and some cost to every tonne. "
)


@pytest.fixture
def ferry(article: MakeArticle) -> list[Article]:
    return [
        article("Ferry sinks off Vardø in gale", FERRY, outlet="Northern Wire"),
        article("Six missing after ferry sinks off Vardø", FERRY_TOO, outlet="Harbour Post", hours=2),
        article("Bakery recalls rye bread over glass", "A customer found glass in a loaf.", hours=1),
    ]


def sameness(first: Article, second: Article, batch: Sequence[Article] = ()) -> Sameness:
    ((_, found),) = why_same(first, [second], batch)
    return found


def keys(stories: tuple[Story, ...]) -> dict[str, str]:
    return {item.url: story.key for story in stories for item in (*story.articles, *story.copies)}


def story_with(stories: tuple[Story, ...], item: Article) -> Story:
    (found,) = [story for story in stories if item in (*story.articles, *story.copies)]
    return found


def test_two_tellings_of_one_event_become_one_story_and_say_why(
    themes: tuple[Theme, ...], ferry: list[Article]
) -> None:
    first, second = group(ferry, themes)
    assert [item.outlet for item in first.articles] == ["Northern Wire", "Harbour Post"]
    assert {"ferri", "vardo"} & set(first.why)
    assert second.why == ()


def test_the_order_of_the_input_changes_nothing(themes: tuple[Theme, ...], ferry: list[Article]) -> None:
    expected = group(ferry, themes)
    for seed in range(5):
        shuffled = random.Random(seed).sample(ferry, len(ferry))
        assert group(shuffled, themes) == expected


def test_a_key_depends_on_the_set_of_articles_alone(themes: tuple[Theme, ...], ferry: list[Article]) -> None:
    alone = keys(group(ferry[:2], themes))
    among = keys(group(ferry, themes))
    assert alone[ferry[0].url] == among[ferry[0].url]
    assert among[ferry[0].url] != among[ferry[2].url]


def test_an_article_given_twice_stands_once(themes: tuple[Theme, ...], ferry: list[Article]) -> None:
    stories = group([*ferry, *ferry], themes)
    assert sum(len(story.articles) + len(story.copies) for story in stories) == len(ferry)


def test_the_same_words_a_week_later_are_another_story(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    early = article("Ferry sinks off Vardø in gale", FERRY, name="a")
    late = article("Six missing after ferry sinks off Vardø", FERRY_TOO, name="b", hours=24 * 7)
    assert len(group([early, late], themes)) == 2


def test_a_truncated_wire_copy_collapses_and_counts_for_nothing(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    whole = article("Basin to close for dredging", WIRE * 1, name="a", outlet="Wire One")
    cut = article("Eastern basin closes", " ".join(WIRE.split()[:30]), name="b", outlet="Daily Two", hours=3)
    (story,) = group([cut, whole], themes)
    assert (story.articles, story.copies) == ((whole,), (cut,))
    assert story.publishers == ("Wire One",)


@pytest.mark.parametrize("versions", [1, 2, 3, 5])
def test_an_agency_that_sends_its_text_out_again_has_all_its_copies(
    themes: tuple[Theme, ...], article: MakeArticle, versions: int
) -> None:
    sent = [
        article(f"Update {number}: Basin closes for dredging", WIRE, name=f"v{number}", outlet="Wire")
        for number in range(versions)
    ]
    printed = [
        article("Harbour closes its eastern basin", WIRE, name=f"p{number}", outlet=f"Outlet {number}")
        for number in range(4)
    ]
    (story,) = group([*sent, *printed], themes)
    assert (len(story.articles), len(story.copies)) == (1, versions + 3)


def test_a_crowd_of_copies_is_one_telling(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    crowd = [
        article("Basin closes for dredging", WIRE, name=f"c{number}", outlet=f"Outlet {number}")
        for number in range(200)
    ]
    (story,) = group(crowd, themes)
    assert len(story.articles) == 1


def test_what_a_publisher_prints_under_everything_makes_no_copies(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    furniture = "Get our morning and afternoon briefings by e-mail and follow the daily podcast for free. "
    subjects = [
        ("Volcano ash", "Farmers on the slopes were moved to schools before the rain."),
        ("Tax vote", "Deputies argued until midnight about a levy on empty flats."),
        ("Otter count", "Biologists found nine young animals beneath the old mill."),
    ]
    items = [article(title, furniture + text, outlet="One Paper") for title, text in subjects]
    stories = group(items, themes)
    assert len(stories) == 3
    assert not any(story.copies for story in stories)


def test_a_round_up_that_quotes_two_stories_does_not_make_them_one(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    other = (
        "Judges of the upper court found that the town had sold the meadow below its worth and must buy it "
        "back within a year, with interest, from the heirs of the farmer who had drained it before the war."
    )
    items = [
        article("Basin to close", WIRE, name="a", outlet="Port News"),
        article("Meadow sale undone", other, name="b", outlet="Law Daily"),
        article("The week", f"{WIRE} {other}", name="c", outlet="Weekly"),
    ]
    found = keys(group(items, themes))
    assert found[items[0].url] != found[items[1].url]


def test_a_press_review_joins_no_story_unless_an_editor_says_so(
    themes: tuple[Theme, ...], ferry: list[Article], article: MakeArticle
) -> None:
    review = article("The Papers: 'Ferry sinks off Vardø in gale'", FERRY, outlet="Third Post", hours=1)
    assert [item.outlet for item in story_with(group([*ferry, review], themes), review).articles] == [
        "Third Post"
    ]
    assert len(group([*ferry, review], themes)) == 3
    ruled = Rulings(together=((review.canonical_url, ferry[0].canonical_url),))
    assert len(group([*ferry, review], themes, rulings=ruled)) == 2


def test_two_printings_of_one_press_review_are_one(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    printed = [
        article("The Papers: 'Silt!' and other fronts", WIRE, outlet=outlet, name=outlet)
        for outlet in ("One", "Two")
    ]
    (story,) = group(printed, themes)
    assert (len(story.articles), len(story.copies)) == (1, 1)


def test_no_report_is_a_copy_of_the_press_review_that_quotes_it(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    report = article("Basin closes for dredging", WIRE, outlet="One")
    review = article("The Papers: 'Silt!'", WIRE + "And the weather.", outlet="Two", hours=-1)
    assert [len(story.copies) for story in group([report, review], themes)] == [0, 0]


def test_the_best_telling_leads(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    def tellings(**better: object) -> tuple[Article, Article]:
        plain = article("Ferry sinks off Vardø in gale", FERRY, name="plain")
        return plain, article(
            "Six missing after ferry sinks off Vardø", FERRY_TOO, name="other", hours=1, **better
        )

    plain, other = tellings(weight=2.0)
    assert group([plain, other], themes)[0].lead == other
    plain, other = tellings(weight=2.0, ai_notice="Written by a machine.")
    assert group([plain, other], themes)[0].lead == plain
    plain, other = tellings()
    assert group([plain, other], themes)[0].lead == plain


def test_a_telling_in_the_publications_language_comes_before_a_heavier_one(article: MakeArticle) -> None:
    english, norwegian = article("Ferry sinks", weight=3.0), article("Ferge synker", language="nb-NO")
    ordered = sorted([english, norwegian], key=lambda item: preference(item, "nb"))
    assert ordered == [norwegian, english]


def test_a_story_takes_the_themes_of_its_articles_best_first(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    items = [
        article(
            "Cutter rams Philippine supply boat at Second Thomas Shoal", "The navy sent a plane.", name="a"
        ),
        article(
            "Manila protests over ramming of supply boat",
            "A Chinese cutter hit it at the Second Thomas Shoal.",
            name="b",
        ),
    ]
    (story,) = group(items, themes)
    assert [(score.theme, score.verdict) for score in story.themes] == [("indo-pacific", Verdict.IN)]
    assert story.themes[0].hits


def test_stories_of_unrelated_themes_are_kept_apart(
    themes: tuple[Theme, ...], article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [
        article(
            "Two sailors die as navy helicopter falls in drill off Svalbard",
            "A navy helicopter fell at dawn.",
            name="a",
            outlet="North Post",
        ),
        article(
            "Two sailors die, navy helicopter lost off Yemen",
            "Houthi fire hit the helicopter at dawn.",
            name="b",
            outlet="Gulf Daily",
        ),
    ]
    assert len(group(items, themes)) == 2
    monkeypatch.setattr("digest.group.partition._UNRELATED", 1.0)
    assert len(group(items, themes)) == 1


def test_one_rare_word_does_not_make_a_story(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    items = [
        article(
            "I inherited my grandmother's bakery and nearly lost myself",
            "A long read on flour and doubt.",
            name="a",
            outlet="Slow Weekly",
        ),
        article(
            "Grandmother and boy die in tent fire as cold grips camp",
            "A lamp fell over at night.",
            name="b",
            outlet="Camp Wire",
        ),
        article(
            "Grandmother, grandson killed by fire in camp tent",
            "The lamp set the tent alight in the cold.",
            name="c",
            outlet="Relief Post",
            hours=2,
        ),
    ]
    found = keys(group(items, themes))
    assert found[items[1].url] == found[items[2].url] != found[items[0].url]


def test_a_publishers_own_phrases_do_not_join_its_pieces(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    def items(other: str) -> list[Article]:
        return [
            article("Glass fair opens in Norhaven", "Makers bring lamps to town.", name="a", outlet="Post"),
            article(
                "Textile fair draws Norhaven buyers",
                "Mills open their stalls on Monday, makers of cloth say.",
                name="b",
                outlet=other,
            ),
        ]

    assert len(group(items("Post"), themes)) == 2
    assert len(group(items("Herald"), themes)) == 1


def test_the_further_apart_in_time_the_more_a_story_takes(article: MakeArticle) -> None:
    first = article("Ferry sinks off Vardø in gale", FERRY, name="a")
    near, far = (
        article("Six missing after ferry sinks off Vardø", FERRY_TOO, name=f"b{hours}", hours=hours)
        for hours in (0, 72)
    )
    assert sameness(first, far).likeness == pytest.approx(0.35 * sameness(first, near).likeness, abs=0.002)


def test_an_odd_telling_never_leads(
    themes: tuple[Theme, ...], article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = "The ferry sank off Vardø in a gale; six passengers are missing, 74 saved."
    items = [
        article("Ferry sinks off Vardø in gale", FERRY, name="a", outlet="One"),
        article("Ferry sinks off Vardø in a gale, six missing", FERRY_TOO, name="b", outlet="Two", hours=1),
        article("Ferry sinks in gale off Vardø", again, name="c", outlet="Three", hours=2),
        article(
            "Ferry sinks: who pays",
            "Insurers, courts and treaties off Vardø on damages, liability, salvage and compensation "
            "compared at length, with passengers in mind.",
            name="odd",
            outlet="Law Weekly",
            weight=5.0,
        ),
    ]
    loose = GroupOptions(story_threshold=0.08)
    monkeypatch.setattr("digest.group.cores._FAR", 0.0)
    (story,) = group(items, themes, loose)
    assert story.lead == items[3]
    monkeypatch.setattr("digest.group.cores._FAR", 0.6)
    (story,) = group(items, themes, loose)
    assert story.articles[-1] == items[3]


def test_undated_articles_and_none_at_all_are_no_trouble(themes: tuple[Theme, ...]) -> None:
    bare = Article(url="https://a.example.org/1", canonical_url="https://a.example.org/1", title="")
    assert group([], themes) == ()
    (story,) = group([bare], themes)
    assert story.lead == bare


def test_articles_in_other_scripts_are_grouped(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    items = [
        article(
            "函館港でフェリーが沈没",
            "函館港でフェリーが沈没し六人が行方不明になった。",
            name="a",
            language="ja",
        ),
        article(
            "フェリー沈没、六人不明",
            "函館港で沈没したフェリーの六人が見つかっていない。",
            name="b",
            language="ja",
        ),
        article("パンからガラス片", "製パン会社が四万個を回収した。", name="c", language="ja"),
    ]
    found = keys(group(items, themes))
    assert found[items[0].url] == found[items[1].url] != found[items[2].url]


def test_why_same_names_the_shared_terms_and_the_hours_between(article: MakeArticle) -> None:
    first = article("Ferry sinks off Vardø in gale", FERRY, name="a")
    second = article("Six missing after ferry sinks off Vardø", FERRY_TOO, name="b", hours=3)
    same = sameness(first, second)
    assert same.likeness > GroupOptions().story_threshold
    assert sum(part for _, part in same.shared) <= same.likeness + 0.005
    assert "vardo" in dict(same.shared)
    assert (same.hours_apart, same.containment) == (3.0, 0.0)
    assert sameness(first, first).containment == 1.0


def test_the_tellings_of_a_story_are_shown_from_the_nearest_on_with_copies_first(
    themes: tuple[Theme, ...], ferry: list[Article], article: MakeArticle
) -> None:
    copy = article("Gale sinks ferry", FERRY, name="copy", outlet="Evening Two", hours=1)
    batch = [*ferry, copy]
    story = next(story for story in group(batch, themes) if ferry[0] in story.articles)
    told = [one for one in (*story.articles, *story.copies) if one is not ferry[0]]
    (first, same), (second, alike) = why_same(ferry[0], told, batch)
    assert (first, second) == (copy, ferry[1])
    assert same.containment >= 0.5 > alike.containment
    assert alike == sameness(ferry[0], ferry[1], batch)
    assert alike.likeness >= GroupOptions().story_threshold


def test_outlets_of_one_publisher_are_a_single_source(
    themes: tuple[Theme, ...], ferry: list[Article]
) -> None:
    one_house = [replace(item, publisher="Harbour Group") for item in ferry[:2]]
    (story,) = group(one_house, themes, GroupOptions(story_threshold=0.05))
    assert len(story.articles) == 2
    assert story.publishers == ("Harbour Group",)


def test_words_always_in_the_news_join_less_than_others(article: MakeArticle) -> None:
    first = article("Norhaven Iran talks end", "Envoys left at noon.", name="a")
    second = article("Norhaven counts cost as Iran calls", "Porters were asked to stay.", name="b", hours=1)
    parts = dict(sameness(first, second).shared)
    assert parts["iran"] < parts["norhaven"]


def test_a_days_largest_event_does_not_make_its_own_words_common(article: MakeArticle) -> None:
    sides = ["survivors", "sprinklers", "mayors", "parents", "hospitals", "engineers", "owners", "skiers"]
    pieces = [
        article(f"Hallstein bar fire: {who} {number}", f"The {who} spoke.", name=f"{who}{number}", outlet=who)
        for number in range(8)
        for who in sides
    ]
    quiet = [
        article(f"Note {number}", f"Line {number} of {number}.", name=f"n{number}") for number in range(40)
    ]
    few = sameness(pieces[0], pieces[1], [*pieces[:14], *quiet]).likeness
    many = sameness(pieces[0], pieces[1], [*pieces, *quiet]).likeness
    assert many >= few


def test_a_report_leads_before_a_question_and_a_live_page(article: MakeArticle) -> None:
    text = "The harbour board of Orrel closed the north quay after a crane fell on Monday. Two men were hurt."
    titles = ("Live: Orrel quay closed after crane falls", "Why did the Orrel quay crane fall?",
              "Orrel quay closed after crane falls")  # fmt: skip
    tellings = [
        article(title, f"{text} {title}", outlet=f"Outlet {hours}", hours=hours)
        for hours, title in enumerate(titles)
    ]
    (story,) = group(tellings, ())
    assert story.lead.title == titles[2]


@pytest.mark.parametrize(("inside", "verdict"), [(1, Verdict.CHECK), (2, Verdict.IN)])
def test_one_telling_that_strays_into_a_theme_does_not_take_four_others_with_it(
    themes: tuple[Theme, ...], article: MakeArticle, inside: int, verdict: Verdict
) -> None:
    arctic = "The Arctic Council met in Nuuk over Greenland's ice sheet and the Northern Sea Route."
    halden = [
        "The ferry Halden sank off Orrel on Monday with eighty aboard, captain Strand said.",
        "Captain Strand left the ferry Halden last, off Orrel, after eighty had gone into the boats.",
        "Off Orrel divers look for the ferry Halden; all eighty aboard were saved, says captain Strand.",
        "Eighty people and captain Strand were taken ashore at Orrel when the ferry Halden went down.",
        "How could the ferry Halden sink within sight of Orrel? Captain Strand and eighty others are alive.",
    ]
    whats = ("sinks", "lost", "search", "rescue", "wreck")
    tellings = [
        article(f"Ferry Halden {what} off Orrel", f"{text} {extra}", outlet=f"Outlet {what}")
        for what, text, extra in zip(whats, halden, [arctic] * inside + [""] * (5 - inside), strict=True)
    ]
    (story,) = group(tellings, themes)
    assert len(story.articles) == 5
    assert [(score.theme, score.verdict) for score in story.themes] == [("arctic", verdict)]


@pytest.mark.parametrize(
    ("aside", "verdict"),
    [
        ("Greenland's government sent flowers to Nuuk.", Verdict.CHECK),
        ("The Arctic Council met in Nuuk over Greenland's ice sheet and the Northern Sea Route.", Verdict.IN),
    ],
)
def test_one_of_two_tellings_puts_a_story_in_a_theme_only_where_it_is_strong(
    themes: tuple[Theme, ...], article: MakeArticle, aside: str, verdict: Verdict
) -> None:
    first = "The ferry Halden sank off Orrel on Monday with eighty aboard, captain Strand said."
    second = "Captain Strand left the ferry Halden last, off Orrel, after eighty had gone into the boats."
    tellings = [
        article("Ferry Halden sinks off Orrel", f"{first} {aside}", outlet="Quay Post"),
        article("Ferry Halden lost off Orrel", second, outlet="Orrel Times"),
    ]
    (story,) = group(tellings, themes)
    assert [(score.theme, score.verdict) for score in story.themes] == [("arctic", verdict)]


@pytest.mark.parametrize("language", sorted(_STEMMERS))
def test_every_language_has_its_stemmer(language: str) -> None:
    assert _stemmer(language) is not None
