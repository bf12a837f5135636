"""A gathering run: every source that is due, read side by side, each made into articles.

    source --read_source--> entries --plan--> pages to fetch --read_page--> articles --on_done--> caller

Reading happens in worker threads; ``known`` and ``on_done`` are called in the caller's.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from digest.errors import FeedError, RefusedAddressError
from digest.gather.feedread import FeedRead
from digest.gather.health import failed
from digest.gather.merge import addresses, article_of, entry_date, has_full_text, leads_inside
from digest.gather.options import GatherOptions
from digest.gather.outcome import Gathered, article_of_page, judged
from digest.gather.outlet import outlet_name
from digest.gather.pool import Job, Pool
from digest.gather.sources import PageRead, SourceRead, read_page, read_source
from digest.gather.urls import canonical_url, origin
from digest.model.news import Article, Entry, Feed, FeedHealth, FeedKind
from digest.model.plural import counted

MAX_PAGES = 40  # of one feed in one run, the newest
MAX_PAGE_TIMEOUTS = 3  # of one host in one run; then its pages are left alone
log = logging.getLogger(__name__)
STAND_IN = "their feed's text stands in"
RANK_WELL, RANK_PAGE, RANK_ILL = range(3)  # healthy feeds, then pages, then feeds that failed last time

Known = Callable[[Collection[str]], set[str]]


@dataclass
class _Harvest:
    """One feed between its document and its last page."""

    feed: Feed
    health: FeedHealth
    entries: list[Entry]
    read: FeedRead
    notes: list[str]
    pages: dict[int, PageRead | FeedError] = field(default_factory=dict)
    open_pages: int = 0

    def outlet(self) -> str:
        """What all its articles are said to come from: one name, or they would count as several sources."""
        pages = [page for page in self.pages.values() if isinstance(page, PageRead)]
        sites = Counter(page.page.meta.site_name for page in pages if page.page.meta.site_name)
        common = (site for site, _count in sites.most_common(1))
        links = (entry.url for entry in self.entries[:1])
        return outlet_name(
            (self.feed.name, self.read.title, *common), (self.read.home_url, *links, self.feed.url)
        )


def gather(
    feeds: Sequence[tuple[Feed, FeedHealth]],
    *,
    options: GatherOptions,
    now: datetime,
    known: Known,
    on_done: Callable[[Gathered], None],
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Read ``feeds`` and hand each one's result to ``on_done`` as soon as it is complete.

    ``known`` says which of some addresses are stored already: those articles are left alone. A feed's
    failure is in its own result. A feed that was not begun, or was stopped, gives no result and so
    stays due.
    """
    _Run(options, now, known, on_done, stop).all(feeds)


class _Run:
    def __init__(
        self,
        options: GatherOptions,
        now: datetime,
        known: Known,
        on_done: Callable[[Gathered], None],
        stop: Callable[[], bool],
    ) -> None:
        self._options = options
        self._now = now
        self._known = known
        self._on_done = on_done
        self._stop = stop
        self._page_timeouts: Counter[tuple[str, int]] = Counter()
        self._pool = Pool(
            workers=options.workers, per_place=options.max_per_host, seconds=options.run_timeout_s, stop=stop
        )
        self._unfinished: dict[int, _Harvest] = {}

    def all(self, feeds: Sequence[tuple[Feed, FeedHealth]]) -> None:
        for feed, health in feeds:
            work = partial(read_source, feed, health, self._options, self._now, self._pool.halted)
            place = feed.url if feed.kind is FeedKind.FOLDER else origin(feed.url)
            done = partial(self._source_done, feed, health)
            self._pool.submit(Job(place, work, done, RANK_ILL if health.failures else RANK_WELL))
        self._pool.run()
        if self._stop():
            return
        for harvest in list(self._unfinished.values()):  # time was up before their pages' turn
            harvest.notes.append(f"no time left for {counted(harvest.open_pages, 'page')}; {STAND_IN}")
            self._finish(harvest)

    def _source_done(self, feed: Feed, health: FeedHealth, result: SourceRead | FeedError) -> None:
        health = replace(health, feed_id=feed.id)
        if isinstance(result, FeedError):
            self._on_done(Gathered(feed, failed(health, result, self._now, self._options)))
            return
        health, notes = judged(health, result, self._now, self._options)
        if result.folder is not None:
            self._on_done(Gathered(feed, health, result.folder.articles, tuple(notes)))
        elif result.page is not None:
            article = _made(partial(article_of_page, result.page, feed, self._now))
            self._on_done(Gathered(feed, health, (article,) if article else (), tuple(notes)))
        elif result.read is None:
            self._on_done(Gathered(feed, health, (), tuple(notes)))
        else:
            read = result.read
            harvest = _Harvest(feed, health, [], read, notes)
            harvest.entries = self._wanted(read.entries, harvest)
            self._submit_pages(harvest)

    def _wanted(self, entries: Sequence[Entry], harvest: _Harvest) -> list[Entry]:
        """The entries to make articles of: recent, linked, each once, and not stored yet."""
        oldest = self._now - self._options.max_age
        recent = [entry for entry in entries if (entry_date(entry, self._now) or self._now) >= oldest]
        safe = [entry for entry in recent if entry.url and not leads_inside(entry.url, harvest.feed)]
        if len(safe) < len(recent):
            unsafe = counted(len(recent) - len(safe), "entry", "entries")
            harvest.notes.append(f"{unsafe} without a link that readers can open")
        once: dict[str, Entry] = {}
        for entry in safe:
            once.setdefault(canonical_url(entry.url), entry)
        stored = self._known({address for entry in once.values() for address in addresses(entry)})
        return [entry for entry in once.values() if not stored.intersection(addresses(entry))]

    def _submit_pages(self, harvest: _Harvest) -> None:
        self._unfinished[id(harvest)] = harvest
        wanting = [at for at, entry in enumerate(harvest.entries) if not has_full_text(entry)]
        wanting.sort(key=lambda at: entry_date(harvest.entries[at], self._now) or self._now, reverse=True)
        if len(wanting) > MAX_PAGES:
            left = len(wanting) - MAX_PAGES
            harvest.notes.append(f"{counted(left, 'page')} over the limit not fetched; {STAND_IN}")
        for at in wanting[:MAX_PAGES]:
            entry = harvest.entries[at]
            dated = entry_date(entry, self._now) is not None
            work = partial(self._page, addresses(entry)[0], harvest.feed, dated=dated)
            harvest.open_pages += 1
            done = partial(self._page_done, harvest, at)
            self._pool.submit(Job(origin(entry.url), work, done, RANK_PAGE))
        if not harvest.open_pages:
            self._finish(harvest)

    def _page(self, url: str, feed: Feed, *, dated: bool) -> PageRead:
        """In a worker. A host that answered no page in time before is not asked again."""
        if self._page_timeouts[origin(url)] >= MAX_PAGE_TIMEOUTS:
            raise FeedError("timeout", "its host answers too slowly today")
        return read_page(url, feed, self._options, self._now, dated=dated, stop=self._pool.halted)

    def _page_done(self, harvest: _Harvest, at: int, result: PageRead | FeedError) -> None:
        if isinstance(result, FeedError) and result.trouble == "timeout":
            self._page_timeouts[origin(harvest.entries[at].url)] += 1
        harvest.pages[at] = result
        harvest.open_pages -= 1
        if not harvest.open_pages:
            self._finish(harvest)

    def _finish(self, harvest: _Harvest) -> None:
        self._unfinished.pop(id(harvest), None)
        outlet = harvest.outlet()
        articles = [self._article(harvest, at, outlet) for at in range(len(harvest.entries))]
        whole = [article for article in articles if article is not None]
        if len(whole) < len(articles):
            empty = counted(len(articles) - len(whole), "entry", "entries")
            harvest.notes.append(f"{empty} left out: private links or no words")
        troubles = Counter(
            result.trouble for result in harvest.pages.values() if isinstance(result, FeedError)
        )
        if troubles:
            listed = ", ".join(f"{word} {count}" for word, count in troubles.most_common())
            harvest.notes.append(
                f"{troubles.total()} of {len(harvest.pages)} pages could not be read ({listed})"
            )
        once: dict[str, Article] = {}
        for article in whole:
            once.setdefault(article.canonical_url, article)
        self._on_done(Gathered(harvest.feed, harvest.health, tuple(once.values()), tuple(harvest.notes)))

    def _article(self, harvest: _Harvest, at: int, outlet: str) -> Article | None:
        """The article of one entry; None if its link leads to a private address, or nothing is in it."""
        result = harvest.pages.get(at)
        if isinstance(result, RefusedAddressError):
            return None
        read = result if isinstance(result, PageRead) else None
        return _made(
            partial(
                article_of,
                harvest.entries[at],
                harvest.feed,
                read.page if read else None,
                now=self._now,
                page_url=read.url if read else "",
                outlet=outlet,
                language=harvest.read.language,
                last_resort=read.day if read else "",
            )
        )


def _made(make: Callable[[], Article]) -> Article | None:
    """The article, or None if it has no words, or its words trip a library."""
    try:
        article = make()
    except Exception:
        log.exception("an article could not be made")
        return None
    return article if article.title else None
