from __future__ import annotations

import pytest

from digest.errors import InputError
from digest.summarise.evaluate import lead_baseline, predict
from digest.summarise.rouge import rouge

SECOND = "A second ferry was bought by the council of Harne, which paid on Monday."
RECORD = {
    "id": "r1",
    "articles": [
        {
            "title": "Second ferry for Harne",
            "text": "It rained on the coast again. The council of Harne bought a second ferry on Monday.",
        },
        {
            "title": "Harne buys ferry",
            "text": SECOND,
        },
    ],
    "reference": "The council of Harne bought a second ferry.",
}


def test_the_extract_beats_a_lead_that_talks_of_the_weather() -> None:
    reference = str(RECORD["reference"])
    mine, lead = rouge(predict(RECORD), reference), rouge(lead_baseline(RECORD, 1), reference)
    assert mine.one.f1 > lead.one.f1
    assert mine.two.f1 > lead.two.f1
    assert mine.longest.f1 > lead.longest.f1


def test_a_prediction_keeps_the_limits() -> None:
    assert predict(RECORD, max_sentences=1) == SECOND
    assert predict(RECORD, max_words=5) == ""


@pytest.mark.parametrize("missing", ["id", "articles", "reference"])
def test_a_record_of_another_form_is_named(missing: str) -> None:
    with pytest.raises(InputError, match="needs id"):
        predict({key: value for key, value in RECORD.items() if key != missing})


def test_a_record_without_articles_is_named() -> None:
    with pytest.raises(InputError, match="no articles"):
        predict({**RECORD, "articles": []})
