"""What counts as materially new, sentence by sentence, on invented news."""

from __future__ import annotations

import pytest

from digest.compose.facts import Fact, Kind, facts
from digest.compose.known import known
from digest.compose.novelty import News, Nothing, NoveltyOptions, whats_new
from digest.material import READING
from digest.model.genre import aside
from digest.model.news import Article

TOLD = (
    "Quake shakes Velmora. At least 40 people were killed and 200 injured when an earthquake shook Velmora."
    " Rescue teams from 3 countries are on their way. The airport is closed."
)


def article(title: str, text: str = "", outlet: str = "One", **fields: object) -> Article:
    url = f"https://{outlet.lower()}.example.org/{abs(hash(title))}"
    return Article(url, url, title, text=text, outlet=outlet, **fields)  # type: ignore[arg-type]  # by name


def verdict(*articles: Article, told: str = TOLD, **options: object) -> News | Nothing:
    before = known([told], [told], READING)
    return whats_new(before, articles, READING, NoveltyOptions(**options))  # type: ignore[arg-type]  # by name


def two(title: str, text: str) -> tuple[Article, Article]:
    return article(title, text), article(f"{title}, officials say", text, outlet="Two")


def said(text: str, kind: Kind) -> set[tuple[str, float]]:
    return {(fact.what, fact.value) for fact in facts(text, READING) if fact.kind is kind}


@pytest.mark.parametrize(
    ("text", "tolls"),
    [
        ("At least 31 people were killed and 1,200 injured.", {("dead", 31), ("hurt", 1200)}),
        ("The death toll rises to thirty-one, with nine missing", {("dead", 31), ("missing", 9)}),
        ("Police arrested 14 people; 3 died.", {("held", 14), ("dead", 3)}),
        ("Some 5,000 people were displaced on 4 March 2026.", {("driven out", 5000)}),
        ("A man aged 40 died in 2024.", set()),
        ("Israeli strikes killed 12 in the past 24 hours", {("dead", 12)}),
        ("Two killed in 40 air strikes on Kyiv", {("dead", 2)}),
        ("The quake cost 12 lives", {("dead", 12)}),
        ("He lives in a town of 300 people near Nuuk", set()),
        ("More than 70,000 people have been killed since the war began.", set()),
        ("At least 30 people have been killed since Monday.", {("dead", 30)}),
        ("Patrol plane's strike kills 11 on boat", {("dead", 11)}),
        ("Drone strike kills 12 in village", {("dead", 12)}),
        ("Blasts killed 19 in homes and warehouses, ministry says", {("dead", 19)}),
        ("Quake kills 900 in hours", {("dead", 900)}),
        ("Velmora quake toll put at 55", {("dead", 55)}),
        ("Rescuers pulled nine bodies from the hall", {("dead", 9)}),
        ("The agency is split into two separate bodies", set()),
        ("Painter of the northern lights dies at 90", set()),
        ("Painter of the northern lights dies of cancer at 47", set()),
        ("No. 2 leader of the militia killed", set()),
        ("Man jailed for 12 for killing his neighbour", set()),
        ("Road toll rises to £9.50", set()),
        ("Road deaths fall by 20%", set()),
        ("More than 71,000 people have been killed in the war, the ministry said.", set()),
    ],
)
def test_tolls_are_read_with_what_they_count(text: str, tolls: set[tuple[str, float]]) -> None:
    assert said(text, Kind.TOLL) == tolls


def test_other_figures_go_with_their_noun_and_dates_are_none() -> None:
    text = "The navy sent 12 ships and cut spending by 5 percent on 3 May, 30 years after 1996."
    assert said(text, Kind.FIGURE) == {("ships", 12), ("%", 5), ("years", 30)}


def test_a_headline_in_capitals_names_nobody() -> None:
    assert said("Minister Lenz Visits The Broken Dam", Kind.NAME) == set()
    assert said("The dam broke, Minister Lenz said", Kind.NAME) == {("minister lenz", 0)}


def test_a_higher_toll_is_new_a_lower_or_an_equal_one_is_not() -> None:
    found = verdict(*two("Velmora quake toll at 55", "The earthquake in Velmora killed 55 people."))
    assert isinstance(found, News)
    assert found.facts == ("55 dead (told: 40)",)
    assert isinstance(verdict(*two("Velmora quake", "The earthquake in Velmora killed 40 people.")), Nothing)
    assert isinstance(verdict(*two("Velmora quake", "The earthquake in Velmora killed 35 people.")), Nothing)


@pytest.mark.parametrize(
    "background",
    [
        "More than 70,000 people have been killed in quakes since records began.",
        "The town lies 55 kilometres from the border.",
        f"{'Tents stand in the square. ' * 40}Its worst quake killed 900 people.",
    ],
)
def test_a_toll_in_the_background_hides_none_that_rises(background: str) -> None:
    told = f"{TOLD} {background}"
    pair = two("Velmora quake toll at 55", "The earthquake in Velmora killed 55 people.")
    before = known([told], [told[: NoveltyOptions().lead_chars]], READING)
    found = whats_new(before, pair, READING, NoveltyOptions())
    assert isinstance(found, News)
    assert found.facts == ("55 dead (told: 40)",)


def test_a_war_s_toll_under_a_headline_with_the_day_s_hides_none_that_rises() -> None:
    told = "Strike on school in Velmora kills two. Some 71,000 have died, the ministry counts."
    rising = two("Velmora school strike: 19 dead", "The strike on a school in Velmora killed 19 people.")
    found = verdict(*rising, told=told)
    assert isinstance(found, News)
    assert found.facts == ("19 dead (told: 2)",)


def test_a_date_with_its_month_cut_short_is_no_toll_of_what_was_told() -> None:
    told = "Two commanders behind Oct. 7 killed in strike on Velmora."
    rising = two("Velmora strike: five commanders killed", "A strike on Velmora killed five commanders.")
    assert isinstance(verdict(*rising, told=told), News)


def test_the_highest_toll_that_is_vouched_for_is_the_news_though_only_headlines_tell_it() -> None:
    """What those who were quicker say in a sentence is not what is new, and doesn't stand under it."""
    quick = two(
        "Seven killed as planes strike camps at Velmora",
        "Planes bombed camps at Velmora and killed seven fighters, an official said.",
    )
    late = [
        article("Strikes on camps at Velmora kill 20", "It had reported 20 killed there.", outlet="Three"),
        article("Air raids at Velmora kill 20", "These were its first losses since autumn.", outlet="Four"),
    ]
    found = verdict(*quick, *late, told="Militia refuses to leave Velmora.")
    assert isinstance(found, News)
    assert "20 dead" in found.facts
    assert "seven" not in found.line


def test_a_toll_that_was_told_far_down_is_not_new() -> None:
    told = f"Quake kills dozens in Velmora. {'Tents stand in the square. ' * 40}Officials counted 40 dead."
    before = known([told], [told[: NoveltyOptions().lead_chars]], READING)
    pair = two("Velmora quake", "The earthquake in Velmora killed 40 people.")
    assert isinstance(whats_new(before, pair, READING, NoveltyOptions(shared_words=99)), Nothing)


def test_a_lower_toll_is_new_when_it_is_called_a_correction() -> None:
    text = "A corrected count says that the earthquake in Velmora killed 35 people."
    told = f"{TOLD} A figure for the injured was corrected at noon."
    found = verdict(*two("Velmora quake", text), told=told)
    assert isinstance(found, News)
    assert found.facts == ("35 dead (told: 40)",)


def test_a_first_toll_is_new() -> None:
    text = "The earthquake in Velmora left 7 people missing."
    assert isinstance(verdict(*two("Velmora quake", text)), News)


def test_a_changed_figure_counts_only_for_what_was_counted_before() -> None:
    more = two("Help for Velmora", "Rescue teams from 9 countries have landed with dogs, cranes and tents.")
    assert isinstance(verdict(*more, shared_words=99), News)
    other = two("Help for Velmora", "Dogs from 9 kennels have landed with cranes, blankets and tents.")
    assert isinstance(verdict(*other, shared_words=99), Nothing)


def test_an_event_of_a_kind_that_was_told_is_not_new() -> None:
    old = two("Velmora airport", "The seaport and two mountain roads of Velmora are closed as well.")
    assert isinstance(verdict(*old, shared_words=99), Nothing)
    new = two("Velmora builder", "Police arrested the builder of a collapsed school in Velmora.")
    assert isinstance(verdict(*new, shared_words=99), News)


@pytest.mark.parametrize(
    "text",
    [
        "The mayor of Velmora will visit the port next week, according to the council",
        "The band will release an album",
        "Twelve people were on board when the order of the day was read",
        "The council wants to lift the night fare and may close ranks",
        "Harvests held up through the ceasefire, and since the attack on Velmora",
        "The ministry called the dockers' economic demands fair",
        "The dam was not sanctioned, nor would it be closed",
    ],
)
def test_what_is_planned_denied_or_known_before_is_no_event(text: str) -> None:
    found = facts(text, READING)
    assert {fact.said for fact in found if fact.kind in {Kind.EVENT, Kind.STATEMENT}} == set()


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Police arrest the owner of the mill", "arrested"),
        ("Prosecutors launch an investigation into the fire", "launched"),
        ("Truce reached in Velmora", "agreed"),
        ("The minister resigned at noon", "resigned"),
        ("Dockers on strike: council bans marches", "banned"),
    ],
)
def test_what_was_done_is_an_event_in_whatever_form_a_headline_has_it(text: str, event: str) -> None:
    assert event in {fact.said for fact in facts(text, READING) if fact.kind is Kind.EVENT}


def test_what_was_told_as_a_plan_is_known() -> None:
    text = "The council of Velmora banned every march through the old port on Monday."
    pair = two("Velmora bans marches", text)
    assert isinstance(verdict(*pair, told="The mill is shut.", shared_words=99), News)
    told = "A ban on marches is planned, the mayor said."
    assert isinstance(verdict(*pair, told=told, shared_words=99), Nothing)


def test_whoever_was_killed_by_drones_was_struck() -> None:
    text = "Three drones struck a cafe in the harbour quarter of Velmora, its governor said on the radio."
    pair = two("Drones hit Velmora cafe", text)
    assert isinstance(verdict(*pair, told="Drones killed 24 in Velmora.", shared_words=99), Nothing)
    assert isinstance(verdict(*pair, told="Drones were seen over Velmora.", shared_words=99), News)


def test_a_quotation_that_was_told_is_no_news_nor_that_somebody_said_it() -> None:
    told = "Velmora's harbour closes. The port leader wants “idle crews must be put ashore at once”."
    again = "President Orlo warned on Saturday that “idle crews must be put ashore at once”, to applause."
    pair = two("Orlo speaks to the guilds of Velmora", again)
    assert isinstance(verdict(*pair, told=told, shared_words=99), Nothing)
    other = again.replace("idle crews must be put ashore at once", "no ship leaves before the tax is paid")
    found = verdict(*two("Orlo speaks to the guilds of Velmora", other), told=told, shared_words=99)
    assert isinstance(found, News)
    assert "warned" in found.facts


def test_who_condemns_what_was_told_says_something_new() -> None:
    told = "Velmora's harbour closes. The port leader wants “idle crews must be put ashore at once”."
    text = "President Orlo condemned the remark that “idle crews must be put ashore at once”, as a shame."
    found = verdict(*two("Orlo on the mayor of Velmora", text), told=told, shared_words=99)
    assert isinstance(found, News)


def test_a_headline_with_the_new_toll_is_rather_the_news_than_a_sentence_without_it() -> None:
    aside = "The army says that it only fires at depots and keeps to the law of war."
    pair = (
        article("Fifty-five killed in Velmora quake, ministry says", aside),
        article(
            "Velmora counts 55 dead after quake", "Tents and blankets went to every square.", outlet="Two"
        ),
    )
    found = verdict(*pair)
    assert isinstance(found, News)
    assert "dead (told: 40)" in found.facts[0]
    assert found.line in {one.title for one in pair}


def test_a_statement_is_new_only_from_somebody_new() -> None:
    nobody = two("Velmora quake", "The rescue teams in Velmora warned of rain, mud and cold nights.")
    assert isinstance(verdict(*nobody, shared_words=99), Nothing)
    somebody = two("Velmora quake", "In Velmora the seismologist Ansa Orlu warned of rain, mud and cold.")
    found = verdict(*somebody, shared_words=99)
    assert isinstance(found, News)
    assert found.facts == ("warned",)


def test_one_short_report_vouches_for_nothing_and_the_reason_has_the_figures() -> None:
    found = verdict(article("Velmora quake toll at 55", "The earthquake killed 55 people in Velmora."))
    assert isinstance(found, Nothing)
    assert found.why.startswith("best was “Velmora quake toll at 55”")
    assert found.why.endswith("55 by One alone")


def test_two_outlets_of_one_publisher_are_one() -> None:
    pair = two("Velmora quake toll at 55", "The earthquake killed 55 people in Velmora.")
    one = [article(each.title, each.text, each.outlet, publisher="Group") for each in pair]
    assert isinstance(verdict(*one), Nothing)


def test_a_full_report_that_says_it_only_further_down_does_not_vouch() -> None:
    filler = "Tents stand in the square of Velmora. " * 30
    sure = article("Velmora builder arrested", f"Police arrested a builder in Velmora. {filler}")
    assert isinstance(verdict(sure), News)
    low = article(
        "A night in Velmora", f"Nobody slept in the cold tents. Police arrested a builder. {filler}"
    )
    assert isinstance(verdict(low), Nothing)


@pytest.mark.parametrize(
    "leaning",
    [
        "He said that the earthquake had killed 55 people in Velmora.",
        "The movement, backed by Orlu, said that 55 people were killed in Velmora.",
        "The group said that 55 people were killed by the earthquake in Velmora.",
    ],
)
def test_what_leans_on_a_sentence_before_it_is_not_printed_as_the_news(leaning: str) -> None:
    itself = "The earthquake killed 55 people in Velmora, Ansa Orlu counted."
    nothing = verdict(*two("Velmora counts again", leaning))
    assert isinstance(nothing, Nothing)
    assert nothing.why.endswith("but it leans on a sentence before it")
    found = verdict(*two("Velmora counts again", f"{leaning} {itself}"))
    assert isinstance(found, News)
    assert found.line == itself


def test_whom_the_headline_names_a_sentence_may_take_up() -> None:
    line = "The group said that 55 people were killed by the earthquake in Velmora."
    found = verdict(*two("Relief group in Velmora counts again", line))
    assert isinstance(found, News)
    assert found.line == line
    of_itself = "The leader of the Velmora Relief League said that 55 people were killed."
    assert isinstance(verdict(*two("Velmora counts again", of_itself)), News)


def test_what_two_outlets_say_in_the_same_new_words_is_new_in_any_language() -> None:
    told = (
        "El terremoto sacude Velmora y deja cuarenta muertos. Los equipos de rescate buscan supervivientes en"
        " los escombros del hospital central, cerca del puerto viejo, donde se hundieron tres edificios y un"
        " puente sobre el estrecho. El aeropuerto cierra hasta el lunes por grietas profundas en la pista."
    )
    short = "El terremoto sacude Velmora y deja cuarenta muertos."
    pair = (
        article(
            "Velmora reparte carpas entre las familias",
            "El gobierno reparte carpas y mantas entre las familias de Velmora que duermen en la calle.",
        ),
        article(
            "Llegan carpas y mantas a Velmora",
            "Las familias de Velmora reciben carpas y mantas del gobierno desde esta noche en la plaza.",
            outlet="Two",
        ),
    )
    assert isinstance(verdict(*pair, told=told), News)
    assert isinstance(verdict(*pair, told=told, shared_words=99), Nothing)
    assert isinstance(verdict(pair[0], told=told), Nothing)
    assert isinstance(verdict(*pair, told=short), Nothing), "nearly every wording is new beside a headline"


def test_words_told_already_make_no_news_however_many_print_them() -> None:
    text = "At least 40 people were killed and 200 injured when an earthquake shook Velmora at night."
    assert isinstance(verdict(*two("Quake shakes Velmora", text)), Nothing)


def test_the_sentence_is_never_too_long_to_stand_by_itself() -> None:
    long = "Police in Velmora arrested the builder, " + "the mason, " * 30 + "and the mayor of the town."
    found = verdict(*two("Velmora builder arrested", long))
    assert isinstance(found, News)
    assert found.line.startswith("Velmora builder arrested")


@pytest.mark.parametrize(
    "title",
    [
        "WHO says outbreak in Velmora is over",
        "IS claims attack on Velmora barracks",
        "Minister explains budget to deputies",
        "Live rounds found in Velmora harbour",
        "Analysts arrested in Velmora",
    ],
)
def test_a_report_is_not_taken_for_an_aside(title: str) -> None:
    assert aside(article(title)) == ""


@pytest.mark.parametrize(
    "title",
    [
        "What we know about the Velmora quake",
        "Velmora quake: live updates",
        "LIVE: Velmora digs for survivors",
        "Explainer: How quakes are measured",
        "Is Velmora ready for the next one?",
        "Five takeaways from the Velmora vote",
        "Video: The night Velmora shook",
    ],
)
def test_an_aside_is_known_by_its_title(title: str) -> None:
    assert aside(article(title))


def test_an_aside_is_known_by_its_rubric_and_address() -> None:
    assert aside(article("Velmora must rebuild", categories=("Opinion",))) == "it is filed under opinion"
    url = "https://one.example.org/commentisfree/velmora"
    assert aside(Article(url, url, "Velmora must rebuild")) == "it is filed under commentisfree"
    assert Fact(Kind.EVENT, "arrest", said="a") == Fact(Kind.EVENT, "arrest", said="b")
