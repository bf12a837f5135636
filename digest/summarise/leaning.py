# ruff: noqa: RUF001 - quotation marks of many scripts stand in its patterns
"""Can a sentence stand by itself, and is it the news that speaks?

The word lists are English with a little of its neighbours; what they miss in other languages is printed.
"""

from __future__ import annotations

import re

from digest.model.words import count_words
from digest.summarise.abbreviations import word_set

_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DANGLING = word_set(
    """
    he she it they him her his its their them this that these those such both neither either but and or
    yet so nor however meanwhile also still instead moreover furthermore additionally besides
    nevertheless nonetheless therefore thus then otherwise similarly likewise conversely elsewhere
    afterwards later earlier separately er sie dies dieser diese dieses aber und doch jedoch auch
    außerdem il elle ils elles mais et cependant toutefois él ella ellos pero y sin además он она они
    это но а однако
    """
)
_DANGLING_PAIRS = frozenset(
    {
        "the latter",
        "the former",
        "in addition",
        "as well",
        "for example",
        "for instance",
        "at the same",
        "the two",
        "the pair",
    }
)
_POINTS_BACK = re.compile(
    r"(?:after|amid|as|as of|at|before|by|despite|during|for|from|in|of|on|since|to|under|with)"
    r" (?:this|that|these|those|such|both|the same)\b"
    r"|(?:after all|as a result|by (?:then|contrast)|even so|in (?:fact|turn|contrast|response)|of course),"
    r"|the (?:move|decision|request|announcement|comments?|remarks|development|news|incident|statement"
    r"|update) (?:comes?|came|follow(?:s|ed)?|was|were|is|are|has|had)\b"
    r"|a similar\b|among (?:them|those|these)\b|that said,",
    re.IGNORECASE,
)
_LATE_PRONOUN = re.compile(r"([^,]{1,60}), (?:he|she|they|it)\b")
# A capital after the first word; days and months name nobody.
_NAMES = re.compile(
    r" (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|June|July|Aug|Sept|Oct|Nov|Dec)\b"
    r"|(?:January|February|March|April|May|August|September|October|November|December)\b)[A-Z]"
)
# 'The ferry, however, sails.': set off by commas, and of the sentence's main clause.
_CONNECTED = re.compile(
    r"[^;“\"]{1,80}, (?:however|meanwhile|moreover|nevertheless|nonetheless|therefore|though"
    r"|by contrast|in contrast|in turn|for example|for instance)(?:,|\.$)"
)
_TOLD_BY_PRONOUN = re.compile(r"\W*(?:he|she|they|it)\b")  # what is left of '“Yes,” she tweeted'
_NOW = re.compile(r"(?:Now|So far|Here|There|Again), ")
_QUOTED = re.compile('“[^”]{0,400}”|"[^"]{0,400}"')
_AUTHOR = re.compile(
    r"\bI(?:['’]\w+)?(?= [a-z])|\b(?:[Ww]e|[Oo]ur|[Mm]y|me|us|[Ll]et['’]s|[Yy]ou|[Yy]ours?)\b"
    r"|^\W*Here(?:['’]s| is| are)\b"
)
_TAG = re.compile(
    r"^\W*(?:he|she|they|it|we|i|\w+)\s+(?:said|says|told|added|wrote|tweeted|asked|continued|noted|explained)\b",
    re.IGNORECASE,
)
_TAG_WORDS = 9  # a longer sentence that opens with 'X said' says something by itself
# 'Holt added that', 'Mayor Ida Holt added: “'; not 'The yard added 60 jobs'.
_ADDED = re.compile(r"\W*(?:[\w.'’-]+ ){1,5}added(?: that\b|[,:]? [“\"‘'])")


def is_dangling(sentence: str) -> bool:
    """Whether it leans on a sentence before it: 'But...', 'He...', 'Meanwhile...', or a bare 'he said'."""
    found = [word.lower() for word in _WORDS.findall(sentence[:80])]
    if not found:
        return False
    opening = re.split("['’]", found[0])[0]  # "It's", "They'd"
    if opening in _DANGLING or " ".join(found[:2]) in _DANGLING_PAIRS or _POINTS_BACK.match(sentence):
        return True
    if sentence.startswith("(") or any(form.match(sentence) for form in (_ADDED, _NOW, _CONNECTED)):
        return True
    if _QUOTED.match(sentence) and _TOLD_BY_PRONOUN.match(_QUOTED.sub("", sentence)):
        return True
    if (late := _LATE_PRONOUN.match(sentence)) and not _NAMES.search(late[1]):
        return True
    return bool(_TAG.match(sentence)) and count_words(sentence) < _TAG_WORDS


def is_author_speaking(sentence: str) -> bool:
    """Whether an author speaks, not the news: 'I', 'we' or 'you' outside quotation marks, 'Here are...'."""
    return bool(_AUTHOR.search(_QUOTED.sub("", sentence)))
