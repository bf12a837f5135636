from __future__ import annotations

import re

import httpx2
import pytest

from digest import subscriptions
from digest.model.audience import SubscriberState, SuppressionReason
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, key_hash, make_token
from digest.store import audience, suppressions

from .conftest import NOW, PEPPER, SECRET, Site

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def h1(page: httpx2.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return found[1]


def link(page: httpx2.Response, words: str) -> str:
    found = re.search(rf'<a href="([^"]+)">[^<]*{words}', page.text)
    assert found, page.text
    return str(page.url.join(found[1]))


def status(page: httpx2.Response) -> str:
    found = re.search(r'class="status"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", found[1])) if found else ""


def test_a_scanner_that_follows_every_link_changes_nothing(site: Site) -> None:
    reader = site.reader("ada@example.org", "arctic")
    before = site.now(reader)
    for url in (site.leave_url(reader), site.themes_url(reader)):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            site.client.request(method, url)
    assert site.now(reader) == before
    assert site.mailed() == {"arctic": 1}


def test_one_click_leaves_without_redirect_cookie_or_login_however_often(site: Site) -> None:
    reader = site.reader()
    for _ in range(3):
        answer = site.client.post(site.leave_url(reader), content=ONE_CLICK, headers=FORM)
        assert answer.status_code == 200
        assert not answer.history
        assert "set-cookie" not in answer.headers
    assert site.now(reader).state is SubscriberState.UNSUBSCRIBED
    assert site.mailed() == {}


def test_one_click_as_multipart_leaves_too(site: Site) -> None:
    reader = site.reader()
    parts = {"List-Unsubscribe": (None, "One-Click")}
    assert site.client.post(site.leave_url(reader), files=parts).status_code == 200
    assert site.mailed() == {}


@pytest.mark.parametrize("body", [b"", b"\xff\x00=%zz&&", b"x" * 9000])
def test_a_provider_that_posts_something_odd_still_gets_its_user_out(lite_site: Site, body: bytes) -> None:
    reader = lite_site.reader()
    assert lite_site.client.post(lite_site.leave_url(reader), content=body).status_code == 200
    assert lite_site.mailed() == {}


def test_a_form_that_nobody_can_read_still_gets_its_sender_out(lite_site: Site) -> None:
    reader = lite_site.reader()
    kind = {"Content-Type": "multipart/form-data; boundary*=utf-8''%62; boundary*0=x"}
    answer = lite_site.client.post(lite_site.leave_url(reader), content=b"--b\r\n\r\n", headers=kind)
    assert answer.status_code == 200
    assert lite_site.mailed() == {}


@pytest.mark.parametrize("glued", ["", "/", ".", "%3E", "=", ")."])
def test_a_link_that_a_mail_program_mangled_still_works(lite_site: Site, glued: str) -> None:
    reader = lite_site.reader()
    answer = lite_site.client.post(lite_site.leave_url(reader).upper().replace("/U/", "/u/") + glued)
    assert answer.status_code == 200
    assert lite_site.mailed() == {}


def test_leaving_by_the_page_offers_the_way_back(site: Site) -> None:
    reader = site.reader("ada@example.org", "arctic")
    url = site.leave_url(reader)
    page = site.client.get(url)
    assert h1(page) == "Unsubscribe from The Strait &amp; Ice &lt;Brief&gt;?"
    assert 'value="unsubscribe"' in page.text
    left = site.client.post(url, data={"action": "unsubscribe"})
    assert h1(left) == "You are unsubscribed"
    assert site.mailed() == {}
    assert h1(site.client.get(url)) == "You are unsubscribed"
    back = site.client.post(url, data={"action": "resubscribe"})
    assert h1(back) == "Welcome back"
    assert "<title>Welcome back" in back.text
    assert site.mailed() == {"arctic": 1}
    assert h1(site.client.post(url, data={"action": "resubscribe"})) == "Welcome back"


def test_one_who_left_can_come_back_for_fewer_themes(site: Site) -> None:
    reader = site.reader()
    left = site.client.post(site.leave_url(reader), content=ONE_CLICK, headers=FORM)
    choice = link(left, "come back for only some")
    page = site.client.get(choice)
    assert h1(page) == "Come back for the themes you like"
    assert site.mailed() == {}
    back = site.client.post(choice, data={"theme": ["middle-east", "arctic"]})
    assert "Welcome back" in status(back)
    assert site.mailed() == {"arctic+middle-east": 1}


def test_themes_are_chosen_without_a_login(site: Site) -> None:
    reader = site.reader("ada@example.org", "arctic")
    url = site.themes_url(reader)
    page = site.client.get(url)
    assert re.findall(r'value="([a-z-]+)" checked', page.text) == ["arctic"]
    saved = site.client.post(url, data={"theme": ["indo-pacific", "arctic"]})
    assert (
        status(saved)
        == "Saved. From the next edition on, you get stories about Indo-Pacific alliances, Arctic."
    )
    assert site.now(reader).themes == ("arctic", "indo-pacific")
    everything = site.client.post(url, data={"theme": ["indo-pacific", "arctic", "middle-east"]})
    assert "every theme" in status(everything)
    assert "<title>Saved: Your themes" in everything.text
    assert site.now(reader).themes == ()
    assert len(re.findall(" checked", site.client.get(url).text)) == 3


@pytest.mark.parametrize("fields", [{}, {"theme": "sport"}, {"theme": ""}])
def test_choosing_no_theme_changes_nothing_and_is_explained(lite_site: Site, fields: dict[str, str]) -> None:
    reader = lite_site.reader("ada@example.org", "arctic")
    page = lite_site.client.post(lite_site.themes_url(reader), data=fields)
    assert page.status_code == 422
    assert "No theme was ticked" in status(page)
    assert "<title>Not saved: Your themes" in page.text, "which is what a screen reader says first"
    assert '<fieldset aria-describedby="problem">' in page.text
    assert re.findall(r'value="([a-z-]+)" checked', page.text) == ["arctic"], "what holds"
    assert h1(lite_site.client.get(link(page, "unsubscribe"))).startswith("Unsubscribe from")
    assert lite_site.now(reader).themes == ("arctic",)


def test_a_choice_whose_themes_are_gone_is_explained(lite_site: Site) -> None:
    reader = lite_site.reader("ada@example.org", "arctic")
    with lite_site.database.write() as conn:
        audience.change(conn, reader.id, themes=["sport"])
    assert "no longer published" in status(lite_site.client.get(lite_site.themes_url(reader)))


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED])
def test_one_who_bounced_or_complained_is_not_brought_back_by_any_page(
    lite_site: Site, reason: SuppressionReason
) -> None:
    reader = lite_site.reader()
    with lite_site.database.write() as conn:
        suppressions.suppress(conn, key_hash(PEPPER, reader.email_key), reason, NOW)
    leave, themes = lite_site.leave_url(reader), lite_site.themes_url(reader)
    assert h1(lite_site.client.get(leave)) == "You are unsubscribed"
    assert "resubscribe" not in lite_site.client.get(leave).text
    assert "<form" not in lite_site.client.get(themes).text
    assert lite_site.client.post(leave, data={"action": "resubscribe"}).status_code == 409
    refused = lite_site.client.post(themes, data={"theme": "arctic"})
    assert refused.status_code == 409
    assert "Please write to us" in status(refused)
    assert lite_site.mailed() == {}


def test_one_who_was_forgotten_is_told_that_nothing_comes_any_more(lite_site: Site) -> None:
    reader = lite_site.reader()
    with lite_site.database.write() as conn:
        subscriptions.erase(conn, "ada@example.org", pepper=PEPPER, now=NOW)
    for answer in (
        lite_site.client.get(lite_site.leave_url(reader)),
        lite_site.client.post(lite_site.leave_url(reader), content=ONE_CLICK, headers=FORM),
    ):
        assert answer.status_code == 200
        assert "no more editions" in status(answer)
    assert (
        lite_site.client.post(lite_site.leave_url(reader), data={"action": "resubscribe"}).status_code == 409
    )
    assert lite_site.client.post(lite_site.themes_url(reader), data={"theme": "arctic"}).status_code == 409


def test_a_link_that_is_not_ours_says_what_to_do(lite_site: Site) -> None:
    reader = lite_site.reader()
    leave = make_token(SECRET, UNSUBSCRIBE, "morning", reader.id)
    prefer = make_token(SECRET, PREFERENCES, "morning", reader.id)
    for path in (f"/u/{prefer}", f"/p/{leave}", "/u/x", "/u/" + "a" * 500, "/p/%00", f"/u/{leave[:-1]}"):
        for method in ("GET", "POST"):
            answer = lite_site.client.request(method, path)
            assert answer.status_code == 404
            assert h1(answer) == "This link doesn\u2019t work"
            assert "desk@example.org" in answer.text
    assert lite_site.mailed() == {"": 1}


def test_a_personal_page_shows_no_whole_address(lite_site: Site) -> None:
    reader = lite_site.reader("ada.lovelace@example.org")
    for url in (lite_site.leave_url(reader), lite_site.themes_url(reader)):
        text = lite_site.client.get(url).text
        assert "a•••@example.org" in text
        assert "lovelace" not in text


def test_the_test_page_is_harmless_by_get_and_by_post(lite_site: Site) -> None:
    reader = lite_site.reader()
    for answer in (
        lite_site.client.get("/test"),
        lite_site.client.post("/test", content=ONE_CLICK, headers=FORM),
    ):
        assert answer.status_code == 200
        assert status(answer) == "Nothing was changed, and nobody was unsubscribed."
    assert lite_site.now(reader).state is SubscriberState.ACTIVE
