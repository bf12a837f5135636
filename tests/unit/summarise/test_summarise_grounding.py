# ruff: noqa: RUF001 - typographic quotation marks and digits of many scripts are what is tested
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.summarise.grounding import Claim, ungrounded
from digest.summarise.naming import find_names, names

SOURCE = (
    "Mayor Ida Holt said on Jan. 5 that Harne would pay 1,200 crowns to each of seventeen families. "
    "“We lost a winter on that island,” Holt told the Coast Agency. The ferry cost 5.7 million crowns, up 12 "
    "percent. The council did not ask the United Nations for help. Nils Brandt, a fisherman, sold 40 boats "
    "in 2019. The ferry rose by 3 metres when the Iranian tanker passed, police said."
)


@pytest.mark.parametrize(
    "summary",
    [
        "Harne will pay 1200 crowns to 17 families, Ida Holt said.",
        "The ferry cost 5,700,000 crowns.",
        "Holt’s words were “we lost a winter”.",
        "Families on Harne are paid, and the ferry cost 5.7m crowns.",
        "Nearly 1,210 crowns go to each family.",
        "About six million crowns: that is what the ferry cost.",
        "Help of the UN was not asked for by the council of Harne.",
        "Iran had a tanker pass the ferry on January 5.",
        "Mr. Holt spoke of a winter.",
        "Holt told the CA of a winter.",
        "The council refused to ask the United Nations for help.",
        "Holt said “we lost … on that island” of the winter.",
        "The council never asked the United Nations for help.",
    ],
)
def test_what_the_source_says_in_other_words_passes(summary: str) -> None:
    assert ungrounded(summary, [SOURCE], language="en") == ()


@pytest.mark.parametrize(
    ("summary", "kind", "text"),
    [
        ("Harne will pay 1,300 crowns to each family.", Claim.NUMBER, "1,300"),
        ("The ferry cost 5.7 billion crowns.", Claim.NUMBER, "5.7 billion"),
        ("Eighteen families are paid.", Claim.NUMBER, "Eighteen"),
        ("Nearly 1,100 crowns go to each family.", Claim.NUMBER, "1,100"),
        ("More than 1,210 crowns go to each family.", Claim.NUMBER, "1,210"),
        ("Nils Brandt, a fisherman, sold 40 boats in 2020.", Claim.NUMBER, "2020"),
        ("Mayor Gustav Holt spoke.", Claim.NAME, "Mayor Gustav Holt"),
        ("The Baltic Agency heard it.", Claim.NAME, "Baltic Agency"),
        ("Karsholm heard it.", Claim.NAME, "Karsholm"),
        ("Holt said “we lost a summer” to the agency.", Claim.QUOTATION, "we lost a summer"),
        ("The council did ask the United Nations for help.", Claim.POLARITY, "ask"),
    ],
)
def test_what_no_source_says_is_named(summary: str, kind: Claim, text: str) -> None:
    found = ungrounded(summary, [SOURCE], language="en")
    assert [(one.kind, one.text) for one in found] == [(kind, text)]


@pytest.mark.parametrize(
    ("summary", "kind", "text", "reason"),
    [
        # another figure of the source stands in this place
        ("Harne will pay 40 crowns to each of the families.", Claim.NUMBER, "40", "another kind"),
        ("The ferry cost 1,200 crowns.", Claim.NUMBER, "1,200", "here"),
        ("Nils Brandt, a fisherman, sold 17 boats.", Claim.NUMBER, "17", "40"),
        ("The ferry cost 12 million crowns.", Claim.NUMBER, "12 million", "no source"),
        ("Families got 12 crowns.", Claim.NUMBER, "12", "another kind"),
        # words of two names
        ("Nils Holt sold boats.", Claim.NAME, "Nils Holt", "Ida Holt"),
        # somebody else's words
        (
            "Brandt said: “We lost a winter on that island.”",
            Claim.QUOTATION,
            "We lost a winter on that island.",
            "of this",
        ),
        # yes for no, no for yes, up for down
        (
            "Harne would not pay crowns to the families.",
            Claim.POLARITY,
            "not pay crowns to the",
            "no source says no",
        ),
        ("The fisherman Nils Brandt never sold boats.", Claim.POLARITY, "never sold", "no source says no"),
        ("The ferry fell by 3 metres when the tanker passed.", Claim.POLARITY, "fell", "opposite"),
    ],
)
def test_what_the_sources_say_of_something_else_is_named_with_the_reason(
    summary: str, kind: Claim, text: str, reason: str
) -> None:
    found = ungrounded(summary, [SOURCE], language="en")
    assert [(one.kind, one.text) for one in found] == [(kind, text)]
    assert reason in found[0].reason


def test_a_sentence_taken_over_whole_is_never_stopped() -> None:
    # Headline words, a break in the line, 'more' beside 'less': whatever it is, a source says just that.
    odd = "Shares Fell Less\nthan the Most Feared 7 of 9.\n\nNobody said “no”. He did not."
    below = "Harne Falls\n\nLess Is More of 5 Than of 6 — 7 not."  # a title has no full stop
    assert ungrounded("Less Is More of 5 Than of 6 — 7 not.", [below], language="en") == ()
    for summary in ("Shares Fell Less than the Most Feared 7 of 9.", "Nobody said “no”. He did not."):
        assert ungrounded(summary, [SOURCE, odd], language="en") == ()


def test_the_end_of_a_sentence_is_not_taken_for_the_whole() -> None:
    source = "Police do not believe Ida Holt paid the 40 crowns to Harne."
    found = ungrounded("Ida Holt paid the 40 crowns to Harne.", [source], language="en")
    assert [one.kind for one in found] == [Claim.POLARITY]


def test_names_leave_out_what_is_capital_only_because_it_opens_a_sentence() -> None:
    text = (
        "Ships from the Port of Harne met Ida Holt. Rain fell."
        " Nils Brandt and the Mail knew. “Go,” Holt’s Aunt said."
    )
    assert names(text) == ("Port of Harne", "Ida Holt", "Nils Brandt", "Mail", "Holt", "Aunt")
    assert all(text[name.start : name.end] == name.text for name in find_names(text))


def test_a_full_stop_within_a_name_does_not_hide_what_follows_it() -> None:
    text = "The bill of Sen. Holt went to St. Olaf and Nils J. Ek. “We know Dr. Lund,” Gov. Roth said."
    assert names(text) == ("Sen. Holt", "St. Olaf", "Nils J. Ek", "Dr. Lund", "Gov. Roth")
    for summary in ("The mayor wrote to Mr. Brandt.", "The mayor wrote to Ida J. Brandt."):
        found = ungrounded(summary, ["The mayor wrote to Mr. Holt and to Ida J. Holt."], language="en")
        assert [one.kind for one in found] == [Claim.NAME]


def test_who_is_named_after_a_quotation_in_straight_marks_has_to_have_said_it() -> None:
    said = '"We lost a winter on that island," {} said.'
    assert names(said.format("Holt")) == ("Holt",)
    assert names('The mayor said "Boats have left" and "Go!".') == ()
    apart = SOURCE.replace(" The ferry", f" {'Rain fell on the boats of the bay. ' * 12} The ferry", 1)
    for source in (apart, apart.replace("“", '"').replace("”", '"')):
        assert ungrounded(said.format("Holt"), [source], language="en") == ()
        found = ungrounded(said.format("Brandt"), [source], language="en")
        assert [one.kind for one in found] == [Claim.QUOTATION]


@pytest.mark.parametrize(
    "source", ["Ida J. Holt left Harne.", "Ida Holt left Harne.", "Ida J. K. Holt left Harne."]
)
def test_a_middle_initial_may_be_added_or_left_out(source: str) -> None:
    for summary in ("Harne was left by Ida Holt.", "Harne was left by Ida J. Holt."):
        assert ungrounded(summary, [source], language="en") == ()


def test_a_name_may_be_spelled_out_that_the_source_has_as_an_acronym() -> None:
    source = "The mayor told the HCA of a winter."
    assert ungrounded("The mayor told the Harne Coast Agency.", [source], language="en") == ()
    assert ungrounded("The mayor told the Harne Boat Museum.", [source], language="en") != ()


def test_a_noun_in_german_is_no_name_but_two_capitals_are() -> None:
    source = "Bürgermeisterin Ida Holt sagte, die Insel bekomme eine Fähre."
    assert ungrounded("Die Insel bekommt ein Schiff, sagte Ida Holt.", [source], language="de") == ()
    found = ungrounded("Die Insel bekommt ein Schiff, sagte Nils Brandt.", [source], language="de")
    assert [one.text for one in found] == ["Nils Brandt"]


@pytest.mark.parametrize(
    ("language", "source", "true", "false", "wrong"),
    [
        (
            "ar",
            "قالت الوزارة إن ١٢ سفينة غادرت ميناء هارنه.",
            "غادرت 12 سفينة الميناء.",
            "غادرت ١٣ سفينة الميناء.",
            "١٣",
        ),
        (
            "fa",
            "شورا ۳۵ کشتی تازه برای جزیره خرید.",
            "جزیره 35 کشتی تازه دارد.",
            "جزیره ۳۶ کشتی تازه دارد.",
            "۳۶",
        ),
        ("hi", "परिषद ने ४ करोड़ की नौका खरीदी।", "नौका 4 करोड़ की है।", "नौका ५ करोड़ की है।", "५ करोड़"),
        ("zh", "县议会周一决定花费四千万元购买渡轮。", "渡轮花费4000万元。", "渡轮花费5000万元。", "5000万"),
        (
            "ja",
            "県議会は１２０人乗りのフェリーを買う。",
            "フェリーは120人乗り。",
            "フェリーは130人乗り。",
            "130",
        ),
        (
            "ko",
            "의회는 배를 사는 데 400만 원을 쓴다.",
            "배는 4,000,000 원이다.",
            "배는 500만 원이다.",
            "500만",
        ),
        (
            "ru",
            "Совет купил паром за 5,7 млн рублей.",
            "Паром стоил 5,7 миллиона рублей.",
            "Паром стоил 57 рублей.",
            "57",
        ),
        ("th", "สภาซื้อเรือ ๔๐ ลำเมื่อวันจันทร์", "สภาซื้อเรือ 40 ลำ", "สภาซื้อเรือ ๔๑ ลำ", "๔๑"),
    ],
)
def test_figures_of_every_script_are_read(
    language: str, source: str, true: str, false: str, wrong: str
) -> None:
    assert ungrounded(true, [source], language=language) == ()
    assert [(one.kind, one.text) for one in ungrounded(false, [source], language=language)] == [
        (Claim.NUMBER, wrong)
    ]


@pytest.mark.parametrize(
    ("language", "source", "false"),
    [
        ("zh", "市长说：“我们失去了一个冬天。”", "市长称“我们失去了一个夏天”。"),
        ("ja", "知事は「冬を失った」と述べた。", "知事は「夏を失った」と言った。"),
        ("ar", "قالت العمدة: «لقد خسرنا شتاء كاملا».", "قالت العمدة «لقد ربحنا شتاء كاملا»."),
        ("ru", "Мэр сказала: «Мы потеряли зиму».", "По словам мэра, «мы потеряли лето»."),
        (
            "de",
            "Sie sagte: „Wir haben einen Winter verloren.“",
            "Es hieß, „wir haben einen Sommer verloren“.",
        ),
        ("fr", "« Nous avons perdu un hiver », a dit la maire.", "La maire dit « nous avons perdu un été »."),
    ],
)
def test_quotations_of_every_script_are_read(language: str, source: str, false: str) -> None:
    assert [one.kind for one in ungrounded(false, [source], language=language)] == [Claim.QUOTATION]
    assert ungrounded(source, [source + " "], language=language) == ()


@pytest.mark.parametrize("language", ["", "es", "it", "de"])
def test_words_of_other_languages_are_not_taken_for_english_negations(language: str) -> None:
    source = "El puerto de Harne no cierra. La nave no parte oggi. In der Not hilft nur die Insel."
    for summary in ("No cierra el puerto.", "Non parte la nave: no.", "Nur die Insel hilft in der Not."):
        kinds = {one.kind for one in ungrounded(summary, [source], language=language)}
        assert Claim.POLARITY not in kinds


_anything = st.text(alphabet=st.characters(codec="utf-8"), max_size=200)


def test_a_no_by_itself_is_shown_whole() -> None:
    (found,) = ungrounded("no", [""], language="en")
    assert str(found) == "the words 'no' (no source says no to this)"


@settings(max_examples=150, deadline=None)
@given(_anything, _anything, st.sampled_from(["", "en", "ar", "zh", "de"]))
def test_no_text_crashes_the_check_and_each_bears_itself_out(text: str, other: str, language: str) -> None:
    for found in ungrounded(text, [other], language=language):
        assert found.text
        assert found.reason
    assert ungrounded(text, [other, text], language=language) == ()


@pytest.mark.parametrize(
    "hostile", ["1,", "“", "a.", "A ", "not ", "Ab-", "1 000 ", "五", "'a ", "million ", "٫1"]
)
def test_hostile_text_is_checked_without_backtracking(hostile: str) -> None:
    # Work that grew with the square of this would run into the suite's own time limit.
    ungrounded(
        "Zq x " + hostile * (1_990 // len(hostile)), [hostile * (19_000 // len(hostile)) + "x"], language="en"
    )
