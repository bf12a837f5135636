"""What is kept of compiled templates between processes is code: only our own is ever run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from digest.render.compiled import FOLDER, CompiledTemplates
from digest.render.keeping import cache_folder

RULES = b"rules"
Render = Callable[..., tuple[str, bool]]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Render:
    """A template rendered as a new process would: its text, and whether it had to be compiled."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "greeting.j2").write_text("Good {{ part }}")

    def in_a_new_process(rules: bytes = RULES) -> tuple[str, bool]:
        compiled = []

        class Watched(CompiledTemplates):
            def dump_bytecode(self, bucket: object) -> None:
                compiled.append(bucket)
                super().dump_bytecode(bucket)  # type: ignore[arg-type]

        environment = Environment(
            autoescape=True, loader=FileSystemLoader(tmp_path), bytecode_cache=Watched(rules)
        )
        text = environment.get_template("greeting.j2").render(part="morning")
        return text, bool(compiled)

    return in_a_new_process


def kept() -> Path:
    (file,) = cache_folder(FOLDER).iterdir()
    return file


def test_a_template_is_compiled_once(render: Render) -> None:
    assert render() == ("Good morning", True)
    assert render() == ("Good morning", False)
    assert cache_folder(FOLDER).stat().st_mode & 0o777 == 0o700
    assert kept().stat().st_mode & 0o777 == 0o600


def test_an_edited_template_is_compiled_anew(render: Render, tmp_path: Path) -> None:
    render()
    (tmp_path / "greeting.j2").write_text("Bad {{ part }}")
    assert render() == ("Bad morning", True)
    assert render() == ("Bad morning", False)


def test_other_rules_compile_anew(render: Render) -> None:
    render()
    assert render(b"other rules") == ("Good morning", True)


def test_a_damaged_file_is_as_good_as_none(render: Render) -> None:
    render()
    whole = kept().read_bytes()
    for damaged in (b"", whole[:-1], whole[:40], whole[:-1] + bytes([whole[-1] ^ 1]), b"\0" * len(whole)):
        kept().write_bytes(damaged)
        assert render() == ("Good morning", True)
        assert kept().read_bytes() == whole


def test_what_others_could_have_written_is_not_run(render: Render) -> None:
    render()
    kept().chmod(0o622)
    assert render() == ("Good morning", True)
    assert kept().stat().st_mode & 0o777 == 0o600  # replaced by our own


def test_a_link_is_not_followed(render: Render, tmp_path: Path) -> None:
    render()
    file = kept()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert render() == ("Good morning", True)
    assert not kept().is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_file_is_not_run(render: Render) -> None:
    render()
    os.chown(kept(), 12345, 12345)
    assert render() == ("Good morning", True)


def test_without_a_folder_to_write_everything_works_as_ever(
    render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert render() == ("Good morning", True)
    assert render() == ("Good morning", True)


def test_the_folder_is_the_users_own_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for nothing in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", nothing)
        assert cache_folder(FOLDER) == tmp_path / ".cache/digest/templates"


def test_a_new_process_finds_what_the_last_one_compiled(tmp_path: Path) -> None:
    program = """
from jinja2 import Environment
from digest.render.folders import default_template_folders
from digest.render.templates import Templates
compiled = []
generate = Environment._generate
Environment._generate = lambda *given, **named: compiled.append(given) or generate(*given, **named)
Templates(default_template_folders()).compile()
print(len(compiled))
"""

    def compiled() -> int:
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
        command = [sys.executable, "-c", program]
        return int(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)

    assert compiled() > 9
    assert compiled() == 0
