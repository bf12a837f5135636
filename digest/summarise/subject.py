"""Is a text about what another tells? Articles can be grouped that tell of two things in one place."""

from __future__ import annotations

from digest.model.news import Article
from digest.summarise.candidates import content_terms

# Words, one of them no name; fewer, and the two may tell of different things in one place.
_SHARED = 2
_OPENING_CHARS = 600  # of an article, that say what its story is


class Subject:
    """What a text is about, as the words of meaning it has."""

    def __init__(self, text: str) -> None:
        """``text`` is a headline, or whatever says what the story is."""
        self._terms = content_terms(text)

    @classmethod
    def of(cls, article: Article) -> Subject:
        """The subject of an article: its headline, dek and first paragraphs."""
        return cls(f"{article.title}\n{article.dek}\n{article.text[:_OPENING_CHARS]}")

    def fits(self, text: str) -> bool:
        """Whether ``text`` is about the same: it shares two words of meaning, not both of them names."""
        shared = content_terms(text) & self._terms
        if len(shared) < _SHARED:
            return False
        plain = content_terms(" ".join(word for word in text.split() if not word[:1].isupper()))
        return not shared.isdisjoint(plain)
