"""Up to three lines under a story: neighbours in this edition, and what earlier editions said of the matter.

Related is what is alike and stands under the same theme, and yet is another story. Links lead out of the
mail, to a neighbour's source or an earlier edition's web copy: anchors in a mail fail in several programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.compose.headline import same_words
from digest.model.edition import EditionStory, SourceLink, ToldStory
from digest.model.likeness import Likenesses
from digest.model.news import Article

Kin = Callable[[Sequence[Sequence[Article]]], Likenesses]
"""How alike stories are, each given as its tellings."""


@dataclass(frozen=True, slots=True)
class RelatedOptions:
    """Which stories are named under which.

    Attributes:
        most: Lines under one story.
        likeness: At which two stories are of one matter; what makes two articles one story is 0.09.
        hint: Added when a telling's own page names the other story's headline among its related articles.
        hint_words: Share of the headline's words that such a line must have.
        named: How often one story is named at most, so that a cluster doesn't name itself in a ring.
    """

    most: int = 3
    likeness: float = 0.06
    hint: float = 0.02
    hint_words: float = 0.8
    named: int = 2


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike the stories of a day are to each other, and to the told ones, these by their place.

    ``shared`` gives the terms that a story of the day, by its key, has in common with a told one.
    """

    peers: Mapping[tuple[str, str], float]  # keys in ascending order
    told: Mapping[str, Mapping[int, float]]
    shared: Callable[[str, int], tuple[str, ...]] = lambda _key, _place: ()


def measure(tellings: Mapping[str, Sequence[Article]], told: Sequence[Sequence[Article]], kin: Kin) -> Alike:
    """The likenesses of stories, given by key as their tellings, to each other and to those told before."""
    keys = sorted(tellings)
    peers: dict[tuple[str, str], float] = {}
    to_told: dict[str, dict[int, float]] = {key: {} for key in keys}
    found = kin([*(tellings[key] for key in keys), *told])
    for (low, high), value in found.pairs.items():
        if high < len(keys):
            peers[keys[low], keys[high]] = value
        elif low < len(keys):
            to_told[keys[low]][high - len(keys)] = value
    at = {key: place for place, key in enumerate(keys)}
    return Alike(peers, to_told, lambda key, place: found.shared(at[key], len(keys) + place))


@dataclass(frozen=True, slots=True)
class _Match:
    """A line that could stand under the story at ``under``; ``names`` is what may not be named too often."""

    score: float
    under: int
    names: str
    link: SourceLink


def relate(
    stories: Sequence[EditionStory],
    tellings: Mapping[str, Sequence[Article]],
    alike: Alike,
    told: Sequence[ToldStory],
    url: Callable[[ToldStory], str],
    options: RelatedOptions,
) -> list[EditionStory]:
    """The stories of an edition with what is related to each that has a card.

    The best matches choose first. Of two neighbours the higher one names the lower one, never the other way
    round. An update always names the story that it updates.

    Args:
        stories: In order of rank, one-liners included: these are named, and name nothing.
        tellings: Each story's articles, by its key: their pages' own related lines are hints.
        alike: From ``measure``.
        told: What earlier editions told, oldest first.
        url: Where a told story stands in its edition's web copy.
        options: The thresholds.
    """
    matches: list[_Match] = []
    for at, story in enumerate(stories):
        if not story.brief:
            hints = _hints(tellings.get(story.key, ()))
            matches += _neighbours(at, stories, hints, alike, options)
            matches += _earlier(at, story, alike, told, url, options)
    lines: dict[int, list[SourceLink]] = {}
    named: Counter[str] = Counter()
    for match in sorted(matches, key=lambda match: (-round(match.score, 6), match.under, match.names)):
        here = lines.setdefault(match.under, [])
        if len(here) < options.most and named[match.names] < options.named and not _stands(match.link, here):
            here.append(match.link)
            named[match.names] += 1
    return [replace(story, related=tuple(lines.get(at, ()))) for at, story in enumerate(stories)]


def _neighbours(
    at: int,
    stories: Sequence[EditionStory],
    hints: Collection[frozenset[str]],
    alike: Alike,
    options: RelatedOptions,
) -> Iterator[_Match]:
    story = stories[at]
    for other in stories[at + 1 :]:
        if set(story.themes).isdisjoint(other.themes) or not other.sources:
            continue
        score = alike.peers.get((min(story.key, other.key), max(story.key, other.key)), 0.0)
        if any(_hinted(source.title, hints, options) for source in other.sources):
            score += options.hint
        if score >= options.likeness:
            source = other.sources[0]
            link = SourceLink(source.outlet, source.url, other.headline, article_id=source.article_id)
            yield _Match(score, at, other.key, link)


def _earlier(
    at: int,
    story: EditionStory,
    alike: Alike,
    told: Sequence[ToldStory],
    url: Callable[[ToldStory], str],
    options: RelatedOptions,
) -> Iterator[_Match]:
    """Of one running story only its latest telling."""
    followed = {other.follows for other in told if other.follows}
    likeness = alike.told.get(story.key, {})
    for place, other in enumerate(told):
        is_mine = bool(story.follows) and other.key == story.follows
        score = likeness.get(place, 0.0)
        akin = score >= options.likeness and not set(story.themes).isdisjoint(other.themes)
        if is_mine or (akin and other.key not in followed):
            link = SourceLink("", url(other), other.headline, published_at=other.slot)
            yield _Match(score + is_mine, at, f"{other.ref} {other.key}", link)


def _hints(tellings: Sequence[Article]) -> list[frozenset[str]]:
    return [frozenset(same_words(line)) for article in tellings for line in article.related]


def _hinted(headline: str, hints: Collection[frozenset[str]], options: RelatedOptions) -> bool:
    words = frozenset(same_words(headline))
    return bool(words) and any(len(words & hint) >= options.hint_words * len(words) for hint in hints)


def _stands(link: SourceLink, lines: Sequence[SourceLink]) -> bool:
    words = same_words(link.title)
    return any(link.url == line.url or same_words(line.title) == words for line in lines)
