"""A language model's answer: taken apart, and believed only where the tellings bear it out.

    text -> Answer (one JSON object of the right shape), else Refused, malformed
    Answer -> Summary with its supporting sentences, else Refused with the first reason that was found

Every check errs on the side of refusing, for there is always another way: the outlet's own sentences.
What a refusal costs is one summary; what a wrong summary costs is the reader's trust.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from digest.model.edition import Method, Provenance, Summary
from digest.model.words import count_words
from digest.summarise import wording
from digest.summarise.grounding import Claim, ungrounded
from digest.summarise.prompt import Prompt, Telling
from digest.summarise.sentences import sentences
from digest.summarise.vocabulary import Vocabulary

MAX_ANSWER_CHARS = 20_000
MAX_SUPPORT = 12  # sentences; more, and it copied an article
MIN_SUPPORT_WORDS = 4  # of a supporting sentence; fewer stand in any text
_FENCE = re.compile(r"^```[a-zA-Z]{0,10}\s*\n(.*?)\n?\s*```$", re.DOTALL)
_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)  # some servers leave a model's reasoning in
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})  # noqa: RUF001
_CITED = frozenset({Claim.NUMBER, Claim.QUOTATION})  # what the cited sentences themselves have to hold


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said: a summary, and the sentences it names as its grounds with their tellings, from 1."""

    summary: str
    support: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an answer is not used. ``malformed``: it hadn't even the right shape; asking again may help."""

    reason: str
    malformed: bool = False


def read_answer(content: str) -> Answer | Refused:
    """The answer in a model's text: one JSON object, with or without a code fence around it."""
    if len(content) > MAX_ANSWER_CHARS:
        return Refused(f"the answer is longer than {MAX_ANSWER_CHARS:,} characters", malformed=True)
    bare = _THOUGHTS.sub("", content).strip()
    if fenced := _FENCE.match(bare):
        bare = fenced[1]
    try:
        found = json.loads(bare)
    except (ValueError, RecursionError):
        return Refused("the answer is no JSON object", malformed=True)
    if not isinstance(found, dict) or not isinstance(found.get("summary"), str):
        return Refused("the answer holds no summary", malformed=True)
    support = _support(found.get("sentences"))
    if support is None:
        return Refused("the answer does not list its sentences as it was told to", malformed=True)
    return Answer(found["summary"], support)


def _support(listed: object) -> tuple[tuple[int, str], ...] | None:
    if not isinstance(listed, list):
        return None
    support = []
    for item in listed:
        if not isinstance(item, dict):
            return None
        number, text = item.get("article"), item.get("text")
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(text, str):
            return None
        support.append((number, text))
    return tuple(support)


def judge_answer(answer: Answer, prompt: Prompt) -> Summary | Refused:
    """The summary, if it keeps its limits, its form and to what the tellings say; else the reason why not."""
    text = " ".join(answer.summary.split())
    if reason := wording.objection(
        answer.summary, text, prompt, titles=[telling.title for telling in prompt.tellings]
    ):
        return Refused(reason)
    if reason := _invented(text, prompt):
        return Refused(reason)
    cited = _cited(answer, prompt)
    if isinstance(cited, Refused):
        return cited
    if reason := _uncovered(text, cited, prompt):
        return Refused(reason)
    return Summary(text, _provenance(cited, prompt))


def _invented(text: str, prompt: Prompt) -> str:
    """What the summary says and no telling does; "" when there is nothing."""
    for found in ungrounded(text, [telling.whole for telling in prompt.tellings], language=prompt.language):
        return str(found)
    return Vocabulary(telling.whole for telling in prompt.tellings).objection(text, prompt.language)


@dataclass(frozen=True, slots=True)
class _Cited:
    telling: Telling
    sentences: tuple[str, ...]  # whole ones, as they stand in the telling


def _cited(answer: Answer, prompt: Prompt) -> list[_Cited] | Refused:
    """The supporting sentences where they stand, widened to whole sentences of their tellings."""
    if not answer.support:
        return Refused("it names no sentence as its ground")
    if len(answer.support) > MAX_SUPPORT:
        return Refused(f"it names more than {MAX_SUPPORT} sentences as its ground")
    cited = []
    for number, text in answer.support:
        if not 1 <= number <= len(prompt.tellings):
            return Refused(f"it names an article {number}, which there is not")
        telling = prompt.tellings[number - 1]
        found = _standing(text, telling)
        if not found:
            return Refused(f"the sentence {_short(text)!r} does not stand in article {number}")
        cited.append(_Cited(telling, found))
    return cited


def _standing(text: str, telling: Telling) -> tuple[str, ...]:
    """The telling's sentences that ``text`` is, is made of, or is a part of; none where it isn't there.

    White space is folded, and typographic quotation marks and dashes count as their plain forms: models
    write one for the other.
    """
    wanted = _plain(text)
    if count_words(wanted) < MIN_SUPPORT_WORDS:
        return ()
    for passage in ((telling.title,), telling.dek, telling.text):
        if _within(wanted, _plain(" ".join(passage))):
            return tuple(s for s in passage if _within(_plain(s), wanted) or _within(wanted, _plain(s)))
    return ()


def _within(part: str, whole: str) -> bool:
    """Whether ``part`` stands in ``whole`` from word to word: 'ban' is not in 'urban'."""
    if not part:
        return False
    spaced = part[0].isascii() and part[-1].isascii()
    start = whole.find(part)
    while start >= 0:
        before, after = whole[:start][-1:], whole[start + len(part) :][:1]
        if not (spaced and (before.isalnum() or after.isalnum())):
            return True
        start = whole.find(part, start + 1)
    return False


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(_ALIKE)


def _uncovered(text: str, cited: list[_Cited], prompt: Prompt) -> str:
    """What of the summary its own supporting sentences don't bear out; "" when they bear all of it."""
    grounds = [sentence for each in cited for sentence in each.sentences]
    titles = [each.telling.title for each in cited]
    # One by one, so that '... injuring three' and 'Three sailors ...' don't add up to a figure; and together,
    # for a quotation that goes on over two sentences.
    for found in ungrounded(text, [*titles, *grounds, " ".join(grounds)], language=prompt.language):
        if found.kind in _CITED:
            return f"the {found.kind} {found.text!r} stands in none of the sentences it names"
    support = Vocabulary([*titles, *grounds])
    for sentence in sentences(text, prompt.language):
        if not support.covers(sentence):
            return f"the sentences it names do not bear out {_short(sentence)!r}"
    return ""


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= 80 else folded[:79] + "…"  # noqa: PLR2004 - a line of a terminal


def _provenance(cited: list[_Cited], prompt: Prompt) -> Provenance:
    """Outlets and address are those of the sentences named; AI notices those of every article read."""
    articles = list(dict.fromkeys(each.telling.article for each in cited))
    read = [telling.article for telling in prompt.tellings]
    return Provenance(
        method=Method.MODEL,
        source=" and ".join(dict.fromkeys(article.outlet for article in articles if article.outlet)),
        source_url=articles[0].url,
        sentences=tuple(dict.fromkeys(sentence for each in cited for sentence in each.sentences)),
        model=prompt.model,
        source_ai_notice=" ".join(dict.fromkeys(a.ai_notice for a in read if a.ai_notice)),
    )
