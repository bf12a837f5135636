"""The page about how an edition went out."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from html import escape
from xml.etree import ElementTree as ET

from .conftest import Desk


def test_the_report_page_tells_what_the_ledger_has(stocked: Desk) -> None:
    assert "nothing to report" in stocked.run("status", "--report", "page.html", code=1).stderr
    assert not (stocked.folder / "page.html").exists()
    drafted = stocked.json("draft")
    stocked.run("send")
    with closing(sqlite3.connect(stocked.folder / "subscribers.db")) as database, database:
        database.execute(
            "UPDATE deliveries SET state = 'failed', code = 550,"
            " text = '5.1.1 <' || address || '> has no mailbox <here>' WHERE subscriber_id IN (1, 5)"
        )
        database.execute("UPDATE deliveries SET state = 'skipped' WHERE subscriber_id = 7")
    assert "Written: page.html" in stocked.run("status", "--report", "page.html").stderr
    page = (stocked.folder / "page.html").read_text("utf-8")
    counts = stocked.json("status")["editions"][0]["counts"]
    assert (counts["sent"], counts["failed"], counts["skipped"]) == (37, 2, 1)
    assert re.search(r"<td>sent</td><td class=\"n\">37</td><td class=\"n\">92\.5 %</td>", page)
    assert '<p class="meta">Skipped: no story on their themes, or the edition was cancelled.</p>' in page
    assert "Suppressed:" not in page
    assert '550 5.1.1 ... has no mailbox &lt;here&gt;</td><td class="n">2</td>' in page
    assert "@example.org" not in page  # it may be passed on
    assert f"<strong>{escape(drafted['edition']['stories'][0]['headline'])}</strong>" in page
    assert re.search(r"Started \d{4}-\d\d-\d\d [\d:]{8} UTC,", page)
    assert "<svg" not in page, "it was over in no time"
    with closing(sqlite3.connect(stocked.folder / "subscribers.db")) as database, database:
        database.execute("UPDATE runs SET report = json_set(report, '$.timeline.step_s', 30.0)")
    stocked.run("status", "--report", "page.html")
    page = (stocked.folder / "page.html").read_text("utf-8")
    picture = page[page.index("<svg") : page.index("</svg>") + 6]
    assert "40 accepted in" in (ET.fromstring(picture).get("aria-label") or "")

    (run,) = stocked.json("status")["editions"][0]["runs"]
    assert sum(run["report"]["timeline"]["sent"]) == run["report"]["sent_now"] == 40
    assert "can't be written" in stocked.run("status", "--report", "no/page.html", code=1).stderr
