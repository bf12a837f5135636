"""Docs that fail: what a user can type or set is documented, and the pages lead where they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import typer

from digest.checkup.phrases import phrases
from digest.cli import MODULES, build
from digest.cli.reference import pages
from digest.model.wording import Wording
from digest.settings.load import load
from digest.settings.sections import SECTIONS, keys_of

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("[a-z]*.py"))
MARKDOWN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "mail-rules.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == pages()[name], "run `make docs`"


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert [name for name in MODULES if f"\n## digest {name}" not in page] == []


def cut_short(group: Any, path: str = "digest") -> Iterator[str]:
    """The commands of which a list of 80 columns shows only the beginning of a sentence."""
    commands: dict[str, Any] = getattr(group, "commands", {})
    room = 80 - 2 - 6 - max(map(len, commands), default=0)
    for name, command in commands.items():
        if command.get_short_help_str(room).endswith("..."):
            yield f"{path} {name}"
        yield from cut_short(command, f"{path} {name}")


def test_every_command_is_told_in_one_line_of_its_list() -> None:
    assert list(cut_short(typer.main.get_command(build(MODULES.values())))) == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    keys = [(section, key) for section in SECTIONS for key in keys_of(section)]
    assert [f"{section}.{key}" for section, key in keys if f"`{key}`" not in page] == []


@pytest.mark.parametrize("script", BENCHMARKS, ids=lambda path: path.stem)
def test_every_benchmark_says_what_it_is_before_it_measures(script: Path) -> None:
    asked = [sys.executable, str(script), "--help"]
    told = subprocess.run(
        asked,
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"usage: {script.name}")
    assert f"Run: python benchmarks/{script.name}" in told.stdout


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


def test_options_named_in_the_docs_exist() -> None:
    app: Any = typer.main.get_command(build(MODULES.values()))
    unknown = []
    for path in MARKDOWN:
        for typed in re.findall(r"\bdigest (?:--config \S+ )?([a-z][^`#\n]*)", path.read_text("utf-8")):
            first, *others = typed.split()
            command = app.commands.get(first)
            command = getattr(command, "commands", {}).get("".join(others[:1]), command)
            known = {name for param in command.params for name in param.opts} if command else others
            options = [re.sub(r"[^a-z-].*", "", word) for word in others if word.startswith("--")]
            unknown += [f"{path.name}: {first} {option}" for option in options if option not in known]
    assert unknown == []


def test_a_heading_that_is_linked_to_is_there() -> None:
    missing = []
    for path in MARKDOWN:
        for page, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text("utf-8")):
            text = (path.parent / page if page else path).read_text("utf-8")
            titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            missing += [f"{path.name}: {page}#{heading}"] if heading not in anchors else []
    assert missing == []


def test_every_dependency_is_declared_and_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    declared = {re.match(r"[\w-]+", line)[0] for line in asked}  # type: ignore[index]  # a name begins each
    sources = [path.read_text("utf-8") for path in (ROOT / "digest").rglob("*.py")]
    imported = {
        name for text in sources for name in re.findall(r"^ *(?:import|from) (\w+)", text, re.MULTILINE)
    }
    bring = packages_distributions()
    needed = {bring[name][0].lower() for name in imported - {"digest"} if name in bring}
    assert needed - declared == set()
    reasons = (ROOT / "docs" / "decisions" / "dependencies.md").read_text("utf-8")
    assert [name for name in declared if not re.search(rf"^\| [^|]*\b{name}\b", reasons, re.MULTILINE)] == []


def test_units_that_start_again_wait_before_they_do() -> None:
    """Without a pause systemd gives up after five starts in ten seconds, as when the database is away."""
    for path in MARKDOWN:
        text = path.read_text("utf-8")
        assert text.count("Restart=always\n") == text.count("Restart=always\nRestartSec=10\n"), path.name


def test_an_upgrade_stops_and_backs_up_before_it_installs_and_checks_before_it_starts() -> None:
    page = (ROOT / "docs/how-to/run-daily.md").read_text("utf-8")
    section = page.partition("\n## Upgrade\n")[2].partition("\n## ")[0]
    steps = (
        "systemctl stop",
        "db backup",
        "`pip` lines",
        "db upgrade",
        "digest check ",
        "check --mail",
        "systemctl start",
    )
    found = [section.find(step, section.find("```sh")) for step in steps]
    assert found == sorted(found)
    assert -1 not in found


@pytest.mark.parametrize(("title", "language"), [("German", "de"), ("French", "fr")])
def test_a_language_that_the_docs_offer_has_every_phrase(title: str, language: str, tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/another-language.md").read_text("utf-8")
    block = re.search(rf"^## {title}\n\n```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert block
    given = tomllib.loads(block[1])["wording"]
    assert [each.name for each in fields(Wording)] == list(given)
    (tmp_path / "digest.toml").write_text(f'[publication]\nlanguage = "{language}"\n{block[1]}', "utf-8")
    assert list(phrases(load(tmp_path / "digest.toml", {}, tmp_path))) == []
