# ruff: noqa: RUF001 - dashes of every kind are what these patterns look for
"""What belongs to a page and not to its story: calls to act, captions, credits, bylines, slogans.

Every pattern is bounded, so that none can backtrack over a long text. They are English, with a word or
two of its neighbours; what they miss in other languages is held back by its form (``judge``) or printed.
"""

from __future__ import annotations

import re

from digest.summarise.sentences import is_small

_FURNITURE = re.compile(
    r"""
      \bread\ more\b | ^\W*(?:learn|see|find\ out|watch|listen|hear)\ more\b | \bcontinue\ reading\b
    | \bclick\ here\b | \bconsider\ subscribing\b
    | ^\W*we\ (?:have\ )?(?:selected|picked|rounded\ up|round\ up)\b
    | ^\W*subscribe\b | \bsubscribers?\ only\b
    | \bsubscribe\ (?:to\ (?:our|the)|now|here|today)\b
    | \bsign\ (?:up|in)\ (?:here|now|today|(?:for|to)\ (?:our|receive|get|read|join|continue))\b
    | \b(?:our|free|daily|weekly|morning)\ newsletters?\b
    | \bfollow\ (?:live|us|along|our|the\ latest)\b | \blive\ (?:updates|blog|coverage)\b
    | \bas\ it\ happened\b | \bappeared\ first\ on\b | \brights\ reserved\b | © | ^\W*advertisement\W*$
    | \bsponsored\ (?:by|content)\b
    | \b(?:download|get)\ (?:our|the)\ (?:\w+\ ){0,3}(?:e-?mail|app|podcast|newsletter|alerts?)\b
    | \b(?:use|uses|accept)\ cookies\b | \bour\ (?:privacy\ policy|terms)\b
    | \bchoose\ your\ (?:plan|edition)\b | \bshare\ (?:this\ (?:article|story|page)|your\ thoughts)\b
    | \bjoin\ the\ conversation\b | ^\W*related\ (?:articles?|stor(?:y|ies)|content)\b
    | \bcomments?\ (?:are\ closed|section)\b
    | \bthis\ (?:story|article|content|text|page|post|piece|summary)\ (?:was|has\ been|is|will\ be)
      \ (?:\w+\ ){0,2}?(?:published|updated|(?:ai-)?generated|produced|translated|written|corrected)\b
    | \b(?:developing|breaking\ news)\ story\b | \bcontributed\ to\ this\ (?:report|story|article)\b
    | ^\W*(?:additional\ )?(?:reporting|editing|writing)\ by\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CAPTION = re.compile(
    r"""
      ^\W*(?:file|photo|image|picture|graphic|video|map|illustration)\b[^.]{0,20}[-–—:]
    | \bfile\ (?:photo|picture|image)\b | \((?:photo|image|picture|credit|courtesy|file)\b
    | \b(?:photo|image|credit|photograph|illustration)\s?: | \bgetty\ images\b
    | \bphoto\ (?:by|courtesy|credit)\b | \bpictured\ (?:here|above|below|left|right)\b
    | \bseen\ here\ (?:in|on|at|with|during)\b | \bhandout\ via\b | \btoggle\ caption\b | \breuters/\w
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SLOGAN = re.compile(
    r"""
      \b(?:latest|breaking|top)\ (?:news|headlines|stories)\b
    | \bnews,\ (?:\w+,\ )?(?:\w+\ ){0,2}(?:analysis|opinion|sport|views|comment|features)\b
    | \byour\ (?:\w+\ )?(?:source|home|guide|destination)\ (?:for|of|to)\b
    | \bofficial\ (?:web\ ?site|page|account)\ (?:of|for)\b
    | \b(?:award-winning|independent|trusted)\ (?:news|journalism|coverage|source)\b
    | ^\W*(?:welcome\ to|the\ home\ of)\b | \ball\ the\ news\b
    | \bwhat\ you\ need\ to\ know\ (?:today|this\ (?:morning|week))\b
    | \bstay\ (?:informed|up\ to\ date|tuned)\b
    | \bcoverage\ (?:of|from)\ .{0,40}\ (?:and\ beyond|around\ the\ (?:world|globe))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STAMP = re.compile(
    r"^\W*(?:(?:published|updated|posted|last\s+modified)\s*(?:at|on)?\s*:?\s*\d"
    r"|\d{1,2}\s?min(?:ute)?s?\s+read\b)",
    re.IGNORECASE,
)
# 'The mayor of Harne waves to the crowd, May 3, 2026.': the present tense, and a day with its year.
_DATED_PICTURE = re.compile(
    r" (?:arrives?|gestures?|speaks?|walks?|waves?|listens?|looks?|attends?|poses?|smiles?|reacts?|boards?"
    r"|departs?|shakes?|addresse?s|stands?|sits?|(?:is|are) seen)\b.{1,200}"
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}, (?:19|20)\d\d\.?$"
)
# 'Boats wait for the ferry of Harne, Oskarhavn, May 3, 2026.': a day that nothing leads up to.
_DATED_PLACE = re.compile(
    r"(?<!day), (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}, (?:19|20)\d\d\.?$"
)
# A heading in capitals, and the text under it.
_RUN_TOGETHER = re.compile(r"(?:\b[A-Z]+ ){4,}[A-Z]?[a-z]")
_ADDRESS = re.compile(r"[\w-]@[\w-]{1,63}\.\w")
_NO_COMMENT = re.compile(r"\brequests? for (?:a )?(?:comment|response)\b", re.IGNORECASE)
# What stands before a sentence and is none of it: a label of the outlet's form, or of its page.
_LABEL = re.compile(
    r"""
      \W{0,3}(?:ADVERTISEMENT\s?:?|Advertisement\s?:|(?:UPDATED?|BREAKING|LATEST)(?:\ NEWS)?\s?:
        |FIRST\ ON\ [A-Z]{2,12}\s?:|(?:EXCLUSIVE|Exclusive)(?:\s?:|\s?[–—]|\s-))\s+
    | (?:Why\ (?:it|this)\ matters|The\ big\ picture|Driving\ the\ news|Reality\ check|State\ of\ play
        |Between\ the\ lines|By\ the\ numbers|The\ bottom\ line|The\ (?:backdrop|details|intrigue|latest)
        |Details|Context|What['’]s\ (?:new|next|happening)|What\ they['’]re\ saying|What\ to\ watch
        |Zoom\ (?:in|out)|Catch\ up\ quick|Flashback|Of\ note|Yes,\ but|Latest|Update|Breaking)\s?:\s+
    """,
    re.VERBOSE,
)
_BY = frozenset({"by", "von", "par", "por"})
_BETWEEN_NAMES = frozenset({"and", "in", "und", "et", "y", "&", "|", "de", "van", "der", "al"})
_MAX_BYLINE = 9  # words


def is_furniture(text: str) -> bool:
    """Whether it belongs to the page and not to the story: a call to act, a caption, a byline, a credit."""
    return bool(
        _FURNITURE.search(text)
        or has_credit(text)
        or _STAMP.match(text)
        or _RUN_TOGETHER.search(text)
        or ("@" in text and _ADDRESS.search(text))
        or _is_byline(text)
    )


def is_no_comment(text: str) -> bool:
    """Whether it only says that somebody has not answered, which tells nothing by itself."""
    return bool(_NO_COMMENT.search(text))


def strip_label(sentence: str) -> str:
    """A sentence without the label before it: 'Why it matters: The ferry is old.', 'UPDATE: The ferry...'."""
    label = _LABEL.match(sentence)
    return sentence[label.end() :] if label and not is_small(sentence[label.end() :][:1]) else sentence


def has_credit(text: str) -> bool:
    """Whether it says whose picture this is, so that it is about the picture."""
    return bool(_CAPTION.search(text) or _DATED_PICTURE.search(text) or _DATED_PLACE.search(text))


def _is_byline(text: str) -> bool:
    words = text.split(maxsplit=_MAX_BYLINE)
    return (
        2 <= len(words) < _MAX_BYLINE  # noqa: PLR2004 - the word and a name
        and words[0].lower() in _BY
        and all(not word[0].islower() or word in _BETWEEN_NAMES for word in words[1:])
    )


def is_slogan(text: str) -> bool:
    """Whether it describes the site instead of the story."""
    return bool(_SLOGAN.search(text))
