from __future__ import annotations

import contextlib
import gzip
import json
import re
from datetime import UTC, datetime

import pytest

from digest.errors import ParseError
from digest.gather.decode import decoded
from digest.gather.discover import discover_feeds
from digest.gather.extract import dissect_fragment
from digest.gather.health import failed
from digest.gather.options import GatherOptions
from digest.gather.parse import parse_feed
from digest.model.news import Entry, FeedHealth

URL = "https://news.example.org/feeds/all.xml"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def rss(items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return (
        f'{head}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Harbour Post</title>'
        f"<link>https://news.example.org/</link><language>en-gb</language>{items}</channel></rss>"
    ).encode()


ITEM = """<item><title>Port &amp; strait reopen</title><link>/2026/port?utm_source=rss</link>
<guid isPermaLink="false">id-7</guid><pubDate>Tue, 10 Mar 2026 09:30:00 GMT</pubDate>
<description><![CDATA[<p>Ships <b>sail</b> again.</p>
<p>The post Port appeared first on Harbour Post.</p>]]></description>
<comments>https://news.example.org/2026/port#comments</comments><category>Sea</category><category>Sea</category>
<media:content url="/small.jpg" medium="image" width="90"/>
<media:content url="/big.jpg" medium="image" width="900"/>
<media:description type="plain">A ship &amp;amp; a tug in the ice</media:description>
<media:credit>Photo: A. Fotograf</media:credit></item>"""


def test_an_rss_item_comes_out_clean_absolute_and_dated() -> None:
    read = parse_feed(rss(ITEM), URL)
    (entry,) = read.entries
    assert (read.format, read.title, read.language) == ("rss20", "Harbour Post", "en-GB")
    assert entry.id == "id-7"
    assert entry.title == "Port & strait reopen"
    assert entry.url == "https://news.example.org/2026/port?utm_source=rss"
    assert entry.summary == "Ships sail again."
    assert entry.published_at == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    assert entry.comments_url == "https://news.example.org/2026/port#comments"
    assert (entry.image_url, entry.image_credit) == ("https://news.example.org/big.jpg", "A. Fotograf")
    assert (entry.image_alt, entry.image_width) == ("A ship & a tug in the ice", 900)
    assert entry.categories == ("Sea",)


def test_a_description_as_long_as_an_article_becomes_the_content() -> None:
    long = "".join(f"<p>{'Sentence number one. ' * 20}</p>" for _ in range(5))
    item = f"<item><title>t</title><link>/a</link><description><![CDATA[{long}]]></description></item>"
    (entry,) = parse_feed(rss(item), URL).entries
    assert entry.summary == ""
    assert entry.content.count("<p>") == 5


def test_an_atom_entry_keeps_base_language_replies_and_both_dates() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="no"
      xml:base="https://blog.example.org/deep/">
      <title>Nordlys</title><entry><id>tag:1</id><title type="html">Is &amp;amp; sn\xc3\xb8</title>
      <link href="is.html"/><link rel="replies" type="text/html" href="is.html#svar"/>
      <published>2026-03-09T10:00:00+01:00</published><updated>2026-03-10T10:00:00Z</updated>
      <summary>Kort.</summary><content type="html">&lt;p&gt;Lang tekst&lt;/p&gt;</content></entry></feed>"""
    (entry,) = parse_feed(atom, URL).entries
    assert entry.url == "https://blog.example.org/deep/is.html"
    assert entry.comments_url == "https://blog.example.org/deep/is.html#svar"
    assert (entry.title, entry.language, entry.summary, entry.content) == (
        "Is & snø",
        "no",
        "Kort.",
        "<p>Lang tekst</p>",
    )
    assert entry.published_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 3, 10, 10, tzinfo=UTC)


def test_rdf_and_cdf_are_read_too() -> None:
    rdf = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel>
      <item rdf:about="https://r.example.org/1"><title>One</title><link>https://r.example.org/1</link>
      <dc:date>2026-03-10T00:00:00Z</dc:date></item></rdf:RDF>"""
    assert parse_feed(rdf, URL).entries[0].updated_at == datetime(2026, 3, 10, tzinfo=UTC)
    assert parse_feed(b"<CHANNEL><ITEM><TITLE>Old</TITLE></ITEM></CHANNEL>", URL).entries[0].title == "Old"


def json_feed(**more: object) -> dict[str, object]:
    item = {"id": 5, "url": "/five", "title": "Five", "content_text": "1 < 2",
            "date_published": "2026-03-10T01:00:00+01:00",
            "authors": [{"name": "A"}, {"name": "B"}]}  # fmt: skip
    return {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [item], **more}


def test_a_json_feed_is_read_and_its_plain_text_stays_literal() -> None:
    (entry,) = parse_feed(json.dumps(json_feed()).encode(), URL).entries
    assert (entry.id, entry.url, entry.author) == ("5", "https://news.example.org/five", "A, B")
    assert entry.summary == "1 < 2"
    assert entry.published_at == datetime(2026, 3, 10, tzinfo=UTC)


def test_what_a_json_feed_calls_text_is_no_html() -> None:
    item = {
        "id": "1",
        "url": "/1",
        "title": "Why <b> and <details> matter, &amp; more",
        "summary": "x <y and z> w",
    }
    feed = json_feed(
        title="A <b> feed", items=[item, {**item, "summary": "", "content_text": "Use <p> " * 200}]
    )
    read = parse_feed(json.dumps(feed).encode(), URL)
    first, second = read.entries
    assert (read.title, first.title) == ("A <b> feed", "Why <b> and <details> matter, & more")
    assert first.summary == "x <y and z> w"
    assert dissect_fragment(second.content, "").paragraphs == (("Use <p> " * 200).strip(),)


def test_what_atom_calls_text_is_no_html() -> None:
    def atom(title: str, summary: str, content: str = "") -> Entry:
        entry = f"<entry><title{title}</title><summary{summary}</summary>{content}<id>urn:1</id></entry>"
        head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Use &lt;b&gt; now</title>'
        read = parse_feed(f"{head}{entry}</feed>".encode(), URL)
        assert read.title == "Use <b> now"
        return read.entries[0]

    entry = atom(' type="text">Use &lt;details&gt; now', ">If x &lt;y and z&gt; w")
    assert (entry.title, entry.summary) == ("Use <details> now", "If x <y and z> w")
    entry = atom(' type="html">Use &lt;b&gt;it&lt;/b&gt;', ' type="html">&lt;p&gt;Now')
    assert (entry.title, entry.summary) == ("Use it", "Now")
    entry = atom(">T", ">S", '<content type="text">The &lt;p&gt; tag</content>')
    assert dissect_fragment(entry.content, "").paragraphs == ("The <p> tag",)


def test_a_json_feed_cut_off_gives_its_complete_items() -> None:
    items = [{"id": str(n), "url": f"/{n}", "title": f"T{n}"} for n in range(4)]
    text = json.dumps(json_feed(items=items))
    read = parse_feed(text[: text.index('"T3"')].encode(), URL)
    assert [entry.title for entry in read.entries] == ["T0", "T1", "T2"]
    assert read.truncated


@pytest.mark.parametrize(
    ("document", "trouble"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b'{"version": "https://jsonfeed.org/version/1234", "items": []}', "not-a-feed"),
        (b'{"items": ', "bad-json"),
        (b"[" * 100_000, "bad-json"),
        (b"<note><to>x</to></note>", "not-a-feed"),
        (b"just words", "not-a-feed"),
        (b"<!doctype html><html><body>Log in to this network</body></html>", "not-a-feed"),
        (b'<rss version="2.0"><channel><item><title>cut o', "bad-xml"),
        (b'<rss version="2.0"><channel><item>' + b"<a>" * 600 + b"</item></channel></rss>", "bad-xml"),
        (gzip.compress(rss(ITEM))[:-30], "bad-encoding"),
        (gzip.compress(bytes(40_000_000)), "too-large"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_stable_word(document: bytes, trouble: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(document, URL)
    assert caught.value.trouble == trouble


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<opml version='2.0'><body/></opml>", r"a list of feeds \(OPML\), no feed; `digest feeds import`"),
        (b"<note><to>x</to></note>", r"an XML document of another kind \(note\), no feed"),
    ],
)
def test_another_kind_of_xml_is_named_in_what_an_editor_reads(document: bytes, told: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(document, URL)
    shown = failed(FeedHealth(feed_id=1), caught.value, NOW, GatherOptions()).message  # which takes tags out
    assert re.search(told, shown)


def test_a_web_page_is_refused_by_naming_the_feed_it_links_to() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head>x</html>'
    with pytest.raises(ParseError, match=r"https://news\.example\.org/rss"):
        parse_feed(page, URL)
    assert discover_feeds(page, URL) == ("https://news.example.org/rss",)


def test_a_feed_cut_off_gives_its_complete_entries() -> None:
    items = "".join(f"<item><title>T{n}</title><link>/{n}</link></item>" for n in range(5))
    whole = rss(items)
    read = parse_feed(whole[: whole.index(b"T4") + 1], URL)
    assert [entry.title for entry in read.entries] == ["T0", "T1", "T2", "T3"]
    assert read.truncated


def test_a_gzip_file_and_leading_space_and_nul_bytes_do_no_harm() -> None:
    assert len(parse_feed(gzip.compress(rss(ITEM)), URL).entries) == 1
    assert len(parse_feed(b"\n\n  " + rss(ITEM), URL).entries) == 1
    assert parse_feed(rss("<item><title>a\x00b</title></item>"), URL).entries[0].title == "ab"


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-16", "utf-8", "iso-8859-1"),
        ("utf-16-le", "utf-16", ""),
        ("utf-32", "utf-8", ""),
        ("utf-8", "windows-1252", "iso-8859-1"),
        ("utf-8-sig", "iso-8859-1", ""),
        ("cp1251", "windows-1251", "utf-8"),
        ("cp1251", "nonsense", "windows-1251"),
    ],
)
def test_the_bytes_decide_where_header_and_declaration_contradict_them(
    encoding: str, declared: str, charset: str
) -> None:
    title = "Порт открыт снова"
    document = rss(
        f"<item><title>{title}</title></item>", f'<?xml version="1.0" encoding="{declared}"?>'
    ).decode()
    (entry,) = parse_feed(document.encode(encoding), URL, charset=charset).entries
    assert entry.title == title


def test_text_that_is_valid_utf8_is_utf8_whatever_one_byte_encoding_is_declared() -> None:
    document = '<?xml version="1.0" encoding="iso-8859-1"?><a>Café</a>'
    assert decoded(document.encode(), "windows-1252") == document
    assert decoded(document.encode("latin-1"), "utf-8") == document


def test_markup_inside_an_entitys_value_is_no_part_of_the_feed() -> None:
    fake = "<rss><channel><item><title>Fake</title></item></channel></rss>"
    document = rss("<item><title>Real</title></item>", f"<!DOCTYPE rss [<!ENTITY a '{fake}'> <!-- ]> -->]>")
    assert [entry.title for entry in parse_feed(document, URL).entries] == ["Real"]


def bomb() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{levels}<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return rss(
        "<item><title>&l9; &x; safe &eacute;</title><link>/a</link></item>", f'<?xml version="1.0"?>{doctype}'
    )


def test_entities_are_never_expanded_nor_files_read() -> None:
    (entry,) = parse_feed(bomb(), URL).entries
    assert entry.title == "&l9; &x; safe é"


def test_links_of_other_schemes_are_dropped_and_entries_with_one_guid_stay_apart() -> None:
    links = ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://ok.example.org/1"]
    items = "".join(
        f"<item><title>t</title><guid isPermaLink='false'>same</guid><link>{link}</link></item>"
        for link in links
    )
    entries = parse_feed(rss(items), URL).entries
    assert [entry.url for entry in entries] == ["", "", "", "https://ok.example.org/1"]
    assert {entry.id for entry in entries} == {"same"}


def test_only_the_newest_entries_are_kept_even_if_the_feed_is_sorted_oldest_first() -> None:
    items = "".join(
        f"<item><title>T{day}</title><pubDate>{day:02} Mar 2026 00:00:00 GMT</pubDate></item>"
        for day in range(1, 11)
    )
    assert [entry.title for entry in parse_feed(rss(items), URL, max_entries=2).entries] == ["T10", "T9"]


@pytest.mark.parametrize(
    "junk", [b"<", b"&", b"<!", b"<![CDATA[", b"<!--", b" \n", b"<a ", b'<a b="', b"&#", b"]]>"]
)
def test_piles_of_broken_markup_end_at_once(junk: bytes) -> None:
    document = (
        b'<rss version="2.0"><channel><item><title>' + junk * 30_000 + b"</title></item></channel></rss>"
    )
    with contextlib.suppress(ParseError):
        parse_feed(document, URL)


def test_a_news_sitemap_gives_titled_dated_entries_and_an_index_its_newest_children() -> None:
    sitemap = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc>https://n.example.org/a</loc>
      <image:image><image:title>Not this</image:title></image:image><news:news>
      <news:publication><news:name>N</news:name><news:language>de</news:language></news:publication>
      <news:publication_date>2026-03-10</news:publication_date><news:title>Hafen offen</news:title>
      </news:news></url>
      <url><loc>javascript:1</loc></url></urlset>"""
    (entry,) = parse_feed(sitemap, URL).entries
    assert (entry.title, entry.url, entry.language) == ("Hafen offen", "https://n.example.org/a", "de")
    assert entry.published_at == datetime(2026, 3, 10, 12, tzinfo=UTC)
    index = b"""<sitemapindex>
      <sitemap><loc>https://n.example.org/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>
      <sitemap><loc>https://n.example.org/2.xml</loc><lastmod>2026-02-01</lastmod></sitemap></sitemapindex>"""
    children = parse_feed(index, URL).children
    assert children == ("https://n.example.org/2.xml", "https://n.example.org/1.xml")


@pytest.mark.parametrize("prefix", ["", "sm:"])
def test_a_sitemap_is_whole_whatever_prefix_its_elements_have(prefix: str) -> None:
    urls = "".join(
        f"<{prefix}url><{prefix}loc>https://n.example.org/{n}</{prefix}loc></{prefix}url>" for n in "ab"
    )
    name = f"xmlns{':' + prefix.rstrip(':') if prefix else ''}"
    head = f'<{prefix}urlset {name}="http://www.sitemaps.org/schemas/sitemap/0.9">'
    whole = parse_feed(f"{head}{urls}</{prefix}urlset>".encode(), URL)
    assert ([entry.url[-1] for entry in whole.entries], whole.truncated) == (["a", "b"], False)
    broken = parse_feed(f"{head}{urls}".encode(), URL)
    assert ([entry.url[-1] for entry in broken.entries], broken.truncated) == (["a"], True)
