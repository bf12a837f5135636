"""The sample on which `digest check` tries the templates holds all that an edition can hold."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.parts import Parts
from digest.proofs import sample_correction, sample_edition, sample_quiet_edition
from digest.render.viewer import view_edition
from digest.render.views import EditionView, StoryView
from digest.settings import Settings
from digest.store.engine import Database
from tests.wired import Clock, parts_of

NOW = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)


@pytest.fixture
def parts(sqlite_database: Database, tmp_path: Path) -> Parts:
    return parts_of(sqlite_database, Settings(folder=tmp_path), Clock(NOW))


def empty_in_all(views: list[EditionView]) -> set[str]:
    return {
        field.name for field in fields(EditionView) if not any(getattr(view, field.name) for view in views)
    }


def test_every_field_of_the_view_is_filled_somewhere(parts: Parts) -> None:
    parts = replace(parts, lead_images=True)
    edition = sample_edition(parts, NOW)
    samples = (edition, sample_quiet_edition(parts, NOW), sample_correction(parts, NOW))
    mails = [view_edition(sample, parts.publication, web=False) for sample in samples]
    assert empty_in_all(mails) == set()
    web = view_edition(edition, parts.publication, web=True)
    stories = [story for section in mails[0].sections for story in (*section.stories, *section.briefs)]
    stories += [mails[0].lead] if mails[0].lead else []
    empty = {
        field.name for field in fields(StoryView) if not any(getattr(one, field.name) for one in stories)
    }
    assert any(story.brief for section in web.sections for story in section.stories)
    empty -= {"brief"}  # in a mail they stand by themselves
    assert empty == set()
    assert all(
        section.briefs and section.elsewhere for section in mails[0].sections if section.theme.is_named
    )
    assert any(section.theme.is_named is False for section in mails[0].sections)
    assert any(related.whose for story in stories for related in story.related)
