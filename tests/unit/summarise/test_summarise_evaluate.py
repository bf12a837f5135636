from __future__ import annotations

import pytest

from digest.errors import InputError
from digest.summarise.evaluate import lead_baseline, predict, score

RECORD = {
    "id": "r1",
    "articles": [
        {
            "title": "Second ferry for Harne",
            "text": "It rained on the coast again. The council of Harne bought a second ferry on Monday.",
        },
        {
            "title": "Harne buys ferry",
            "text": "A second ferry was bought by the council of Harne, which paid on Monday.",
        },
    ],
    "reference": "The council of Harne bought a second ferry.",
}


def test_the_extract_beats_a_lead_that_talks_of_the_weather() -> None:
    mine, lead = score([RECORD]), score([RECORD], lambda record: lead_baseline(record, 1))
    assert mine.items == 1
    assert min(mine.rouge_1 - lead.rouge_1, mine.rouge_2 - lead.rouge_2, mine.rouge_l - lead.rouge_l) > 0


def test_a_prediction_keeps_the_limits() -> None:
    assert predict(RECORD, max_sentences=1) == "The council of Harne bought a second ferry on Monday."
    assert predict(RECORD, max_words=5) == ""


@pytest.mark.parametrize("missing", ["id", "articles", "reference"])
def test_a_record_of_another_form_is_named(missing: str) -> None:
    with pytest.raises(InputError, match="needs id"):
        score([{key: value for key, value in RECORD.items() if key != missing}])


def test_nothing_to_score_is_an_error_and_no_zero() -> None:
    with pytest.raises(InputError, match="no records"):
        score([])
    with pytest.raises(InputError, match="no articles"):
        predict({**RECORD, "articles": []})
