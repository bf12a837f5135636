"""`digest check --online` asks the model one question about a made-up story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from digest.checkup import Level, check
from digest.settings import Settings
from digest.wiring import build
from tests import model_server as behaving
from tests.model_server import ModelServer

from .conftest import NOW, Room

StartRoom = Callable[..., tuple[Room, ModelServer]]


def about_the_model(room: Room, folder: Path) -> list[tuple[Level, str]]:
    settings = Settings(folder=folder)
    built = build(settings, room.database, clock=lambda: NOW)
    asking = replace(built.drafting, model=room.options)
    parts = replace(built, make_drafting=lambda: asking)
    found = check(settings, parts, online=True, lookup=lambda _name: ())
    return [(finding.level, finding.what) for finding in found if "language model" in finding.what]


def test_a_model_that_answers_as_it_should_is_said_to(start_room: StartRoom, tmp_path: Path) -> None:
    room, server = start_room(price_in=1.0, price_out=2.0)
    name = f"language model tern-7b at 127.0.0.1:{server.port}"
    assert about_the_model(room, tmp_path) == [
        (Level.OK, f"{name} answers as it should"),
        (Level.OK, f"{name}: used today (UTC): requests 1, tokens 460, cost 0.00"),
    ]


def test_a_model_that_does_not_is_a_warning_with_the_reason(start_room: StartRoom, tmp_path: Path) -> None:
    room, server = start_room(behaving.says("I am a tern."))
    level, what = about_the_model(room, tmp_path)[0]
    assert level is Level.WARNING
    assert "its answer to a sample story is refused: the answer is no JSON object" in what
    server.behaviour = behaving.complains(404, "no such model")
    assert "no such model; check model_url and model" in about_the_model(room, tmp_path)[0][1]
    assert room.answers() == []
