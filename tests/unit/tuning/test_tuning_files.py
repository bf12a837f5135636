from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import ConfigurationError, NotFoundError
from digest.tuning.files import add_to_theme, file_of, load_with

RIVERS = 'slug = "rivers"\nname = "Rivers"\ncolour = "#114477"\n[phrases]\nstrong = ["dam"]\n'


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Default files, and the place for a newsletter's own, which isn't there yet."""
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "big-rivers.toml").write_text(RIVERS, encoding="utf-8")
    return [tmp_path / "default", tmp_path / "own"]


def test_an_addition_goes_into_a_copy_of_the_default_file(folders: list[Path]) -> None:
    path = add_to_theme(
        "rivers", [("phrases", "strong", "weir"), ("negatives", "mask", "Dam Street")], folders
    )
    assert path == folders[1] / "big-rivers.toml" == file_of("rivers", folders)
    assert (
        path.read_text("utf-8")
        == RIVERS.replace('"dam"]', '"dam", "weir"]') + '\n[negatives]\nmask = ["Dam Street"]\n'
    )
    assert (folders[0] / path.name).read_text("utf-8") == RIVERS


def test_an_addition_that_makes_no_valid_theme_leaves_everything_as_it_was(folders: list[Path]) -> None:
    with pytest.raises(ConfigurationError, match="stands twice"):
        add_to_theme("rivers", [("phrases", "weak", "dam")], folders)
    assert not folders[1].exists()


def test_a_draft_takes_the_place_of_its_theme_whatever_it_is_called(
    folders: list[Path], tmp_path: Path
) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(RIVERS.replace("dam", "weir"), encoding="utf-8")
    (theme,) = load_with(draft, folders)
    assert [term.label for term in theme.terms] == ["weir"]


def test_a_theme_that_no_file_defines_is_not_found(folders: list[Path]) -> None:
    with pytest.raises(NotFoundError, match="lakes"):
        file_of("lakes", folders)
