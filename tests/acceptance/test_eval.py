"""`digest eval` as a user runs it: in any folder, with any file, leaving only what was asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from digest.model.words import count_words
from digest.summarise.sentences import sentences

from .conftest import Desk

GOLD = Path(__file__).parents[1] / "gold"
ODD: list[dict[str, Any]] = [
    {"id": "a", "title": "Arctic Council meets", "text": None, "date": None, "language": "xx-not-one"},
    {"id": "a", "title": "Arctic Council meets"},
    {"id": 7, "text": "القمة القطبية", "date": "yesterday"},
    {},
    {
        "id": "e",
        "articles": [{"title": "x"}],
        "labels": None,
        "event_id": None,
        "set": None,
        "reference": None,
    },
]


def write(desk: Desk, *rows: dict[str, Any], name: str = "items.jsonl") -> str:
    (desk.folder / name).write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return name


def lines(desk: Desk, name: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk.folder / name).read_text("utf-8").splitlines()]


def test_themes_are_predicted_line_by_line_and_scored(empty_desk: Desk) -> None:
    shutil.copy(GOLD / "themes.jsonl", empty_desk.folder / "gold.jsonl")
    items = lines(empty_desk, "gold.jsonl")
    report = empty_desk.json("eval", "themes", "gold.jsonl", "--predictions", "out.jsonl")
    predicted = lines(empty_desk)
    assert [row["id"] for row in predicted] == [item["id"] for item in items]
    right = sum(
        "arctic" in row["labels"] and "arctic" in item["labels"]
        for row, item in zip(predicted, items, strict=True)
    )
    assert report["all"]["by_theme"]["arctic"]["right"] == right
    assert report["all"]["macro_f1"] > 0.5  # tests/gold holds the floor
    shown = empty_desk.run("eval", "themes", "gold.jsonl").stdout
    assert "macro" in shown
    assert {path.name for path in empty_desk.folder.iterdir()} == {"gold.jsonl", "out.jsonl"}


def test_wrong_ones_are_listed_with_their_points_and_terms(empty_desk: Desk) -> None:
    name = write(
        empty_desk,
        {"id": "x", "title": "Arctic Council meets in Oslo", "text": "", "labels": ["middle-east"]},
    )
    shown = empty_desk.run("eval", "themes", name, "--errors").stdout
    assert "arctic: wrongly in" in shown
    assert "middle-east: missed" in shown
    assert "Arctic Council (title" in shown
    errors = empty_desk.json("eval", "themes", name, "--errors")["errors"]
    assert {(error["theme"], error["what"]) for error in errors} == {
        ("arctic", "wrongly in"),
        ("middle-east", "missed"),
    }


def test_stories_are_predicted_line_by_line_and_scored_by_set(empty_desk: Desk) -> None:
    every = [json.loads(line) for line in (GOLD / "stories.jsonl").read_text("utf-8").splitlines()]
    gold = [item for item in every if item["set"] == "plain"]
    rows = [{**item, "event_id": item["event"], "source": item["outlet"], "set": "gold"} for item in gold]
    name = write(
        empty_desk, *rows, {"id": "other", "title": rows[0]["title"], "text": rows[0]["text"], "set": "b"}
    )
    report = empty_desk.json("eval", "stories", name, "--predictions", "out.jsonl")
    predicted = lines(empty_desk)
    assert [row["id"] for row in predicted] == [*(item["id"] for item in gold), "other"]
    assert predicted[-1]["story"] not in {row["story"] for row in predicted[:-1]}
    first, second = report["sets"]
    assert (first["set"], first["labelled"], second["labelled"]) == ("gold", len(gold), 0)
    assert first["bcubed"]["f1"] > 0.5  # the same
    assert first["pairwise_without_largest"]["f1"] > 0.5
    assert "bcubed" not in second
    assert "without the largest event" in empty_desk.run("eval", "stories", name).stdout


def test_summaries_are_within_their_limits_and_scored_beside_the_first_sentences(empty_desk: Desk) -> None:
    gold = [json.loads(line) for line in (GOLD / "stories.jsonl").read_text("utf-8").splitlines()]
    rows = [
        {
            "id": item["id"],
            "articles": [{"title": item["title"], "text": item["text"]}],
            "reference": item["title"],
        }
        for item in gold
    ]
    report = empty_desk.json("eval", "summaries", write(empty_desk, *rows), "--predictions", "out.jsonl")
    predicted = lines(empty_desk)
    assert [row["id"] for row in predicted] == [item["id"] for item in gold]
    assert all(len(sentences(row["summary"])) <= 2 and count_words(row["summary"]) <= 60 for row in predicted)
    assert set(report["rouge"]) == {"extract", "lead-1", "lead-2", "lead-3"}
    assert sum(report["by_sentences"].values()) == len(gold) == report["scored"]
    assert "lead-2" in empty_desk.run("eval", "summaries", "items.jsonl").stdout


def test_grounding_counts_what_is_caught_and_lists_every_trial(empty_desk: Desk) -> None:
    text = "The ferry to Orm runs again after 14 days, said Mara Ellison. The gate was not repaired in time."
    rows: list[dict[str, Any]] = [
        {"id": "a", "articles": [{"title": "Ferry runs again", "text": text}], "reference": text},
        {"id": "b"},
    ]
    report = empty_desk.json("eval", "grounding", write(empty_desk, *rows), "--predictions", "out.jsonl")
    predicted = lines(empty_desk)
    assert all(set(row) == {"id", "kind", "text", "caught", "why"} for row in predicted)
    assert report["kinds"]["invented-number"]["share"] == 1.0
    for kind, counts in report["kinds"].items():
        of = [row for row in predicted if row["kind"] == kind]
        assert (len(of), sum(row["caught"] for row in of)) == (counts["tried"], counts["caught"])
    assert report["alarms"]["references"]["false_alarms"] == 0
    assert empty_desk.json("eval", "grounding", "items.jsonl") == report
    assert "invented-number" in empty_desk.run("eval", "grounding", "items.jsonl").stdout
    assert empty_desk.json("eval", "grounding", "items.jsonl", "--seed", "2")["seed"] == 2
    assert empty_desk.json("eval", "grounding", write(empty_desk, {"id": "b"}))["items"] == 0


@pytest.mark.parametrize("what", ["themes", "stories", "summaries"])
def test_every_line_gives_one_prediction_whatever_it_holds(empty_desk: Desk, what: str) -> None:
    said = empty_desk.run("eval", what, write(empty_desk, *ODD), "--predictions", "out.jsonl")
    assert [row["id"] for row in lines(empty_desk)] == ["a", "a", 7, None, "e"]
    assert "predictions only" in said.stderr


def test_text_without_labels_is_filed_all_the_same(empty_desk: Desk) -> None:
    empty_desk.run("eval", "themes", write(empty_desk, *ODD), "--predictions", "out.jsonl")
    assert [row["labels"] for row in lines(empty_desk)][:2] == [["arctic"], ["arctic"]]


@pytest.mark.parametrize("what", ["themes", "stories", "summaries", "grounding"])
def test_an_empty_file_is_an_error_of_one_line(empty_desk: Desk, what: str) -> None:
    (empty_desk.folder / "empty.jsonl").write_text("\n", encoding="utf-8")
    refused = empty_desk.run("eval", what, "empty.jsonl", "--predictions", "out.jsonl", code=1)
    assert "empty.jsonl is empty" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert [path.name for path in empty_desk.folder.iterdir()] == ["empty.jsonl"]


@pytest.mark.parametrize("what", ["themes", "stories", "summaries"])
def test_a_bad_line_is_named_and_no_predictions_are_left(empty_desk: Desk, what: str) -> None:
    (empty_desk.folder / "items.jsonl").write_text('{"id": 1}\n{"id": 2,\n', encoding="utf-8")
    refused = empty_desk.run("eval", what, "items.jsonl", "--predictions", "out.jsonl", code=1)
    assert "items.jsonl:2" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert [path.name for path in empty_desk.folder.iterdir()] == ["items.jsonl"]


def test_theme_files_of_a_folder_are_used_over_the_built_in_ones(empty_desk: Desk) -> None:
    (empty_desk.folder / "mine").mkdir()
    (empty_desk.folder / "mine" / "rivers.toml").write_text(
        'slug = "rivers"\nname = "Rivers"\ncolour = "#114477"\n[phrases]\nstrong = ["dam"]\n',
        encoding="utf-8",
    )
    name = write(empty_desk, {"id": 1, "title": "A dam breaks", "labels": ["rivers"]})
    assert (
        empty_desk.json("eval", "themes", name, "--themes", "mine")["all"]["by_theme"]["rivers"]["right"] == 1
    )
    said = empty_desk.run("eval", "themes", name)
    assert "no theme here" in said.stderr
    assert "no folder" in empty_desk.run("eval", "themes", name, "--themes", "nowhere", code=1).stderr


def test_a_file_or_folder_that_cannot_be_used_is_one_line(empty_desk: Desk) -> None:
    name = write(empty_desk, {"id": 1})
    for arguments in (
        ("themes", "missing.jsonl"),
        ("stories", "."),
        ("summaries", name, "--predictions", "no/out"),
    ):
        refused = empty_desk.run("eval", *arguments, code=1)
        assert len(refused.stderr.strip().splitlines()) == 1
