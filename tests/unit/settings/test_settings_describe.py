from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from digest.settings import default_feeds, describe, load, reference, template
from digest.settings.environment import known_variables
from digest.settings.sections import LISTS

ROOT = Path(__file__).parents[3]


def test_the_template_parses_to_the_defaults_and_the_default_feeds(tmp_path: Path) -> None:
    defaults = load(None, {}, tmp_path)
    (tmp_path / "digest.toml").write_text(template(), encoding="utf-8")
    written = load(None, {}, tmp_path)
    assert written == replace(defaults, file=tmp_path / "digest.toml", feeds=default_feeds())


def test_the_template_names_every_key_and_explains_it() -> None:
    lines = template().splitlines()
    for each in describe():
        if each.section == "feeds":
            assert re.search(rf"^# .*\b{each.key}\b", template(), re.MULTILINE), each.key
            continue
        if each.section == "wording":  # seventy phrases stand in the reference alone
            assert "[wording]" in lines
            continue
        place = [n for n, line in enumerate(lines) if re.match(rf"(# )?{each.key} = ", line)]
        assert place, each.key
        assert lines[place[0] - 1].startswith("# ")
    assert max(map(len, lines)) <= 110


def test_the_template_says_which_words_a_setting_takes() -> None:
    text = template()
    for key, words in (
        ("quiet_day", '"skip" or "send"'),
        ("approval", '"silence-sends" or "silence-holds"'),
        ("images", '"none" or "lead"'),
        ("smtp_security", '"starttls" or "tls" or "none"'),
    ):
        comment = text[: text.index(f"\n{key} = ")].rpartition("\n\n")[2]
        assert comment.replace("\n# ", " ").rstrip().endswith(f"Write {words}."), key


def test_the_reference_page_is_the_one_the_settings_make() -> None:
    page = ROOT / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == reference(), "run: make docs"


def test_every_key_is_described_and_documented_with_its_default() -> None:
    page = reference()
    for each in describe():
        assert each.help.endswith("."), each
        assert f"| `{each.key}` | " in page
        assert each.default in page


def test_secrets_are_marked_so() -> None:
    assert {f"{each.section}.{each.key}" for each in describe() if each.secret} == {
        "delivery.smtp_password",
        "bounces.imap_password",
        "summaries.model_key",
        "database.url",
        "web.secret",
    }


def test_every_key_outside_lists_of_tables_has_a_variable() -> None:
    assert len(known_variables()) == sum(each.section not in LISTS for each in describe())


def test_the_default_feeds_are_whole() -> None:
    feeds = default_feeds()
    assert len(feeds) >= 20
    assert len({feed.url for feed in feeds}) == len({feed.name for feed in feeds}) == len(feeds)
    assert all(urlsplit(feed.url).scheme == "https" and feed.publisher for feed in feeds)
    families = {feed.publisher for feed in feeds if feed.name.startswith("BBC")}
    assert families == {"BBC"}
