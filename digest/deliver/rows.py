"""The rows that a run works on: batches claimed, read page by page, and given back when settled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.deliver.owner import fate_of
from digest.model.delivery import Recipient
from digest.store.batches import Batch, claim, page, release, renew
from digest.store.ledger import Ledger


@dataclass(slots=True)
class _Held:
    """A batch of ours: how far it is read, and how many of its rows are not settled."""

    batch: Batch
    after_id: int
    exhausted: bool = False
    unsettled: int = 0


@dataclass(frozen=True, slots=True)
class RowsOptions:
    """Whose batches of which edition. ``page_size`` rows are read at a time; leases last ``lease_s``."""

    edition_id: int
    owner: str
    lease_s: float
    page_size: int


class Rows:
    """Recipients of one edition, each to be taken once and then declared settled.

    Every method may raise StoreError.
    """

    def __init__(self, ledger: Ledger, options: RowsOptions, clock: Callable[[], datetime]) -> None:
        self.dry = False  # no batch could be claimed, last we looked
        self._ledger = ledger
        self._options = options
        self._clock = clock
        self.at_hand: deque[Recipient] = deque()  # read and not taken
        self._held: dict[int, _Held] = {}
        self._reading: _Held | None = None

    @property
    def holds_any(self) -> bool:
        """Whether a batch is ours: something in it is not settled."""
        return bool(self._held)

    def take(self, most: int) -> list[Recipient]:
        """The next ones of those at hand: one at least after ``some``, ``most`` at most."""
        at_hand = self.at_hand
        return [at_hand.popleft() for _ in range(min(most, len(at_hand)))]

    def some(self) -> bool:
        """Whether there is a next one; reads and claims until there is, or nothing is left to claim."""
        while not self.at_hand:
            if self._reading is None:
                if self.dry or not self._claim():
                    return False
            else:
                self._read(self._reading)
        return True

    def settled(self, recipients: Iterable[Recipient]) -> bool:
        """These were taken and need nothing more from this run; whether that freed a batch."""
        freed = False
        for recipient in recipients:
            held = self._held_of(recipient)
            if held is not None:
                held.unsettled -= 1
                freed = (not held.unsettled and self._release_if_done(held)) or freed
        return freed

    def stop(self) -> None:
        """Forget what was not taken: it is still pending in the ledger."""
        for held in list(self._held.values()):
            self._forget(range(held.batch.first, held.batch.last + 1))
            held.exhausted = True
            self._release_if_done(held)

    def abandon(self) -> None:
        """Forget everything without a word to the ledger: it is gone. Leases run out by themselves."""
        self.at_hand.clear()
        self._held.clear()
        self._reading = None
        self.dry = True

    def renew(self) -> list[Batch]:
        """Lengthen our leases; forget the rows of the batches, returned, that are somebody else's by now."""
        options, batches = self._options, [held.batch for held in self._held.values()]
        with self._ledger.transaction() as conn:
            lost = renew(conn, batches, owner=options.owner, lease_s=options.lease_s, now=self._clock())
        for batch in lost:
            held = self._held[batch.number]
            held.exhausted = True
            if self._reading is held:
                self._reading = None
            self._forget(range(batch.first, batch.last + 1))
            self._release_if_done(held)
        return lost

    def _forget(self, which: range) -> None:
        """Drop the rows of these subscribers, as far as they were not taken."""
        kept: deque[Recipient] = deque()
        for row in self.at_hand:
            if row.subscriber_id not in which:
                kept.append(row)
            elif (held := self._held_of(row)) is not None:
                held.unsettled -= 1
        self.at_hand = kept

    def _held_of(self, recipient: Recipient) -> _Held | None:
        """The batch of ours that a recipient belongs to; none if it was lost, and perhaps claimed anew."""
        for held in self._held.values():
            if held.batch.holds(recipient):
                return held
        return None

    def _claim(self) -> bool:
        """Claim a batch."""
        options = self._options
        with self._ledger.transaction(durable=True) as conn:
            batch = claim(
                conn,
                options.edition_id,
                owner=options.owner,
                lease_s=options.lease_s,
                now=self._clock(),
                fate=fate_of,
            )
        if batch is None:
            self.dry = True
            return False
        self._reading = self._held[batch.number] = _Held(batch, after_id=batch.first - 1)
        return True

    def _read(self, held: _Held) -> None:
        """Read the next page of a batch."""
        size = self._options.page_size
        with self._ledger.transaction() as conn:
            rows = page(conn, held.batch, after_id=held.after_id, limit=size, now=self._clock())
        self.at_hand.extend(rows)
        held.unsettled += len(rows)
        if rows:
            held.after_id = rows[-1].subscriber_id
        if len(rows) < size or held.after_id >= held.batch.last:
            held.exhausted = True
            self._reading = None
            self._release_if_done(held)

    def _release_if_done(self, held: _Held) -> bool:
        """Give a batch back once all of it is settled; whether it was."""
        if not held.exhausted or held.unsettled or held.batch.number not in self._held:
            return False
        del self._held[held.batch.number]
        if self._reading is held:
            self._reading = None
        options = self._options
        with self._ledger.transaction() as conn:
            release(conn, held.batch, owner=options.owner, lease_s=options.lease_s, now=self._clock())
        self.dry = False  # what broke between fence and content is due again at once
        return True
