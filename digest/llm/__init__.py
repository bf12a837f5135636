"""Summaries by a language model, over any endpoint that speaks OpenAI's chat completions protocol.

    draft -> Way -> Writer: what is on record, else asked (several at once, within the draft's time)
          -> Asker: booked against the day's caps, one retry, the answer judged by ``digest.summarise``
          -> endpoint.post: one HTTP request to the one address of the settings, and to no other

What an answer may say is decided in ``digest.summarise`` (prompt, answer), which touches no network. Here
is only the asking. Nothing here ever fails a draft: what can't be had is summed up offline.
"""

from __future__ import annotations

from digest.llm.options import TROUBLE, Asking, ModelOptions
from digest.llm.way import Way

__all__ = ["TROUBLE", "Asking", "ModelOptions", "Way"]
