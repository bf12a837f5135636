"""The form of a model's summary: what no summary may look like, whatever its facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from digest.model.words import count_words
from digest.summarise.deks import repeats
from digest.summarise.furniture import is_furniture
from digest.summarise.injection import is_hidden, is_instruction
from digest.summarise.judge import (
    balanced,
    is_cut,
    is_question,
    is_whole,
    is_whole_without_stop,
)
from digest.summarise.leaning import is_dangling
from digest.summarise.prompt import Prompt
from digest.summarise.sentences import sentences

_LINK = re.compile(
    r"://|\bwww\.|\b[a-z0-9][a-z0-9-]{1,62}\.(?:[a-z0-9-]{2,62}\.)*[a-z]{2,24}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|\[?dot\]?\s?(?:com|org|net)\b|\bhxxp",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"[<>`*\\{}|]|__|~~|\]\s*\(|&(?:#?\w{1,30});|^\s*(?:\#{1,6}|[-+•]|\d{1,2}\.)\s", re.MULTILINE
)
_CHAT = re.compile(
    r"""
      \bas\ an?\ (?:ai|language\ model|assistant)\b | \bi'm\ (?:sorry|unable)\b
    | \bi\ (?:can(?:no|')?t|am\ unable|apologi[sz]e)\b | \b(?:knowledge\ cut-?off|training\ data)\b
    | \b(?:subscribe|unsubscribe|sign\ up\ (?:for|now|here|today)|click|follow\ us)\b
    | \bhere(?:'s|\ is|\ are)\ (?:a|the|your)\ (?:\w+\ )?summary\b
    | \b(?:in\ summary|this\ summary|the\ summary)\b
    | \b(?:the|this)\ (?:article|text|story)\ (?:says|discusses|describes|reports|covers|is\ about)\b
    | \bboundary-|\b(?:begin|end)\ article\ \d
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"\w+")
_LEAKED = 7  # words in a row from our own instructions; fewer are ordinary English


def objection(raw: str, text: str, prompt: Prompt, *, titles: Sequence[str]) -> str:
    """Why a summary can't be printed, "" when its form is right.

    Args:
        raw: As it was answered, so that control characters are still to be seen.
        text: The same on one line.
        prompt: What was asked: limits, language and the words that must not come back.
        titles: Headlines of the tellings.
    """
    if not text:
        return "the summary is empty"
    return next((reason for reason in _objections(raw, text, prompt, titles) if reason), "")


def _objections(raw: str, text: str, prompt: Prompt, titles: Sequence[str]) -> Iterator[str]:
    yield _hidden(raw)
    yield "it holds a link" if _LINK.search(text) else ""
    yield "it holds an e-mail address or a user's name" if "@" in text else ""
    yield "it holds markup" if _MARKUP.search(raw) else ""
    yield _too_long(text, prompt)
    yield from (_unprintable(sentence) for sentence in sentences(text, prompt.language))
    yield _unfinished(text, prompt)
    yield "it repeats the headline" if any(repeats(text, title) for title in titles if title) else ""
    yield "it repeats our instructions" if _leaks(text, prompt) else ""
    yield _foreign(text, prompt)


def _hidden(raw: str) -> str:
    for char in raw:
        if char not in "\n\t" and is_hidden(char):
            return f"it holds the hidden character U+{ord(char):04X}"
    return ""


def _too_long(text: str, prompt: Prompt) -> str:
    count, words = len(sentences(text, prompt.language)), count_words(text)
    if count > prompt.max_sentences:
        return f"it has {count} sentences, at most {prompt.max_sentences} were asked for"
    return (
        f"it has {words} words, at most {prompt.max_words} were asked for" if words > prompt.max_words else ""
    )


def _unprintable(sentence: str) -> str:
    if is_instruction(sentence) or _CHAT.search(sentence):
        return "it speaks to somebody, or about itself"
    if is_furniture(sentence):
        return "it is a call to act, a caption or a byline"
    return "it only asks a question" if is_question(sentence) else ""


def _unfinished(text: str, prompt: Prompt) -> str:
    found = sentences(text, prompt.language)
    if not found or any(is_cut(sentence) for sentence in found) or not balanced(text):
        return "it is cut off, or lacks half of a quotation"
    if not (is_whole(found[0]) or is_whole_without_stop(found[0], prompt.language)):
        return "it is no whole sentence"
    return "it begins as if something stood before it" if is_dangling(found[0]) else ""


def _leaks(text: str, prompt: Prompt) -> bool:
    ours = _WORD.findall(prompt.instructions.lower())
    known = {tuple(ours[at : at + _LEAKED]) for at in range(len(ours) - _LEAKED + 1)}
    said = _WORD.findall(text.lower())
    return any(tuple(said[at : at + _LEAKED]) in known for at in range(len(said) - _LEAKED + 1))


def _foreign(text: str, prompt: Prompt) -> str:
    """Letters of a script that no telling has: another language, or letters that only look like ours."""
    known = set().union(*(_scripts(telling.whole) for telling in prompt.tellings))
    strange = sorted(_scripts(text) - known)
    return f"it holds {strange[0].title()} letters, which no source has" if strange else ""


def _scripts(text: str) -> set[str]:
    """The scripts of its letters, each by the first word of its letters' Unicode names."""
    return {unicodedata.name(char, "?").partition(" ")[0] for char in set(text) if char.isalpha()}
