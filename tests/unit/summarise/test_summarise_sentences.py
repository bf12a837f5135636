# ruff: noqa: RUF001 - marks of many scripts are what is tested
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.summarise import sentences


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. Army met Gen. John Q. Smith on Jan. 5.", "It cost $3.5 million."],
        ["Lt. Col. Ann Lee left at 9 a.m. Tuesday.", "She returned at 5 p.m.", "Nobody saw her."],
        ["He left the U.S.", "The others stayed."],
        ["No. 5 won.", "No.", "That is wrong."],
        ["The deal is with Acme Inc.", "The firm said no."],
        ["She lives in Harne, D.C.", "He does not."],
        ['"Why?" she asked.', "Nobody knew."],
        ['He said, "We won. They lost."', "She left."],
        ["He called it “a gift. A rare one” twice.", "Then he left."],
        ["It closed (at last. Really.) in May.", "It reopened."],
        ["It rose 4.5%.", "Shares fell 3.1.", "Then they rose."],
        ["Wait... what is this?", "Yes…", "Go!"],
        ["Visit example.org for more.", "Thanks."],
        ["J. K. Rowe wrote it.", "Malcolm X. Lee did not."],
    ],
)
def test_latin_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert list(sentences(" ".join(expected), "en")) == expected


@pytest.mark.parametrize(
    ("language", "joint", "expected"),
    [
        ("ja", "", ["東京で会議が開かれた。", "「終わった。勝った。」と述べた。", "次は何か？", "はい！"]),
        ("zh", "", ["会议今天举行。", "他说：“很好。”", "然后呢？"]),
        ("ar", " ", ["هل انتهت الحرب؟", "قال د. محمد إن الأمر بسيط.", "ثم ذهب."]),
        ("ur", " ", ["یہ پہلا جملہ ہے۔", "یہ دوسرا جملہ ہے۔"]),
        ("hi", " ", ["यह पहला वाक्य है।", "यह दूसरा है।"]),
        ("ru", " ", ["В 2024 г. Москва заявила об этом.", "На ул. Ленина тихо.", "Он ушёл."]),
        (
            "de",
            " ",
            ["Das geschah am 3. Oktober 2024.", "Sie sagte „Nein. Nie.“ dazu.", "Er rief „Halt!“", "Gut."],
        ),
        ("el", " ", ["Πού είναι το πλοίο;", "Έφυγε χθες."]),
        ("my", "", ["ပထမ။", "ဒုတိယ။"]),
    ],
)
def test_other_scripts_end_by_their_own_marks(language: str, joint: str, expected: list[str]) -> None:
    assert list(sentences(joint.join(expected), language)) == expected


def test_a_blank_line_ends_a_sentence_and_a_line_break_does_not() -> None:
    assert sentences("A heading\n\nThe text\ngoes on. Here.") == ("A heading", "The text goes on.", "Here.")


def test_a_lost_quotation_mark_does_not_glue_the_rest_together() -> None:
    assert sentences('He said "no. She left. It rained.') == ('He said "no.', "She left.", "It rained.")


def test_what_holds_no_letter_is_never_a_sentence() -> None:
    assert sentences("... *** . !\n\n—") == ()


@pytest.mark.parametrize(
    "hostile", ["a", ". ", '"', "(“", ".", "a.", "A. ", "。", "(.) ", "\n\n", "é", ' "a. ', ".)", "„a.“ "]
)
def test_hostile_text_is_split_without_backtracking(hostile: str) -> None:
    # Work that grew with the square of this would run into the suite's own time limit.
    assert len(sentences(hostile * (120_000 // len(hostile)))) <= 60_000


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=300),
    st.sampled_from(["", "en", "de", "el"]),
)
def test_every_letter_of_the_text_is_in_exactly_one_sentence(text: str, language: str) -> None:
    def letters(value: str) -> list[str]:
        return [char for char in value if char.isalnum()]

    found = sentences(text, language)
    assert letters("".join(found)) == letters(text)
    assert all(sentence == " ".join(sentence.split()) and letters(sentence) for sentence in found)
