from __future__ import annotations

import pytest

from digest.errors import ConfigurationError
from digest.model.edition import Method, Provenance
from digest.summarise import NoticeWording, ai_notice, sentences

DEK = Provenance(Method.PUBLISHER, source="Outlet")
EXTRACT = Provenance(Method.EXTRACT, source="Outlet")
MODEL = Provenance(Method.MODEL, model="tern-7b")


@pytest.mark.parametrize("made", [[], [DEK], [DEK, EXTRACT], [MODEL, DEK]])
def test_every_notice_says_the_four_things_a_reader_must_know(made: list[Provenance]) -> None:
    notice = ai_notice(made, wording=None)
    for text in (notice.short, notice.full):
        assert "oftware chose, grouped and summarised" in text
        assert "be written by AI" in text
        assert "istakes happen" in text
        assert "check the linked original" in text
    assert len(sentences(notice.short)) <= 2


def test_it_claims_no_model_where_none_wrote() -> None:
    notice = ai_notice([DEK, EXTRACT], wording=None)
    assert "model" not in notice.short + notice.full
    assert "wrote no sentence of its own" in notice.full
    assert "No person reviewed" in notice.full


def test_it_names_the_model_and_counts_what_it_wrote() -> None:
    notice = ai_notice([MODEL, DEK, EXTRACT], wording=None)
    assert "tern-7b" in notice.short
    assert "(tern-7b) wrote 1 of the 3 summaries" in notice.full
    assert "others are the outlets' own sentences" in notice.full
    assert "no sentence of its own" not in notice.full


def test_it_names_who_reviewed_all_or_some() -> None:
    read = Provenance(Method.PUBLISHER, reviewed_by="Ida Holt")
    every = ai_notice([read, read], wording=None)
    assert "Ida Holt reviewed the summaries" in every.short
    assert "answers for them" in every.full
    some = ai_notice([read, DEK], wording=None)
    assert "Ida Holt" not in some.short
    assert "Ida Holt reviewed 1 of the 2 summaries" in some.full


def test_it_counts_what_a_person_wrote_and_what_sources_declare() -> None:
    edited = Provenance(Method.EDITOR, reviewed_by="Ida Holt", source_ai_notice="Made by AI.")
    full = ai_notice([edited, MODEL], wording=None).full
    assert "A person wrote or rewrote 1 of the 2 summaries" in full
    assert "1 of those summarised here declares it" in full


def test_an_edition_of_headlines_says_so() -> None:
    assert "headlines only" in ai_notice([], wording=None).full


def test_an_editor_rewords_it_with_placeholders_that_stay_true() -> None:
    wording = NoticeWording(
        short="Made by machines ({models}), read by {reviewers}.", full="{count}: {how} {review}"
    )
    notice = ai_notice([MODEL], wording=wording)
    assert notice.short == "Made by machines (tern-7b), read by nobody."
    assert notice.full.startswith("1: A language model (tern-7b) wrote the only summary")
    partly = ai_notice([DEK], wording=NoticeWording(short="Ours."))
    assert partly.short == "Ours."
    assert partly.full == ai_notice([DEK], wording=None).full


def test_an_unknown_placeholder_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"short form has \{who\}"):
        NoticeWording(short="By {who}.")
