"""An editor starts a theme, tries it, corrects what it files, and lets it learn: by the command line."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.clock import utc_now
from digest.group import load_themes
from digest.model.decisions import Decision, DecisionKind
from digest.model.news import Article
from digest.render import contrast
from digest.settings import PublicationSettings
from digest.store.articles import find_article, save_articles
from digest.store.decisions import decide
from digest.store.engine import open_database
from digest.wiring.themes import BUILTIN_THEMES

from .conftest import Desk

# 38 items of our own writing: 18 about mining the sea floor, of which 5 say so in these words; 20 about other
# things in words that those also use.
ITEMS = [
    json.loads(line) for line in (Path(__file__).parent / "deep_sea.jsonl").read_text("utf-8").splitlines()
]
SLUG = "deep-sea-mining"
POOR = f"""\
# A first try. This comment stays.
slug = "{SLUG}"
name = "Deep-sea mining"
colour = "#00695c"
priority = 9

[phrases]
strong = [
  "deep-sea mining", # what it is
]
"""
ORDINARY = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "gold" / "themes.jsonl").read_text("utf-8").splitlines()
]
CORRECTED = ("item-05", "item-07", "item-09", "item-12", "item-13")  # of what the poor theme misses
SUGGEST = ("themes", "suggest", "--since", "365")


def address(name: str) -> str:
    return f"https://news.example.org/{name}"


def store(desk: Desk, *others: dict[str, Any]) -> None:
    """Every item, four days apart, so that each is a story of its own; and other ones."""
    now = utc_now()
    articles = [
        Article(
            url=address(item["id"]),
            canonical_url=address(item["id"]),
            title=item["title"],
            text=item["text"],
            outlet="The Tide",
            published_at=now - timedelta(days=4 * (at % 60)),
            gathered_at=now,
            language="en",
        )
        for at, item in enumerate((*ITEMS, *others))
    ]
    with open_database(f"sqlite:///{desk.folder}/subscribers.db") as database, database.write() as conn:
        save_articles(conn, articles)


def own_file(desk: Desk, name: str = SLUG) -> Path:
    return desk.folder / "themes" / f"{name}.toml"


@pytest.fixture
def sea_desk(desk: Desk) -> Desk:
    """A newsletter with stored articles and a poor theme of its own."""
    store(desk)
    own_file(desk).parent.mkdir()
    own_file(desk).write_text(POOR, encoding="utf-8")
    return desk


def correct(desk: Desk, *names: str) -> None:
    """What `digest themes correct --in` writes, at once for several."""
    with open_database(f"sqlite:///{desk.folder}/subscribers.db") as database, database.write() as conn:
        articles = [find_article(conn, address(name)) for name in names]
        made = [Decision(DecisionKind.FILE, article.id, value=SLUG) for article in articles if article]
        decide(conn, PublicationSettings().slug, made, utc_now())


def f1_of_the_uncorrected(desk: Desk) -> float:
    rest = [json.dumps(item) for item in ITEMS if item["id"] not in CORRECTED]
    (desk.folder / "rest.jsonl").write_text("\n".join(rest), encoding="utf-8")
    value: float = desk.json("eval", "themes", "rest.jsonl")["all"]["by_theme"][SLUG]["f1"]
    return value


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- suggest and correct


def test_five_corrections_teach_a_poor_theme_what_it_misses(sea_desk: Desk) -> None:
    before = f1_of_the_uncorrected(sea_desk)
    correct(sea_desk, *CORRECTED)
    proposals = sea_desk.json(*SUGGEST)
    assert [proposal["number"] for proposal in proposals] == list(range(1, len(proposals) + 1))
    nets = [proposal["net"] for proposal in proposals]
    assert nets == sorted(nets, reverse=True)
    assert not any(proposal["weak_evidence"] for proposal in proposals)
    sea_desk.run("themes", "suggest", "--accept", "all")
    assert before <= 0.6
    assert f1_of_the_uncorrected(sea_desk) >= 0.8


def test_a_proposal_shows_what_it_would_move_and_moves_that_when_accepted(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    best = sea_desk.json(*SUGGEST)[0]
    shown = sea_desk.run(*SUGGEST).stdout
    assert f'"{best["phrase"]}"' in shown
    assert best["in"]["examples"][0]["title"] in shown
    earlier = sea_desk.folder / "earlier"
    earlier.mkdir()
    (earlier / f"{SLUG}.toml").write_text(POOR, encoding="utf-8")
    sea_desk.run("themes", "suggest", "--accept", "1")
    compared = sea_desk.json("themes", "test", "--against", "earlier", "--since", "365")
    moves = next(one for one in compared["themes"] if one["theme"] == SLUG)["moves"]
    assert len(moves["in"]) == best["in"]["count"]
    assert sum(move["right"] is True for move in moves["in"]) == best["corrected_right"]


def test_accepting_keeps_the_comments_and_the_layout_of_the_file(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    best = sea_desk.json(*SUGGEST)[0]
    sea_desk.run("themes", "suggest", "--accept", "1")
    lines = own_file(sea_desk).read_text("utf-8").splitlines()
    assert [line for line in lines if line not in POOR.splitlines()] == [f'  "{best["phrase"]}",']
    assert tomllib.loads("\n".join(lines))["phrases"]["strong"][-1] == best["phrase"]


def test_what_was_accepted_is_not_proposed_again(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    best = sea_desk.json(*SUGGEST)[0]["phrase"]
    sea_desk.run("themes", "suggest", "--accept", "1")
    assert best not in [proposal["phrase"] for proposal in sea_desk.json(*SUGGEST)]
    again = sea_desk.run("themes", "suggest", "--accept", "all")  # the list last shown, without it
    assert best not in again.stderr


def test_accepting_goes_by_the_list_last_shown_whatever_was_gathered_since(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    second = sea_desk.json(*SUGGEST)[1]
    sea_desk.run("themes", "correct", address("item-13"), "--none")  # a list made now would differ
    accepted = sea_desk.json("themes", "suggest", "--accept", "2")
    assert [entry["phrase"] for entry in accepted["accepted"]] == [second["phrase"]]


def test_a_default_theme_is_copied_before_it_learns(desk: Desk) -> None:
    store(desk)
    for name in ("item-12", "item-17"):
        desk.run("themes", "correct", address(name), "--in", "arctic")
    proposal = desk.json("themes", "suggest", "--since", "365", "--theme", "arctic")[0]
    default = (BUILTIN_THEMES / "arctic.toml").read_text("utf-8")
    desk.run("themes", "suggest", "--accept", "1")
    mine = own_file(desk, "arctic").read_text("utf-8")
    assert [line for line in mine.splitlines() if line not in default.splitlines()] == [
        f'  "{proposal["phrase"]}",'
    ]
    assert (BUILTIN_THEMES / "arctic.toml").read_text("utf-8") == default


def test_one_article_alone_is_weak_evidence(sea_desk: Desk) -> None:
    correct(sea_desk, "item-05")
    proposals = sea_desk.json(*SUGGEST)
    assert proposals
    assert all(proposal["weak_evidence"] for proposal in proposals)
    assert "weak evidence" in sea_desk.run(*SUGGEST).stdout


def test_a_phrase_of_one_article_among_several_is_never_proposed(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    assert all(proposal["learned_from"]["stories"] >= 2 for proposal in sea_desk.json(*SUGGEST))


def test_a_name_alike_that_was_wrongly_taken_is_to_be_looked_past(desk: Desk) -> None:
    label = [
        {
            "id": "label-1",
            "title": "Nodule Records signs a village choir",
            "text": "Nodule Records says its first songs come in May.",
        },
        {
            "id": "label-2",
            "title": "Drummer sues Nodule Records",
            "text": "He wants Nodule Records to pay for two tours.",
        },
    ]
    store(desk, *label)
    own_file(desk).parent.mkdir()
    own_file(desk).write_text(POOR.replace('"deep-sea mining"', '"nodule"'), encoding="utf-8")
    for name in ("label-1", "label-2"):
        desk.run("themes", "correct", address(name), "--none")
    best = desk.json(*SUGGEST)[0]
    assert (best["table"], best["level"], best["phrase"]) == ("negatives", "mask", "Nodule Records")
    assert (best["corrected_right"], best["out"]["count"], best["in"]["count"]) == (2, 2, 0)
    desk.run("themes", "suggest", "--accept", "1")
    assert "agree with all 2 corrections" in desk.run(*SUGGEST).stderr
    filed = desk.json("explain", address("item-07"))["themes"]
    assert next(score for score in filed if score["theme"] == SLUG)["verdict"] == "in"


def test_a_correction_is_obeyed_and_taken_back(sea_desk: Desk) -> None:
    said = sea_desk.run("themes", "correct", address("item-05"), "--in", SLUG, "--by", "Mara Ellison")
    assert f"belongs to {SLUG}" in said.stderr
    assert sea_desk.json(*SUGGEST)
    sea_desk.run("themes", "correct", address("item-05"), "--forget")
    assert "No corrections yet" in sea_desk.run(*SUGGEST).stderr
    assert "nothing to forget" in sea_desk.run("themes", "correct", "1", "--forget", code=1).stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("correct", "1", "--in", "antarctic"), 1, "antarctic"),
        (("correct", "999", "--none"), 1, "999"),
        (("correct", "1"), 2, "--none"),
        (("correct", "1", "--none", "--in", "arctic"), 2, "--none"),
        (("suggest", "--accept", "1"), 1, "digest themes suggest"),
        (("suggest", "--theme", "antarctic"), 1, "antarctic"),
        (("test", "subscribers.db"), 1, "its name has to end in .toml"),
        (("new", "Space", "--from", "subscribers.db"), 1, "a file of another kind, no text"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_mistake_is_one_clear_line(
    sea_desk: Desk, arguments: tuple[str, ...], code: int, words: str
) -> None:
    refused = sea_desk.run("themes", *arguments, code=code)
    assert words in refused.stderr
    assert refused.stdout == ""


def test_numbers_that_were_not_shown_are_refused(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    sea_desk.run(*SUGGEST)
    before = own_file(sea_desk).read_bytes()
    for wrong in ("0", "1,99", "one", ""):
        if wrong:
            assert "as last shown" in sea_desk.run("themes", "suggest", "--accept", wrong, code=1).stderr
    assert own_file(sea_desk).read_bytes() == before


def test_an_empty_newsletter_has_nothing_to_suggest(desk: Desk) -> None:
    assert desk.json("themes", "suggest") == []
    assert "No corrections yet" in desk.run("themes", "suggest").stderr


def test_a_phrase_that_a_theme_has_already_is_not_proposed_at_another_weight(sea_desk: Desk) -> None:
    own_file(sea_desk).write_text(POOR + 'weak = ["seabed"]\n', encoding="utf-8")
    correct(sea_desk, *CORRECTED)
    assert "seabed" not in [proposal["phrase"] for proposal in sea_desk.json(*SUGGEST)]
    sea_desk.run("themes", "suggest", "--accept", "all")


def test_corrections_older_than_the_articles_looked_at_still_teach(sea_desk: Desk) -> None:
    correct(sea_desk, *CORRECTED)
    proposals = sea_desk.json("themes", "suggest", "--since", "1")
    assert proposals[0]["corrected_right"] >= 2


# --- new


def test_a_new_theme_files_its_examples_and_others_like_them(desk: Desk) -> None:
    store(desk, *ORDINARY)
    examples = [argument for name in CORRECTED for argument in ("--from", address(name))]
    made = desk.json("themes", "new", "Deep-sea mining", *examples, "--since", "365")
    assert made["written"]
    assert made["examples_not_filed"] == []
    assert own_file(desk).read_text("utf-8") == made["text"]
    (desk.folder / "all.jsonl").write_text("\n".join(map(json.dumps, ITEMS)), encoding="utf-8")
    score = desk.json("eval", "themes", "all.jsonl")["all"]["by_theme"][SLUG]
    assert score["precision"] >= 0.8
    assert score["right"] > len(CORRECTED)


def test_a_new_theme_has_a_readable_colour_of_its_own_and_its_place(desk: Desk) -> None:
    for name in ("One", "Two", "Three"):
        desk.run("themes", "new", name, "--words", f"{name} thing")
    themes = load_themes([BUILTIN_THEMES, desk.folder / "themes"], ())
    for theme in themes:
        assert contrast(theme.colour, "#ffffff") >= 4.5
        assert contrast(theme.colour_dark, "#181c20") >= 4.5
    assert len({theme.colour for theme in themes}) == len(themes) == 6
    assert [theme.slug for theme in themes][-3:] == ["one", "two", "three"]
    assert len({theme.priority for theme in themes}) == 6


def test_words_alone_make_a_theme_without_any_stored_article_and_without_a_database(empty_desk: Desk) -> None:
    said = empty_desk.run(
        "themes", "new", "Great rivers", "--words", "river commission, MRC", "--words", "dam"
    )
    data = tomllib.loads(own_file(empty_desk, "great-rivers").read_text("utf-8"))
    assert data["phrases"]["strong"] == ["river commission", "dam"]
    assert data["acronyms"]["strong"] == ["MRC"]
    assert '"great-rivers"]' in said.stderr
    assert [path.name for path in empty_desk.folder.iterdir()] == ["themes"]
    assert empty_desk.json("themes", "list")[-1]["slug"] == "great-rivers"


def test_what_articles_share_that_only_hold_an_editors_word_files_nothing(desk: Desk) -> None:
    hockey = "Hockey squad hopes for gold to end its medal drought"
    named = [{"id": f"game-{at}", "title": f"{hockey}, {at}", "text": f"{hockey}."} for at in range(3)]
    store(desk, *ORDINARY, *named)
    made = desk.json("themes", "new", "Water politics", "--words", "drought, river treaty", "--since", "365")
    phrases = tomllib.loads(made["text"])["phrases"]
    assert phrases["strong"] == ["drought", "river treaty"]
    assert "medium" not in phrases
    assert any("hockey" in phrase.lower() for phrase in phrases["weak"])  # they are there to be looked at


def test_a_text_file_serves_as_an_example_and_its_places_are_recognised(desk: Desk) -> None:
    (desk.folder / "dam.txt").write_text(
        "Ethiopia fills its river dam\n\nThe river dam is full, engineers said in Hanoi, Vietnam.\n\n"
        "Vietnam built the turbines of the river dam.\n",
        encoding="utf-8",
    )
    made = desk.json("themes", "new", "River dams", "--from", "dam.txt", "--print")
    assert not made["written"]
    data = tomllib.loads(made["text"])
    assert "vietnam" in [key for keys in data["places"].values() for key in keys]
    assert any("river dam" in phrases for phrases in data["phrases"].values())
    assert not (desk.folder / "themes").exists()


def test_print_shows_the_file_and_writes_nothing(empty_desk: Desk) -> None:
    printed = empty_desk.run("themes", "new", "Great rivers", "--words", "dam", "--print").stdout
    assert tomllib.loads(printed)["slug"] == "great-rivers"
    assert printed.startswith("# Great rivers: a first draft")
    assert list(empty_desk.folder.iterdir()) == []


def test_a_file_that_is_there_is_never_overwritten(sea_desk: Desk) -> None:
    own_file(sea_desk).rename(own_file(sea_desk, "rivers"))  # its slug is another one
    refused = sea_desk.run("themes", "new", "Rivers", "--words", "dam", code=1)
    assert "rivers.toml is there already" in refused.stderr
    assert own_file(sea_desk, "rivers").read_text("utf-8") == POOR


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Deep-sea mining", "--words", "nodule"), 1, "already"),
        (("Arctic", "--words", "ice"), 1, "already"),
        (("Rivers",), 2, "--words"),
        (("Rivers", "--words", "dam", "--colour", "#ffff00"), 1, "contrast"),
        (("Rivers", "--words", "dam", "--colour", "blue"), 1, "#rrggbb"),
        (("Rivers", "--words", "dam", "--colour", "#00695c"), 1, "another theme's"),
        (("Rivers", "--words", "dam", "--slug", "Big Rivers"), 1, "slug"),
        (("Rivers", "--words", "dam", "--slug", "gazetteer"), 1, "slug"),
        (("河川", "--words", "dam"), 1, "--slug"),
        (("  ", "--words", "dam"), 1, "empty"),
        (("Rivers", "--words", "dam,!!"), 1, "!!"),
        (("Rivers", "--from", "nothing.txt"), 1, "nothing.txt"),
        (("Rivers", "--from", "https://example.org/" + "x" * 300), 1, "no stored article"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_theme_that_cannot_be_started_leaves_no_file(
    sea_desk: Desk, arguments: tuple[str, ...], code: int, words: str
) -> None:
    before = bytes_of(sea_desk.folder / "themes")
    refused = sea_desk.run("themes", "new", *arguments, code=code)
    assert words in refused.stderr
    assert bytes_of(sea_desk.folder / "themes") == before


# --- test


def test_a_change_shows_what_it_moves_and_by_which_terms(sea_desk: Desk) -> None:
    compared = sea_desk.json("themes", "test", "--since", "365")
    mine = next(one for one in compared["themes"] if one["theme"] == SLUG)
    assert (mine["before"]["in"], mine["after"]["in"]) == (0, 5)
    move = mine["moves"]["in"][0]
    assert (move["from"], move["to"], move["points_before"]) == ("out", "in", 0.0)
    assert move["terms"][0]["term"] == "deep-sea mining"
    shown = sea_desk.run("themes", "test", "--since", "365").stdout
    assert "5 go in" in shown
    assert move["title"] in shown
    others = [one["moves"] for one in compared["themes"] if one["theme"] != SLUG]
    assert others == [{"in": [], "check": [], "out": []}] * 3


def test_a_file_is_tried_in_place_of_the_one_that_defines_its_theme(sea_desk: Desk) -> None:
    draft = sea_desk.folder / "draft.toml"
    draft.write_text(POOR.replace('"deep-sea mining"', '"nodule"'), encoding="utf-8")
    compared = sea_desk.json("themes", "test", "draft.toml", "--against", "themes", "--since", "365")
    (mine,) = compared["themes"]
    assert (mine["before"]["in"], len(mine["moves"]["out"])) == (5, 5)
    assert mine["after"]["in"] > 0
    draft.write_text(POOR.replace("strong", "storng"), encoding="utf-8")
    assert "draft.toml:8" in sea_desk.run("themes", "test", "draft.toml", code=1).stderr


def test_labels_say_whether_a_change_is_for_the_better(sea_desk: Desk) -> None:
    (sea_desk.folder / "all.jsonl").write_text("\n".join(map(json.dumps, ITEMS)), encoding="utf-8")
    compared = sea_desk.json("themes", "test", "--labels", "all.jsonl", "--since", "1")
    scores = compared["scores"]
    assert scores["articles"] == 38
    before, after = (scores[side]["by_theme"][SLUG] for side in ("before", "after"))
    assert (before["right"], before["missed"], after["right"], after["missed"]) == (0, 18, 5, 13)


def test_testing_changes_nothing(sea_desk: Desk) -> None:
    correct(sea_desk, "item-05")
    before = bytes_of(sea_desk.folder)
    sea_desk.run("themes", "test", "--since", "365", "--all")
    after = bytes_of(sea_desk.folder)
    assert {name: data for name, data in after.items() if not name.endswith(("-shm", "-wal"))} == {
        name: data for name, data in before.items() if not name.endswith(("-shm", "-wal"))
    }


def test_testing_without_a_database_makes_none(empty_desk: Desk) -> None:
    compared: dict[str, Any] = empty_desk.json("themes", "test")
    assert compared["articles"] == 0
    assert list(empty_desk.folder.iterdir()) == []
    assert "no folder" in empty_desk.run("themes", "test", "nowhere", code=1).stderr
    assert "no folder" in empty_desk.run("themes", "test", "--against", "nowhere", code=1).stderr
