# ruff: noqa: RUF001 - digits and numerals of many scripts stand here
"""Figures in text: what they are worth, what they count, and when two of them say the same.

Digits of every script are read, figures in English words, Chinese numerals, and the words that scale them
('5.7m', '5,7 Mio.', '五百万', '४ करोड़'). A figure keeps its place in the text, so that a check can look at
the words beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from digest.summarise.abbreviations import word_set
from digest.summarise.figure_words import (
    CLOSE_SCALE,
    ENGLISH_SCALE,
    HAN_DIGITS,
    HAN_SCALE,
    ORDINALS,
    SCALE,
    SMALL,
)
from digest.summarise.letters import LETTER


class Unit(StrEnum):
    """What kind of amount a figure is: '5 percent' and '$5' are not the same claim."""

    PLAIN = "plain"
    PERCENT = "percent"
    MONEY = "money"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure where it stands in a text.

    ``values`` are its readings: more than one where the same marks mean different things in different
    languages ('1.200'). ``written`` is the text between ``start`` and ``end``. ``about`` is which way it
    may be off: "" exact, "~" either way, "<" the true value is less, ">" it is more.
    """

    values: tuple[float, ...]
    written: str
    start: int
    end: int
    unit: Unit
    about: str = ""
    round_to: float = 0.0  # the place of its last digit that isn't a trailing zero: 100 for 1,200
    compound: bool = False  # tied to what it counts by a hyphen: '39-year-old'

    @property
    def is_year(self) -> bool:
        """Whether it looks like a year of the news: four digits, nothing else."""
        return self.written.isdigit() and len(self.written) == 4 and 1500 <= self.values[0] <= 2100  # noqa: PLR2004


_DIGITS = re.compile(
    r"(?<![A-Za-z\d_.,٫٬])(?P<money>(?:US|A|C|HK|NZ)?[$€£¥₹₩₽₺]\s?)?"
    r"(?P<digits>\d{1,30}(?:[.,，٫٬’'](?=\d)\d{1,20}|[\u00a0\u202f\u2009 ](?=\d{3}(?!\d))\d{3}){0,8})"
    r"(?P<tail>st\b|nd\b|rd\b|th\b|bn\b|tn\b|mn\b|[kmbt]\b|[十百千万萬億亿兆만억조천]{1,3})?"
    rf"(?:[\s-](?P<scale>(?!\d){LETTER}{{2,16}}(?!{LETTER})))?"
    r"(?P<percent>\s?[%％٪])?",
    re.IGNORECASE,
)
_SPELLED = "|".join([*SMALL, *ENGLISH_SCALE])
_IN_WORDS = re.compile(rf"\b(?:{_SPELLED})(?:[\s-](?:and\s)?(?:{_SPELLED})\b){{0,6}}\b", re.IGNORECASE)
_IN_ORDER = re.compile(rf"\b(?:{'|'.join(ORDINALS)})\b", re.IGNORECASE)
_IN_HAN = re.compile("[〇一二三四五六七八九零两兩十百千万萬億亿兆]{2,24}")
_LOOSE = frozenset({"one", "zero"})  # far too common as ordinary words

_PERCENT_AFTER = re.compile(
    r"\s?(?:percent|per\s?cent|pct|prozent|pour cent|por ciento|procent|процент\w{0,3})\b|\s?[%％٪]"
    r"|-point\b|\spercentage\b",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(
    r"[\s-](?:u\.?s\.?\s)?(?:dollars?|euros?|pounds?|yen|yuan|rupees?|roubles?|rubles?|won|crowns?|kronor|kroner"
    r"|francs?|lira|shekels?|pesos?|cents?|usd|eur|gbp)\b|\s?(?:円|元|€|₽)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥₹₩₽₺]|\b(?:usd|eur|gbp|rs)\.?)\s?$", re.IGNORECASE)
_BEFORE = 24  # characters before a figure in which 'nearly' and the like stand
_ABOUT = re.compile(
    r"\b(?:(?P<either>about|around|roughly|some|approximately|approx|circa|close\sto|estimated|or\sso)"
    r"|(?P<less>nearly|almost|up\sto|under|less\sthan|fewer\sthan|below|just\sshort\sof|as\smany\sas)"
    r"|(?P<more>over|more\sthan|at\sleast|above|exceed\w{0,3}|upwards\sof|just\sover))"
    r"(?:\s(?:an?|the))?\s(?:us)?[$€£¥]?\s?$",
    re.IGNORECASE,
)
_SLACK = 0.05  # of the value: how far 'nearly' and 'about' reach; 'nearly 1,200' for 1,187, not for 1,100
_DIFFERENT = 1e-9
_ENGLISH_LIKE = word_set("en ja zh ko th he ar hi bn ur my km")  # a stop before a fraction


def figures(text: str, language: str = "") -> tuple[Figure, ...]:
    """Every figure of ``text`` in order.

    Args:
        text: Any text.
        language: BCP 47; where it writes 1.200 for twelve hundred, that reading is among the values. Without
            one, English is taken.
    """
    comma = language.partition("-")[0].lower() not in _ENGLISH_LIKE | {""}
    found = [*_in_digits(text, comma=comma), *_in_words(text), *_in_han(text)]
    return tuple(sorted(found, key=lambda figure: figure.start))


def _in_digits(text: str, *, comma: bool) -> Iterator[Figure]:
    for match in _DIGITS.finditer(text):
        tail, word = (match["tail"] or "").lower(), (match["scale"] or "").lower()
        scale, end = 1.0, match.end("digits")
        if tail and tail[0] in HAN_SCALE:
            for char in tail:
                scale *= HAN_SCALE[char]
            end = match.end("tail")
        elif tail in CLOSE_SCALE:
            scale, end = CLOSE_SCALE[tail], match.end("tail")
        elif word in SCALE:
            scale, end = SCALE[word], match.end("scale")
        elif tail:
            end = match.end("tail")
        readings = tuple(dict.fromkeys(scale * value for value in _readings(match["digits"], comma=comma)))
        ordinal = tail in {"st", "nd", "rd", "th"}
        start = match.start("digits")
        unit = Unit.ORDINAL if ordinal else _unit(text, match.start(), start, end)
        yield Figure(
            readings,
            text[start:end],
            start,
            end,
            unit,
            _about(text, match.start()),
            scale * _place(match["digits"], comma=comma),
            _compound(text, end),
        )


def _readings(digits: str, *, comma: bool) -> Iterator[float]:
    """What the marks between digits may mean; the first is the likelier."""
    bare = re.sub("[\u00a0\u202f\u2009 ’'٬，]", "", digits).replace("٫", "." if not comma else ",")
    swapped = bare.translate(str.maketrans(".,", ",."))
    for form in (swapped, bare) if comma else (bare,):
        plain = form.replace(",", "")
        if plain.count(".") <= 1:
            yield float(plain)
        elif form == bare:
            yield float(plain.replace(".", ""))  # a date or a version; as good as any


def _place(digits: str, *, comma: bool) -> float:
    """The worth of the last digit that isn't a trailing zero."""
    value = next(_readings(digits, comma=comma))
    if value != int(value):
        return 10.0 ** -len(re.split(r"[.,٫]", digits)[-1])
    place, number = 1.0, int(value)
    while number and number % 10 == 0:
        number //= 10
        place *= 10
    return place


def _in_words(text: str) -> Iterator[Figure]:
    for match in _IN_WORDS.finditer(text):
        value = _spelled(match.group())
        if value is not None:
            unit = _unit(text, match.start(), match.start(), match.end())
            about = _about(text, match.start())
            tied = _compound(text, match.end())
            yield Figure((value,), match.group(), match.start(), match.end(), unit, about, compound=tied)
    for match in _IN_ORDER.finditer(text):
        worth = float(ORDINALS[match.group().lower()])
        yield Figure((worth,), match.group(), match.start(), match.end(), Unit.ORDINAL)


def _spelled(words: str) -> float | None:
    total, group = 0.0, 0.0
    parts = [part for part in re.split(r"[\s-]+", words.lower()) if part != "and"]
    if len(parts) == 1 and parts[0] in _LOOSE | SCALE.keys():
        return None
    for part in parts:
        scale = SCALE.get(part)
        if scale is None:
            group += float(SMALL[part])
        elif part == "hundred":
            group = (group or 1.0) * scale
        else:
            total += (group or 1.0) * scale
            group = 0.0
    return total + group


def _in_han(text: str) -> Iterator[Figure]:
    for match in _IN_HAN.finditer(text):
        total, section, digit = 0.0, 0.0, 0.0
        plain = not any(char in HAN_SCALE for char in match.group())
        for char in match.group():
            if char in HAN_DIGITS:
                digit = 10 * digit + HAN_DIGITS[char] if plain else float(HAN_DIGITS[char])
            elif (scale := HAN_SCALE[char]) >= 1e4:  # noqa: PLR2004 - from 万 on, it scales all before it
                total += (section + digit or 1.0) * scale
                section = digit = 0.0
            else:
                section += (digit or 1.0) * scale
                digit = 0.0
        unit = _unit(text, match.start(), match.start(), match.end())
        yield Figure((total + section + digit,), match.group(), match.start(), match.end(), unit)


def _compound(text: str, end: int) -> bool:
    return text[end : end + 1] == "-" and text[end + 1 : end + 2].isalpha()


def _unit(text: str, before: int, start: int, end: int) -> Unit:
    if _PERCENT_AFTER.match(text, end):
        return Unit.PERCENT
    if before < start or _MONEY_AFTER.match(text, end):
        return Unit.MONEY
    return Unit.MONEY if _MONEY_BEFORE.search(text[max(0, start - 5) : start]) else Unit.PLAIN


def _about(text: str, start: int) -> str:
    match = _ABOUT.search(text[max(0, start - _BEFORE) : start])
    if not match:
        return ""
    return "~" if match["either"] else "<" if match["less"] else ">"


def same_amount(one: Figure, other: Figure) -> bool:
    """Whether ``other``, of a source, bears out ``one``, of a summary.

    The same value does, a value that rounds to ``one`` ('5.7 million' for 5,683,000), and, where ``one``
    says that it is only near ('nearly 1,200', 'more than 15,000'), one that is near on the right side.
    """
    return any(_bears_out(mine, theirs, one) for mine in one.values for theirs in other.values)


def _bears_out(mine: float, theirs: float, figure: Figure) -> bool:
    gap = theirs - mine
    size = max(1.0, abs(mine))
    if abs(gap) <= _DIFFERENT * size:
        return True
    if figure.unit is Unit.ORDINAL or abs(gap) > _SLACK * size:
        return False
    if figure.about:
        return figure.about == "~" or (gap < 0) == (figure.about == "<")
    return figure.round_to >= _MIN_ROUND and abs(gap) <= figure.round_to / 2 and not figure.is_year


_MIN_ROUND = 10.0  # tens at least: '35' is no rounding of 35.4 that anyone would check


def numbers(text: str) -> dict[float, str]:
    """Every number of a text, read as its own language most likely means it, with how it is written."""
    return {figure.values[0]: figure.written for figure in reversed(figures(text))}
