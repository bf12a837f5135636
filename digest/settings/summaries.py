"""How stories are summed up: limits, the AI notice, and the language model that may write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from digest.settings import addresses, kinds, quantities
from digest.settings.keys import key

_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HIGHEST_TOKENS = 1_000_000_000
HIGHEST_PRICE = 10_000


@dataclass(frozen=True, slots=True)
class SummarySettings:
    """How stories are summed up, and the notice that says so."""

    section: ClassVar[str] = "summaries"

    method: str = key(
        kinds.choice("offline", "model"),
        "offline",
        "offline takes the outlets' own sentences; model asks a language model first, checks what it answers"
        " against the articles, and takes the outlets' sentences where that fails.",
    )
    max_sentences: int = key(quantities.integer(1, 5, " sentences"), 2, "The most sentences in a summary.")
    max_words: int = key(quantities.integer(15, 200, " words"), 60, "The most words in a summary.")
    lead_sentences: int = key(
        quantities.integer(1, 8, " sentences"), 3, "The most sentences for the first story."
    )
    notice: bool = key(
        quantities.boolean(),
        True,
        "Whether every e-mail says what software and AI had to do with its stories. Turning it off"
        " takes notice_off_reason too.",
    )
    notice_off_reason: str = key(
        kinds.text(), "", "Only with notice = false: why the notice may go, for whoever reads this file next."
    )
    notice_short: str = key(
        kinds.text(),
        "",
        "Your own words for the notice under the masthead. Empty: ours, in the edition's terms.",
    )
    notice_full: str = key(
        kinds.text(), "", "Your own words for the notice in the footer. Empty: ours, in the edition's terms."
    )
    model_url: str = key(
        addresses.base_url(optional=True, public=False),
        "",
        "The address of an OpenAI-compatible server up to its version, like https://llm.example.org/v1."
        " Needed for model.",
    )
    model: str = key(
        kinds.text(), "", "The model's name there; readers see it in the notice. Needed for model."
    )
    model_key: str = key(kinds.secret(), "", "The key that the server asks for. Empty: none.", secret=True)
    model_timeout: timedelta = key(
        quantities.duration(_SECOND, 10 * _MINUTE),
        30 * _SECOND,
        "The longest that one answer may take, from start to end.",
    )
    model_budget: timedelta = key(
        quantities.duration(_SECOND, 60 * _MINUTE),
        _MINUTE,
        "The longest that all answers for one draft may take; what is missing then is summed up offline.",
    )
    model_connections: int = key(
        quantities.integer(1, 32), 4, "How many questions are under way at the same time."
    )
    model_max_tokens: int = key(
        quantities.integer(100, 100_000, " tokens"),
        1_000,
        "The longest answer. A model that reasons before it answers needs several thousand.",
    )
    max_tokens_per_day: int = key(
        quantities.integer(0, HIGHEST_TOKENS, " tokens"),
        500_000,
        "The most tokens, in and out, in one UTC day. 0: no limit.",
    )
    price_in: float = key(
        quantities.number(0, HIGHEST_PRICE),
        0.0,
        "What a million tokens of questions cost, in any currency. Only max_cost_per_day and `digest check`"
        " use it.",
    )
    price_out: float = key(
        quantities.number(0, HIGHEST_PRICE),
        0.0,
        "What a million tokens of answers cost, in the same currency.",
    )
    max_cost_per_day: float = key(
        quantities.number(0, HIGHEST_PRICE),
        0.0,
        "The most that one UTC day may cost, in the same currency. 0: no limit.",
    )
