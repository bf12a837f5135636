from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.gather import pageimage
from digest.gather.extract import Page, extract_page
from digest.gather.jsonld import word
from digest.gather.merge import article_of
from digest.gather.pageimage import NO_IMAGE, PageImage, credited
from digest.gather.pagemeta import PageMeta
from digest.gather.parse import parse_feed
from digest.model.news import Entry, Feed

URL = "https://www.post.example.org/2026/strait"
SITE = "https://www.post.example.org"


def image_of(*, image: Any = None, head: str = "", body: str = "", nodes: tuple[Any, ...] = ()) -> PageImage:
    article = {"@type": "NewsArticle", "headline": "Strait reopens", "image": image}
    script = f'<script type="application/ld+json">{json.dumps({"@graph": [article, *nodes]})}</script>'
    page = f"<!doctype html><html><head>{script}{head}</head><body><article>{body}</article></body></html>"
    return extract_page(page.encode(), URL).meta.image


def open_graph(url: str, alt: str = "", width: str = "") -> str:
    lines = {"og:image": url, "og:image:alt": alt, "og:image:width": width}
    return "".join(f'<meta property="{name}" content="{value}">' for name, value in lines.items() if value)


def test_the_widest_picture_of_known_size_is_taken_with_its_words() -> None:
    found = image_of(
        image=[
            {"@type": "ImageObject", "url": "/square.jpg", "width": 1600, "height": 1600},
            {"@type": "ImageObject", "url": "/wide.jpg", "width": {"value": "1200"}, "height": "675",
             "caption": "A ferry in the ice.", "creator": {"@type": "Person", "name": "Kari Foto"}},
            {"@type": "ImageObject", "url": "/narrow.jpg", "width": 800, "height": 450},
        ],
        head=open_graph("/card.jpg"),
    )  # fmt: skip
    assert found == PageImage(f"{SITE}/wide.jpg", "A ferry in the ice.", "Kari Foto", 1200)


def test_where_no_size_is_known_the_card_for_social_networks_is_wide() -> None:
    found = image_of(image=["/1x1.jpg", "/4x3.jpg"], head=open_graph("/card.jpg", "Two tugs.", "1200"))
    assert found == PageImage(f"{SITE}/card.jpg", "Two tugs.", "", 1200)
    assert image_of(image=["/1x1.jpg", "/4x3.jpg"]).url == f"{SITE}/1x1.jpg"
    assert image_of(head='<meta name="twitter:image" content="/t.jpg">').url == f"{SITE}/t.jpg"


def test_a_reference_is_followed_to_the_picture_and_never_taken_for_an_address() -> None:
    name = f"{URL}#primaryimage"
    node = {"@type": "ImageObject", "@id": name, "url": "/i.jpg", "creditText": "Ole Dal"}
    assert image_of(image={"@id": name}, nodes=(node,)) == PageImage(f"{SITE}/i.jpg", "", "Ole Dal")
    assert image_of(image={"@id": name}) == NO_IMAGE


def test_the_figure_in_the_text_credits_another_size_of_the_same_file() -> None:
    figure = (
        '<figure><img src="/up/ferry-1024x576.jpg" alt="A ferry"><figcaption>The ferry on Monday.'
        ' <span class="c-credit">Photo: Ada Berg / Nordpress</span></figcaption></figure>'
        '<figure><img src="/up/other.jpg" alt="x"><figcaption>© Somebody else</figcaption></figure>'
    )
    found = image_of(head=open_graph("/up/ferry-scaled.jpg"), body=figure)
    assert found == PageImage(f"{SITE}/up/ferry-scaled.jpg", "A ferry", "Ada Berg / Nordpress")


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("The ferry left at dawn. Photo: Ada Berg", "Ada Berg"),
        ("The ferry left at dawn. (Photograph by Ada Berg/Nordpress)", "Ada Berg/Nordpress"),
        ("The ferry left at dawn. © Nordpress 2026", "Nordpress 2026"),
        ("The ferry left at dawn, as the photo of a passenger shows.", ""),
        ("The ferry left at dawn.", ""),
    ],
)
def test_a_caption_may_end_with_the_credit(caption: str, credit: str) -> None:
    figure = f'<figure><img src="/f.jpg"><figcaption>{caption}</figcaption></figure>'
    assert image_of(head=open_graph("/f.jpg"), body=figure).credit == credit


@pytest.mark.parametrize(
    ("raw", "credit"),
    [
        ("Photo: Ada Berg", "Ada Berg"),
        ("Photo credit: Ada Berg", "Ada Berg"),
        ("Photograph by Ada Berg", "Ada Berg"),
        ("© Nordpress", "Nordpress"),
        ("Photographers' Union", "Photographers' Union"),
        ("Imagery Ltd", "Imagery Ltd"),
    ],
)
def test_a_credit_stands_without_the_words_that_introduce_it(raw: str, credit: str) -> None:
    assert credited(raw) == credit


def test_hostile_claims_give_no_picture_and_no_error() -> None:
    odds: tuple[Any, ...] = ("javascript:alert(1)", ["", {}, [["/x.jpg"]], 7, None], {"url": {}}, {"@id": 7})
    for odd in odds:
        assert image_of(image=odd) == NO_IMAGE


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="/b.jpg">' * 5000,
        f'<img srcset="{",".join(f"/{at}.jpg 1x" for at in range(5000))}">',
        f'<img src="/b.jpg"><figcaption>{"<i class=credit> </i>" * 5000}</figcaption>',
    ],
    ids=["images", "sizes", "credits"],
)
def test_figures_within_figures_are_looked_at_only_so_long(
    inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def noted(text: str, *_: object) -> str:
        looked_at.append(text)
        return text.strip()

    for name in ("web_url", "one_line"):
        monkeypatch.setattr(pageimage, name, noted)
    image_of(head=open_graph("https://x.example/a.jpg"), body="<figure>" * 50 + inside + "</figure>" * 50)
    assert len(looked_at) < 15_000


def test_lists_within_lists_name_nobody() -> None:
    nested: Any = "Ada"
    for _ in range(900):
        nested = [nested]
    assert word(nested) == ""
    assert word([["Ada"]]) == "Ada"


def test_the_feeds_picture_is_taken_unless_it_is_a_thumbnail_and_the_page_has_another() -> None:
    page = Page(PageMeta(image=PageImage(f"{SITE}/page.jpg", "A ferry", "Ada Berg", 1200)))
    entry = Entry(id="1", url=URL, title="Strait reopens", image_url=f"{SITE}/feed.jpg", image_width=900)

    def chosen(entry: Entry, page: Page | None = page) -> tuple[str, str, str]:
        found = article_of(
            entry, Feed("https://x.example.org", "X"), page, now=datetime(2026, 3, 1, tzinfo=UTC)
        )
        return found.image_url, found.image_credit, found.image_alt

    assert chosen(entry) == (f"{SITE}/feed.jpg", "", "")
    assert chosen(replace(entry, image_width=144)) == (f"{SITE}/page.jpg", "Ada Berg", "A ferry")
    assert chosen(replace(entry, image_width=144), None) == (f"{SITE}/feed.jpg", "", "")
    assert chosen(replace(entry, image_url=f"{SITE}/page.jpg")) == (f"{SITE}/page.jpg", "Ada Berg", "A ferry")


def test_a_thumbnail_counts_as_small_and_an_enclosure_as_of_unknown_size() -> None:
    def read(item: str) -> tuple[str, int]:
        feed = f"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>t</title>
          <item><title>a</title><link>https://x.example.org/a</link>{item}</item></channel></rss>"""
        (entry,) = parse_feed(feed.encode(), SITE).entries
        return entry.image_url.removeprefix("https://x.example.org"), entry.image_width

    small = '<media:thumbnail url="https://x.example.org/t.jpg"/>'
    assert read(small) == ("/t.jpg", 144)
    assert read('<media:thumbnail url="https://x.example.org/t.jpg" width="976"/>') == ("/t.jpg", 976)
    assert read(small + '<enclosure url="https://x.example.org/e.jpg" type="image/jpeg"/>') == ("/e.jpg", 0)
