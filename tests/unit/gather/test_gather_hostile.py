"""Pages and feeds that are written to keep the reader busy: each is read in a moment, in little memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import lxml.html
import pytest

from digest.gather.clean import fragment, start_of
from digest.gather.decode import character_set, decoded
from digest.gather.extract import parse_html
from digest.gather.markup import bounded
from digest.gather.pagemeta import read_meta

URL = "https://post.example.org/a"
LONG = " ".join(f"a{number}=1" for number in range(40_000))


@contextmanager
def at_once() -> Iterator[None]:
    """Fails where the block takes as long as only time by the square makes it."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 1.5


def test_a_title_of_spaces_is_read_at_once() -> None:
    tree = parse_html(b"<title>a" + b" " * 40_000 + b"broken line | Post</title><p>x</p>")
    with at_once():
        assert read_meta(tree, URL).title == "a broken line"


@pytest.mark.parametrize(
    "start",
    [
        "<p {}>",
        '<p x=">" {}>',
        "<p x='>' {}>",
        '<p x=y="> <p x=">" {}>',
        '<!-- <p x=" --><p y=">" {}>',
        '<!--><p y=">" {}>',
        '<script><!--<script></script> <p x=" </script><p y=">" {}>',
        '<title><p x="</title><p y=">" {}>',
        '<style><p x="</style><p y=">" {}>',
        '<noscript><p x="</noscript><p y=">" {}>',
        '<!doctype "><p y=">" {}>',
        '</p x="><p y=">" {}>',
    ],
)
def test_the_attributes_of_no_tag_keep_the_parser_busy(start: str) -> None:
    markup = start.format(LONG) + "What is said."
    with at_once():
        parse_html(f"<body>{markup}".encode())
        fragment(markup)


@pytest.mark.parametrize(
    "junk", ["<", "<a", '<a b="', "<!--", "<script>", "<title ", "<p a='", "</", "<p a="]
)
def test_tags_that_never_end_are_bounded_at_once(junk: str) -> None:
    with at_once():
        bounded(junk * 200_000)


def test_a_long_page_with_tags_of_any_kind_says_what_it_said() -> None:
    page = (
        "<!doctype html><html lang=en><head><title>Fish <b>&amp; chips</title><style>p>a{color:red}</style>"
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"a<b>c"}</script></head>'
        '<body class="x" data-y=\'{"a":">"}\'><!-- not this --><p title="1 < 2 > 0">One<!---->two 3 < 5</p >'
        "<?php no ?><img alt='a > b' src=/i.png><textarea><p>no</textarea>" + "<p>and on</p>" * 3000
    )
    was, now = lxml.html.document_fromstring(page), lxml.html.document_fromstring(bounded(page))
    assert bounded(page) != page
    for tag in ("title", "script", "p", "textarea"):
        first, second = (["".join(map(str, one.itertext())) for one in tree.iter(tag)] for tree in (was, now))
        assert first == second
    kept = [dict(one.attrib) for one in was.iter("*")]
    assert [dict(one.attrib) for one in now.iter("*")] == kept


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "utf-7", "undefined", "rot13", "no\0"]
)
def test_no_document_chooses_a_codec_that_is_no_character_set(name: str) -> None:
    assert character_set(name) == ""


def test_a_document_that_claims_to_be_punycode_is_read_at_once() -> None:
    data = b'<?xml version="1.0" encoding="punycode"?><rss>' + b"x" * 80_000 + b"-" + b"a" * 80_000
    with at_once():
        assert decoded(data) == data.decode()


def test_standfirsts_within_standfirsts_do_not_fill_the_memory() -> None:
    page = "<div class=dek>" * 200 + "word " * 200_000 + "</div>" * 200
    tree = parse_html(page.encode())
    tracemalloc.start()
    meta = read_meta(tree, URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert meta.deks[0].startswith("word word")
    assert peak < 20_000_000


def test_the_start_of_an_element_is_its_text_without_what_follows_it() -> None:
    tree = lxml.html.document_fromstring("<div><p>One <b>two</b> three</p> four</div>")
    (paragraph,) = tree.iter("p")
    assert (start_of(paragraph, 99), start_of(paragraph, 5)) == ("One two three", "One t")


@pytest.mark.parametrize("tag", ["<style/>", "<title/>", '<iframe src="x" />', '<script src="x"/>'])
def test_a_tag_that_closes_itself_swallows_nothing(tag: str) -> None:
    """As in drawings, where a style or a title may be empty."""
    page = (
        f"<html><body><svg>{tag}<path d='M0'/></svg><p>{'A word of the article. ' * 2_000}</p></body></html>"
    )
    text = "".join(map(str, lxml.html.document_fromstring(bounded(page)).itertext()))
    assert text.count("A word of the article.") == 2_000
