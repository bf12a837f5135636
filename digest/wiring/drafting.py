"""From settings to what makes an edition out of articles."""

from __future__ import annotations

from digest.compose import ComposeOptions
from digest.group import GroupOptions
from digest.llm import ModelOptions
from digest.model.answers import Caps
from digest.parts import Drafting
from digest.settings import Settings
from digest.summarise import NoticeWording, SummaryOptions


def drafting_of(settings: Settings) -> Drafting:
    """How articles become an edition."""
    return Drafting(
        grouping=GroupOptions(),
        summaries=_summarising(settings),
        composing=_composing(settings),
        model=_model(settings),
        wording=_wording(settings),
    )


def _composing(settings: Settings) -> ComposeOptions:
    """How much goes into an edition."""
    return ComposeOptions(
        max_stories=settings.edition.max_stories,
        max_words=settings.edition.max_words,
        max_age_h=settings.gather.max_age.total_seconds() / 3600,
        also_today=settings.themes.also_today,
        include_check=settings.edition.include_check,
    )


def _summarising(settings: Settings) -> SummaryOptions:
    """How long a summary may be."""
    chosen = settings.summaries
    return SummaryOptions(
        max_sentences=chosen.max_sentences,
        max_words=chosen.max_words,
        lead_sentences=chosen.lead_sentences,
        lead_max_words=max(SummaryOptions().lead_max_words, chosen.max_words),
    )


def _wording(settings: Settings) -> NoticeWording | None:
    """The AI notice in the publisher's own words; None where they have none."""
    chosen = settings.summaries
    if not (chosen.notice_short or chosen.notice_full):
        return None
    return NoticeWording(short=chosen.notice_short, full=chosen.notice_full)


def _model(settings: Settings) -> ModelOptions | None:
    """The language model that is asked for summaries; None when there is none."""
    chosen = settings.summaries
    if chosen.method != "model":
        return None
    return ModelOptions(
        url=chosen.model_url,
        model=chosen.model,
        key=chosen.model_key,
        timeout_s=chosen.model_timeout.total_seconds(),
        budget_s=chosen.model_budget.total_seconds(),
        connections=chosen.model_connections,
        max_tokens=chosen.model_max_tokens,
        price_in=chosen.price_in,
        price_out=chosen.price_out,
        caps=Caps(
            tokens=chosen.max_tokens_per_day or None,
            cost_millionths=round(chosen.max_cost_per_day * 1_000_000) or None,
        ),
    )
