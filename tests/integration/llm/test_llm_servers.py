"""Servers that speak the protocol well, badly, slowly and without end; and the state each one leaves."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest

from digest.model.answers import Usage
from digest.model.edition import Method
from tests import model_server as behaving
from tests.model_server import Behaviour, ModelServer, answer, completion

from .conftest import KEY, Room, a_story

StartRoom = Callable[..., tuple[Room, ModelServer]]

GOOD = answer(
    "The county council of Harne voted on Monday to buy a second ferry.",
    "The county council of Harne voted on Monday to buy a second ferry for the island.",
)


def test_a_good_answer_is_used_booked_and_kept(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD), price_in=2.0, price_out=10.0)
    (summary,) = room.draft(a_story())
    assert summary is not None
    assert summary.provenance.method is Method.MODEL
    assert summary.provenance.model == "tern-7b"
    assert summary.provenance.source == "Coast Post"
    assert room.usage() == Usage(1, 400, 60, 2 * 400 + 10 * 60)
    (kept,) = room.answers()
    assert (kept.accepted, kept.text, kept.article_id) == (True, summary.text, 1)
    assert room.trouble() == ""
    assert server.paths == ["/v1/chat/completions"]
    assert server.keys == [f"Bearer {KEY}"]


def test_the_request_has_no_tools_a_schema_and_no_chance(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD), max_tokens=777)
    room.draft(a_story())
    (request,) = server.requests
    assert request["temperature"] == 0
    assert request["max_tokens"] == 777
    assert request["model"] == "tern-7b"
    assert request["response_format"]["json_schema"]["strict"] is True
    assert not {"tools", "functions", "tool_choice", "stream"} & set(request)


def test_without_a_key_none_is_sent(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD), key="")
    assert room.methods(a_story()) == [Method.MODEL]
    assert server.keys == [""]


ONCE, TWICE = 1, 2
HOPELESS = [
    (behaving.complains(401), "401: it does not take the key"),
    (behaving.complains(403), "403: it does not take the key"),
    (behaving.complains(404, "no model tern-7b"), "404: no model tern-7b; check model_url and model"),
    (behaving.replies(b"", status=302, Location="http://127.0.0.1:9/"), "a redirect, which is not followed"),
    (behaving.replies(b"", status=307, Location="/v2/chat/completions"), "a redirect, which is not followed"),
    (behaving.complains(402, "no money left"), "402: no money left"),
]
PASSING = [
    (behaving.complains(429), "answers 429"),
    (behaving.complains(500), "answers 500"),
    (behaving.replies(b"<html>gateway</html>", status=502), "answers 502"),
    (behaving.replies(b"<html>Hi</html>", Content_Type="text/html"), "not of the chat completions"),
    (behaving.replies(b""), "not of the chat completions"),
    (behaving.replies(b"[]"), "not of the chat completions"),
    (behaving.replies(b'{"choices": []}'), "not of the chat completions"),
    (behaving.replies(b'{"choices": [{"message": null}]}'), "not of the chat completions"),
    (behaving.replies(b'{"choices": [{}]}'), "not of the chat completions"),
    (behaving.replies(b"[" * 100_000), "not of the chat completions"),
    (behaving.replies(completion(GOOD)[:-40]), "not of the chat completions"),
    (behaving.replies(b"\x1f\x8bnot gzip", Content_Encoding="gzip"), "sends a damaged answer"),
    (behaving.tears, "broke off the connection"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("behaviour", "trouble", "asked"),
    [(*case, ONCE) for case in HOPELESS] + [(*case, TWICE) for case in PASSING],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_failure_falls_back_is_told_and_is_not_kept_as_an_answer(
    start_room: StartRoom, caplog: pytest.LogCaptureFixture, behaviour: Behaviour, trouble: str, asked: int
) -> None:
    room, server = start_room(behaviour)
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert len(server.requests) == asked
    assert trouble in room.trouble()
    assert trouble in caplog.text
    assert room.answers() == []
    assert KEY not in caplog.text + room.trouble()
    server.behaviour = behaving.says(GOOD)
    assert room.methods(a_story()) == [Method.MODEL]
    assert room.trouble() == ""


@pytest.mark.parametrize("first", [case[0] for case in PASSING])
def test_what_passes_is_tried_once_more(start_room: StartRoom, first: Behaviour) -> None:
    room, server = start_room(behaving.says(GOOD))
    server.script = [first]
    assert room.methods(a_story()) == [Method.MODEL]
    assert len(server.requests) == 2
    assert room.trouble() == ""


@pytest.mark.parametrize(
    ("content", "reason", "asked"),
    [
        ("Sure! The council voted.", "no JSON object", TWICE),
        (GOOD[:-10], "no JSON object", TWICE),
        ('{"text": "The council voted."}', "holds no summary", TWICE),
        ('{"summary": "The council voted."}', "does not list its sentences", TWICE),
        (None, "no JSON object", TWICE),
        ([{"type": "text", "text": GOOD}], "no JSON object", TWICE),
        (answer("The mayor of Harne resigned on Monday over a second ferry.", "x"), "'resigned'", ONCE),
    ],
)
def test_a_bad_answer_is_kept_with_its_reason_and_never_asked_for_again(
    start_room: StartRoom, caplog: pytest.LogCaptureFixture, content: object, reason: str, asked: int
) -> None:
    room, server = start_room(behaving.replies(completion(content)))
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert len(server.requests) == asked
    (kept,) = room.answers()
    assert not kept.accepted
    assert reason in kept.reason
    assert f"'Ferry for Harne' is refused: {kept.reason}" in caplog.text
    assert room.usage().requests == asked
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert len(server.requests) == asked


def test_what_is_kept_of_a_refused_answer_can_do_no_harm_on_a_terminal(start_room: StartRoom) -> None:
    room, _server = start_room(behaving.says(answer("The mayor\x9b31m of Harne\x1b[2J\u202e resigned.", "x")))
    room.draft(a_story())
    assert room.answers()[0].text == "The mayor31m of Harne[2J resigned."


def test_bad_json_that_is_mended_at_the_second_try_counts_as_good(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD))
    server.script = [behaving.says("oops")]
    assert room.methods(a_story()) == [Method.MODEL]
    (kept,) = room.answers()
    assert kept.accepted
    assert room.usage() == Usage(2, 800, 120)


def test_an_answer_that_was_cut_off_says_which_setting_allows_more(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD, finish="length"))
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert "model_max_tokens" in room.answers()[0].reason
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert len(server.requests) == 1


def test_an_answer_that_was_cut_off_is_asked_for_again_where_it_may_be_longer(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD))
    server.script = [behaving.says(GOOD, finish="length")]
    assert room.methods(a_story()) == [Method.EXTRACT]
    longer = room.limited(max_tokens=8_000)
    assert longer.methods(a_story()) == [Method.MODEL]
    assert longer.methods(a_story()) == [Method.MODEL]
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "formats"),
    [
        ([behaving.complains(400, "response_format")], ["json_schema", "json_object"]),
        ([behaving.complains(400), behaving.complains(422)], ["json_schema", "json_object", None]),
    ],
)
def test_a_server_that_knows_no_schema_is_asked_in_a_plainer_form_and_from_then_on(
    start_room: StartRoom, script: list[Behaviour], formats: list[str | None]
) -> None:
    room, server = start_room(behaving.extracts, connections=1)
    server.script = script
    assert room.methods(a_story(), a_story(1)) == [Method.MODEL] * 2
    asked = [request.get("response_format", {}).get("type") for request in server.requests]
    assert asked == [*formats, formats[-1]]


def test_a_model_with_other_names_for_things_is_asked_in_its_own(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD))
    server.script = [
        behaving.complains(400, "use another", "max_tokens"),
        behaving.complains(400, "not supported", "temperature"),
    ]
    assert room.methods(a_story()) == [Method.MODEL]
    last = server.requests[-1]
    assert "max_tokens" not in last
    assert "temperature" not in last
    assert last["max_completion_tokens"] == 1_000
    assert last["response_format"]["type"] == "json_schema"


def test_a_server_that_refuses_every_form_is_asked_in_each_and_no_more(start_room: StartRoom) -> None:
    room, server = start_room(behaving.complains(400, "what?"))
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert len(server.requests) == 3
    assert "400: what?" in room.trouble()


def test_the_second_try_waits_a_moment(start_room: StartRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    room, server = start_room(behaving.says(GOOD))
    server.script = [behaving.complains(503)]
    monkeypatch.setattr("digest.llm.asking.WAIT_S", 0.4)
    began = time.monotonic()
    assert room.methods(a_story()) == [Method.MODEL]
    assert time.monotonic() - began >= 0.4


def test_retry_after_is_waited_for_within_the_time_of_the_draft(start_room: StartRoom) -> None:
    room, server = start_room(behaving.says(GOOD))
    server.script = [behaving.complains(429, Retry_After="1")]
    began = time.monotonic()
    assert room.methods(a_story()) == [Method.MODEL]
    assert time.monotonic() - began >= 1
    server.script = [behaving.complains(429, Retry_After="3600")]
    assert room.methods(a_story(1)) == [Method.EXTRACT]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "behaviour", [behaving.hangs, behaving.drips_headers, behaving.drips_body], ids=lambda b: b.__name__
)
def test_a_slow_server_never_holds_a_draft_up_beyond_its_time(
    start_room: StartRoom, behaviour: Behaviour
) -> None:
    room, _server = start_room(behaviour, timeout_s=0.5, budget_s=1.5)
    began = time.monotonic()
    assert room.methods(*(a_story(number) for number in range(6))) == [Method.EXTRACT] * 6
    assert time.monotonic() - began < 8  # 1.5 s, and a shared machine's leisure
    assert (
        "in time" in room.trouble() or "no complete answer" in room.trouble() or "used up" in room.trouble()
    )
    assert room.answers() == []
    assert room.usage().tokens > 0  # it may have been worked on: the estimate stays booked


@pytest.mark.parametrize("behaviour", [behaving.floods, behaving.bombs], ids=lambda b: b.__name__)
def test_an_answer_without_end_is_cut_off(start_room: StartRoom, behaviour: Behaviour) -> None:
    room, server = start_room(behaviour)
    assert room.methods(a_story()) == [Method.EXTRACT]
    assert "larger than 1,000,000 bytes" in room.trouble()
    assert len(server.requests) == 1


def test_a_dead_server_is_given_up_after_three_tries(start_room: StartRoom) -> None:
    room, server = start_room(behaving.complains(503), connections=1)
    assert room.methods(*(a_story(number) for number in range(9))) == [Method.EXTRACT] * 9
    assert len(server.requests) == 3


def test_nobody_at_the_address_is_soon_noticed(start_room: StartRoom) -> None:
    room, _server = start_room()
    room = room.limited(url="http://127.0.0.1:9/v1", connections=1)
    began = time.monotonic()
    assert room.methods(*(a_story(number) for number in range(6))) == [Method.EXTRACT] * 6
    assert time.monotonic() - began < 8
    assert "127.0.0.1:9 refuses connections" in room.trouble()
    assert room.usage().tokens == 0


def test_a_wrong_content_type_around_a_good_answer_does_no_harm(start_room: StartRoom) -> None:
    room, _server = start_room(behaving.replies(completion(GOOD), Content_Type="text/html"))
    assert room.methods(a_story()) == [Method.MODEL]


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": "many"}, {"prompt_tokens": -5}, [1], 7])
def test_usage_that_is_not_told_is_reckoned(start_room: StartRoom, usage: object) -> None:
    room, _server = start_room(behaving.says(GOOD, usage=usage))
    assert room.methods(a_story()) == [Method.MODEL]
    assert 600 < room.usage().tokens_in < 3_000
    assert 50 < room.usage().tokens_out < 300


def test_absurd_usage_is_bounded(start_room: StartRoom) -> None:
    room, _server = start_room(behaving.says(GOOD, usage={"prompt_tokens": 10**30, "completion_tokens": 5}))
    assert room.methods(a_story()) == [Method.MODEL]
    assert room.usage().tokens_in == 10_000_000


def test_a_server_that_repeats_the_key_does_not_bring_it_into_logs_or_the_database(
    start_room: StartRoom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    room, server = start_room(behaving.complains(400, f"the key {KEY} is old"))
    room.draft(a_story())
    server.behaviour = behaving.says(answer(f"The council of Harne voted for {KEY} on Monday.", KEY))
    room.draft(a_story(1))
    assert "[key]" in room.trouble() + caplog.text
    assert KEY not in caplog.text + room.trouble() + repr(room.options) + repr(room.answers())
