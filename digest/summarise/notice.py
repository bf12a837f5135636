"""The AI notice: what software did to this edition, in words that follow from how its texts were made.

Each sentence is said only when it is true of these summaries. An editor may reword both forms; what can
change from day to day then comes in through placeholders, so that the reworded notice stays true as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.errors import ConfigurationError
from digest.model.edition import Method, Notice, Provenance

PLACEHOLDERS = frozenset({"how", "review", "models", "reviewers", "count"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class NoticeWording:
    """An editor's own words for the notice; a form left empty keeps ours.

    Placeholders: ``{how}`` one or two sentences on how the summaries were made; ``{review}`` a sentence
    on who read them; ``{models}`` and ``{reviewers}`` their names ("none", "nobody" without any);
    ``{count}`` how many summaries there are.

    Raises:
        ConfigurationError: A placeholder is not one of these.
    """

    short: str = ""
    full: str = ""

    def __post_init__(self) -> None:
        """Refuse unknown placeholders when the settings are read, not at the hour of sending."""
        for form, text in (("short", self.short), ("full", self.full)):
            for name in _PLACEHOLDER.findall(text):
                if name not in PLACEHOLDERS:
                    known = ", ".join(sorted(PLACEHOLDERS))
                    raise ConfigurationError(
                        f"the notice's {form} form has {{{name}}}; known placeholders: {known}"
                    )


def ai_notice(edition_summaries: Sequence[Provenance], *, wording: NoticeWording | None) -> Notice:
    """The notice of an edition whose summaries came to be as ``edition_summaries`` say."""
    values = {
        "how": _how(edition_summaries),
        "review": _review(edition_summaries),
        "models": _joined(_models(edition_summaries)) or "none",
        "reviewers": _joined(_reviewers(edition_summaries)) or "nobody",
        "count": str(len(edition_summaries)),
    }
    own = wording or NoticeWording()
    return Notice(
        short=_filled(own.short, values) or _short(edition_summaries),
        full=_filled(own.full, values) or _full(edition_summaries, values),
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    return " ".join(_PLACEHOLDER.sub(lambda match: values[match.group(1)], text).split())


def _short(made: Sequence[Provenance]) -> str:
    models = _joined(_models(made))
    first = (
        f"Software chose, grouped and summarised these stories, in part with a language model ({models})"
        if models
        else "Software chose, grouped and summarised these stories"
    )
    if made and len(_reviewed(made)) == len(made):
        first += f", and {_joined(_reviewers(made))} reviewed the summaries"
    return (
        f"{first}; the articles behind them may themselves be written by AI. "
        "Mistakes happen, so please check the linked original."
    )


def _full(made: Sequence[Provenance], values: Mapping[str, str]) -> str:
    declared = sum(bool(provenance.source_ai_notice) for provenance in made)
    sources = "The articles themselves may be written by AI, whether or not they say so"
    if declared:
        sources += f"; {declared} of those summarised here {_plural(declared, 'declares', 'declare')} it"
    parts = [
        "How this edition was made: software chose, grouped and summarised these stories.",
        values["how"],
        values["review"],
        f"{sources}.",
        "Mistakes happen in choosing, grouping and summarising.",
        "Please check the linked original before relying on a story.",
    ]
    return " ".join(part for part in parts if part)


def _how(made: Sequence[Provenance]) -> str:
    if not made:
        return "Its stories carry headlines only, as their outlets wrote them."
    by = Counter(provenance.method for provenance in made)
    taken = by[Method.PUBLISHER] + by[Method.EXTRACT]
    models, edited = by[Method.MODEL], by[Method.EDITOR]
    if taken == len(made):
        return (
            "It wrote no sentence of its own: every summary is the outlet's introduction or whole "
            "sentences of its article, word for word."
        )
    parts: list[str] = []
    if models:
        parts.append(
            f"A language model ({_joined(_models(made))}) wrote {_of(models, len(made))}, and software "
            "checked the figures, names and quotations against the sources."
        )
    if edited:
        parts.append(f"A person wrote or rewrote {_of(edited, len(made))}.")
    if taken:
        rest = "The other is" if taken == 1 else "The others are"
        parts.append(f"{rest} the outlets' own sentences, word for word.")
    return " ".join(parts)


def _of(some: int, total: int) -> str:
    if some == total:
        return "the only summary" if total == 1 else f"all {total} summaries"
    return f"{some} of the {total} summaries"


def _review(made: Sequence[Provenance]) -> str:
    if not made:
        return ""
    people, read = _joined(_reviewers(made)), len(_reviewed(made))
    if not read:
        return "No person reviewed the summaries before sending."
    if read < len(made):
        return f"{people} reviewed {read} of the {len(made)} summaries before sending, and nobody the rest."
    answers = _plural(len(_reviewers(made)), "answers", "answer")
    return f"{people} reviewed the summaries before sending and {answers} for them."


def _reviewed(made: Sequence[Provenance]) -> list[Provenance]:
    return [provenance for provenance in made if provenance.reviewed_by]


def _reviewers(made: Sequence[Provenance]) -> list[str]:
    return sorted({provenance.reviewed_by for provenance in made if provenance.reviewed_by})


def _models(made: Sequence[Provenance]) -> list[str]:
    written = [provenance for provenance in made if provenance.method is Method.MODEL]
    return sorted({provenance.model or "unnamed" for provenance in written})


def _joined(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
