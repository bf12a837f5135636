"""The summaries of one draft: those on record, those a model is asked for now, and offline ones for the rest.

An edition is composed by asking for one summary after the other, and which stories get a card depends on
the lengths of those before. So it is composed with what is on record, and what was missing is asked for,
several at once; then it is composed again, for as long as something is missing and there is time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TypeVar

from digest.compose import Summariser
from digest.gather.network import Deadline
from digest.llm.asking import CUT_OFF, Asker, Circuit, cut_off_at, keep
from digest.llm.endpoint import Failure
from digest.llm.options import TROUBLE, Asking, ModelOptions
from digest.model.edition import Summary
from digest.model.news import Story
from digest.model.tolls import contradict, tolls
from digest.store import meta, models
from digest.store.engine import Database
from digest.summarise import SummaryOptions
from digest.summarise.answer import Answer, Refused, judge_answer
from digest.summarise.figures import numbers
from digest.summarise.prompt import Prompt, prompt_for

log = logging.getLogger("digest")

ROUNDS = 3  # of composing and asking; the second already asks for next to nothing

T = TypeVar("T")


@dataclass(slots=True)
class Writer:
    """Summaries for one draft. ``offline`` is the way back; ``language`` the publication's.

    ``verdicts`` holds what is known by now, by the key of the question: None is a refused or failed one.
    """

    options: ModelOptions
    limits: SummaryOptions
    language: str
    database: Database
    offline: Summariser
    verdicts: dict[str, Summary | None] = field(default_factory=dict)
    wanted: dict[str, tuple[Prompt, str]] = field(default_factory=dict)  # with the headline, for the log
    unanswered: int = 0

    def summarise(self, story: Story, lead: bool) -> Summary | None:  # noqa: FBT001 - compose's own protocol
        """The story's summary by the model if it is known, else the offline one."""
        prompt = prompt_for(
            story,
            model=self.options.model,
            language=self.language,
            max_sentences=self.limits.lead_sentences if lead else self.limits.max_sentences,
            max_words=self.limits.lead_max_words if lead else self.limits.max_words,
        )
        if prompt is None:
            return self.offline(story, lead)
        if prompt.key not in self.verdicts:
            self._recall(prompt, story.lead.title)
        found = self.verdicts.get(prompt.key)
        if found and not _at_odds(found, story):
            return found
        return self.offline(story, lead) or found

    def _recall(self, prompt: Prompt, headline: str) -> None:
        """Look up the answer on record; note the question as wanted where there is none.

        An answer that was accepted is judged again: the checks may have become stricter since. One that was
        cut off says nothing under another limit.
        """
        with self.database.read() as conn:
            kept = models.find_answer(conn, prompt.key)
        cut_off = kept is not None and kept.reason.startswith(CUT_OFF)
        if kept is None or (cut_off and kept.reason != cut_off_at(self.options.max_tokens)):
            self.wanted[prompt.key] = (prompt, headline)
            return
        verdict = judge_answer(Answer(kept.text, kept.sentences), prompt) if kept.accepted else None
        self.verdicts[prompt.key] = verdict if isinstance(verdict, Summary) else None

    def compose(self, composing: Callable[[Summariser], T], asking: Asking) -> T:
        """Compose, ask for what was missing, and compose again; asks no longer than the budget allows."""
        deadline, circuit = Deadline(self.options.budget_s, asking.stop.is_set), Circuit()
        asker = Asker(self.options, self.database, asking, deadline, circuit)
        composed = composing(self.summarise)
        for _round in range(ROUNDS):
            if not self.wanted or circuit.open:
                break
            self._ask(asker)
            composed = composing(self.summarise)
        self._tell(circuit)
        return composed

    def _ask(self, asker: Asker) -> None:
        """Ask all that is wanted, best story first, so many at a time; note what became of each."""
        asked, self.wanted = self.wanted, {}
        self.verdicts.update(dict.fromkeys(asked))
        pool = ThreadPoolExecutor(self.options.connections, thread_name_prefix="model")
        try:
            futures = {
                pool.submit(_unless_open, asker, prompt): prompt for prompt, _headline in asked.values()
            }
            for future in as_completed(futures):
                self._take(asker, futures[future], future.result(), asked[futures[future].key][1])
        except BaseException:  # Ctrl-C: what is under way ends at once, the rest is not asked
            asker.circuit.abandoned.set()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _take(
        self, asker: Asker, prompt: Prompt, found: Answer | Refused | Failure | None, headline: str
    ) -> None:
        """Note an answer at once, so that an interruption loses no other."""
        if found is None or isinstance(found, Failure):
            self.unanswered += 1
            return
        verdict = keep(self.database, prompt, found, asker.asking.now)
        if isinstance(verdict, Summary):
            self.verdicts[prompt.key] = verdict
        else:
            log.warning("the model's summary of %r is refused: %s", headline, verdict.reason)

    def _tell(self, circuit: Circuit) -> None:
        """Say once why answers are missing, and keep it for `digest check`; clear it when all is well."""
        trouble = circuit.trouble.message if circuit.trouble and self.unanswered else ""
        if trouble:
            log.warning("the language model left %d questions unanswered: %s", self.unanswered, trouble)
        with self.database.write() as conn:
            meta.set_meta(conn, TROUBLE, trouble)


def _unless_open(asker: Asker, prompt: Prompt) -> Answer | Refused | Failure | None:
    return None if asker.circuit.open else asker.ask(prompt)


def _at_odds(summary: Summary, story: Story) -> bool:
    """Whether it tells another toll than an editor's headline, which the model has never seen."""
    return contradict(tolls(story.headline, numbers), tolls(summary.text, numbers))
