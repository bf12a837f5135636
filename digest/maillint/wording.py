"""Wording that content filters have learned from spam. English only: a rule of thumb, not a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.maillint.finding import Fault, Level, Rule, quoted
from digest.maillint.mail import Mail

ENOUGH = 3.0  # points; one strong phrase, or several weak ones
MOST_EXCLAMATION = 3  # per 100 words
FEWEST_EXCLAMATION = 5
MOST_CAPITALS = 0.2  # share of words of four letters or more
FEWEST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, and how often field guides to filters hold it against a mail: 1 weak, 3 strong."""

    pattern: re.Pattern[str]
    points: float


def _phrases(points: float, *patterns: str) -> tuple[Phrase, ...]:
    return tuple(Phrase(re.compile(rf"\b(?:{one})(?!\w)", re.IGNORECASE), points) for one in patterns)


PHRASES = (
    *_phrases(
        3.0,
        r"you(?:'ve| have)? (?:been )?(?:selected|won)(?: a| the| our| as)* (?:prize|winner|lottery|gift)",
        r"100% (?:free|guaranteed|satisfied)",
        r"risk[- ]free (?:trial|offer|investment)",
        r"double your (?:money|income|cash)",
        r"make money (?:fast|online|from home|now)",
        r"earn (?:extra )?(?:cash|money) (?:fast|from home|now|online)",
        r"no credit check",
        r"lose weight (?:fast|now|without)",
        r"(?:cheap|discount) (?:meds|pills|viagra|cialis)",
        r"this is(?:n't| not) spam",
        r"dear (?:friend|beneficiary|winner)",
        r"next of kin .{0,40}transfer",
        r"verify your (?:account|identity|password) (?:now|immediately)",
        r"your account (?:has been|will be) (?:suspended|locked|closed)",
    ),
    *_phrases(
        1.5,
        r"(?:act|buy|order) now",
        r"click (?:here|below) (?:now|to claim|immediately)",
        r"limited[- ]time offer",
        r"offer expires",
        r"don't miss out",
        r"special promotion",
        r"no obligation",
        r"no strings attached",
        r"money[- ]back guarantee",
        r"satisfaction guaranteed",
        r"extra income",
        r"get rich",
        r"free (?:gift|trial|quote|money|access now)",
        r"claim your",
        r"congratulations!",
        r"why pay more",
        r"(?:lowest|best) price",
        r"while supplies last",
    ),
    # What a newsroom may write as well: it takes several of these.
    *_phrases(
        0.7,
        r"financial freedom",
        r"once in a lifetime",
        r"work from home",
        r"online pharmacy",
        r"urgent(?:ly)? (?:reply|response|action)",
        r"instant(?:ly)? approv(?:al|ed)",
        r"unbelievable",
        r"exclusive deal",
        r"save (?:big|up to)",
        r"promise you",
        r"apply now",
        r"as seen on",
    ),
)
_CLAIM = re.compile(
    r"\b(?:earn|win|make|save|get|claim|receive) (?:up to |over )?(?:US)?[$\u20ac\u00a3]\s?\d[\d,.]*"
    r"(?: ?(?:k|million))?(?: (?:a|per|every|each) (?:day|week|month|hour))?"
    r"(?= (?:now|today|a |per |every|each|fast|free|cash|instantly|from home)|[!])",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")


def _said(mail: Mail) -> str:
    return f"{mail.header('Subject')} \n {mail.visible or mail.text}"


def _spam_words(mail: Mail) -> Iterator[Fault]:
    said = _said(mail)
    found: dict[str, float] = {}
    for phrase in PHRASES:
        for words in phrase.pattern.findall(said):
            found.setdefault(str(words).lower(), phrase.points)
    points = sum(found.values())
    if points >= ENOUGH:
        yield Fault(
            f"{points:g} points for wording like spam's: {', '.join(quoted(one, 40) for one in found)}",
            "text",
        )


def _claims(mail: Mail) -> Iterator[Fault]:
    for found in dict.fromkeys(match[0] for match in _CLAIM.finditer(_said(mail))):
        yield Fault(f"a promise of money: {quoted(found)}", "text")


def _exclaimed(mail: Mail) -> Iterator[Fault]:
    said = _said(mail)
    marks, words = said.count("!") + said.count("\uff01"), len(re.findall(r"\w+", said))
    if marks >= FEWEST_EXCLAMATION and marks * 100 > MOST_EXCLAMATION * words:
        yield Fault(f"{marks} exclamation marks in {words} words", "text")
    elif found := re.search(r"[^!]{0,30}!{3,}", said):
        yield Fault(f"exclamation marks in a row: {quoted(found[0])}", "text")


def _shouted(mail: Mail) -> Iterator[Fault]:
    words = re.findall(r"\b[^\W\d_]{4,}\b", mail.visible or mail.text)
    shouted = [word for word in words if _CAPITALS.fullmatch(word)]
    if len(words) >= FEWEST_WORDS and len(shouted) > MOST_CAPITALS * len(words):
        yield Fault(f"{len(shouted)} of {len(words)} longer words are all capitals", "text")


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "spam-wording", Level.WARNING,
        "The wording isn't that of spam: a weighted list of phrases stays under 3 points.",
        "say it plainly; quote such a phrase in a headline only where it is the news", _spam_words,
    ),
    Rule(
        "spam-money", Level.WARNING, "No money is promised.",
        "say what it costs or pays, without a promise", _claims,
    ),
    Rule(
        "spam-exclamation", Level.WARNING,
        "At most 3 exclamation marks in 100 words, and never three in a row.",
        "end sentences with a full stop", _exclaimed,
    ),
    Rule(
        "spam-capitals", Level.WARNING, "At most a fifth of the longer words are all capitals.",
        "write in sentence case; use style for emphasis", _shouted,
    ),
)  # fmt: skip
