"""Which way the summaries of an edition are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from digest.compose import Summariser
from digest.llm.options import Asking, ModelOptions
from digest.model.edition import Summary
from digest.model.news import Story
from digest.store.engine import Database
from digest.summarise import SummaryOptions, summarise

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Way:
    """Summaries by ``model`` where there is one, offline without and wherever it has none.

    ``language`` is the publication's, the only one the model writes in.
    """

    limits: SummaryOptions
    model: ModelOptions | None
    language: str
    database: Database

    def summarised(self, composing: Callable[[Summariser], T], asking: Asking | None) -> T:
        """What ``composing`` makes of them.

        Without ``asking`` only the model's answers on record are used, and nothing changes anywhere: that
        is for previews.
        """
        if self.model is None:
            return composing(self._offline)
        from digest.llm.writer import Writer  # noqa: PLC0415 - the HTTP library is slow to load

        writer = Writer(self.model, self.limits, self.language, self.database, self._offline)
        return composing(writer.summarise) if asking is None else writer.compose(composing, asking)

    def _offline(self, story: Story, lead: bool) -> Summary | None:  # noqa: FBT001 - compose's own protocol
        return summarise(story, self.limits, lead=lead)
