"""The phrases by which page furniture, heads of related articles and AI notices are told.

Data, kept apart from the code that uses it: one phrase or family of phrases a line, matched without
regard to case against a whole line (AI notices: against the start of a sentence).
"""

from __future__ import annotations

import re

APOSTROPHE = "['\u2019]"
DASH = "[:|>\u00bb\u2013\u2014-]"
END = r"\s*[:.!\u2026>\u00bb]*"


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


def _line(*phrases: str) -> re.Pattern[str]:
    """A pattern for a whole line that is one of ``phrases``, with the punctuation heads end in."""
    return re.compile(_any(*phrases) + END, re.IGNORECASE)


RELATED_HEAD = _line(
    r"related(?: (?:articles?|stor(?:y|ies)|news|reading|coverage|content|posts?|topics|links|items))?",
    r"more (?:on this(?: (?:story|topic|subject))?|stories|news|reading|like this|coverage)",
    r"more (?:from|on|about) .{2,60}",
    r"(?:read|see|watch|go) (?:more|next|also|deeper|further)",
    r"also (?:read|on|in the news)",
    r"further reading",
    r"you (?:may|might)(?: also)? (?:like|be interested in|enjoy)",
    r"recommended(?: (?:for you|reading|stories))?",
    r"most (?:read|popular|viewed)",
    r"trending(?: now)?",
    r"top stories",
    r"latest (?:news|stories|headlines)",
    r"in other news",
    r"what to read next",
    r"keep reading",
    rf"editors?{APOSTROPHE}?s? (?:picks?|choice)",
    rf"don{APOSTROPHE}t miss",
    r"mehr zum thema|lesen sie auch",
    r"à lire aussi|sur le même sujet",
    r"lea también|noticias relacionadas",
)
INLINE_RELATED = re.compile(
    r"(?:read (?:more|next|also)|related(?: (?:article|story|news))?|see also|also read|further reading"
    rf"|lesen sie auch|à lire aussi|lea también)\s*{DASH}\s*(?P<line>\S.{{8,}})",
    re.IGNORECASE,
)
COMMENTS_HEAD = _line(
    r"(?:\d+ )?(?:thoughts?|comments?|responses?)(?: \(\d+\))?",
    r"discussion",
    r"join the (?:conversation|discussion)",
    r"leave a (?:comment|reply)",
    r"(?:share|add|post) (?:your )?(?:thoughts?|comments?|views?)(?: .{0,40})?",
    r"have your say",
    r"what do you think\??",
    r"(?:reader|view) comments",
    r"kommentare?|commentaires?|comentarios",
)
FURNITURE = _line(
    r"(?:please )?(?:sign|log) ?(?:in|up)(?: (?:here|now))?(?: (?:to|for|with|or) .*)?",
    r"(?:create|register for) (?:an? |your )?(?:free )?account.*",
    r"already (?:a subscriber|have an account|registered)\b.*",
    r"(?:please )?subscribe(?: (?:now|today|here))?(?: (?:to|for)\b.*)?",
    r"(?:get|receive|the best|sign up).{0,60}\b(?:newsletters?|(?:your|in the) inbox)\b.{0,80}",
    r"(?:our|daily|weekly|the|free|morning) newsletters?",
    r"we value your privacy\b.*",
    r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our partners)? uses? cookies\b.*",
    r"(?:accept|reject|manage) (?:all )?(?:cookies|preferences|settings).*",
    r"cookie (?:policy|settings|preferences|notice)",
    r"advertisements?|sponsored(?: content)?|promoted",
    r"(?:story|article) continues below.*|scroll (?:down )?to continue.*",
    r"share(?: (?:this|on|via)\b.{0,60})?",
    r"(?:copy|email|print)(?: this)?(?: (?:link|article|page|story))?",
    r"(?:follow|like|find) (?:us|@\w+) on\b.*",
    r"(?:listen|watch|download)(?: to)?(?: this article)?(?: now)?",
    r"(?:back|return|skip) to (?:top|home|content|main content)",
    r"(?:continue|keep) reading|(?:read|show|load|view|see) more",
    r"\d+ min(?:ute)?s? read",
    r"(?:all rights reserved|©|\(c\) ?\d{4}|copyright ©?).{0,120}",
    r"(?:click|tap) here (?:to|for)\b.*",
    r"(?:be the first to comment|no comments yet).*",
    r"support (?:our|independent) journalism.*",
    r"(?:donate|register|menu|search|close)(?: (?:now|today))?",
)

# Artificial intelligence as notices call it, and what they say it did to what.
_AI = _any(
    r"\bA\.?I\.?(?=\W|$)",
    r"\bartificial intelligence\b",
    r"\b(?:large )?language models?\b",
    r"\bLLMs?\b",
    r"\bChatGPT\b",
    r"\bGPT-?\d\w*",
    r"\b(?:Claude|Gemini|Copilot)\b",
    r"\bgenerative (?:tools?|models?)\b",
    r"\bautomat(?:ed|ically|ion)\b",
    r"\bmachine\b",
    r"\ban? algorithm\b",
)
_MADE = _any(
    r"(?:re)?written", "generated", "produced", "created", "draft(?:ed|ing)?", r"summari[sz]ed", "translated",
    "assisted", "compiled", "prepared", "authored", "composed", "made", "aided", r"synthesi[sz]ed", "edited",
)  # fmt: skip
_MAKE = _any(
    "writ(?:e|ing)", "generat(?:e|ing)", "produc(?:e|ing)", "creat(?:e|ing)", "draft(?:ing)?",
    r"summari[sz](?:e|ing)", "translat(?:e|ing)", "compil(?:e|ing)", "prepar(?:e|ing)",
)  # fmt: skip
_WORK = _any(
    "content", "articles?", "story", "stories", "text", "page", "posts?", "summary", "summaries", "reports?",
    "translations?", "piece", "digest", "newsletter", "item", "material", "version", "headlines?", "copy",
    "site", "website", "publication",
)  # fmt: skip
_SELF = rf"\b(?:this|the|our|all|some|(?:parts?|portions?) of (?:this|the))\s+(?:\w+[\s-]){{0,3}}?{_WORK}"
_OURS = rf"\b(?:this|our|some)[^.]{{0,20}}?{_WORK}"
_IS = (
    r"(?:is|are|was|were|has been|have been|had been|contains?|includes?"
    r"|may (?:be|contain|include|have been)|uses?|used)\b"
)
_LEAD_IN = (
    rf"^\W*(?:(?:disclaimer|note|editor{APOSTROPHE}s note|disclosure|notice"
    rf"|about this (?:article|story|page))\s*{DASH}\s*)?"
)
AI_SENTENCE = re.compile(
    _LEAD_IN
    + _any(
        rf"{_SELF}\s+{_IS}[^.]{{0,80}}?{_AI}[^.]{{0,40}}?{_MADE}",
        rf"{_SELF}\s+{_IS}[^.]{{0,80}}?{_MADE}[^.]{{0,60}}?{_AI}",
        rf"{_MADE}(?: entirely| partly| in part)? (?:by|with|using)[^.]{{0,50}}?{_AI}",
        rf"we (?:use|used)[^.]{{0,20}}?{_AI}[^.]{{0,40}}?{_MAKE}[^.]{{0,30}}?{_OURS}",
        rf"{_AI}[^.]{{0,20}}? (?:was|is|has been) used [^.]{{0,40}}?{_MAKE}[^.]{{0,20}}?{_OURS}",
    ),
    re.IGNORECASE,
)
AI_LABEL = re.compile(
    rf"^\W*(?:{_AI}[\s-]*{_MADE}(?:\s+{_WORK})?|(?:{_WORK}\s+)?{_MADE} (?:by|with|using) {_AI})\W*$",
    re.IGNORECASE,
)
# A notice speaks of its own page; a sentence with one of these tells of others.
OF_OTHERS = re.compile(
    r"\b(?:said|says|told|according to|accused|police|officials?|researchers|experts?|critics|court|lawsuit"
    r"|images?|photos?|videos?|pictures?|illustrations?|audio|songs?|deepfakes?|students?|he|she|they)\b",
    re.IGNORECASE,
)
AI_ELSEWHERE = re.compile(
    _any(
        r"(?:dieser?|dieses|unser\w*) (?:artikel|text|beitrag|inhalt|meldung|zusammenfassung)\b.{0,80}"
        r"(?:\bKI\b|künstliche\w* intelligenz)",
        r"(?:cet?|cette|ces) (?:article|texte|contenu|page|résumé)\b.{0,80}"
        r"(?:\bIA\b|intelligence artificielle)",
        r"est[ea] (?:artículo|texto|contenido|resumen|artigo|conteúdo)\b.{0,80}"
        r"(?:\bIA\b|intelig[eê]ncia artificial)",
        r"questo (?:articolo|testo|contenuto)\b.{0,80}(?:\bIA\b|intelligenza artificiale)",
        r"(?:denne|dette|den här) (?:artikkelen|artikeln|saken|teksten|texten|artikel)\b.{0,80}"
        r"(?:\b[KA]I\b|kunstig intelligens)",
        r"dit artikel\b.{0,80}(?:\bAI\b|kunstmatige intelligentie)",
        "эт(?:\u0430|от) (?:статья|текст|материал)\\b.{0,80}"
        "(?:\\bИИ\\b|искусственн\\w+ интеллект\\w*|нейросет\\w+)",
        r"(?:この記事|本記事|本文).{0,40}(?:AI|人工知能).{0,20}(?:生成|作成|要約|翻訳)",
        r"(?:本文|本篇|此文).{0,20}(?:AI|人工智能).{0,10}(?:生成|撰写|翻译|编写)",
    ),
    re.IGNORECASE,
)
AI_CAVEAT = re.compile(
    _any(
        r"\b(?:errors?|mistakes?|inaccurac\w+|accura\w+|verif\w+|check(?:ed)?|review\w*)\b",
        r"\b(?:edit(?:ed|ors?|orial)|original sources?|source articles?|fact-check\w*|may contain)\b",
        r"\b(?:not (?:a substitute|been)|for informational|responsib\w+)\b",
    ),
    re.IGNORECASE,
)
