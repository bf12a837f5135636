"""What ``explain`` finds out, as values: the lines for people and the JSON say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from digest.model.answers import ModelAnswer
from digest.model.decisions import Decision
from digest.model.edition import EditionStory
from digest.model.news import Article, Feed, ThemeScore


@dataclass(frozen=True)
class Placing:
    """What became of an article in one edition: the card it is part of, or why it is in none.

    ``position`` counts from 1 among the edition's ``stories``, 0 when it is not in. ``dropped`` is the reason
    why it is out, or isn't itself named though its story is in.
    """

    edition_id: int
    ref: str
    state: str
    story: EditionStory | None
    position: int
    stories: int
    dropped: str


@dataclass(frozen=True)
class Telling:
    """Another article, and how like this one it is: ``shared`` pairs a term with its part of the likeness.

    ``copied`` is the share of the shorter text's five-word runs that the other has too, where that makes it
    a copy, else 0.
    """

    id: int
    outlet: str
    title: str
    url: str
    likeness: float
    shared: tuple[tuple[str, float], ...]
    hours_apart: float
    copied: float


@dataclass(frozen=True)
class Through:
    """The articles through which a story of several is in a theme: each as its number, outlet and points.

    ``of`` is how many tellings the story has.
    """

    theme: str
    articles: tuple[tuple[int, str, float], ...]
    of: int


@dataclass(frozen=True)
class Thread:
    """The article's story: ``tellings`` are the others of it that are most like the article, closest first.

    For an article that is alone, ``nearest`` are those that come closest to being tellings; a pair makes a
    story from a likeness of ``threshold``. Of the ``size`` articles ``copies`` repeat another's text.
    ``shared`` are the terms that most of the story's tellings have. ``through`` says which of them put it
    under its themes.
    """

    lead_id: int
    size: int
    copies: int
    is_copy: bool
    tellings: tuple[Telling, ...]
    nearest: tuple[Telling, ...]
    shared: tuple[str, ...]
    threshold: float
    through: tuple[Through, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """All that is known about one article's way through the days.

    ``theme_points`` are those from which it is in a theme, and for an editor to check. ``outlook`` says what
    it can expect where no edition has looked at it. ``decisions`` are what editors said of the article,
    ``answers`` a language model's about its story, newest first.
    """

    article: Article
    feed: Feed | None
    themes: tuple[ThemeScore, ...]
    theme_points: tuple[float, float]
    thread: Thread
    placings: tuple[Placing, ...]  # the newest edition first
    outlook: str
    decisions: tuple[Decision, ...] = ()
    answers: tuple[ModelAnswer, ...] = ()

    def as_json(self) -> dict[str, object]:
        """For ``--json``: everything but the article's full text."""
        return {
            "article": {name: value for name, value in asdict(self.article).items() if name != "text"},
            "text_words": len(self.article.text.split()),
            "feed": self.feed and {"id": self.feed.id, "name": self.feed.name, "url": self.feed.url},
            "themes": [asdict(score) for score in self.themes],
            "theme_points": {"in": self.theme_points[0], "check": self.theme_points[1]},
            "story": asdict(self.thread),
            "editions": [asdict(placing) for placing in self.placings],
            "outlook": self.outlook,
            "decisions": [asdict(decision) for decision in self.decisions],
            "model_answers": [asdict(answer) for answer in self.answers],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        from digest.explain.text import lines  # noqa: PLC0415 - it reads these values

        return lines(self)
