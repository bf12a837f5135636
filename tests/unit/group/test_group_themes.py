from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.group import GroupOptions, Theme, score_themes
from digest.group.spellings import first_words, spellings
from digest.group.themes import confidence
from digest.model.news import Article, Verdict

from .conftest import only

MakeArticle = Callable[..., Article]


def slugs(article: Article, themes: tuple[Theme, ...]) -> set[str]:
    return {score.theme for score in score_themes(article, themes) if score.verdict is Verdict.IN}


def test_a_title_counts_double_and_a_repeat_by_its_logarithm(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["dam"]\n')
    assert only(theme, article("New dam opens")).score == 6
    assert only(theme, article("New dam opens", "The dam is open.")).score == pytest.approx(10.16, abs=0.01)


def test_one_term_outside_the_title_is_never_enough_by_itself(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["dam", "reservoir"]\n')
    assert only(theme, article("Works", "dam dam dam")).verdict is Verdict.CHECK
    assert only(theme, article("Works", "The dam and the reservoir")).verdict is Verdict.IN


GAZETTEER = (
    '[places.laos]\nnames = ["Laos"]\npeople = ["Lao"]\nleaders = ["Sonexay"]\nforces = ["Lao army"]\n'
    '[places.china]\nnames = ["China"]\ncities = ["Beijing"]\n'
)


def test_a_lead_counts_more_under_a_title_that_names_nothing_and_less_under_one_that_names_another_place(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(
        '[phrases]\nstrong = ["dam"]\n[negatives]\nforeign = ["Rhine"]\n'
        '[[pairs]]\nname = "p"\nweight = "weak"\nplaces = ["laos", "china"]\nothers = ["china"]\n',
        GAZETTEER,
    )
    assert only(theme, article("Works finished", "The dam is open.")).score == pytest.approx(4.2)
    assert only(theme, article("Works in Laos finished", "The dam is open.")).score == 2.25


def test_late_mentions_together_stay_out(rivers_of: Callable[..., Theme], article: MakeArticle) -> None:
    theme = rivers_of('[phrases]\nstrong = ["dam", "reservoir", "sluice", "weir", "river basin"]\n')
    padding = "Something else was said at some length. " * 20
    late = only(theme, article("Week in short", padding + "dam reservoir sluice weir river basin " * 4))
    assert late.verdict is Verdict.OUT
    assert late.score == pytest.approx(2, abs=0.02)


def test_plurals_possessives_accents_and_curly_apostrophes_are_one_word(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["Tromsø ferry", "tributary", "Sana\'a"]\n')
    for title in (
        "Tromso ferries stop",
        "Two TRIBUTARIES dry",
        "The tributary\u2019s mud",
        "Sana\u2019a waits",
        "Sanaa",
    ):
        assert only(theme, article(title)).score == 6, title


def test_a_word_is_not_found_inside_another(rivers_of: Callable[..., Theme], article: MakeArticle) -> None:
    theme = rivers_of('[phrases]\nstrong = ["dam", "Oman"]\n')
    assert only(theme, article("Amsterdam damned a woman and a Roman")).score == 0


def test_acronyms_are_found_letter_by_letter_and_not_in_a_shouted_headline(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[acronyms]\nstrong = ["WHO"]\n[phrases]\nweak = ["dam"]\n')
    assert only(theme, article("WHO sends a team")).score == 6
    assert only(theme, article("Who sends a team")).score == 0
    assert only(theme, article("WOMAN WHO BUILT THE DAM")).score == 1


def test_a_term_with_a_capital_asks_for_a_capital(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["Turkey"]\n')
    assert only(theme, article("Turkey votes")).score == 6
    assert only(theme, article("How to roast a turkey")).score == 0


def test_dotted_abbreviations_are_their_letters(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    assert only(rivers_of('[acronyms]\nstrong = ["US"]\n'), article("U.S. sends help")).score == 6


def test_a_mask_covers_its_words_and_no_others(rivers_of: Callable[..., Theme], article: MakeArticle) -> None:
    theme = rivers_of('[phrases]\nstrong = ["delta"]\n[negatives]\nmask = ["Delta Air Lines"]\n')
    assert only(theme, article("Delta Air Lines cuts flights")).score == 0
    assert only(theme, article("Delta Air Lines flies to the delta")).score == 6


def test_negatives_subtract_and_a_veto_ends_it(rivers_of: Callable[..., Theme], article: MakeArticle) -> None:
    theme = rivers_of('[phrases]\nstrong = ["river"]\n[negatives]\nmedium = ["novel"]\nveto = ["quiz"]\n')
    assert only(theme, article("A river novel")).score == 3
    vetoed = only(theme, article("River quiz"))
    assert (vetoed.score, vetoed.verdict) == (0, Verdict.OUT)
    assert vetoed.hits[0].term == "quiz (veto)"


PAIR = (
    '[[pairs]]\nname = "shared water"\nweight = "strong"\n'
    'places = ["laos", "china"]\nothers = ["laos", "china"]\ntopics = ["dam"]\n'
)


def test_a_pair_needs_both_places_and_the_topic(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(PAIR, GAZETTEER)
    assert only(theme, article("China and Laos open dam")).score == 6
    assert only(theme, article("China and Laos open rail line")).score == 0
    assert only(theme, article("China opens dam")).score == 0


def test_a_country_and_its_leader_are_one_party(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(PAIR, GAZETTEER)
    assert only(theme, article("Sonexay opens dam in Laos")).score == 0
    assert only(theme, article("Sonexay opens dam with Beijing")).score == 6


def test_a_pair_across_title_and_dek_counts_less_and_far_apart_in_the_text_not_at_all(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(PAIR, GAZETTEER)
    assert only(theme, article("China opens dam", dek="Laos is content.")).score == 4.5
    assert only(theme, article("Dam opens", dek="China and Laos are content.")).score == 4.2
    assert only(theme, article("Dry year", "China and Laos share a dam.")).score == pytest.approx(
        2.94, abs=0.01
    )
    far = "China planted trees. " + "Nothing else happened there. " * 9 + "Laos has a dam."
    assert only(theme, article("Dry year", far)).score == 0


def test_terms_in_scripts_without_spaces_and_with_glued_prefixes_are_found(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["ダム", "大坝", "댐", "سد", "Дамба"]\n')
    for title in ("新しいダムが完成", "大坝竣工", "새 댐이 열렸다", "افتتاح السد الجديد", "Дамба открыта"):
        assert only(theme, article(title)).score == 6, title


def test_every_theme_is_scored_best_first_with_reasons_that_add_up(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    scores = score_themes(article("Norway sends frigate to Svalbard", "Oslo fears for the Arctic."), themes)
    assert scores[0].theme == "arctic"
    assert len(scores) == len(themes)
    for score in scores:
        assert score.score == pytest.approx(max(0, sum(hit.points for hit in score.hits)), abs=0.02)


def test_confidence_rises_with_the_score_and_is_even_at_the_threshold_for_in() -> None:
    options = GroupOptions()
    values = [confidence(score, options) for score in (0, 2, 4, 6, 1000)]
    assert values == sorted(values)
    assert (values[2], values[3]) == (0.5, 0.8)


def test_a_passing_mention_late_in_a_long_report_files_nothing(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    text = (
        "The defence ministers of Japan and the United States met for talks on the alliance. "
        "They agreed on more drills and on shared repair yards for warships. "
        + "Officials described the afternoon as useful and went into the details at length. " * 8
        + "Some fear that pressure on Greenland and a crisis over Iran will draw Washington away."
    )
    assert slugs(article("Tokyo and Washington deepen defence ties", text), themes) == {"indo-pacific"}


def test_one_article_may_belong_to_two_themes(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    item = article(
        "Chinese icebreaker and warships enter the Bering Strait", "The US Navy shadowed the fleet."
    )
    assert slugs(item, themes) == {"indo-pacific", "arctic"}


def test_an_empty_article_belongs_nowhere(themes: tuple[Theme, ...], article: MakeArticle) -> None:
    assert slugs(article(""), themes) == set()


def test_a_title_that_names_another_region_halves_what_speaks_for_the_theme(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    gazetteer = '[places.nile]\nnames = ["Nile"]\n'
    body = (
        '[phrases]\nstrong = ["river commission"]\n[negatives]\nforeign = ["Rhine"]\n'
        '[[pairs]]\nname = "water"\nweight = "strong"\nplaces = ["nile"]\ntopics = ["flood"]\n'
    )
    theme = rivers_of(body, gazetteer)
    assert only(theme, article("Nile flood")).score == 6
    assert only(theme, article("Nile towns send help to Rhine flood")).score == 0  # 3 less 3
    assert only(theme, article("River commission on Nile and Rhine flood")).score == 9  # 6 and 6 less 3


def test_under_a_title_that_says_the_theme_another_region_takes_nothing(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["dam"]\n[negatives]\nforeign = ["Rhine"]\n')
    assert only(theme, article("A dam breaks", "As on the Rhine in May.")).score == 6
    assert only(theme, article("A dam breaks on the Rhine", "It was old.")).score == 3  # 6 less 3
    assert only(theme, article("Walls break", "A dam, as on the Rhine.")).score == pytest.approx(
        2.7
    )  # 4.2 less 1.5


def test_an_actor_in_another_regions_event_is_not_its_subject(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    compared = article(
        "Ousted leader of Peru joins Iraq's Saddam before a foreign court", "The trial opens soon."
    )
    assert slugs(compared, themes) == set()
    assert slugs(article("Iraq leader faces court", "The trial opens in Baghdad."), themes) == {"middle-east"}


SUBJECT = (
    '[places]\nmedium = ["laos"]\n[subject]\nhard = ["dam", "flood"]\n'
    'soft = ["football", "striker", "quiz"]\n'
    'roundups = ["in brief"]\n[[pairs]]\nname = "water"\nweight = "strong"\nplaces = ["laos"]\n'
    'topics = ["dam", "flood"]\n'
)


def test_a_soft_subject_shrinks_the_points_unless_something_hard_is_said_in_the_title(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    assert only(theme, article("Laos football")).score == 1  # 3 x (0 + 1) / (2 + 1)
    hard = only(theme, article("Laos football field lost to flood"))
    assert (hard.score, hard.verdict) == (9, Verdict.IN)
    soft = only(theme, article("Laos striker in football final", "A dam, a flood. " * 5))
    assert soft.verdict is Verdict.OUT
    assert soft.hits[0].term == "soft subject: football, striker"
    assert soft.score == pytest.approx(sum(hit.points for hit in soft.hits), abs=0.02)


def test_many_points_do_not_buy_a_soft_subject_off(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(
        SUBJECT.replace("[places]", '[phrases]\nstrong = ["river basin", "weir"]\n[places]'), GAZETTEER
    )
    title = "River basin quiz: weir, striker, football"
    assert only(theme, article(title)).score == pytest.approx(7 * 5 / 7)
    assert only(theme, article(title, "river basin weir " * 9)).score == pytest.approx(7 * 5 / 7)


def test_two_soft_words_outside_the_title_say_nothing_and_a_third_does(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    assert only(theme, article("Laos", "A quiz on football.")).score == 3
    assert only(theme, article("Laos", "A quiz on a football striker.")).score == pytest.approx(1.2)


def test_a_place_found_by_name_and_by_stem_is_one_mention(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[places]\nstrong = ["laos"]\n', '[places.laos]\nnames = ["Laos", "Laot*", "Lao*"]\n')
    assert only(theme, article("Laos rests")).score == 6
    assert only(theme, article("Laotians rest")).score == 6


def test_a_bare_name_is_for_an_editor_to_check(rivers_of: Callable[..., Theme], article: MakeArticle) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    bare = only(theme, article("A week in Laos", "Laos and more of Laos."))
    assert (bare.score, bare.verdict) == (3.5, Verdict.CHECK)
    assert "a bare name" in {hit.term for hit in bare.hits}
    assert only(theme, article("A week in Laos", "Laos and a dam.")).verdict is Verdict.IN


EVERYDAY = SUBJECT + (
    '[[pairs]]\nname = "river life"\nweight = "strong"\nplaces = ["laos"]\ntopics = ["village"]\n'
)


def test_a_pair_saves_a_bare_name_unless_it_needs_something_hard(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    village = article("Village choir in Laos", "The village sang.")
    assert only(rivers_of(EVERYDAY, GAZETTEER), village).verdict is Verdict.IN
    theme = rivers_of(EVERYDAY + "needs_hard = true\n", GAZETTEER)
    bare = only(theme, village)
    assert (bare.score, bare.verdict) == (3.5, Verdict.CHECK)
    assert "a bare name" in {hit.term for hit in bare.hits}
    assert only(theme, article("Village choir in Laos", "It sang at the dam.")).verdict is Verdict.IN


def test_a_strong_place_is_a_bare_name_outside_the_title(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT.replace("medium", "strong", 1), GAZETTEER)
    assert only(theme, article("Laos rests")).score == 6
    lead = only(theme, article("A week of rest", "Laos rests, Lao towns rest."))
    assert (lead.score, lead.verdict) == (3.5, Verdict.CHECK)


def test_a_soft_story_is_for_an_editor_to_check_though_its_lead_holds_a_hard_word(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    story = only(theme, article("A life in Laos", "By a dam he sold football and quiz cards."))
    assert (story.score, story.verdict) == (3.5, Verdict.CHECK)
    assert any(hit.term.startswith("a soft story") for hit in story.hits)
    even = article("A life in Laos", "By a dam he sold football cards.")
    assert only(theme, even).verdict is Verdict.IN
    titled = article("A life by a dam in Laos", "He sold football and quiz cards.")
    assert only(theme, titled).verdict is Verdict.IN


def test_of_a_round_up_nothing_but_the_title_counts(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    body = "A dam in Laos; a flood in Laos."
    assert only(theme, article("Laos", body)).verdict is Verdict.IN
    cut = only(theme, article("Laos in brief", body))
    assert (cut.score, cut.verdict) == (3, Verdict.CHECK)
    assert cut.hits[0].term == "a round-up, only its title counts: in brief"


def test_of_a_live_page_nothing_but_the_title_counts(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    body = "A dam in Laos; a flood in Laos."
    cut = only(theme, article("Laos live: the day so far", body))
    assert (cut.score, cut.verdict) == (3, Verdict.CHECK)
    assert cut.hits[0].term == "a live page, only its title counts"


def test_a_press_review_and_a_reading_list_are_of_no_theme(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(SUBJECT, GAZETTEER)
    for title in ("The Papers: 'Laos dam bursts' and 'King ill'", "Laos dam, a flood: 7 river reads"):
        review = only(theme, article(title, "A dam in Laos; a flood in Laos."))
        assert (review.score, review.verdict) == (0, Verdict.OUT)
        assert review.hits[0].term == "a press review or a reading list: of no theme"


WIDER = SUBJECT.replace("roundups = [", 'wider = ["world"]\nroundups = [')


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Why the world is running dry", "a wider matter (world)"),
        ("Opinion: nobody reads the gauges", "an opinion"),
        ("Nobody reads the gauges | Ann Example", "an opinion"),
    ],
)
def test_what_the_lead_of_a_wider_matter_or_an_opinion_names_counts_half(
    rivers_of: Callable[..., Theme], article: MakeArticle, title: str, why: str
) -> None:
    theme = rivers_of(WIDER, GAZETTEER)
    lead = "A dam in Laos held."
    report = only(theme, article("Nobody saw the gauges", lead))
    passing = only(theme, article(title, lead))
    assert report.score == pytest.approx(3.6 * 1.4)  # 1.5 for the place, 2.1 for the pair
    assert passing.score == pytest.approx(3.6 / 2)
    assert passing.hits[0].term == f"{why}, silent about the theme: all counts half"


def test_the_lead_of_an_opinion_never_files_it_by_itself(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["river basin", "weir", "sluice"]\n' + WIDER, GAZETTEER)
    lead = "The river basin, its weir and its sluice: a dam in Laos, a flood in Laos."
    assert only(theme, article("Nobody reads the gauges", lead)).verdict is Verdict.IN
    opinion = only(theme, article("Opinion: nobody reads the gauges", lead))
    assert (opinion.score, opinion.verdict) == (3.5, Verdict.CHECK)


@pytest.mark.parametrize("title", ["The world looks on as Laos dam bursts", "Opinion: Laos deserves a dam"])
def test_an_opinion_or_a_wider_matter_that_names_the_theme_counts_whole(
    rivers_of: Callable[..., Theme], article: MakeArticle, title: str
) -> None:
    assert only(rivers_of(WIDER, GAZETTEER), article(title)).score == 9


def test_a_place_in_an_opinions_title_names_the_theme(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of(WIDER, GAZETTEER)
    assert only(theme, article("Opinion: Laos deserves better", "A dam cracked.")).score == 7.5


def test_a_whole_pair_in_the_title_names_the_theme_and_half_a_pair_does_not(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[subject]\nwider = ["world"]\n' + PAIR, GAZETTEER)
    whole = only(theme, article("World looks on as China and Laos open a dam"))
    half = only(theme, article("World looks on as China opens a dam", "Laos is content."))
    assert whole.score == 6
    assert half.score == pytest.approx(4.5 / 2)
    assert half.hits[0].term.startswith("a wider matter (world)")


def test_a_weak_phrase_in_the_title_does_not_name_the_theme(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nweak = ["delta"]\n' + WIDER, GAZETTEER)
    lead = "A dam in Laos held."
    assert only(theme, article("Deltas of the world are sinking", lead)).score == pytest.approx(4.6 / 2)
    assert only(theme, article("Deltas are sinking", lead)).score == pytest.approx(4.6)


def test_where_somebody_was_born_is_not_what_a_report_is_about(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["Vientiane"]\n')
    assert only(theme, article("Vientiane-born chef opens a bar")).score == 0
    assert only(theme, article("Born in Vientiane, at home nowhere")).score == 6


def test_a_dek_that_the_text_repeats_after_its_dateline_counts_once(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["dam"]\n')
    dek = "The dam above the second village is cracked."
    assert only(theme, article("Dry year", f"VIENTIANE (Example News) - {dek}", dek=dek)).score == (
        only(theme, article("Dry year", dek)).score
    )


def test_forces_are_topics_where_the_pair_says_so(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    moved = article("Lao army crosses into China")
    assert only(rivers_of(PAIR, GAZETTEER), moved).score == 0
    assert only(rivers_of(PAIR + "forces_are_topics = true\n", GAZETTEER), moved).score == 6


def test_a_dateline_is_not_what_a_report_is_about(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["Vientiane", "MRC"]\n')
    for report in ("VIENTIANE (Example News) - Wells are low.", "VIENTIANE \u2014 Wells are low."):
        assert only(theme, article("Dry year", report)).score == 0
    for word in ("MRC-led talks on wells began.", "MRC\u2013Laos talks on wells began."):
        assert only(theme, article("Dry year", word)).score > 0
    assert only(theme, article("Dry year", "Vientiane has no water.")).score > 0


@pytest.mark.parametrize(
    ("term", "found", "missed"),
    [
        ("арктич*", ["арктическое море", "в арктической зоне"], ["антарктический лёд"]),
        ("Север* мор*", ["по Северному морскому пути"], ["по северному морскому пути", "Северный путь"]),
        ("jäänmurtaj*", ["Uusi jäänmurtaja", "kaksi jäänmurtajaa"], ["jää murtui"]),
        ("צבא", ["הצבא נסוג", "לצבא אין", "ובצבא"], ["צבאות"]),
        ("غزة", ["في غزة", "وغزة", "بغزة", "لغزة"], ["غزوة"]),
        ("السعودية", ["السعودية", "بالسعودية", "للسعودية"], ["سعود"]),
        ("ایران", ["إيران اليوم", "در ایران"], ["ایرانشهر"]),
        ("Iran", ["L'Iran répond", "Il leader dell'Iran"], ["Iranna"]),
    ],
)
def test_inflected_and_glued_forms_are_found(
    rivers_of: Callable[..., Theme], article: MakeArticle, term: str, found: list[str], missed: list[str]
) -> None:
    theme = rivers_of(f'[phrases]\nstrong = ["{term}"]\n')
    assert [title for title in found if only(theme, article(title)).score < 6] == []
    assert [title for title in missed if only(theme, article(title)).score > 0] == []


def test_a_name_alike_masks_whatever_its_capitals(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["delta"]\n[negatives]\nmask = ["Delta Blues", "delta blues"]\n')
    assert only(theme, article("An evening of delta blues")).score == 0
    assert only(theme, article("An evening of Delta Blues")).score == 0


# Latin, Cyrillic, Arabic and Hebrew, which differ in what is glued to a word.
LETTERS = "abcXYZ\u00e4\u0436\u0645\u0646\u0627\u0644\u05e0\u05ea"


@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=1, max_size=3),
    st.booleans(),
)
def test_a_form_is_kept_under_the_first_word_of_each_of_its_spellings(parts: list[str], exact: bool) -> None:
    wanted = {spelling[0].lower() for spelling in spellings(parts, exact=exact)}
    assert first_words(parts, exact=exact) == wanted


def test_a_word_that_two_stems_and_a_whole_word_fit_counts_for_all_three(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["damm*"]\nmedium = ["dammbau*"]\nweak = ["dammbaus"]\n')
    assert only(theme, article("Ende des Dammbaus")).score == 2 * (3 + 1.5 + 0.5)
    assert only(theme, article("Damm offen")).score == 2 * 3


def test_two_terms_that_are_spelled_alike_both_count(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    theme = rivers_of('[phrases]\nstrong = ["water level"]\nweak = ["Water-Level", "water levels"]\n')
    assert only(theme, article("Water levels fall")).score == 2 * (3 + 0.5 + 0.5)


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("South Korea switches its loudspeakers on", "Towns near the line heard songs.", {"indo-pacific"}),
        ("China prints new names for Arunachal Pradesh", "India sent the maps back.", {"indo-pacific"}),
        ("Chinese warships pass Alaska", "US destroyers tailed them off the Aleutians.", {"indo-pacific"}),
        ("Earthquake in Iran kills twelve", "The government sent tents and doctors.", {"middle-east"}),
        ("Byzantine mosaic found under a field near Gaza", "Farmers had ploughed over it.", set()),
        ("Tehran Street bus crash: driver in court", "Two were hurt in the town in Ohio.", set()),
        (
            "Last year was the warmest on record",
            "The Arctic Ocean and northern Canada had odd temperatures.",
            set(),
        ),
    ],
)
def test_the_default_themes_tell_their_news_from_what_only_happens_there(
    title: str, text: str, wanted: set[str], themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    assert slugs(article(title, text), themes) == wanted


def test_one_article_scores_the_same_with_any_word_seen_before(
    themes: tuple[Theme, ...], article: MakeArticle
) -> None:
    item = article("Ледоколы идут по Северному морскому пути", "Суда вышли из Мурманска.")
    first = score_themes(item, themes)
    score_themes(article("Something else entirely", "With other words, in another language."), themes)
    assert score_themes(item, themes) == first
    assert slugs(item, themes) == {"arctic"}
