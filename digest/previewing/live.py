"""The edition as the live page shows it: the last good rendering, and what is wrong since."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from digest import desk
from digest.errors import ConfigurationError, DigestError, RenderError
from digest.model.edition import Edition, ThemeStyle
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.previewing.preview import Preview, make_preview
from digest.store.editions import EditionRow


@dataclass(frozen=True)
class Good:
    """What could be rendered: an edition, and its previews by choice of themes, made when asked for."""

    parts: Parts
    row: EditionRow | None
    edition: Edition
    now: datetime
    previews: dict[frozenset[str], Preview] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """How far the edition is."""
        return str(self.row.state) if self.row else "not drafted yet"

    @property
    def ref(self) -> str:
        """The edition's name."""
        return edition_ref(self.edition.key)

    @property
    def themes(self) -> tuple[ThemeStyle, ...]:
        """The themes that a reader can choose from."""
        return tuple(theme.style for theme in self.parts.themes)

    def preview(self, chosen: frozenset[str]) -> Preview:
        """The edition for a reader of ``chosen`` themes. Raises RenderError, as ``make_preview``."""
        if chosen not in self.previews:
            self.previews[chosen] = make_preview(self.parts, self.row, self.edition, self.now, chosen)
        return self.previews[chosen]


class Live:
    """Renders when told to; may be asked from any thread.

    ``reread`` builds the parts from the settings as they are by then; ``edition`` names the one to show
    ("": the one at hand, or what a draft would be). ``version`` goes up whenever there is news.
    """

    def __init__(self, reread: Callable[[], Parts], edition: str = "") -> None:
        self._reread = reread
        self._edition = edition
        self._rendering = threading.Lock()
        self.good: Good | None = None
        self.problem: tuple[str, ...] = ()
        self.version = 0
        self.closed = False  # set it to end every open connection

    def refresh(self) -> None:
        """Render anew. What keeps that from succeeding becomes ``problem``, and ``good`` stays."""
        with self._rendering:
            try:
                self.good, self.problem = self._rendered(), ()
            except (DigestError, ConfigurationError, OSError) as error:  # OSError: a file nobody may read
                self.problem = tuple(str(error).splitlines())
            self.version += 1

    def _rendered(self) -> Good:
        parts = self._reread()
        now = parts.clock()
        row, edition = desk.at_hand(parts, now, self._edition)
        good = Good(parts, row if row and row.edition else None, edition, now)
        good.preview(frozenset())
        return good

    def preview(self, chosen: frozenset[str]) -> Preview:
        """The last good rendering for a reader of ``chosen`` themes (none: all).

        Raises:
            RenderError: nothing could be rendered yet, or not for this choice.
        """
        good = self.good
        if good is None:
            raise RenderError("nothing could be rendered yet")
        if chosen in good.previews:
            return good.previews[chosen]
        with self._rendering:
            return good.preview(chosen)
