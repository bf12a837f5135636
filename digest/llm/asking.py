"""One question to a model: booked before it goes out, repeated once at most; its answer judged and kept.

``Asker.ask`` runs in a thread of its own for each question. ``keep`` judges, in the thread of the draft.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digest.errors import FetchError
from digest.gather.network import POLL_S, Deadline, Stopped
from digest.llm import endpoint
from digest.llm.endpoint import Failure, Reply
from digest.llm.options import Asking, ModelOptions
from digest.model.answers import ModelAnswer, Usage
from digest.model.edition import Summary
from digest.store import models
from digest.store.engine import Database
from digest.summarise.answer import Answer, Refused, judge_answer, read_answer
from digest.summarise.injection import visible
from digest.summarise.prompt import ANSWER_SCHEMA, Prompt

BYTES_PER_TOKEN = 3  # of UTF-8; real texts have 3 to 5, so that an estimate is rather too high
OVERHEAD_TOKENS = 50  # what the protocol and the schema add
FAILURES = 3  # in a row, and the endpoint is left alone for the rest of the draft
WAIT_S = 1.0  # before the second try, where the server doesn't say
CUT_OFF = "it was cut off at"
MAX_REFUSED = 2_000  # characters kept of a summary that was refused


@dataclass(frozen=True, slots=True)
class Form:
    """How a question is put. Servers differ in what they take; ``without`` finds the next one to try."""

    response: str = "json_schema"  # then json_object, then text
    limit: str = "max_tokens"  # newer models want max_completion_tokens
    temperature: bool = True

    def without(self, param: str) -> Form | None:
        """The form to try after one was refused for ``param``; None when there is no other."""
        if param == "max_tokens" and self.limit == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        if param == "temperature" and self.temperature:
            return replace(self, temperature=False)
        plainer = {"json_schema": "json_object", "json_object": "text"}.get(self.response)
        return replace(self, response=plainer) if plainer else None

    def body(self, prompt: Prompt, options: ModelOptions) -> dict[str, Any]:
        """The request as the protocol has it: no tools, one answer, the likeliest words."""
        body: dict[str, Any] = {
            "model": options.model,
            "messages": prompt.messages(),
            self.limit: options.max_tokens,
        }
        if self.temperature:
            body["temperature"] = 0
        if self.response == "json_schema":
            schema = {"name": "summary", "strict": True, "schema": ANSWER_SCHEMA}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.response == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body


class Circuit:
    """Whether it is worth asking on. Shared by all questions of a draft; any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_a_row = 0
        self.trouble: Failure | None = None  # the last one
        self.open = False
        self.abandoned = threading.Event()  # nobody waits for answers any more
        self.form = Form()  # the one that the server took last

    def failed(self, failure: Failure) -> None:
        """Count a failure; the circuit opens at a hopeless one, or after several in a row."""
        with self._lock:
            self.trouble = failure
            self._in_a_row += 1
            self.open = self.open or failure.hopeless or self._in_a_row >= FAILURES

    def answered(self, form: Form) -> None:
        """Count an answer, whatever it was worth."""
        with self._lock:
            self._in_a_row = 0
            self.form = form


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the questions of one draft. ``deadline`` is that of the draft."""

    options: ModelOptions
    database: Database
    asking: Asking
    deadline: Deadline
    circuit: Circuit

    def ask(self, prompt: Prompt) -> Answer | Refused | Failure:
        """The answer to a question, as far as it can be read. Asks twice at most."""
        found = self._try(prompt)
        wait = _wait(found)
        if wait is not None and not self.circuit.open and wait < self._left():
            self._pause(wait)
            found = self._try(prompt)
        return found

    def _stopped(self) -> bool:
        return self.asking.stop.is_set() or self.circuit.abandoned.is_set()

    def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the wish to stop."""
        until = time.monotonic() + seconds
        while not self._stopped() and (left := until - time.monotonic()) > 0:
            self.asking.stop.wait(min(left, POLL_S))

    def _left(self) -> float:
        """Seconds left of the draft's time; 0 when there are none."""
        try:
            return self.deadline.left()
        except (FetchError, Stopped):
            return 0.0

    def _try(self, prompt: Prompt) -> Answer | Refused | Failure:
        """One request, and further ones only where the server refuses the form of the one before."""
        form = self.circuit.form
        while True:
            reply = self._post(form.body(prompt, self.options))
            if isinstance(reply, Reply):
                self.circuit.answered(form)
                return self._read(reply)
            following = form.without(reply.param) if reply.bad_form else None
            if following is None:
                self.circuit.failed(reply)
                return reply
            form = following

    def _post(self, body: Mapping[str, Any]) -> Reply | Failure:
        """The request, with its cost booked before and put right after."""
        seconds = min(self.options.timeout_s, self._left())
        if seconds <= 0:
            return Failure("budget", "the time for this draft's summaries is used up", hopeless=True)
        reserved = self._usage(_tokens(json.dumps(body, ensure_ascii=False)), self.options.max_tokens)
        day = self.asking.now.date()
        with self.database.write() as conn:
            if not models.reserve(conn, day, reserved, self.options.caps):
                return Failure("cap", "the day's cap on tokens or money is reached", hopeless=True)
        reply = endpoint.post(self.options, body, seconds=seconds, stop=self._stopped)
        with self.database.write() as conn:
            models.settle(conn, day, reserved, self._used(reply, reserved))
        return reply

    def _used(self, reply: Reply | Failure, reserved: Usage) -> Usage:
        """What a request used: as told, else as reckoned; all that was booked when nobody knows."""
        if isinstance(reply, Failure):
            return reserved if reply.spent else Usage(requests=1)
        return self._usage(reply.tokens_in or reserved.tokens_in, reply.tokens_out or _tokens(reply.content))

    def _usage(self, tokens_in: int, tokens_out: int) -> Usage:
        return Usage(1, tokens_in, tokens_out, self.options.cost_millionths(tokens_in, tokens_out))

    def _read(self, reply: Reply) -> Answer | Refused:
        if reply.whole:
            return read_answer(reply.content)
        return Refused(cut_off_at(self.options.max_tokens))


def cut_off_at(max_tokens: int) -> str:
    """Why an answer that filled its limit is refused."""
    return f"{CUT_OFF} {max_tokens} tokens; model_max_tokens allows more"


def keep(database: Database, prompt: Prompt, found: Answer | Refused, now: datetime) -> Summary | Refused:
    """Judge an answer, and keep it with the verdict: good or bad, it is never asked for again."""
    verdict = judge_answer(found, prompt) if isinstance(found, Answer) else found
    answer = found if isinstance(found, Answer) else Answer("", ())
    refused = isinstance(verdict, Refused)
    kept = ModelAnswer(
        key=prompt.key,
        model=prompt.model,
        article_id=prompt.article_id,
        accepted=not refused,
        text=visible(answer.summary[:MAX_REFUSED]) if refused else answer.summary,
        sentences=() if refused else answer.support,
        answered_at=now,
        reason=verdict.reason if isinstance(verdict, Refused) else "",
    )
    with database.write() as conn:
        models.save_answer(conn, kept)
    return verdict


def _wait(found: Answer | Refused | Failure) -> float | None:
    """How many seconds before it is worth asking once more; None when it is not."""
    if isinstance(found, Failure):
        return max(WAIT_S, found.retry_after_s or 0.0) if found.again else None
    return 0.0 if isinstance(found, Refused) and found.malformed else None


def _tokens(text: str) -> int:
    """About how many tokens, rather too many than too few."""
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN + OVERHEAD_TOKENS
