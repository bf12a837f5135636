"""The offline summary of a story: the publisher's dek, else an extract, else nothing.

Both are the sources' own words, so that there is nothing to invent; the grounding check stands behind them
all the same, as a guard against our own cutting and cleaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.model.edition import Method, Provenance, Summary
from digest.model.genre import is_live_page
from digest.model.news import Article, Story
from digest.model.tolls import contradict, tolls
from digest.summarise.candidates import MAX_TELLINGS
from digest.summarise.deks import judge_dek
from digest.summarise.extract import extract
from digest.summarise.figures import numbers
from digest.summarise.grounding import ungrounded
from digest.summarise.leaning import is_dangling
from digest.summarise.sentences import sentences
from digest.summarise.subject import Subject


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """Limits of a summary, in sentences and words; the story at the top of an edition has its own."""

    max_sentences: int = 2
    max_words: int = 60
    lead_sentences: int = 3
    lead_max_words: int = 90


def summarise(story: Story, options: SummaryOptions, *, lead: bool = False) -> Summary | None:
    """The story's summary within its limits, or None when no sentence of it may stand by itself.

    The dek of the lead article comes first, then those of the other tellings, then an extract. The others'
    deks, and that of a page rewritten all day, must stand under the lead's headline as well, and what an
    extract takes from the others must be about what the lead tells. What has another toll than the headline,
    which may be an editor's, is used only of the lead, and where nothing else can be. ``lead`` gives the
    limits of an edition's first story. A sentence longer than ``max_words`` is never cut: the next way
    gets its turn.
    """
    max_sentences = options.lead_sentences if lead else options.max_sentences
    max_words = options.lead_max_words if lead else options.max_words
    for summary in ways(story, max_sentences, max_words):
        if not ungrounded(summary.text, _sources(story), language=story.lead.language):
            return summary
    return None


def ways(story: Story, max_sentences: int, max_words: int) -> Iterator[Summary]:
    """What may stand under the headline, best first; what tells another toll than it does comes last.

    Nothing of it has been through the grounding check yet.
    """
    headline = tolls(story.heading, numbers)
    last: list[Summary] = []
    for article in story.articles[:MAX_TELLINGS]:
        text = judge_dek(article, max_sentences=max_sentences, max_words=max_words).text
        if not text:
            continue
        trusted = article is story.lead and not is_live_page(article.title)
        summary = Summary(text, _provenance(Method.PUBLISHER, [article], sentences(text, article.language)))
        if contradict(headline, tolls(text, numbers)):
            last += [summary] if trusted else []
        elif trusted or _fits(text, story.lead.title):
            yield summary
    yield from _extracts(story, max_sentences, max_words, at_odds=False)
    yield from last
    if headline:
        yield from _extracts(story, max_sentences, max_words, at_odds=True)


def _extracts(story: Story, max_sentences: int, max_words: int, *, at_odds: bool) -> Iterator[Summary]:
    if chosen := extract(story, max_sentences=max_sentences, max_words=max_words, at_odds=at_odds):
        lines = tuple(sentence.text for sentence in chosen)
        articles = list(dict.fromkeys(sentence.article for sentence in chosen))
        yield Summary(" ".join(lines), _provenance(Method.EXTRACT, articles, lines))


def _fits(text: str, headline: str) -> bool:
    """Whether another outlet's dek can stand under this headline: by itself, and of the same."""
    return not is_dangling(text) and Subject(headline).fits(text)


def _provenance(method: Method, articles: Sequence[Article], lines: tuple[str, ...]) -> Provenance:
    """Outlets and AI notices are those of every article used; the link is that of the first."""
    return Provenance(
        method=method,
        source=" and ".join(dict.fromkeys(article.outlet for article in articles if article.outlet)),
        source_url=articles[0].url,
        sentences=lines,
        source_ai_notice=" ".join(dict.fromkeys(a.ai_notice for a in articles if a.ai_notice)),
    )


def _sources(story: Story) -> list[str]:
    return [f"{article.title}\n\n{article.dek}\n\n{article.text}" for article in story.articles]
