from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import digest
from digest.errors import InputError
from digest.tuning.toml_text import add_phrase

DEFAULTS = sorted((Path(digest.__file__).parent / "themes").glob("[aim]*.toml"))


def added_lines(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


@pytest.mark.parametrize("path", DEFAULTS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("table", "level"),
    [
        ("phrases", "strong"),
        ("phrases", "weak"),
        ("acronyms", "medium"),
        ("negatives", "mask"),
        ("acronyms", "weak"),
    ],
)
def test_a_phrase_goes_into_a_default_file_and_nothing_else_changes(
    path: Path, table: str, level: str
) -> None:
    before = path.read_text("utf-8")
    after = add_phrase(before, table, level, "a new phrase")
    old, new = tomllib.loads(before), tomllib.loads(after)
    assert new[table][level] == [*old.get(table, {}).get(level, []), "a new phrase"]
    assert len(added_lines(before, after)) == 1


LAYOUTS = {
    "one line": ('[phrases]\nstrong = ["dam"]\n', '[phrases]\nstrong = ["dam", "new"]\n'),
    "trailing comma": ('[phrases]\nstrong = ["dam",] # why\n', '[phrases]\nstrong = ["dam", "new"] # why\n'),
    "empty": ("[phrases]\nstrong = []\n", '[phrases]\nstrong = ["new"]\n'),
    "comments": (
        '[phrases]\nstrong = [\n  "dam", # a wall, [thick]\n  "weir" # the "last"\n]\n',
        '[phrases]\nstrong = [\n  "dam", # a wall, [thick]\n  "weir", # the "last"\n  "new",\n]\n',
    ),
    "no list": (
        '[phrases]\nweak = ["dam"]\n\n# pairs\n[[pairs]]\n',
        '[phrases]\nweak = ["dam"]\nstrong = ["new"]\n\n# pairs\n[[pairs]]\n',
    ),
    "no table": (
        'slug = "a"\n[[pairs]]\nname = "p"',
        'slug = "a"\n[[pairs]]\nname = "p"\n\n[phrases]\nstrong = ["new"]\n',
    ),
    "CRLF and tabs": (
        '[phrases]\r\nstrong = [\r\n\t"dam"\r\n]\r\n',
        '[phrases]\r\nstrong = [\r\n\t"dam",\r\n\t"new",\r\n]\r\n',
    ),
    "look-alikes": (
        'note = """\n[phrases]\nstrong = ["x"]\n"""\n[ phrases ] # here\nstrong=["dam"]',
        'note = """\n[phrases]\nstrong = ["x"]\n"""\n[ phrases ] # here\nstrong=["dam", "new"]',
    ),
}


@pytest.mark.parametrize(("before", "after"), LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_stays(before: str, after: str) -> None:
    assert add_phrase(before, "phrases", "strong", "new") == after


@pytest.mark.parametrize(
    "text",
    ['phrases = { strong = ["dam"] }\n', 'phrases.strong = ["dam"]\n', '[phrases]\n"strong" = ["dam"]\n'],
)
def test_what_is_written_in_another_way_is_left_to_the_editor(text: str) -> None:
    with pytest.raises(InputError, match="by hand"):
        add_phrase(text, "phrases", "strong", "new")


def test_a_phrase_that_is_there_already_changes_nothing() -> None:
    text = '[phrases]\nstrong = ["dam"]\n'
    assert add_phrase(text, "phrases", "strong", "dam") == text


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True), st.booleans())
def test_any_phrases_survive_whatever_they_hold(phrases: list[str], several_lines: bool) -> None:
    phrases = [phrase for phrase in phrases if phrase.isprintable()]
    text = "[phrases]\nstrong = [\n]\n" if several_lines else "[phrases]\nstrong = []\n"
    for phrase in phrases:
        text = add_phrase(text, "phrases", "strong", phrase)
    assert tomllib.loads(text)["phrases"]["strong"] == phrases
