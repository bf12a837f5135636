"""What an editor ruled about a batch's articles: which are one story, and which never are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Bonds:
    """Articles 0 to ``count`` - 1 in groups that only ever grow, and never hold two that are kept apart.

    ``together`` are groups to begin with, ``apart`` pairs that win over them: of a group that holds such
    a pair, each member joins the earliest it may. Neither the order of the rulings nor of their members
    changes anything.
    """

    def __init__(
        self,
        count: int,
        together: Iterable[Iterable[int]] = (),
        apart: Iterable[tuple[int, int]] = (),
    ) -> None:
        self._root = list(range(count))
        self._members = {at: [at] for at in range(count)}
        self._foes: dict[int, set[int]] = {}
        for one, other in apart:
            if one != other:
                self._foes.setdefault(one, set()).add(other)
                self._foes.setdefault(other, set()).add(one)
        for group in sorted(sorted(set(group)) for group in together):
            for place, member in enumerate(group):
                self._join_first(member, group[:place])

    def _join_first(self, member: int, earlier: Sequence[int]) -> None:
        for other in earlier:
            if self.may_join(member, other):
                self.join(member, other)
                return

    def may_join(self, one: int, other: int) -> bool:
        """Whether the groups of two articles may become one. They may when they are one already."""
        return not self._foes or self._root[other] not in self._foes.get(self._root[one], ())

    def join(self, one: int, other: int) -> None:
        """Make the groups of two articles one; the caller has asked whether that may be."""
        kept, gone = sorted((self._root[one], self._root[other]))
        if kept == gone:
            return
        for member in self._members[gone]:
            self._root[member] = kept
        self._members[kept] += self._members.pop(gone)
        for foe in self._foes.pop(gone, ()):
            self._foes[foe].discard(gone)
            self._foes[foe].add(kept)
            self._foes.setdefault(kept, set()).add(foe)

    def groups(self) -> list[list[int]]:
        """Every article in its group; groups and their members in ascending order."""
        return sorted(sorted(group) for group in self._members.values())
