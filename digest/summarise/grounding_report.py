# ruff: noqa: RUF001 - typographic marks stand in its patterns
"""How good is the grounding check? Falsehoods it catches, and true texts it stops, over a file of summaries.

A record has ``id``, ``articles`` (each with ``title`` and ``text``) and ``reference``, a summary that a
person wrote. Caught is a falsehood that raises an alarm which the text before the change did not. False
alarms are counted on texts that their sources bear out as far as words show; see ``borne_out``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.errors import InputError
from digest.summarise.claims import Ungrounded
from digest.summarise.evaluate import Record, story_of
from digest.summarise.figures import figures, same_amount
from digest.summarise.grounding import ungrounded
from digest.summarise.judge import strip_dateline
from digest.summarise.passages import Passage, passage, passages
from digest.summarise.perturb import Kind, perturb
from digest.summarise.quoting import quotations, words_of
from digest.summarise.sentences import sentences

SEEDS = 3  # falsehoods of each kind tried on each text

_LEAD_WORDS = (8, 60)  # of a first sentence that is taken for a dek
_STAND = 0.5  # of a sentence's words of meaning that one source must have, for it to be borne out
_SHARED = 2  # words of meaning that a sentence with a 'not' shares with one of a source that says no


@dataclass(frozen=True, slots=True)
class Caught:
    """Falsehoods of one kind: how many texts offered one, and how many were caught."""

    kind: Kind
    tried: int
    caught: int

    @property
    def share(self) -> float:
        """Caught of tried, 0 to 1; 0 when none was tried."""
        return self.caught / self.tried if self.tried else 0.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """A text that a person wrote and the check stops: its record, and what was said against it."""

    record: str
    against: tuple[Ungrounded, ...]


@dataclass(frozen=True, slots=True)
class Alarms:
    """Alarms on one sort of human-written texts.

    ``texts`` is how many there are, ``borne_out`` how many of them the sources bear out word by word,
    ``false`` the alarms on these, ``stopped`` how many of all are stopped, mostly for facts from elsewhere.
    """

    sort: str
    texts: int
    borne_out: int
    stopped: int
    false: tuple[Alarm, ...]

    @property
    def share(self) -> float:
        """False alarms of the texts that are borne out, 0 to 1."""
        return len(self.false) / self.borne_out if self.borne_out else 0.0


@dataclass(frozen=True, slots=True)
class GroundingReport:
    """The whole measurement, with the seed that repeats it."""

    seed: int
    items: int
    kinds: tuple[Caught, ...]
    alarms: tuple[Alarms, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "seed": self.seed,
            "items": self.items,
            "kinds": {
                one.kind.value: {"tried": one.tried, "caught": one.caught, "share": round(one.share, 4)}
                for one in self.kinds
            },
            "alarms": {one.sort: _alarms_json(one) for one in self.alarms},
        }


def _alarms_json(alarms: Alarms) -> dict[str, Any]:
    return {
        "texts": alarms.texts,
        "stopped": alarms.stopped,
        "borne_out": alarms.borne_out,
        "false_alarms": len(alarms.false),
        "share": round(alarms.share, 4),
        "false": [
            {
                "id": alarm.record,
                "against": [
                    {"kind": one.kind.value, "text": one.text, "reason": one.reason} for one in alarm.against
                ],
            }
            for alarm in alarms.false
        ],
    }


@dataclass(frozen=True, slots=True)
class _Text:
    record: str
    text: str
    sources: tuple[str, ...]
    language: str


def report(records: Sequence[Record], *, seed: int = 0) -> GroundingReport:
    """Measure the check over ``records``.

    Raises:
        InputError: there are none, or one is not of the form.
    """
    if not records:
        raise InputError("no records to measure")
    references = [_reference(record) for record in records]
    leads = [text for record in records for text in _leads(record)]
    return GroundingReport(
        seed,
        len(records),
        tuple(_caught(kind, references, seed) for kind in Kind),
        (_alarms("references", references), _alarms("leads", leads)),
    )


def _reference(record: Mapping[str, Any]) -> _Text:
    story = story_of(record)
    return _Text(
        story.key,
        " ".join(str(record["reference"]).split()),
        tuple(f"{article.title}\n\n{article.text}" for article in story.articles),
        story.lead.language,
    )


def _leads(record: Mapping[str, Any]) -> Iterator[_Text]:
    """First sentences of the articles, as deks, each with the rest of its article and the other articles."""
    story = story_of(record)
    low, high = _LEAD_WORDS
    for number, article in enumerate(story.articles):
        first, *rest = sentences(strip_dateline(article.text), article.language) or ("",)
        others = [f"{one.title}\n\n{one.text}" for one in story.articles if one is not article]
        if rest and low <= len(first.split()) <= high:
            sources = (f"{article.title}\n\n{' '.join(rest)}", *others)
            yield _Text(f"{story.key}/{number + 1}", first, sources, article.language)


def _check(text: _Text, changed: str = "") -> tuple[Ungrounded, ...]:
    return ungrounded(changed or text.text, text.sources, language=text.language)


def _caught(kind: Kind, texts: Sequence[_Text], seed: int) -> Caught:
    tried = caught = 0
    for text in texts:
        for number in range(SEEDS):
            changed = perturb(text.text, text.sources, kind, seed=SEEDS * seed + number, key=text.record)
            if changed is not None:
                tried += 1
                caught += bool(Counter(_check(text, changed)) - Counter(_check(text)))
    return Caught(kind, tried, caught)


def _alarms(sort: str, texts: Sequence[_Text]) -> Alarms:
    found = [(text, _check(text)) for text in texts]
    sound = [(text, against) for text, against in found if borne_out(text.text, text.sources)]
    return Alarms(
        sort,
        len(texts),
        len(sound),
        sum(bool(against) for _, against in found),
        tuple(Alarm(text.record, against) for text, against in sound if against),
    )


_CAPITAL = re.compile(r"\b[A-Z][\w’'.-]*\w")
_FIRST = re.compile(r"\W*[A-Z][a-z]+\b(?!['’]s)")  # its capital may be the sentence's


def borne_out(text: str, sources: Sequence[str]) -> bool:
    """Whether the sources have all that ``text`` claims, as far as single words show it.

    That is: every figure, in whatever form; every capitalised word but those that open a sentence; every
    quotation; half the words of meaning of each sentence, in one source; and for a sentence with a 'not',
    one of a source that says no and shares two words with it. It is no part of the check: it sees no
    context, and so can't tell a swapped figure from a true one.
    """
    known = [figure for source in sources for figure in figures(source)]
    words = {word for source in sources for word in words_of(source)}
    flat = [f" {' '.join(words_of(source))} " for source in sources]
    theirs = [passages(source) for source in sources]
    return (
        all(any(same_amount(one, other) for other in known) for one in figures(text))
        and all(
            _has_word(match.group(), words)
            for sentence in sentences(text)
            for match in _CAPITAL.finditer(_FIRST.sub("", sentence, count=1))
        )
        and all(
            any(f" {' '.join(words_of(quote.text))} " in source for source in flat)
            for quote in quotations(text)
        )
        and all(_sentence_stands(passage(sentence), theirs) for sentence in sentences(text))
    )


def _has_word(word: str, words: set[str]) -> bool:
    low = word.lower().replace("’", "'").rstrip("'").removesuffix("'s")
    return all(part in words or f"{part}'s" in words or f"{part}s" in words for part in words_of(low))


def _sentence_stands(one: Passage, sources: Sequence[Sequence[Passage]]) -> bool:
    mine = {word for word in one.stems if word}
    most = max(
        (len(mine & {word for each in source for word in each.stems}) for source in sources), default=0
    )
    if most < _STAND * len(mine):
        return False
    denying = [each for source in sources for each in source if each.denials]
    says_no = any(denial.plain for denial in one.denials)
    return not says_no or any(len(mine & set(each.stems)) >= _SHARED for each in denying)
