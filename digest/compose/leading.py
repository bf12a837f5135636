"""Which telling leads a story whose toll has risen while it was told."""

from __future__ import annotations

from dataclasses import replace

from digest.compose.decided import led_by
from digest.compose.reading import Reading, lines_of
from digest.compose.sift import Sifted
from digest.model.news import Article, Story
from digest.model.tolls import tolls

_TOP_CHARS = 2_000  # a first sentence ends within
_VOUCHING = 2  # publishers that have to tell it: one alone may be wrong, or tell of something else


def brought_up_to_date(sifted: Sifted, reading: Reading) -> Sifted:
    """The story led by a headline with the highest toll that two publishers tell, where its lead's is lower.

    A story whose leading telling an editor chose stays as it is.
    """
    story = sifted.story
    if sifted.ruled.led or len(story.articles) < _VOUCHING:
        return sifted
    for kind, told in tolls(story.lead.title, reading.numbers).items():
        newer = _with_higher(story, kind, max(told), reading)
        if newer is not None:
            return replace(sifted, story=led_by(story, newer.id))
    return sifted


def _with_higher(story: Story, kind: str, lowest: float, reading: Reading) -> Article | None:
    """The first telling whose headline has the highest such toll that is vouched for, above ``lowest``."""
    found = [
        (max(higher), article)
        for article in story.articles
        if (higher := _higher(article.title, kind, lowest, reading))
    ]
    for value in sorted({value for value, _ in found}, reverse=True):
        vouching = {
            article.family
            for article in story.articles
            if value in _higher(_top(article), kind, lowest, reading)
        }
        if len(vouching) >= _VOUCHING:
            return next(article for highest, article in found if highest == value)
    return None


def _top(article: Article) -> str:
    """Where a report tells today's toll; further down may stand that of the whole war."""
    return "\n".join([article.title, article.dek, *lines_of(article.text[:_TOP_CHARS])[:1]])


def _higher(text: str, kind: str, lowest: float, reading: Reading) -> frozenset[float]:
    """The tolls of a kind above ``lowest`` that a text tells."""
    told = (tolls(line, reading.numbers).get(kind, frozenset()) for line in lines_of(text))
    return frozenset(value for of_line in told for value in of_line if value > lowest)
