"""The page of the outbox, as a person sees it on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.deliver.transports.outbox_index import Entry, render_index
from tests.browser import AXE, Browser

SUBJECT = "Muscat accord promises merchant ships an escorted lane + 26 more"


@pytest.mark.browser
@pytest.mark.skipif(not AXE.exists(), reason="no axe-core in node_modules")
@pytest.mark.parametrize("dark", [False, True])
def test_a_message_stands_on_a_few_lines_and_nothing_of_it_is_hidden(
    tmp_path: Path, chromium: Browser, dark: bool
) -> None:
    to, sent = "ada.fernandes@example.org", "2026-11-28T08:07:00+00:00"
    page = tmp_path / "index.html"
    page.write_text(render_index([Entry("20261128-ada", "daily", to, SUBJECT, sent, 66_000, has_html=True)]))
    for width in (320, 375, 1200):
        tab = chromium.open(page.as_uri(), width=width, height=800, dark=dark)
        cells = tab.ask(
            "[...document.querySelectorAll('tbody tr > *')].map(e => e.getBoundingClientRect())"
            ".map(r => [r.left, r.right, r.height])"
        )
        assert len(cells) == 5
        assert all(left >= 0 and right <= width for left, right, _height in cells)
        assert max(height for _left, _right, height in cells) < 80, "two lines, or three"
        assert tab.violations() == []
