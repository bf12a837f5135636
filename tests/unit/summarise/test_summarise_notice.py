from __future__ import annotations

import re
from dataclasses import replace

import pytest

from digest.errors import ConfigurationError
from digest.model.edition import EditionStory, Method, Provenance, SourceLink, Summary
from digest.summarise import NoticeWording, ai_notice, sentences

DEK = Provenance(Method.PUBLISHER, source="Outlet")
EXTRACT = Provenance(Method.EXTRACT, source="Outlet")
MODEL = Provenance(Method.MODEL, model="tern-7b")


UNNAMED = Provenance(Method.EDITOR)


@pytest.mark.parametrize("made", [[None], [DEK], [DEK, EXTRACT], [MODEL, DEK], [UNNAMED], [UNNAMED, DEK]])
def test_every_notice_says_the_four_things_a_reader_must_know(made: list[Provenance | None]) -> None:
    notice = ai_notice(made, wording=None)
    for text in (notice.short, notice.full):
        assert re.search("oftware chose(,| and) grouped", text)
        assert re.search("be written by AI|AI-written", text)
        assert "istakes happen" in text
        assert re.search("check the (linked )?original", text)
    assert len(sentences(notice.short)) <= 3


def test_it_claims_no_model_and_no_writing_where_none_wrote() -> None:
    notice = ai_notice([DEK, EXTRACT], wording=None)
    assert "model" not in notice.short + notice.full
    assert "summarised" not in notice.short + notice.full
    assert "The summaries are the outlets' own words" in notice.short
    assert "wrote no sentence of its own" in notice.full
    assert "No person reviewed" in notice.full
    assert len(notice.short) < 145  # four lines on a phone


def test_it_claims_no_story_where_there_is_none() -> None:
    notice = ai_notice([], wording=None)
    said = notice.short + notice.full
    assert "oftware look" in said
    assert not re.search("these stories|summar|headline|AI-written|linked|reviewed", said)
    own = ai_notice([], wording=NoticeWording(full="{how} {review}"))
    assert own.full == "Software looked through the articles and chose none of them."


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


def test_an_editor_has_read_what_an_editor_wrote() -> None:
    alone = ai_notice([UNNAMED], wording=None)
    assert "An editor wrote the only summary." in alone.full
    assert "An editor wrote the summaries" in alone.short
    assert "eviewed" not in alone.full + alone.short
    some = ai_notice([UNNAMED, DEK, EXTRACT], wording=None)
    assert "An editor wrote 1 of the 3 summaries." in some.full
    assert "No person reviewed the other 2 summaries before sending." in some.full
    assert "words or an editor's" in some.short
    one_left = ai_notice([UNNAMED, DEK], wording=None).full
    assert "No person reviewed the other summary before sending." in one_left
    named = Provenance(Method.PUBLISHER, reviewed_by="Ida Holt")
    assert (
        "Ida Holt reviewed 1 of the 2 summaries before sending."
        in ai_notice([UNNAMED, named], wording=None).full
    )
    assert (
        "of the 3 summaries before sending, and nobody 1 of them."
        in ai_notice([UNNAMED, named, DEK], wording=None).full
    )


def test_it_counts_the_sources_that_have_a_notice() -> None:
    edited = Provenance(Method.EDITOR, reviewed_by="Ida Holt", source_ai_notice="Translated by AI.")
    full = ai_notice([edited, MODEL], wording=None).full
    assert "An editor wrote 1 of the 2 summaries" in full
    assert "1 of the articles summarised here carries a notice on the use of AI." in full
    full = ai_notice([edited, edited, DEK], wording=None).full
    assert "2 of the articles summarised here carry a notice on the use of AI." in full


def test_an_edition_of_headlines_says_so() -> None:
    notice = ai_notice([None], wording=None)
    assert "headlines only" in notice.full
    assert "summar" not in notice.short + notice.full
    assert "outlets wrote" not in notice.full, "an editor may have reworded a headline"


def test_the_line_of_an_update_that_stands_alone_is_an_extract() -> None:
    source = SourceLink("Outlet", "https://o.example.org/1", "Ferry sinks", ai_notice="Translated by AI.")
    update = EditionStory("k", "Ferry sinks", None, (source,), update_of="Nine died, the mayor said.")
    bare = replace(update, update_of="")
    summed_up = replace(update, summary=Summary("It sank.", MODEL))
    assert bare.told_by is None
    assert summed_up.told_by is MODEL
    notice = ai_notice([update.told_by, bare.told_by], wording=None)
    assert "headlines only" not in notice.full
    assert "whole sentences of its article, word for word" in notice.full
    assert "1 of the articles summarised here carries a notice" in notice.full


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
