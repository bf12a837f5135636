# ruff: noqa: RUF001 - quotation marks and stops of many scripts are what this module is about
"""Is this piece of text a sentence one could print? The rules that deks and extracts share.

The word lists are English with a little of its neighbours: in other languages fewer things are
recognised as furniture, but the tests of form (an end, a length, balanced quotation marks) hold for all.
"""

from __future__ import annotations

import re

from digest.model.words import count_words
from digest.summarise.abbreviations import word_set
from digest.summarise.sentences import is_small

MIN_WORDS = 6  # fewer make a label, a kicker or a shout

_CLOSERS = "\"'”’»›)]}」』】〉》）］"
_STOPS = frozenset(".!。｡！।॥။።፧፨។։۔")
_QUESTIONS = frozenset("?？؟;\u037e")
_ARMENIAN_QUESTION = "\u055e"  # stands on the word that asks, and a full stop at the end
_NO_STOPS = re.compile("[\u0e00-\u0eff]")  # Thai and Lao write without full stops

_RUNNING = re.compile(
    "[\u0e00-\u0eff]{20}"
)  # letters without a space: a statement, and no list of menu entries

_NOT_PARTICIPLES = word_set(
    """
    during meeting building evening morning spring king ring wing nothing something anything everything
    sibling ceiling according including following regarding thing string sting bring sing housing funding
    shipping mining banking trading farming fishing spending hearing ruling gathering briefing crossing
    landing offering rating training voting wedding beginning painting recording filming shooting shelling
    bombing killing warning
    """
)
_CONTRACTED = ("'s", "'re", "'ve", "'ll")
_PAST = re.compile("[a-z]{3,}ed")  # not 'need' or 'seed', which the list holds where it wants them
_PARTICIPLE_WITHIN = 6  # words; a later participle follows a verb, known to our list or not
_FINITE = word_set(
    """
    is are was were be been has have had will would can could may might must shall should do does did
    isn't aren't wasn't won't can't couldn't didn't doesn't don't says said say told tells comes came
    goes went takes took makes made gives gave gets got finds found shows brings brought leaves left
    holds held keeps kept meets met sees saw seeks sought wins won loses lost sends sent spends spent
    warns wants faces needs plans hopes vows urges calls puts cuts hits sets rises rose falls fell grows
    grew leads led begins began becomes became means meant remains runs ran stands stood tries builds
    built buys bought sells sold pays paid fights fought strikes struck ends starts moves backs bans
    bids eyes joins weighs
    """
)
_TRAILING = word_set(
    """
    the a an of to in on at by for from with and or but as that which who whose than into over under
    between is are was were
    """
)
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def last_mark(sentence: str) -> str:
    """The mark a sentence ends with, closing quotation marks and brackets aside."""
    return sentence.rstrip(_CLOSERS + " ")[-1:]


def is_cut(sentence: str) -> bool:
    """Whether it ends in an ellipsis, however written, so that its publisher cut it short."""
    bare = sentence.rstrip(_CLOSERS + " ")
    return bare.endswith(("…", "..", "[")) or sentence.rstrip().endswith(("[…]", "[...]", "(…)", "(...)"))


def is_question(sentence: str) -> bool:
    """Whether it only asks. A semicolon counts, being the Greek question mark."""
    return last_mark(sentence) in _QUESTIONS or _ARMENIAN_QUESTION in sentence


def is_exclamation(sentence: str) -> bool:
    """Whether it exclaims in its own voice, as a post or a slogan does and a report doesn't."""
    return sentence.rstrip()[-1:] in {"!", "！"}


def is_caption(sentence: str, language: str) -> bool:
    """Whether an English sentence has a participle and no verb: 'A ferry leaving the harbour on Monday.'."""
    if not language.lower().startswith("en"):
        return False
    found = [word.lower().replace("’", "'") for word in _WORDS.findall(sentence)]
    opening = _WORDS.findall(sentence)[1:_PARTICIPLE_WITHIN]
    participles = (word for word in opening if word.islower() and word.endswith("ing"))
    return any(word not in _NOT_PARTICIPLES for word in participles) and not _has_verb(found)


def _has_verb(found: list[str]) -> bool:
    return any(word in _FINITE or word.endswith(_CONTRACTED) or _PAST.fullmatch(word) for word in found[1:])


# Single marks are apostrophes as well. One opens before a word, years and clipped words aside; what may shut
# one may be a genitive ("the workers' ship"), save after a comma or a full stop.
_SINGLE_OPENS = re.compile(
    r"(?<![\w.,!?…)”\"])['‘](?=[^\W\d_])(?!(?:em|til|tis|twas|cause|n|bout|round|s|t)\b)"
)
_SINGLE_SHUTS = re.compile(r"(?<=[\w.,!?…%)”\"])['’](?!\w)")
_SPEECH_SHUTS = re.compile(r"(?<=[.,!?…])(?<![A-Z]\.)['’](?!\w)")  # "the U.S.' answer" is a genitive


def balanced(sentence: str) -> bool:
    """Whether every quotation mark and bracket in it has its partner."""
    if sentence.count('"') % 2 or not _singles_balanced(sentence):
        return False
    if "„" in sentence:
        return sentence.count("„") == sentence.count("“") + sentence.count("”")
    pairs = (("“", "”"), ("(", ")"), ("«", "»"), ("「", "」"), ("[", "]"))
    return all(sentence.count(left) == sentence.count(right) for left, right in pairs)


def _singles_balanced(sentence: str) -> bool:
    opens = len(_SINGLE_OPENS.findall(sentence))
    return len(_SPEECH_SHUTS.findall(sentence)) <= opens <= len(_SINGLE_SHUTS.findall(sentence))


def is_whole(sentence: str) -> bool:
    """Whether it has the form of a statement: an end, a length, an opening, and both halves of its quotes."""
    first = next((char for char in sentence if char.isalnum()), "")
    return (
        last_mark(sentence) in _STOPS
        and not is_cut(sentence)
        and not is_small(first)
        and count_words(sentence) >= MIN_WORDS
        and balanced(sentence)
    )


def is_whole_without_stop(sentence: str, language: str) -> bool:
    """Whether it is whole although it lacks the full stop, as many outlets print their deks.

    In English a finite verb has to be there and no word that needs a next one at the end; Thai and Lao have
    no full stops; other languages are not trusted without one.
    """
    if last_mark(sentence) in _STOPS | _QUESTIONS or is_cut(sentence) or not balanced(sentence):
        return False
    if count_words(sentence) < MIN_WORDS or sentence[-1] in ",:;-–—":
        return False
    if _NO_STOPS.search(sentence):
        return bool(_RUNNING.search(sentence))
    found = [word.lower().replace("’", "'") for word in _WORDS.findall(sentence)]
    if not language.lower().startswith("en") or not found or found[-1] in _TRAILING:
        return False
    return _has_verb(found) and not is_small(sentence[0])


def with_stop(sentence: str) -> str:
    """A whole sentence with the full stop that its outlet left away; Thai and Lao have none."""
    return sentence if is_whole(sentence) or _NO_STOPS.search(sentence) else f"{sentence}."


_WITHIN_PLACES = word_set("of de la le du del and the der den al el")  # in small letters
# "(Agency)The", "(Agency) - The", "Oslo (Agency)The", "OSLO- The": the dash lost, or a space of it.
_GLUED_DATELINE = re.compile(
    r"(?:\([A-Z][\w& ]{1,25}\)\s*[-–—]*\s*|[A-Z][\w.,’' ]{1,40}\s\([A-Z][\w& ]{1,25}\)|[A-Z]{3,20}[-–—]\s"
    r"|[A-Z][\w.,’' ]{1,30}\s\((?:AFP|ANSA|AP|BBC|Bloomberg|CNN|EFE|Kyodo|Reuters|TASS|UPI|Xinhua)\)\s)"
    r"(?=[“\"]?[A-Z])"
)


def strip_dateline(text: str) -> str:
    """``text`` without a dateline as 'OSLO (Agency) — ': a place in capitals, or an agency in brackets."""
    head = text[:90]
    for dash in (" — ", " – ", " - ", " -- ", "— ", "–– ", "—"):
        before, found, _ = head.partition(dash)
        if found and _is_dateline(before):
            rest = text[len(before) + len(dash) :].lstrip()
            opening = next((char for char in rest[:3] if char.isalnum()), "")
            return rest if opening and not is_small(opening) else text
    glued = _GLUED_DATELINE.match(text)
    return text[glued.end() :] if glued else text


def _is_dateline(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 9:  # noqa: PLR2004 - place, country, date and agency
        return False
    agency = text.rstrip(" .:").endswith(")") and "(" in text
    if not agency and any(is_small(word[0]) and word not in _WITHIN_PLACES for word in words):
        return False  # 'NATO leaders met — Oslo was their host'
    place = words[0].strip(",.()")
    return agency or (len(place) > 2 and place.isupper() and place.isalpha())  # noqa: PLR2004 - no 'UK'


_SPEAKERLESS = re.compile(r"^[\"“«„「‘'].{0,400}[\"”»“」’']\W*$", re.DOTALL)


def is_bare_quote(sentence: str) -> bool:
    """Whether it is a quotation and nothing else, so that nobody would be seen to say it."""
    return bool(_SPEAKERLESS.match(sentence))
