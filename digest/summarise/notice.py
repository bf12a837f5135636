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

_NO_STORY = "Software looked through the articles and chose none of them."
_NO_STORY_SHORT = "Software looked for today's stories and found none worth sending. Mistakes happen."
_NO_STORY_FULL = (
    f"How this edition was made: {_NO_STORY[0].lower()}{_NO_STORY[1:]} "
    "Mistakes happen: it may have missed a story."
)


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


def ai_notice(stories: Sequence[Provenance | None], *, wording: NoticeWording | None) -> Notice:
    """The notice of an edition whose stories' summaries came to be so; None for a story without one.

    A line that says what is new in an update counts as one where it stands alone: ``EditionStory.told_by``.
    """
    made = [provenance for provenance in stories if provenance]
    values = {
        "how": _how(made) if stories else _NO_STORY,
        "review": _review(made),
        "models": _joined(_models(made)) or "none",
        "reviewers": _joined(_reviewers(made)) or "nobody",
        "count": str(len(made)),
    }
    own = wording or NoticeWording()
    return Notice(
        short=_filled(own.short, values) or (_short(made) if stories else _NO_STORY_SHORT),
        full=_filled(own.full, values) or (_full(made, values) if stories else _NO_STORY_FULL),
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    return " ".join(_PLACEHOLDER.sub(lambda match: values[match.group(1)], text).split())


def _short(made: Sequence[Provenance]) -> str:
    """Few words, as they stand above the first story of every edition."""
    by = Counter(provenance.method for provenance in made)
    models, edited, taken = by[Method.MODEL], by[Method.EDITOR], by[Method.PUBLISHER] + by[Method.EXTRACT]
    read = _joined(_reviewers(made)) if made and len(_reviewed(made)) == len(made) else ""
    if models:
        by_it = "" if models == len(made) else "in part "
        first = (
            "Software chose, grouped and summarised these stories, "
            f"{by_it}with a language model ({_joined(_models(made))})"
        )
        first += f"; {read} reviewed the summaries." if read else "."
        return f"{first} The articles may be AI-written too. Mistakes happen: check the originals."
    first = "Software chose and grouped these stories."
    if not made:
        return f"{first} The articles may be AI-written. Mistakes happen: check the originals."
    whose = "the outlets' own words" + (" or an editor's" if edited else "")
    if edited and not taken:
        how = f"{read or 'An editor'} wrote the summaries; the articles may be AI-written."
    elif read:
        how = f"{read} reviewed the summaries; the articles may be AI-written."
    elif edited:
        how = f"The summaries are {whose}; the articles may be AI-written."
    else:
        how = f"The summaries are {whose}, perhaps AI-written."
    return f"{first} {how} Mistakes happen: check the originals."


def _full(made: Sequence[Provenance], values: Mapping[str, str]) -> str:
    declared = sum(bool(provenance.source_ai_notice) for provenance in made)
    sources = "The articles themselves may be written by AI, whether or not they say so"
    if declared:
        carry = _plural(declared, "carries", "carry")
        sources += f"; {declared} of the articles summarised here {carry} a notice on the use of AI"
    is_modelled = any(provenance.method is Method.MODEL for provenance in made)
    did = "chose, grouped and summarised" if is_modelled else "chose and grouped"
    parts = [
        f"How this edition was made: software {did} these stories.",
        values["how"],
        values["review"],
        f"{sources}.",
        "Mistakes happen at every step.",
        "Please check the linked original before relying on a story.",
    ]
    return " ".join(part for part in parts if part)


def _how(made: Sequence[Provenance]) -> str:
    if not made:
        # Not "as their outlets wrote them": an editor may have reworded one.
        return "The stories carry headlines only, none of them written by software."
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
        parts.append(f"An editor wrote {_of(edited, len(made))}.")
    if taken:
        rest = "The other is" if taken == 1 else "The others are"
        parts.append(f"{rest} the outlets' own sentences, word for word.")
    return " ".join(parts)


def _of(some: int, total: int) -> str:
    if some == total:
        return "the only summary" if total == 1 else f"all {total} summaries"
    return f"{some} of the {total} summaries"


def _review(made: Sequence[Provenance]) -> str:
    """Who read the summaries. An editor has read what an editor wrote, whether or not we know the name."""
    people, read, all_of = _joined(_reviewers(made)), len(_reviewed(made)), len(made)
    unread = all_of - sum(bool(one.reviewed_by) or one.method is Method.EDITOR for one in made)
    if unread and unread == all_of:
        return "No person reviewed the summaries before sending."
    if not read:
        other = _plural(unread, "other summary", f"other {unread} summaries")
        return f"No person reviewed the {other} before sending." if unread else ""
    if read == all_of:
        answers = _plural(len(_reviewers(made)), "answers", "answer")
        return f"{people} reviewed the summaries before sending and {answers} for them."
    rest = f", and nobody {'the rest' if read + unread == all_of else f'{unread} of them'}" if unread else ""
    return f"{people} reviewed {read} of the {all_of} summaries before sending{rest}."


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
