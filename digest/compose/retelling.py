"""The story of an update: who tells what is new, and what of their texts says no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digest.compose.facts import facts, tolls
from digest.compose.known import Known
from digest.compose.novelty import News
from digest.compose.options import UpdateOptions
from digest.compose.reading import Reading
from digest.model.news import Article, Story


def tellings_of(news: News) -> tuple[Article, ...]:
    """The carrier first; but last where its headline is the news, as that must not stand twice."""
    carrier, *rest = news.tellings
    return (*rest, carrier) if news.line == carrier.title and rest else news.tellings


def copies_of(story: Story, news: News, behind: Sequence[Article], reading: Reading) -> tuple[Article, ...]:
    """The copies of what the update tells; those of other tellings tell nothing of it."""
    originals = [*news.tellings, *story.articles, *behind]
    terms = [reading.terms(f"{article.title} {article.text}") for article in originals]

    def of_news(copy: Article) -> bool:
        mine = reading.terms(f"{copy.title} {copy.text}")
        nearest = max(
            range(len(originals)), key=lambda at: (len(mine & terms[at]) / (len(mine | terms[at]) or 1), -at)
        )
        return nearest < len(news.tellings)

    return tuple(copy for copy in story.copies if copy not in news.tellings and of_news(copy))


def only_new(story: Story, before: Known, news: News, reading: Reading, options: UpdateOptions) -> Story:
    """The story with what was told, and the line that stands above the summary, cut out of its texts.

    So are tolls that are lower than that line's or the headline's: whoever was quicker knew of fewer dead.
    """
    highest = tolls(facts(news.line, reading) | facts(story.lead.title, reading))

    def is_new(text: str) -> bool:
        if text == news.line or before.share_new(text, reading) < options.novelty.new_words:
            return False
        said = tolls(facts(text, reading))
        return all(value >= highest.get(what, 0.0) for what, value in said.items())

    def cut(article: Article) -> Article:
        kept: list[str] = []
        left_out = False
        for sentence in reading.sentences(article):
            if is_new(sentence) and not (left_out and reading.leans(sentence)):
                kept.append(sentence)
                left_out = False
            else:
                left_out = True
        dek = article.dek if news.line not in article.dek and is_new(article.dek) else ""
        return replace(article, dek=dek, text="\n\n".join(kept))

    return replace(story, articles=tuple(cut(article) for article in story.articles))
