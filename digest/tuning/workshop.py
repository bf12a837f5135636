"""Where terms are tried: past articles with what the theme files and an editor say of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.group import GroupOptions, Theme, group, score_themes
from digest.group.terms import Term
from digest.model.news import Article, ThemeScore, Verdict
from digest.tuning.distinctive import Watch, unwatched


@dataclass(frozen=True, slots=True)
class Effect:
    """What a term moves. All of them are places in the list of past articles.

    ``fixed`` and ``broken`` are corrected articles that become right and wrong, ``nearer`` such as come
    nearer to what the editor said without getting there.
    """

    into: tuple[int, ...] = ()
    out: tuple[int, ...] = ()
    check: tuple[int, ...] = ()
    fixed: frozenset[int] = frozenset()
    broken: frozenset[int] = frozenset()
    nearer: frozenset[int] = frozenset()

    @property
    def net(self) -> int:
        """Corrected articles that become right, less those that become wrong."""
        return len(self.fixed) - len(self.broken)

    @property
    def unknown(self) -> int:
        """How many articles it moves in or out about which no editor said anything."""
        return len({*self.into, *self.out} - self.fixed - self.broken)


@dataclass(frozen=True)
class Workshop:
    """Past articles with what the themes say of them and what an editor said: what terms are tried on."""

    articles: Sequence[Article]
    truth: Mapping[int, Collection[str]]  # by place
    options: GroupOptions
    base: Sequence[Mapping[str, ThemeScore]]
    story_of: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def set_up(
        cls,
        themes: Sequence[Theme],
        articles: Sequence[Article],
        truth: Mapping[int, Collection[str]],
        options: GroupOptions,
        watch: Watch = unwatched,
    ) -> Workshop:
        """Score every article once, and tell which corrected ones are of one story."""
        base = [
            {score.theme: score for score in score_themes(article, themes, options)}
            for article in (watch(articles) if truth else ())  # nothing to learn from, nothing to look at
        ]
        at_of = {articles[at].canonical_url: at for at in truth}
        stories = group([articles[at] for at in truth], themes, options)
        story_of = {
            at_of[article.canonical_url]: story.key
            for story in stories
            for article in (*story.articles, *story.copies)
        }
        return cls(articles, truth, options, base, story_of)

    @property
    def places(self) -> range:
        """Of the articles that were looked at: all of them, or none without corrections."""
        return range(len(self.base))

    def takes(self, slug: str, at: int) -> bool:
        """Whether the theme files put an article in a theme."""
        return self.base[at][slug].verdict is Verdict.IN

    def wrong(self, slug: str) -> tuple[frozenset[int], frozenset[int]]:
        """Places of the corrected articles that a theme misses, and of those it wrongly takes."""
        filed = {at: self.takes(slug, at) for at in self.truth}
        missed = frozenset(at for at, found in filed.items() if not found and slug in self.truth[at])
        taken = frozenset(at for at, found in filed.items() if found and slug not in self.truth[at])
        return missed, taken

    def stories(self, places: Iterable[int]) -> int:
        """How many stories these corrected articles tell."""
        return len({self.story_of[at] for at in places})

    def effect(self, theme: Theme, term: Term, where: Iterable[int]) -> Effect:
        """What ``term`` would do to the articles that hold it; no other can change."""
        tried = (replace(theme, terms=(*theme.terms, term)),)
        lists: dict[Verdict, list[int]] = {verdict: [] for verdict in Verdict}
        fixed: set[int] = set()
        broken: set[int] = set()
        nearer: set[int] = set()
        for at in sorted(where):
            old = self.base[at][theme.slug]
            (new,) = score_themes(self.articles[at], tried, self.options)
            if new.verdict is not old.verdict:
                lists[_lists(old.verdict, new.verdict)].append(at)
            if at not in self.truth:
                continue
            belongs = theme.slug in self.truth[at]
            was, now = (score.verdict is Verdict.IN for score in (old, new))
            if was != now:
                (fixed if now == belongs else broken).add(at)
            elif now != belongs and (new.score - old.score) * (1 if belongs else -1) > 0:
                nearer.add(at)
        return Effect(
            into=tuple(lists[Verdict.IN]),
            out=tuple(lists[Verdict.OUT]),
            check=tuple(lists[Verdict.CHECK]),
            fixed=frozenset(fixed),
            broken=frozenset(broken),
            nearer=frozenset(nearer),
        )


def _lists(old: Verdict, new: Verdict) -> Verdict:
    """Under which heading a move stands: what was in and isn't any more is out, also when it is to check."""
    return Verdict.OUT if old is Verdict.IN else new
