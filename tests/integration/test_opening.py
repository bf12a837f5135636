"""An editor's word on top of a draft, against real databases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from digest import desk, opening, pipeline
from digest.errors import InputError, StateError
from digest.model.edition import EditionState
from digest.parts import Parts
from digest.render.feed import FeedRenderer
from digest.settings import Settings
from digest.settings.editorial import EditionSettings
from digest.store import editions
from digest.store.engine import Database
from tests.integration.test_edits import EVENING, SLOT, parts
from tests.wired import parts_of

__all__ = ["parts"]  # the fixture

WORDS = ("Good morning.", "More at https://papers.example.org/ice.")


def drafted(parts: Parts) -> editions.EditionRow:
    return pipeline.draft(parts, parts.key(SLOT), EVENING)


def test_it_stands_on_top_and_stays_when_the_draft_is_composed_anew(parts: Parts) -> None:
    row = drafted(parts)
    assert row.edition is not None
    done = opening.put(parts, row, WORDS, EVENING)
    assert done.row.edition == replace(row.edition, opening=WORDS)
    again = drafted(parts)
    assert again.edition is not None
    assert again.edition.opening == WORDS
    variant = parts.renderer.variant(again.edition, frozenset())
    link = r'<a [^>]*href="https://papers.example.org/ice"[^>]*>https://papers.example.org/ice</a>\.'
    feed = FeedRenderer(parts.template_folders, parts.publication).feed([(again.edition, EVENING)])
    for rendered in (variant.html, parts.renderer.web_copy(again.edition), feed):
        assert re.search(link, rendered)
        assert rendered.index("Good morning.") < rendered.rindex(again.edition.stories[0].headline)
    assert "\nGood morning.\n\nMore at https://papers.example.org/ice.\n" in variant.text
    assert opening.put(parts, again, (), EVENING).row.edition == replace(again.edition, opening=())


def test_a_reader_of_one_theme_has_it_too(parts: Parts) -> None:
    edition = opening.put(parts, drafted(parts), WORDS, EVENING).row.edition
    assert edition is not None
    assert "Good morning." in parts.renderer.variant(edition, frozenset({"arctic"})).html


def test_an_approval_does_not_outlive_it_and_what_went_out_is_left_alone(parts: Parts) -> None:
    row = desk.approve(parts, drafted(parts), EVENING)
    same = opening.put(parts, row, (), EVENING)
    assert same.row.state is EditionState.APPROVED
    assert opening.put(parts, row, WORDS, EVENING).row.state is EditionState.DRAFT
    pipeline.send(parts, desk.find(parts, str(row.id)), SLOT)
    with pytest.raises(StateError, match="is sent and can't be edited any more"):
        opening.put(parts, row, (), SLOT)


def test_a_draft_composed_meanwhile_gets_it_as_well(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    row = drafted(parts)
    read, tries = editions.get_drops, []

    def slowly(*args: Any) -> dict[int, str]:
        found = read(*args)
        tries.append(found)
        if len(tries) == 1:
            drafted(parts)  # which is quicker
        return found

    monkeypatch.setattr(editions, "get_drops", slowly)
    done = opening.put(parts, row, WORDS, EVENING)
    assert len(tries) > 1
    assert done.row.edition is not None
    assert done.row.edition.opening == WORDS


def test_stories_make_room_for_it(database: Database, tmp_path: Path, samples: ModuleType) -> None:
    narrow = Settings(folder=tmp_path, edition=EditionSettings(max_html_kib=30))
    parts = parts_of(database, narrow, lambda: EVENING)
    full = parts.renderer.fit(replace(samples.edition(samples.stories(30)), key=parts.key(SLOT)))
    with database.write() as conn:
        row, _new = editions.open_slot(conn, full.key, EVENING)
        assert editions.save_content(conn, row.id, full, drops={7: "too old"}, now=EVENING)
    done = opening.put(parts, row, (" ".join(["word"] * 380),), EVENING)
    assert done.shortened > 0
    with database.read() as conn:
        assert editions.get_drops(conn, row.id) == {7: "too old"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \n\n ", "there is no text in it"),
        ("a" * 2_001, "may have 2,000 characters"),
        ("\n\n".join("abcdefghijklm"), "may have 12 paragraphs"),
    ],
)
def test_too_little_and_too_much_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        opening.read_opening(text)


def test_paragraphs_are_parted_by_blank_lines_and_hold_no_hidden_characters() -> None:
    assert opening.read_opening("One\nline.\n \n\u202eTwo.\n") == ("One line.", "Two.")
