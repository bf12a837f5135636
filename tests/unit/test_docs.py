"""Docs that fail: what a user can type or set is documented, and the pages lead where they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digest.cli import MODULES
from digest.cli.reference import pages
from digest.settings.sections import SECTIONS, keys_of

ROOT = Path(__file__).resolve().parents[2]
MARKDOWN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "mail-rules.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == pages()[name], "run `make docs`"


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert [name for name in MODULES if f"\n## digest {name}" not in page] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    keys = [(section, key) for section in SECTIONS for key in keys_of(section)]
    assert [f"{section}.{key}" for section, key in keys if f"`{key}`" not in page] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)|(?:src|srcset)=\"([^\"]+)\"", path.read_text("utf-8"))
    local = [target for pair in targets for target in pair if target and "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_commands_named_in_the_docs_exist() -> None:
    named = set()
    for path in MARKDOWN:
        named |= set(re.findall(r"`digest ([a-z]+)", path.read_text("utf-8")))
    assert named <= set(MODULES) | {"--help"}, sorted(named - set(MODULES))
