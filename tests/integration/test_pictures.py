"""The lead's picture from an article to the mail, over a real server, and what may go wrong with it."""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from digest import amendments, desk, edits, pictures, pipeline, proofs, subscriptions
from digest.checkup import Level, check
from digest.daily import ensure
from digest.deliver.transports.memory import MemoryTransport
from digest.editing import write
from digest.explain import explain
from digest.model.edition import Edition, EditionStory
from digest.model.links import edition_ref
from digest.model.news import Article, Feed
from digest.parts import Parts, address_pepper
from digest.previewing import make_preview, write_preview
from digest.settings import Settings
from digest.settings.editorial import EditionSettings, PublicationSettings
from digest.store import articles, editions, feeds
from digest.store.engine import Database
from digest.store.tables import images as image_table
from digest.web import background
from digest.web.wired import web_app
from digest.wiring import build
from tests.pictures import encoded, photo, png_header
from tests.wired import parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
NOW = SLOT - timedelta(hours=1)
NEWS = {
    "arctic": (
        "Icebreaker reaches Svalbard after Arctic storm",
        "The Arctic Council thanked the crew in Longyearbyen.",
    ),
    "indo-pacific": (
        "Japan and Australia sign defence pact on bases",
        "Tokyo and Canberra will share naval bases.",
    ),
    "middle-east": (
        "Gaza ceasefire talks resume in Cairo",
        "Israel and Hamas sent envoys to Egypt, the mediators said.",
    ),
}
SETTINGS = Settings(
    folder=Path(),
    publication=PublicationSettings(base_url="https://read.harbour.example"),
    edition=EditionSettings(images="lead"),
)


@pytest.fixture
def outgoing() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def parts(database: Database, outgoing: MemoryTransport, tmp_path: Path) -> Parts:
    return parts_of(database, replace(SETTINGS, folder=tmp_path), lambda: NOW, outgoing)


def publish(parts: Parts, shown: dict[str, str], *, feed_url: str = "", allow_private: bool = True) -> None:
    """An article for each theme, with the picture at ``shown[theme]``; the first theme's ranks first."""
    with parts.database.write() as conn:
        feed, _ = feeds.add_feed(
            conn,
            Feed(feed_url or "http://127.0.0.1:9/f", "The Sample Post", allow_private=allow_private),
            NOW,
        )
        found = [
            Article(
                url=f"https://post.example.org/{theme}",
                canonical_url=f"https://post.example.org/{theme}",
                title=title,
                dek=dek,
                text=f"{dek} More was to follow on Monday.",
                published_at=NOW - timedelta(hours=2),
                date_source="feed",
                gathered_at=NOW,
                language="en",
                outlet=f"The {theme.title()} Post",
                weight=3.0 if theme == next(iter(shown)) else 1.0,
                image_url=shown.get(theme, ""),
                image_credit="Ada Berg" if theme == "arctic" else "",
                image_alt="An icebreaker among floes" if theme == "arctic" else "",
                feed_id=feed.id,
            )
            for theme, (title, dek) in NEWS.items()
        ]
        articles.save_articles(conn, found)


def drafted(parts: Parts, now: datetime = NOW) -> Edition:
    edition = pipeline.draft(parts, parts.key(SLOT), now).edition
    assert edition is not None
    assert len(edition.stories) == 3
    return edition


def lead_of(edition: Edition) -> EditionStory:
    lead = edition.lead()
    assert lead is not None
    return lead


def images_in(html: str) -> list[str]:
    return re.findall(r'<img [^>]*src="([^"]*)"', html)


def stored(parts: Parts) -> int:
    with parts.database.read() as conn:
        return conn.execute(select(func.count()).select_from(image_table)).scalar_one()


def test_the_lead_of_every_choice_of_themes_shows_its_own_picture(parts: Parts, site: Any) -> None:
    urls = {
        theme: site.serve(f"/{theme}.jpg", encoded(photo(seed=30 * n)), Content_Type="image/jpeg")
        for n, theme in enumerate(NEWS)
    }
    publish(parts, urls, feed_url=site.url("/feed"))
    edition = drafted(parts)
    seen = {}
    for theme in ("", *NEWS):
        chosen = frozenset({theme} - {""})
        variant = parts.renderer.variant(edition, chosen)
        web = parts.renderer.web_copy(edition, chosen)
        (seen[theme],) = images_in(variant.html)
        assert images_in(web) == [seen[theme]]
        assert f'<meta property="og:image" content="{seen[theme]}">' in web
        credit = (
            "Photo: Ada Berg" if "arctic" in (theme or "arctic") else f"Photo from The {theme.title()} Post"
        )
        assert credit in variant.html
        assert credit in web
        assert variant.html.count("Photo") == 1
    assert seen[""] == seen["arctic"]
    assert len(set(seen.values())) == 3
    assert all(url.startswith("https://read.harbour.example/images/") for url in seen.values())
    assert 'alt="An icebreaker among floes"' in parts.renderer.variant(edition, frozenset()).html
    assert 'alt=""' in parts.renderer.variant(edition, frozenset({"middle-east"})).html


def test_none_is_fetched_where_none_is_wanted(parts: Parts, site: Any) -> None:
    publish(parts, {"arctic": site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")})
    edition = drafted(replace(parts, lead_images=False))
    assert not images_in(parts.renderer.variant(edition, frozenset()).html)
    assert not any(story.picture or story.picture_trouble for story in edition.stories)
    assert site.requests == []


def test_a_picture_is_fetched_once_for_many_drafts_and_again_after_a_day(parts: Parts, site: Any) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    first = drafted(parts)
    again = lead_of(drafted(parts, NOW + timedelta(minutes=20)))
    assert (again.picture is not None, again.picture) == (True, lead_of(first).picture)
    assert site.paths() == ["/a.jpg"]
    later = pictures.illustrated(parts, first, NOW + timedelta(days=1, hours=1), ask=True)
    assert lead_of(later).picture == lead_of(first).picture
    assert site.paths() == ["/a.jpg"] * 2
    assert stored(parts) == 1


def test_looking_fetches_nothing_and_says_what_would(parts: Parts, site: Any) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    _row, seen = desk.at_hand(parts, NOW)
    assert lead_of(seen).picture is None
    assert "`digest draft`" in lead_of(seen).picture_trouble
    assert site.requests == []
    assert stored(parts) == 0


def failing(site: Any, case: str) -> str:
    """The address of a picture that can't be shown."""
    good, kind = encoded(photo()), {"Content_Type": "image/jpeg"}
    serve: dict[str, Callable[[], str]] = {
        "gone": lambda: site.url("/gone.jpg"),
        "page": lambda: site.serve("/p.jpg", b"<html>no</html>", Content_Type="text/html"),
        "svg": lambda: site.serve("/s.jpg", b"<svg/>", Content_Type="image/svg+xml"),
        "mislabelled": lambda: site.serve("/m.jpg", b"<svg/>", **kind),
        "small": lambda: site.serve("/t.jpg", encoded(photo(200, 120)), **kind),
        "bomb": lambda: site.serve("/b.png", png_header(60_000, 60_000), Content_Type="image/png"),
        "large": lambda: site.serve("/l.jpg", good + b"\x00" * 6 * 1024 * 1024, **kind),
        "private": lambda: site.serve(
            "/r.jpg", b"", status=302, Location=f"http://localhost:{site.port}/x.jpg"
        ),
        "logo": lambda: site.serve("/site-logo.jpg", good, **kind),
        "slow": lambda: site.url("/slow.jpg"),
        "no address": lambda: "",
    }
    site.serve("/x.jpg", good, **kind)
    site.routes["/slow.jpg"] = lambda _handler: site.over.wait(20)
    return serve[case]()


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("gone", r"answers 404 \(Not Found\)"),
        ("page", "comes as text/html"),
        ("svg", "comes as image/svg"),
        ("mislabelled", "can't be decoded"),
        ("small", "200 x 120 pixels"),
        ("bomb", "25 million pixels"),
        ("large", "larger than 5,242,880 bytes"),
        ("private", "not on the public internet"),
        ("logo", "a stand-in"),
        ("slow", "no complete answer within 0.3 s"),
        ("no address", "names none"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what fails is told before it is stored
def test_an_edition_goes_without_a_picture_that_fails_and_says_why(
    parts: Parts, site: Any, case: str, reason: str
) -> None:
    if case == "slow":
        parts = replace(parts, gathering=replace(parts.gathering, timeout_s=0.3))
    publish(parts, {"arctic": failing(site, case)}, feed_url=site.url("/feed"))
    edition = drafted(parts)
    lead = lead_of(edition)
    assert lead.picture is None
    assert re.search(reason, lead.picture_trouble)
    without = replace(edition, stories=tuple(replace(one, picture_trouble="") for one in edition.stories))
    plain = parts.renderer.variant(without, frozenset())
    assert parts.renderer.variant(edition, frozenset()) == plain  # no gap, no trace
    assert "/x.jpg" not in site.paths()
    said = "\n".join(explain(parts, "https://post.example.org/arctic", NOW).lines())
    assert re.search(f"no picture.*: .*{reason}", said)
    asked = len(site.requests)
    drafted(parts, NOW + timedelta(minutes=1))
    assert len(site.requests) == asked


def test_an_editor_leaves_a_picture_out_and_takes_it_back(parts: Parts, site: Any) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    drafted(parts)

    def edited(change: Callable[[str], str]) -> EditionStory:
        session = edits.begin(parts, desk.named(parts, NOW))
        made, problems = edits.judge(session, change(write(session.sheet)), by="Ada Lund", now=NOW)
        assert made is not None, problems
        row = amendments.apply(parts, session, made, NOW).row
        assert row.edition is not None
        return lead_of(row.edition)

    without = edited(lambda text: text.replace("themes: arctic\n", "themes: arctic\npicture: none\n"))
    assert (without.picture, without.picture_trouble) == (None, "left out by Ada Lund")
    assert lead_of(drafted(parts)).picture is None
    assert edited(lambda text: text.replace("picture: none (by Ada Lund)\n", "")).picture is not None


def test_a_failure_is_tried_again_later_and_may_come_good(parts: Parts, site: Any) -> None:
    publish(parts, {"arctic": site.url("/a.jpg")}, feed_url=site.url("/feed"))
    assert lead_of(drafted(parts)).picture is None
    site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    found = lead_of(drafted(parts, NOW + timedelta(minutes=11)))
    assert found.picture is not None
    assert found.picture_trouble == ""


def test_only_a_feeds_own_host_and_port_may_be_private(parts: Parts, make_site: Any) -> None:
    feed, other = make_site(), make_site()
    url = other.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=feed.url("/feed"))
    assert "not on the public internet" in lead_of(drafted(parts)).picture_trouble
    assert other.requests == []


def test_without_leave_a_feeds_own_host_may_not_be_private_either(parts: Parts, site: Any) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"), allow_private=False)
    assert "not on the public internet" in lead_of(drafted(parts)).picture_trouble
    assert site.requests == []


def test_a_picture_that_an_outlet_shows_with_everything_is_no_storys(parts: Parts, site: Any) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    with parts.database.write() as conn:
        (one,) = (
            a for a in articles.recent_articles(conn, since=NOW - timedelta(days=1), until=NOW) if a.image_url
        )
        old = NOW - timedelta(days=4)
        addresses = [f"{one.url}/{number}" for number in range(3)]
        earlier = replace(one, id=0, published_at=old, gathered_at=old)
        more = [replace(earlier, url=address, canonical_url=address) for address in addresses]
        articles.save_articles(conn, more)
    assert "The Arctic Post has it with 4 articles" in lead_of(drafted(parts)).picture_trouble
    assert site.requests == []


def test_the_time_for_all_pictures_is_bounded(
    parts: Parts, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "ALL_WITHIN_S", 0.0)
    publish(parts, {"arctic": site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")})
    assert "time for fetching pictures was up" in lead_of(drafted(parts)).picture_trouble
    assert site.requests == []


def test_what_is_sent_shows_a_picture_that_the_pages_serve_for_good(
    parts: Parts, site: Any, outgoing: MemoryTransport
) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    with parts.database.write() as conn:
        subscriptions.add(
            conn, "ada@example.org", pepper=address_pepper(conn, NOW), now=NOW, known_themes=tuple(NEWS)
        )
    ensure(parts, NOW)
    del site.routes["/a.jpg"]
    ensure(parts, SLOT)
    (envelope,) = outgoing.messages
    body = message_from_bytes(b"".join(envelope.pieces), policy=default).get_body(("html",))
    assert body is not None
    (address,) = images_in(body.get_content())
    path = address.removeprefix("https://read.harbour.example")
    pictures.illustrated(
        parts, Edition(parts.key(SLOT), "", "", (), (), None), SLOT + timedelta(days=90), ask=True
    )

    with background(web_app(parts)) as base, httpx2.Client(base_url=base) as client:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert client.head(path).headers["content-length"] == str(len(answer.content))
        again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        part = client.get(path, headers={"Range": "bytes=0-9"})
        assert (part.status_code, part.content) == (200, answer.content)
        for wrong in ("/images/x.jpg", f"/images/{'0' * 64}.jpg", path.replace(".jpg", ".png"), "/images/"):
            assert client.get(wrong).status_code == 404, wrong
        assert client.post(path).status_code == 405
        page = client.get(f"/editions/{edition_ref(parts.key(SLOT))}")
        assert images_in(page.text) == [address]


def test_a_preview_carries_the_picture_and_the_message_its_real_address(
    parts: Parts, site: Any, tmp_path: Path
) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    edition = drafted(parts)
    picture = lead_of(edition).picture
    assert picture is not None
    paths = write_preview(make_preview(parts, None, edition, NOW), tmp_path / "out")
    for kind in ("html", "web.html"):
        (source,) = images_in(paths[kind].read_text())
        assert b64decode(source.removeprefix("data:image/jpeg;base64,")).startswith(b"\xff\xd8\xff")
    test, _note = proofs.rendering(parts, None, edition)
    message = proofs.proof(parts, edition.key, test, "ed@example.org", NOW)
    for content in (paths["eml"].read_bytes(), b"".join(message.pieces)):
        body = message_from_bytes(content, policy=default).get_body(("html",))
        assert body is not None
        assert images_in(body.get_content()) == [parts.links.image(picture.hash)]


def test_the_check_warns_of_pictures_that_mail_programs_will_not_load(parts: Parts, tmp_path: Path) -> None:
    def said(base_url: str, images: str) -> list[str]:
        chosen = replace(
            SETTINGS,
            folder=tmp_path,
            publication=PublicationSettings(base_url=base_url),
            edition=EditionSettings(images=images),
        )
        found = check(chosen, parts, online=False)
        return [one.what for one in found if one.level is Level.WARNING and "pictures are on" in one.what]

    assert said("http://news.harbour.example", "lead")
    assert not said("https://news.harbour.example", "lead")
    assert not said("http://news.harbour.example", "none")


def test_the_check_tries_the_templates_on_a_picture(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "_image.mjml.j2").write_text("{{ edition.picture.nothing }}")
    for images, level in (("lead", Level.ERROR), ("none", Level.OK)):
        chosen = replace(SETTINGS, folder=tmp_path, edition=EditionSettings(images=images))
        found = check(chosen, build(chosen, parts.database, clock=lambda: NOW), online=False)
        assert [one.level for one in found if one.what.startswith("templates")] == [level]


def test_the_unattended_draft_tells_that_the_top_story_has_no_picture(parts: Parts, site: Any) -> None:
    publish(parts, {"arctic": site.url("/gone.jpg")}, feed_url=site.url("/feed"))
    done = ensure(parts, NOW)
    assert any("no picture for the top story" in step.what and not step.failed for step in done)


def test_who_fetches_no_picture_does_not_wait_for_the_decoders() -> None:
    code = "import sys, digest.cli, digest.wiring; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_draft_is_kept_with_its_picture(parts: Parts, site: Any) -> None:
    url = site.serve("/a.jpg", encoded(photo()), Content_Type="image/jpeg")
    publish(parts, {"arctic": url}, feed_url=site.url("/feed"))
    edition = drafted(parts)
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(SLOT))
    assert row is not None
    approved = desk.approve(parts, row, NOW, reviewed_by="Mara Ellison")
    assert approved.edition is not None
    assert lead_of(approved.edition).picture == lead_of(edition).picture
    said = "\n".join(explain(parts, "https://post.example.org/arctic", NOW).lines())
    assert f"picture, if it leads: {url}, 1104 x 621 pixels, credited to Ada Berg" in said
