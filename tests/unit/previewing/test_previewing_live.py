from __future__ import annotations

import pytest

from digest.errors import ConfigurationError, RenderError
from digest.parts import Parts
from digest.previewing import Live

MISTAKES = ("digest.toml:2: one", "digest.toml:9: two")
UNREADABLE = PermissionError(13, "Permission denied", "themes/arctic.toml")


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (ConfigurationError("\n".join(MISTAKES)), MISTAKES),
        (UNREADABLE, ("[Errno 13] Permission denied: 'themes/arctic.toml'",)),
    ],
)
def test_what_keeps_the_first_rendering_away_is_told_line_by_line(
    trouble: Exception, told: tuple[str, ...]
) -> None:
    def reread() -> Parts:
        raise trouble

    live = Live(reread)
    live.refresh()
    assert (live.version, live.problem, live.good) == (1, told, None)
    with pytest.raises(RenderError, match="nothing could be rendered yet"):
        live.preview(frozenset())
