from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.settings import Settings

Read = Callable[..., Settings]
Refused = Callable[..., str]

MODEL = '[summaries]\nmethod = "model"\nmodel_url = "https://llm.example.org/v1/"\nmodel = "tern-7b"\n'


def test_summaries_are_made_offline_unless_told_otherwise(read: Read) -> None:
    assert read().summaries.method == "offline"
    assert read('[summaries]\nmodel_url = "http://127.0.0.1:1/v1"').summaries.method == "offline"


def test_a_model_needs_an_address_and_a_name_and_no_more(read: Read) -> None:
    chosen = read(MODEL).summaries
    assert (chosen.model_url, chosen.model) == ("https://llm.example.org/v1", "tern-7b")
    assert chosen.model_timeout <= chosen.model_budget == timedelta(minutes=1)
    assert chosen.max_tokens_per_day > 0


def test_the_key_comes_from_a_file_of_its_own_and_shows_nowhere(read: Read, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-very-secret\n", encoding="utf-8")
    settings = read(MODEL, {"DIGEST_SUMMARIES__MODEL_KEY_FILE": "key"})
    assert settings.summaries.model_key == "sk-very-secret"
    assert "sk-very-secret" not in repr(settings)
    assert read(MODEL, {"DIGEST_SUMMARIES__MODEL_KEY": "sk-b"}).summaries.model_key == "sk-b"


@pytest.mark.parametrize(
    "url", ["https://llm.example.org/v1?key=sk-very-secret", "ftp://me:sk-very-secret@llm.example.org/v1"]
)
def test_no_message_repeats_a_key_in_an_address(refused: Refused, url: str) -> None:
    message = refused(MODEL.replace("https://llm.example.org/v1/", url))
    assert "model_url = " in message
    assert "sk-very-secret" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[summaries]\nmethod = "model"', 'toml:2: summaries.method = "model" needs summaries.model_url'),
        ('[summaries]\nmethod = "model"', 'summaries.method = "model" needs summaries.model\n'),
        (MODEL.replace("tern-7b", ""), 'digest.toml:4: summaries.method = "model" needs summaries.model'),
        (MODEL.replace("https://", ""), 'model_url = "llm.example.org/v1/" is no web address'),
        (MODEL.replace("https://", "https://me:pw@"), "holds a log-in; put the key into summaries.model_key"),
        (MODEL.replace("v1/", "v1/chat/completions"), "ends in a path that is added by itself"),
        (
            MODEL.replace("https", "http") + 'model_key = "sk-very-secret"',
            "digest.toml:3: summaries.model_url would send the key unencrypted",
        ),
        (MODEL + 'model_key = "sk very-secret"', "digest.toml:5: summaries.model_key holds a space"),
        (MODEL + 'model_key = "sk-vérysecret"', "summaries.model_key holds a space or a letter"),
        (MODEL + 'model_timeout = "2m"', "toml:5: summaries.model_timeout is longer than model_budget, 1m"),
        (MODEL + 'model_budget = "10s"', "toml:5: summaries.model_timeout is longer than model_budget"),
        (MODEL + "max_cost_per_day = 2", "max_cost_per_day needs price_in and price_out to reckon with"),
        ('[summaries]\nmethod = "magic"', 'summaries.method = "magic" is not known'),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_in_one_line(refused: Refused, text: str, said: str) -> None:
    message = refused(text)
    assert said in message + "\n"
    assert "sk-very-secret" not in message


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:8080"])
def test_a_key_may_go_unencrypted_to_this_machine(read: Read, host: str) -> None:
    text = MODEL.replace("https://llm.example.org", f"http://{host}") + 'model_key = "sk-local"'
    assert read(text).summaries.model_key == "sk-local"


def test_without_a_key_any_address_may_be_asked(read: Read) -> None:
    assert read(MODEL.replace("https", "http")).summaries.model_url == "http://llm.example.org/v1"
