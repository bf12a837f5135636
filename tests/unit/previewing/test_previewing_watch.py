from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from digest.previewing.watch import changed, follow, sight_files


def test_files_that_come_change_or_go_are_named(tmp_path: Path) -> None:
    inner = tmp_path / "templates" / "web"
    inner.mkdir(parents=True)
    stays, changes, goes = (inner / name for name in ("stays", "changes", "goes"))
    for file in (stays, changes, goes):
        file.write_text("one", encoding="utf-8")
    settings = tmp_path / "digest.toml"  # isn't there yet
    watched = [tmp_path / "templates", settings, tmp_path / "no-such-folder"]
    before = sight_files(watched)
    assert set(before) == {str(stays), str(changes), str(goes)}

    changes.write_text("two", encoding="utf-8")
    os.utime(changes, ns=(1, 1))
    goes.unlink()
    settings.write_text("", encoding="utf-8")
    assert changed(before, sight_files(watched)) == sorted(map(str, (changes, goes, settings)))


def test_a_file_that_is_replaced_by_one_as_old_and_as_long_has_changed(tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    for each, words in ((file, "one"), (other, "two")):
        each.write_text(words, encoding="utf-8")
        os.utime(each, ns=(5, 5))
    before = sight_files([file])
    other.replace(file)
    assert changed(before, sight_files([file])) == [str(file)]


def test_files_that_an_editor_keeps_while_writing_are_nothing_new(tmp_path: Path) -> None:
    before = sight_files([tmp_path])
    (tmp_path / ".edition.mjml.j2.swp").write_text("x", encoding="utf-8")
    assert changed(before, sight_files([tmp_path])) == []


def test_a_file_is_told_once_it_is_whole() -> None:
    stop, told = threading.Event(), []
    looks = iter([1, 2, 3, 4, 4])  # at first; then it is being written, until two looks agree

    def then(names: Sequence[str]) -> None:
        told.append(list(names))
        if names:
            stop.set()

    follow(lambda: {"file": next(looks)}, then, stop)
    assert told == [[], ["file"]]
    assert list(looks) == []
