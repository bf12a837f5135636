"""Stories to summaries with their provenance, and the AI notice that follows from them.

    story -> deks (the publisher's own, when it is one) -> extract (sentences of the tellings)
          -> grounding (nothing that the sources lack) -> Summary with Provenance, or None

    story -> prompt (what a language model is asked, ``digest.llm`` does the asking) ... its answer
          -> answer (form, grounding, the sentences it rests on) -> Summary with Provenance, or why not

No network, no database, no clock.
"""

from __future__ import annotations

from digest.summarise.notice import NoticeWording, ai_notice
from digest.summarise.offline import SummaryOptions, summarise
from digest.summarise.sentences import sentences

__all__ = ["NoticeWording", "SummaryOptions", "ai_notice", "sentences", "summarise"]
