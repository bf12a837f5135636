from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import ConfigurationError
from digest.group import Theme, load_themes
from digest.group.terms import Role

GOOD = 'slug = "rivers"\nname = "Rivers"\ncolour = "#114477"\n[phrases]\nstrong = ["dam", "river basin"]\n'


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def problem(folder: Path, order: tuple[str, ...] = ()) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_themes([folder], order)
    return str(caught.value)


def luminance(colour: str) -> float:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_the_default_themes_load_in_the_asked_order(themes: tuple[Theme, ...]) -> None:
    assert [theme.slug for theme in themes] == ["indo-pacific", "arctic", "middle-east"]
    assert [theme.style.name for theme in themes] == ["Indo-Pacific alliances", "Arctic", "Middle East"]
    assert all(theme.pairs for theme in themes)


def test_the_default_colours_can_be_read_on_white_and_on_black(themes: tuple[Theme, ...]) -> None:
    for theme in themes:
        assert contrast(theme.colour, "#ffffff") >= 4.5
        assert contrast(theme.colour_dark, "#121212") >= 4.5


def test_a_minimal_theme_loads_and_takes_its_colour_for_dark_mode_too(tmp_path: Path) -> None:
    (theme,) = load_themes([write(tmp_path, rivers=GOOD)], ["rivers"])
    assert (theme.slug, theme.colour_dark, theme.priority) == ("rivers", "#114477", 100)


def test_a_later_folder_replaces_a_file_of_the_same_name_and_adds_others(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    write(first, rivers=GOOD)
    write(second, rivers=GOOD.replace("Rivers", "Great rivers"), lakes=GOOD.replace("rivers", "lakes"))
    assert [theme.name for theme in load_themes([first, second], ["rivers", "lakes"])] == [
        "Great rivers",
        "Rivers",
    ]


def test_files_are_read_again_once_one_of_them_has_changed(tmp_path: Path) -> None:
    write(tmp_path, rivers=GOOD, lakes=GOOD.replace("rivers", "lakes"))
    first = load_themes([tmp_path], ["rivers", "lakes"])
    assert load_themes([tmp_path], ["lakes", "rivers"]) == first[::-1], "read twice for nothing"
    write(tmp_path, rivers=GOOD.replace("Rivers", "Streams"))
    assert [theme.name for theme in load_themes([tmp_path], ["rivers"])] == ["Streams", "Rivers"]
    (tmp_path / "lakes.toml").unlink()
    assert [theme.slug for theme in load_themes([tmp_path], [])] == ["rivers"]


def test_themes_not_in_the_order_follow_by_priority(tmp_path: Path) -> None:
    write(tmp_path, rivers=GOOD, lakes="priority = 1\n" + GOOD.replace("rivers", "lakes"))
    write(tmp_path, seas=GOOD.replace("rivers", "seas"))
    assert [theme.slug for theme in load_themes([tmp_path], ["seas"])] == ["seas", "lakes", "rivers"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("slug = \n" + GOOD, ["rivers.toml", "not valid TOML", "line 1"]),
        (GOOD.replace("phrases", "phrasis"), ["rivers.toml:4", "'phrases'"]),
        (GOOD.replace("strong", "storng"), ["rivers.toml:5", "'strong'"]),
        (GOOD.replace("#114477", "blue"), ["rivers.toml:3", "#rrggbb"]),
        (GOOD.replace("slug", "slog"), ["rivers.toml:1", "'slug'"]),
        (GOOD.replace('"rivers"', '"Big Rivers"'), ["rivers.toml:1", "hyphens"]),
        (GOOD.replace('name = "Rivers"\n', ""), ["rivers.toml", "name", "is needed"]),
        (GOOD.replace('["dam", "river basin"]', '"dam"'), ["rivers.toml:5", "list of words"]),
        (GOOD + 'weak = ["dam"]\n', ["dam", "stands twice"]),
        (GOOD + "[places]\nstrong = ['nile']\n", ["nile", "no place"]),
        (GOOD + "[negatives]\nmask = ['@sprot']\n", ["@sprot", "no list"]),
        (GOOD + "[[pairs]]\nname = 'p'\nweight = 'huge'\n", ["weight", "strong, medium, weak"]),
        (GOOD + "[[pairs]]\nname = 'p'\nweight = 'weak'\n", ["pairs[1]", "needs places"]),
        (GOOD + "[[pairs]]\nname = 'p'\nwieght = 'weak'\n", ["wieght", "'weight'"]),
        ("priority = 'high'\n" + GOOD, ["priority", "whole number"]),
        ("pairs = 3\n" + GOOD, ["[[pairs]]"]),
        (GOOD.partition("[phrases]")[0], ["at least one term"]),
        (GOOD.replace("dam", "d*m"), ["rivers.toml:5", "doesn't end a word"]),
        (GOOD.replace("dam", "da*"), ["rivers.toml:5", "fewer than 3 letters"]),
        (GOOD.replace("dam", "..."), ["rivers.toml:5", "holds no word"]),
        (GOOD.replace("dam", "\U0001f30a"), ["rivers.toml:5", "holds no word"]),
        (GOOD + "[subject]\nhrad = ['dam']\n", ["hrad", "'hard'"]),
        (GOOD + "[[pairs]]\nname = 'p'\nweight = 'weak'\nforces_are_topics = 'yes'\n", ["true or false"]),
        (
            GOOD + "[[pairs]]\nname = 'p'\nweight = 'weak'\nneeds_hard = 'no'\n",
            ["needs_hard", "true or false"],
        ),
    ],
)
def test_a_mistake_names_the_file_the_place_and_the_mend(tmp_path: Path, text: str, parts: list[str]) -> None:
    said = problem(write(tmp_path, rivers=text))
    assert all(part in said for part in parts), said
    assert "\n" not in said


def test_two_files_with_one_slug_are_an_error_that_names_both(tmp_path: Path) -> None:
    said = problem(write(tmp_path, rivers=GOOD, streams=GOOD))
    assert "rivers.toml" in said
    assert "streams.toml" in said


def test_an_order_that_names_no_theme_is_an_error_that_lists_the_known(tmp_path: Path) -> None:
    assert "rivers" in problem(write(tmp_path, rivers=GOOD), ("oceans",))


def test_bytes_that_are_no_utf8_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "rivers.toml").write_bytes(b'slug = "\xff"')
    assert "UTF-8" in problem(tmp_path)


def test_gazetteer_groups_and_vocabulary_lists_unfold_wherever_they_are_named(tmp_path: Path) -> None:
    gazetteer = (
        '[groups]\nasia = ["laos", "@south"]\nsouth = ["india"]\n'
        '[places.laos]\nnames = ["Laos"]\n[places.india]\nnames = ["India"]\nleaders = ["Modi"]\n'
    )
    theme = GOOD + "[[pairs]]\nname = 'p'\nweight = 'weak'\nplaces = ['@asia']\ntopics = ['@water']\n"
    folder = write(
        tmp_path, rivers=theme, gazetteer=gazetteer, vocabulary='[lists]\nwater = ["flood", "drought"]\n'
    )
    (loaded,) = load_themes([folder], [])
    (pair,) = loaded.pairs
    assert pair.places == {"places:laos", "places:india", "leaders:india"}
    assert pair.topics == {"topic:flood", "topic:drought"}


def test_a_group_that_holds_itself_is_an_error(tmp_path: Path) -> None:
    said = problem(write(tmp_path, rivers=GOOD, gazetteer='[groups]\na = ["@b"]\nb = ["@a"]\n'))
    assert "holds itself" in said


@pytest.mark.parametrize(
    "gazetteer",
    [
        "[places.laos]\nnames = ['L*os']",
        "[places.laos]\ncities = ['Pakse']",
        "places = 1",
        "[places]\nlaos = 1",
        "[place.x]\n",
    ],
)
def test_a_mistake_in_the_gazetteer_is_named(tmp_path: Path, gazetteer: str) -> None:
    assert "gazetteer.toml" in problem(write(tmp_path, rivers=GOOD, gazetteer=gazetteer))


def test_what_a_file_names_itself_beats_what_a_list_holds(tmp_path: Path) -> None:
    text = GOOD + '[negatives]\nweak = ["@sport"]\nstrong = ["rowing"]\n'
    folder = write(tmp_path, rivers=text, vocabulary='[lists]\nsport = ["rowing", "swimming"]\n')
    (theme,) = load_themes([folder], [])
    weights = {term.forms[0]: term.weight for term in theme.terms if term.role is Role.SCORE}
    assert (weights["rowing"], weights["swimming"]) == (-3.0, -0.5)


def test_a_phrase_in_hard_and_soft_is_hard_and_own_phrases_are_hard_too(tmp_path: Path) -> None:
    text = GOOD + '[subject]\nhard = ["flood"]\nsoft = ["flood", "regatta"]\n'
    (theme,) = load_themes([write(tmp_path, rivers=text)], [])
    assert theme.soft == {"topic:regatta"}
    assert theme.hard == {"topic:flood", "phrases:dam", "phrases:river basin"}
    assert theme.asks_for_hard


def test_a_default_theme_that_the_order_leaves_out_takes_no_part(tmp_path: Path) -> None:
    defaults, own = tmp_path / "defaults", tmp_path / "own"
    for folder, slug in ((defaults, "hills"), (defaults, "lakes"), (own, "rivers")):
        folder.mkdir(exist_ok=True)
        (folder / f"{slug}.toml").write_text(
            f'slug = "{slug}"\nname = "{slug}"\ncolour = "#1f4e8c"\n[phrases]\nstrong = ["{slug}"]\n', "utf-8"
        )
    found = load_themes([defaults, own], ["lakes"], if_named=defaults)
    assert [theme.slug for theme in found] == ["lakes", "rivers"]
