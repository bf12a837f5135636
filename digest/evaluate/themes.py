"""Articles filed under themes, each judged by itself, against labels that people gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from digest.evaluate.records import Record
from digest.gather.language import tag
from digest.group import GroupOptions, Theme, score_themes
from digest.group.evaluate import Score, ThemeReport, theme_report
from digest.model.news import Article, ThemeScore, Verdict


def article_of(record: Record, address: str = "") -> Article:
    """A record with a title and a text as an article; ``address`` tells it from others."""
    return Article(
        url=address or record.key,
        canonical_url=address or record.key,
        title=record.text("title"),
        dek=record.text("dek"),
        text=record.text("text"),
        language=tag(record.text("language")),
        outlet=record.text("source"),
        published_at=record.instant("date"),
    )


@dataclass(frozen=True, slots=True)
class Filed:
    """One item as it was filed. ``labels`` is None when nobody gave any."""

    key: str
    id: Any
    title: str
    scores: tuple[ThemeScore, ...]
    labels: frozenset[str] | None
    borderline: bool

    @property
    def predicted(self) -> tuple[str, ...]:
        """The themes it is IN, best first."""
        return tuple(score.theme for score in self.scores if score.verdict is Verdict.IN)


def file_items(records: Iterator[Record], themes: Sequence[Theme], options: GroupOptions) -> Iterator[Filed]:
    """Each record with its scores, in order."""
    for record in records:
        labels = record.texts("labels")
        article = article_of(record)
        yield Filed(
            key=record.key,
            id=record.id,
            title=article.title,
            scores=score_themes(article, themes, options),
            labels=None if labels is None else frozenset(labels),
            borderline=record.data.get("borderline") is True,
        )


@dataclass(frozen=True, slots=True)
class Mistake:
    """One item that is wrong about one theme, and what the theme found in it."""

    key: str
    title: str
    theme: str
    wrongly_in: bool  # else missed
    borderline: bool
    score: ThemeScore

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "id": self.key,
            "title": self.title,
            "theme": self.theme,
            "what": "wrongly in" if self.wrongly_in else "missed",
            "borderline": self.borderline,
            "points": self.score.score,
            "verdict": self.score.verdict,
            "terms": [asdict(hit) for hit in self.score.hits],
        }


@dataclass
class ThemesTally:
    """Gathers items one at a time; keeps of them only what the report needs."""

    themes: tuple[str, ...]
    items: int = 0
    check: int = 0  # items that are for an editor to check, and in no theme
    unknown: set[str] = field(default_factory=set)  # labels that name no theme
    mistakes: list[Mistake] = field(default_factory=list)
    _labels: list[frozenset[str]] = field(default_factory=list)
    _predicted: list[tuple[str, ...]] = field(default_factory=list)
    _clear: list[bool] = field(default_factory=list)

    def add(self, item: Filed) -> None:
        """Take one in."""
        self.items += 1
        self.check += not item.predicted and any(s.verdict is Verdict.CHECK for s in item.scores)
        if item.labels is None:
            return
        self.unknown |= item.labels - set(self.themes)
        self._labels.append(item.labels)
        self._predicted.append(item.predicted)
        self._clear.append(not item.borderline)
        for score in item.scores:
            found, wanted = score.verdict is Verdict.IN, score.theme in item.labels
            if found != wanted:
                self.mistakes.append(
                    Mistake(item.key, item.title, score.theme, found, item.borderline, score)
                )

    @property
    def labelled(self) -> int:
        """How many of the items had labels."""
        return len(self._labels)

    def report(self, *, clear_only: bool = False) -> ThemeReport:
        """The scores over the labelled items, or over those of them that aren't borderline."""
        kept = [at for at, clear in enumerate(self._clear) if clear or not clear_only]
        return theme_report(
            [self._labels[at] for at in kept], [self._predicted[at] for at in kept], self.themes
        )

    def as_json(self) -> dict[str, Any]:
        """For ``--json``; "all" and "clear" only where there are labels."""
        found: dict[str, Any] = {
            "items": self.items,
            "labelled": self.labelled,
            "borderline": self._clear.count(False),
            "for_an_editor_to_check": self.check,
            "themes": list(self.themes),
        }
        if self.labelled:
            found["all"] = report_json(self.report())
            found["clear"] = report_json(self.report(clear_only=True))
        return found


def report_json(report: ThemeReport) -> dict[str, Any]:
    """A report of themes as JSON takes it."""
    return {
        "by_theme": {theme: score_json(score) for theme, score in report.by_theme.items()},
        "macro_f1": round(report.macro_f1, 4),
        "micro": score_json(report.micro),
    }


def score_json(score: Score) -> Mapping[str, float]:
    """A score with its counts."""
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "right": score.right,
        "wrongly_in": score.wrongly_in,
        "missed": score.missed,
    }
