"""A draft's questions as a whole: asked once, several at a time, within time, tokens and money."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.compose import Summariser
from digest.llm import Asking, Way
from digest.llm.probe import probe
from digest.model.answers import Caps
from digest.model.edition import Method, Summary
from digest.model.news import Story
from digest.store.engine import Database
from digest.summarise import SummaryOptions
from digest.summarise import prompt as prompts
from tests import model_server as behaving
from tests.model_server import ModelServer, answer

from .conftest import NOW, Room, a_story

StartRoom = Callable[..., tuple[Room, ModelServer]]


def test_a_second_draft_asks_nothing(start_room: StartRoom) -> None:
    room, server = start_room()
    stories = [a_story(number) for number in range(5)]
    first = room.draft(*stories)
    assert [made.provenance.method for made in first if made] == [Method.MODEL] * 5
    assert room.draft(*stories) == first
    assert len(server.requests) == 5


def test_a_preview_asks_nothing_and_uses_what_is_on_record(start_room: StartRoom) -> None:
    room, server = start_room()
    assert room.methods(a_story(), ask=False) == [Method.EXTRACT]
    assert server.requests == []
    room.draft(a_story())
    before = (room.usage(), room.answers())
    assert room.methods(a_story(), a_story(1), ask=False) == [Method.MODEL, Method.EXTRACT]
    assert len(server.requests) == 1
    assert (room.usage(), room.answers()) == before


def test_a_story_that_grew_is_asked_about_anew(start_room: StartRoom) -> None:
    room, server = start_room()
    room.draft(a_story())
    room.draft(a_story(extra="The mayor spoke on Tuesday."))
    assert len(server.requests) == 2


def test_a_new_wording_of_the_question_asks_everything_anew(
    start_room: StartRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, server = start_room()
    room.draft(a_story())
    monkeypatch.setattr(prompts, "PROMPT_VERSION", "next")
    room.draft(a_story())
    assert len(server.requests) == 2


def test_an_answer_on_record_is_held_to_the_checks_of_today(start_room: StartRoom) -> None:
    room, server = start_room()
    room.draft(a_story())
    with room.database.write() as conn:
        conn.exec_driver_sql("UPDATE model_summaries SET text = 'The mayor of Harne was arrested on Monday.'")
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert len(server.requests) == 1


def test_an_answer_with_another_toll_than_an_editor_s_headline_gives_way(start_room: StartRoom) -> None:
    dead = "Seven people were killed when the old ferry sank on Friday."
    story = a_story(extra=dead)
    room, server = start_room(behaving.says(answer(dead, dead)))
    agreeing, other = (replace(story, headline=f"Old ferry sinks: {n} killed") for n in ("7", "20"))
    assert room.methods(story) == room.methods(agreeing) == [Method.MODEL]
    assert room.methods(other) == [Method.EXTRACT]
    assert len(server.requests) == 1, "an editor's headline makes no other question"


def test_questions_overlap_as_far_as_connections_go(start_room: StartRoom) -> None:
    room, server = start_room(behaving.takes(0.2), connections=3)
    assert room.methods(*(a_story(number) for number in range(9))) == [Method.MODEL] * 9
    assert server.busiest == 3


def test_time_runs_out_for_the_last_stories_first(start_room: StartRoom) -> None:
    room, _server = start_room(behaving.takes(0.4), connections=1, budget_s=1.4)
    methods = room.methods(*(a_story(number) for number in range(8)))
    assert methods[0] is Method.MODEL
    assert methods[-1] is Method.EXTRACT
    assert methods == sorted(methods, key=lambda method: method is not Method.MODEL)


def test_what_composing_asks_for_only_after_the_answers_is_asked_as_well(
    start_room: StartRoom, sqlite_database: Database
) -> None:
    """A card is chosen by the words of those before it; the answers change those."""
    room, server = start_room()
    way = Way(SummaryOptions(), room.options, "en", sqlite_database)

    def composing(summarise: Summariser) -> list[Summary | None]:
        first = summarise(a_story(), True)
        assert first is not None
        more = [a_story(1)] if first.provenance.method is Method.MODEL else []
        return [first, *(summarise(story, False) for story in more)]

    made = way.summarised(composing, Asking(NOW, threading.Event()))
    assert [summary.provenance.method for summary in made if summary] == [Method.MODEL] * 2
    assert len(server.requests) == 2


def test_the_lead_is_asked_for_a_longer_summary(start_room: StartRoom) -> None:
    room, server = start_room(connections=1)
    room.draft(a_story(), a_story(1))
    rules = [request["messages"][0]["content"] for request in server.requests]
    assert "at most 3 whole sentences and at most 90 words" in rules[0]
    assert "at most 2 whole sentences and at most 60 words" in rules[1]


def test_the_cap_on_tokens_ends_the_asking_and_the_next_day_begins_anew(start_room: StartRoom) -> None:
    room, server = start_room(connections=1, caps=Caps(tokens=4_000))
    stories = [a_story(number) for number in range(12)]
    room.draft(*stories)
    asked = len(server.requests)
    assert 0 < asked < 12
    assert room.usage().tokens <= 4_000
    assert "cap" in room.trouble()
    room.draft(*stories, now=NOW + timedelta(days=1))
    assert len(server.requests) > asked


def test_two_drafts_at_once_keep_the_cap_between_them(start_room: StartRoom) -> None:
    usage = {"prompt_tokens": 1_000, "completion_tokens": 900}
    good = answer(
        "The county council voted on Monday to buy a second ferry.", "It will carry 60 cars on each"
    )
    room, _server = start_room(
        behaving.takes(0.02, behaving.says(good, usage=usage)),
        caps=Caps(tokens=20_000), connections=4, max_tokens=1_000,
    )  # fmt: skip
    halves: list[list[Story]] = [[a_story(n) for n in range(20)], [a_story(n) for n in range(20, 40)]]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda stories: room.draft(*stories), halves))
    assert 15_000 < room.usage().tokens <= 20_000


def test_a_wish_to_stop_ends_the_asking_at_once(start_room: StartRoom) -> None:
    room, _server = start_room(behaving.hangs, timeout_s=60.0, budget_s=60.0)
    threading.Timer(0.3, room.stop.set).start()
    began = time.monotonic()
    assert room.methods(a_story(), a_story(1)) == [Method.EXTRACT] * 2
    assert time.monotonic() - began < 20


def test_a_probe_asks_one_sample_question_and_says_what_is_wrong(start_room: StartRoom) -> None:
    room, server = start_room()
    asking = Asking(NOW, room.stop)
    assert probe(room.options, room.database, asking) == ""
    assert room.usage().requests == 1
    server.behaviour = behaving.says(answer("The mayor of Harne resigned on Monday over the ferry.", "x"))
    assert "refused: the word 'resigned'" in probe(room.options, room.database, asking)
    server.behaviour = behaving.complains(401)
    assert "does not take the key" in probe(room.options, room.database, asking)
