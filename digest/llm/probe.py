"""Does the language model answer as it should? One question about a made-up story, for `digest check`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from digest.gather.network import Deadline
from digest.llm.asking import Asker, Circuit
from digest.llm.endpoint import Failure
from digest.llm.options import TROUBLE, Asking, ModelOptions
from digest.model.answers import Usage
from digest.model.news import Article
from digest.store import meta, models
from digest.store.engine import Database
from digest.summarise.answer import Answer, Refused, judge_answer
from digest.summarise.prompt import Prompt, Telling

_SAMPLE = (
    "The county council of Harne voted on Monday to buy a second ferry for the island.",
    "The ferry costs 40 million crowns and will sail from the autumn, according to the council.",
    "It will carry 60 cars on each crossing and replaces a ship that was built in 1974.",
    "Hotel owners on the island expect twice as many guests from next summer.",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are with the model. ``trouble`` is "" when all is well."""

    usage: Usage  # of the present UTC day
    trouble: str = ""


def standing(database: Database, now: datetime) -> Standing:
    """What the model has used up today, and what kept the last draft from its answers. Asks nobody."""
    with database.read() as conn:
        usage = models.usage_on(conn, now.astimezone(UTC).date())
        return Standing(usage, meta.get_meta(conn, TROUBLE) or "")


def probe(options: ModelOptions, database: Database, asking: Asking) -> str:
    """Ask about a made-up story, under the day's caps; what is wrong with the answer, "" when nothing is."""
    article = Article("https://sample.example.org/1", "https://sample.example.org/1", "A ferry for Harne")
    telling = Telling(article, "The Sample Post", article.title, (), _SAMPLE)
    prompt = Prompt(options.model, "en", max_sentences=2, max_words=60, tellings=(telling,))
    found = Asker(options, database, asking, Deadline(options.timeout_s), Circuit()).ask(prompt)
    if isinstance(found, Failure):
        return found.message
    verdict = judge_answer(found, prompt) if isinstance(found, Answer) else found
    return (
        f"its answer to a sample story is refused: {verdict.reason}" if isinstance(verdict, Refused) else ""
    )
