"""Summaries by a language model as an editor meets them, through the command line alone."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digest.model.edition import Method
from tests import model_server as behaving
from tests.model_server import ModelServer

from .conftest import Desk

KEY = "sk-very-secret-key-of-ours"


@pytest.fixture
def model(start_model: Callable[..., ModelServer]) -> ModelServer:
    return start_model()


@pytest.fixture
def written(stocked: Desk, model: ModelServer) -> Desk:
    """A newsletter whose summaries a model writes: few, since each is asked about and explained by itself."""
    with (stocked.folder / "digest.toml").open("a", encoding="utf-8") as file:
        file.write(
            "[edition]\nmax_stories = 5\n"
            f'[summaries]\nmethod = "model"\nmodel_url = "{model.url}"\nmodel = "tern-7b"\n'
            'model_timeout = "4s"\nmodel_budget = "5s"\n'
        )
    (stocked.folder / "key").write_text(KEY + "\n", encoding="utf-8")
    stocked.env["DIGEST_SUMMARIES__MODEL_KEY_FILE"] = "key"
    return stocked


def methods(drafted: dict[str, Any]) -> list[str]:
    cards = [story for story in drafted["edition"]["stories"] if not story["brief"]]
    return [story["summary"]["provenance"]["method"] for story in cards if story["summary"]]


def test_a_draft_is_written_by_the_model_with_its_name_in_the_notice_and_the_mail(
    written: Desk, model: ModelServer
) -> None:
    drafted = written.json("draft")
    assert Method.MODEL in methods(drafted)
    assert drafted["summaries"]["model"] == methods(drafted).count(Method.MODEL) > 0
    first = next(s for s in drafted["edition"]["stories"] if s["summary"]["provenance"]["method"] == "model")
    made = first["summary"]["provenance"]
    assert made["model"] == "tern-7b"
    assert made["sentences"]
    assert made["source"]
    share = "" if set(methods(drafted)) == {Method.MODEL} else "in part "
    assert f"{share}with a language model (tern-7b)" in drafted["edition"]["notice"]["short"]
    assert "A language model (tern-7b) wrote" in drafted["edition"]["notice"]["full"]
    files = written.json("preview", "--out", "look")
    assert "tern-7b" in Path(files["txt"]).read_text("utf-8")
    assert set(model.keys) == {f"Bearer {KEY}"}


def test_a_second_draft_and_every_preview_and_test_ask_nothing(written: Desk, model: ModelServer) -> None:
    written.run("preview")
    written.run("test", "editor@example.com")
    assert model.requests == []
    first = written.json("draft")
    asked = len(model.requests)
    assert asked > 0
    again = written.json("draft")
    assert [s["summary"] for s in again["edition"]["stories"]] == [
        s["summary"] for s in first["edition"]["stories"]
    ]
    written.run("preview")
    written.run("test", "editor@example.com")
    assert len(model.requests) == asked


def test_with_the_server_dead_or_slow_the_draft_is_made_in_time_offline(
    written: Desk, model: ModelServer
) -> None:
    model.behaviour = behaving.hangs
    began = time.monotonic()
    said = written.run(
        "draft", "--json", DIGEST_SUMMARIES__MODEL_TIMEOUT="1s", DIGEST_SUMMARIES__MODEL_BUDGET="1s"
    )
    assert time.monotonic() - began < 20  # of which the model has one
    assert "WARNING: the language model left " in said.stderr
    drafted = json.loads(said.stdout)
    assert Method.MODEL not in methods(drafted)
    assert "model" not in drafted["edition"]["notice"]["full"]
    assert drafted["edition"]["stories"]


def test_a_refused_answer_is_logged_counted_and_explained(written: Desk, model: ModelServer) -> None:
    model.behaviour = behaving.says(behaving.answer("The minister of Narvik resigned on Monday.", "x"))
    said = written.run("draft").stderr
    assert "is refused: the name" in said
    assert "; answers of the model refused: " in said
    drafted = written.json("draft")
    assert drafted["summaries"]["refused"] > 0
    cards = [story for story in drafted["edition"]["stories"] if not story["brief"]]
    explained = [written.json("explain", str(story["article_ids"][0])) for story in cards]
    refused = [found for found in explained if found["model_answers"]]
    assert len(refused) == drafted["summaries"]["refused"]
    assert refused[0]["model_answers"][0]["accepted"] is False
    number = str(refused[0]["article"]["id"])
    lines = written.run("explain", number).stdout
    assert "for a summary: refused: the name" in lines
    assert "it said: The minister of Narvik resigned on Monday." in lines


def test_a_plain_draft_says_where_its_summaries_came_from(stocked: Desk) -> None:
    said = stocked.run("draft").stderr
    assert "\nSummaries: " in said
    assert "refused" not in said
    assert stocked.json("draft")["summaries"]["model"] == 0


def test_check_tells_how_the_model_stands(written: Desk, model: ModelServer) -> None:
    host = model.url.removesuffix("/v1").removeprefix("http://")

    def about() -> list[dict[str, str]]:
        found = json.loads(written.run("check", "--json").stdout)
        return [finding for finding in found if "language model" in finding["what"]]

    assert about()[0]["what"] == (
        f"language model tern-7b at {host}: used today (UTC): requests 0, tokens 0 of 500,000"
    )
    model.behaviour = behaving.complains(401)
    written.run("draft")
    assert about()[0]["level"] == "warning"
    assert "does not take the key" in about()[0]["what"]
    model.behaviour = behaving.extracts
    written.run("draft")
    assert [finding["level"] for finding in about()] == ["ok"]
    assert "requests 0" not in about()[0]["what"]


def test_the_key_is_in_no_file_and_no_line(written: Desk, model: ModelServer) -> None:
    model.behaviour = behaving.complains(400, f"your key {KEY} is too old")
    said = [written.run("-v", *command) for command in (("draft",), ("status",), ("explain", "1"))]
    (written.folder / "key").unlink()
    assert "[key]" in said[0].stderr
    assert all(KEY not in each.stdout + each.stderr for each in said)
    kept = [path for path in written.folder.rglob("*") if path.is_file()]
    assert [path.name for path in kept if KEY.encode() in path.read_bytes()] == []


def test_ctrl_c_ends_a_draft_that_waits_for_its_model(written: Desk, model: ModelServer) -> None:
    model.behaviour = behaving.hangs
    process = written.start(
        "draft", DIGEST_SUMMARIES__MODEL_TIMEOUT="5m", DIGEST_SUMMARIES__MODEL_BUDGET="10m"
    )
    for _ in range(200):
        if model.requests or process.poll() is not None:
            break
        time.sleep(0.1)
    assert model.requests
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
