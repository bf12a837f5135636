"""One fault at a time into a mail that has none: the linter names that one, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from digest.maillint import MAIL_RULES, Level, expected_of, lint, lint_mjml
from digest.render import compile_message, variant_key
from digest.render.renderer import Renderer

from .conftest import Good

IMAGE = '<img src="https://read.harbour.example/a.png" width="552" height="310" alt="A pier" />'
Break = Callable[[Good], bytes]


def header(old: str, new: str) -> Break:
    return lambda good: good.raw(old, new)


def without(*names: str) -> Break:
    """Take headers out, each with its folded lines."""
    lines = re.compile(rf"(?m)^(?:{'|'.join(names)}): .*\r\n(?:[ \t].*\r\n)*".encode())
    return lambda good: lines.sub(b"", good.raw())


def page(old: str, new: str = "") -> Break:
    return lambda good: good.html(old, new).raw()


def added(snippet: str) -> Break:
    return lambda good: good.add(snippet).raw()


def image(old: str, new: str = "") -> Break:
    return added(IMAGE.replace(old, new))


def subject(line: str) -> Break:
    return lambda good: good.subject(line).raw()


def style(css: str) -> Break:
    return lambda good: good.html("</style>", f"{css}</style>").raw()


def padded(kib: int, mark: str = "x") -> Break:
    """A page with so much more in its markup."""
    return lambda good: good.add(f'<p title="{mark * (kib * 1024 // len(mark.encode()))}"></p>').raw()


def html_first(good: Good) -> bytes:
    raw = good.raw()
    boundary = re.search(rb'boundary="([^"]+)"', raw)
    assert boundary
    head, text, page, end = raw.split(b"--" + boundary[1])
    return (b"--" + boundary[1]).join((head, page, text, end))


def one_part(kind: bytes) -> Break:
    def only(good: Good) -> bytes:
        raw = good.raw()
        boundary = re.search(rb'boundary="([^"]+)"', raw)
        assert boundary
        head, *parts, end = raw.split(b"--" + boundary[1])
        kept = next(part for part in parts if b"Content-Type: " + kind in part)
        return (b"--" + boundary[1]).join((head, kept, end))

    return only


def without_preheader(good: Good) -> bytes:
    hidden = re.search(r'<div style="display:none.*?</div>', good.variant.html, re.DOTALL)
    assert hidden
    return good.html(hidden[0], "").raw()


def repeated_preheader(good: Good) -> bytes:
    return good.html("Also: ", f"{good.variant.subject} ").raw()


def long_text_line(good: Good) -> bytes:
    return good.text("THE HARBOUR BRIEF\n", "THE HARBOUR BRIEF\n" + "word " * 20 + "end\n").raw()


def wordy(good: Good) -> bytes:
    return good.text("THE HARBOUR BRIEF\n", "THE HARBOUR BRIEF\n" + "and so on, \n" * 150 + "\n").raw()


def without_text_links(good: Good) -> bytes:
    return good.changed(text=re.sub(r"<https://www[^>]*>", "there", good.variant.text)).raw()


def not_flowed(good: Good) -> bytes:
    return good.raw("text/plain; charset=utf-8; format=flowed; delsp=no", "text/plain; charset=utf-8")


def without_way_out(good: Good) -> bytes:
    link = re.search(r'<a [^>]*href="__DIGEST_UNSUB_URL__"[^>]*>Unsubscribe</a>', good.variant.html)
    assert link
    return good.html(link[0], "").raw()


def without_notice(good: Good) -> bytes:
    assert good.expected.notice
    return good.html("check the linked original before", "look elsewhere before").raw()


def without_h1(good: Good) -> bytes:
    return good.changed(html=good.variant.html.replace("<h1 ", "<h2 ").replace("</h1>", "</h2>")).raw()


def long_line(good: Good) -> bytes:
    return good.raw("\r\n\r\n--=_", "\r\n\r\n" + "x" * 1000 + "\r\n--=_")


def rather_long_line(good: Good) -> bytes:
    return good.raw("\r\n\r\n--=_", "\r\n\r\n" + "x" * 100 + "\r\n--=_")


def light_dark(good: Good) -> bytes:
    return good.changed(
        html=re.sub(
            r"\.i, \.f1 \{ color: #ece9e2 !important",
            ".i, .f1 { color: #222222 !important",
            good.variant.html,
        )
    ).raw()


def last_condition_open(good: Good) -> bytes:
    before, _, after = good.variant.html.rpartition("<![endif]-->")
    return good.changed(html=f"{before}-->{after}").raw()


SHOUTING = "<p>" + "LOOK HERE NOBODY EVER WROTE SUCH GREAT NEWS TODAY " * 24 + "</p>"
EXCLAIMED = "<p>" + "Look! Read! Now! Today! " * 8 + "</p>"

FAULTS: list[tuple[str, Break]] = [
    ("html-clipped", padded(72)),
    ("html-large", padded(50)),
    ("html-encoded-large", padded(32, "\u0436")),
    (
        "message-large",
        header("MIME-Version: 1.0", "MIME-Version: 1.0\r\n" + "\r\n".join(["X-Fill: " + "x" * 60] * 4000)),
    ),
    ("style-large", style(".none { color: red } " * 800)),
    ("line-too-long", long_line),
    ("body-line-long", rather_long_line),
    ("header-line-long", header("Precedence: bulk", "Precedence: bulk\r\nX-Words: " + "word " * 20)),
    ("from", header("From: The Harbour Brief <brief@harbour.example>", "From: The Harbour Brief <nobody>")),
    ("from-name", header("From: The Harbour Brief <brief@harbour.example>", "From: brief@harbour.example")),
    ("date", without("Date")),
    ("date", header("Mon, 09 Mar 2026 06:00:00 +0000", "yesterday")),
    ("message-id", without("Message-ID")),
    ("to", without("To")),
    ("to", header("ada@reader.example>", "ada@reader.example>, bo@reader.example")),
    ("mime-version", header("MIME-Version: 1.0", "X-Version: 1.0")),
    ("header-ascii", header("Precedence: bulk", "Precedence: bulk\r\nX-Place: Malm\u00f6")),
    ("mime-defect", lambda good: good.raw()[: good.raw().rindex(b"--=_")]),
    ("list-id", without("List-Id")),
    (
        "list-unsubscribe",
        header("https://read.harbour.example/u/ae5kq3x7t2>, <mailto", "mailto:x@harbour.example>, <mailto"),
    ),
    (
        "list-unsubscribe",
        header(
            "<https://read.harbour.example/u/ae5kq3x7t2>, <mailto:leave+ae5kq3x7t2@harbour.example>",
            "=?utf-8?q?=3Chttps?=",
        ),
    ),
    ("list-unsubscribe-mail", header(", <mailto:leave+ae5kq3x7t2@harbour.example>", "\r\nX-Was: mail")),
    ("one-click", without("List-Unsubscribe-Post")),
    ("dkim", without("DKIM-Signature")),
    ("dkim-list", header(":list-unsubscribe-post; bh", "; bh")),
    ("dkim-domain", header("d=harbour.example; s=a", "d=mailer.example; s=a")),
    ("list-unsubscribe-mail", header("mailto:leave+ae5kq3x7t2@harbour.example", "mailto:?subject=leave")),
    ("feedback-id", without("Feedback-ID")),
    ("automatic", without("Auto-Submitted", "Precedence")),
    ("subject", header("Subject: ", "X-Subject: ")),
    ("subject-length", subject("Too short")),
    ("subject-length", subject("word " * 20)),
    ("subject-capitals", subject("FOUR NAVIES AGREE TO SHARE ONE PICTURE")),
    ("subject-marks", subject("Four navies agree to share one picture!!")),
    ("subject-reply", subject("Re: four navies agree to share one picture")),
    ("subject-emoji", subject("\u2693\u2600 Four navies agree to share one picture")),
    ("preheader", without_preheader),
    ("preheader-repeats", repeated_preheader),
    (
        "preheader-white",
        page(
            '<div style="display:none;font-size:1px;color:#1d1b18;',
            '<div style="display:none;font-size:1px;color:#ffffff;',
        ),
    ),
    ("doctype", page("<!DOCTYPE html>")),
    ("language", page('lang="en"', 'lang="und"')),
    ("language", page('lang="en"')),
    ("direction", page('dir="ltr"')),
    ("title", lambda good: good.html(f"<title>{good.variant.subject}</title>", "").raw()),
    ("viewport", page('name="viewport"', 'name="other"')),
    ("viewport", page("initial-scale=1", "initial-scale=1,user-scalable=no")),
    ("charset", page("charset=UTF-8", "")),
    ("id-twice", added('<p id="a">One.</p><p id="a">Two.</p>')),
    ("table-role", added("<table><tr><td>A pier.</td></tr></table>")),
    ("outlook-balance", last_condition_open),
    ("outlook-balance", added("<!--[if mso]><table><tr><td><![endif]-->")),
    ("placeholder", page("Choose your themes", "Choose {{ themes }}")),
    ("placeholder", added('<a href="https://harbour.example/*|ID|*">Our port</a>')),
    ("placeholder", lambda good: good.text("Published by", "__DIGEST_NAME__ by").raw()),
    ("placeholder", subject("Good morning, %%FIRST_NAME%%, here is the news")),
    ("heading-h1", without_h1),
    ("heading-h1", added("<h1>Another</h1>")),
    ("heading-skipped", added("<h3>Between</h3>")),
    ("heading-empty", added("<h2> </h2>")),
    ("image-alt", image(' alt="A pier"')),
    ("image-link-alt", added(f'<a href="https://harbour.example/">{IMAGE.replace("A pier", "")}</a>')),
    ("image-size", image(' width="552"')),
    ("image-size", image(' height="310"')),
    ("image-tracker", image('width="552"', 'width="1"')),
    ("image-tracker", image("a.png", "open?u=42")),
    ("image-address", image("https://read.harbour.example/")),
    ("image-data", image("https://read.harbour.example/a.png", "data:image/png;base64,AAAA")),
    ("image-insecure", image("https:", "http:")),
    ("link-empty", added('<a href="https://harbour.example/"> </a>')),
    ("link-empty", added('<a href="">Our port</a>')),
    ("link-generic", added('<a href="https://harbour.example/">Click here</a>')),
    ("link-generic", added('<a href="https://harbour.example/">Read more \u2192</a>')),
    ("link-insecure", added('<a href="http://harbour.example/">Our port</a>')),
    ("link-scheme", added('<a href="javascript:alert(1)">Our port</a>')),
    ("link-scheme", added('<a href="/port">Our port</a>')),
    ("link-inside", added('<a href="#arctic">Arctic</a>')),
    ("link-disguised", added('<a href="https://evil.example/">https://www.bank.example/login</a>')),
    ("link-other-domain", added('<a href="https://evil.example/">bank.example</a>')),
    ("link-shortened", added('<a href="https://bit.ly/3x">Our port</a>')),
    ("link-number", added('<a href="https://8.8.8.8/">Our port</a>')),
    ("link-local", added('<a href="http://127.0.0.1:8000/">Our port</a>')),
    ("link-credentials", added('<a href="https://bank.example@evil.example/">Our port</a>')),
    ("contrast-light", added('<p style="color:#999999">Faint.</p>')),
    (
        "contrast-light",
        added('<table role="presentation" bgcolor="#777"><tr><td style="color:#999">Faint</td></tr></table>'),
    ),
    ("contrast-dark", light_dark),
    ("font-small", added('<p style="font-size:11px">Small print.</p>')),
    ("font-small", style("@media (max-width: 400px) { .m { font-size: 12px !important } }")),
    (
        "dark-missing",
        lambda good: good.changed(
            html=good.variant.html.replace("prefers-color-scheme", "prefers-contrast")
        ).raw(),
    ),
    (
        "dark-outlook",
        lambda good: good.changed(html=good.variant.html.replace("[data-ogsc]", ".outlook")).raw(),
    ),
    ("dark-important", style("@media (prefers-color-scheme: dark) { .x { color: #ffffff } }")),
    ("active-content", added("<script>1</script>")),
    ("active-content", page("<head>", '<head><meta http-equiv="refresh" content="1" />')),
    ("event-handler", added('<p onclick="alert(1)">A pier.</p>')),
    ("form", added("<form></form>")),
    ("media", added("<video></video>")),
    ("style-external", style('@import url("https://harbour.example/a.css");')),
    (
        "style-external",
        page("<head>", '<head><link rel="stylesheet" href="https://harbour.example/a.css" />'),
    ),
    ("css-unsupported", added('<p style="position:absolute">A pier.</p>')),
    ("css-unsupported", style(".x { margin: var(--gap) }")),
    ("html-missing", one_part(b"text/plain")),
    ("text-missing", one_part(b"text/html")),
    ("part-order", html_first),
    ("text-flowed", not_flowed),
    ("text-lines", long_text_line),
    ("text-proportion", wordy),
    ("text-links", without_text_links),
    ("text-markup", lambda good: good.text("THE HARBOUR BRIEF\n", "<p>THE HARBOUR BRIEF</p>\n").raw()),
    ("unsubscribe-html", without_way_out),
    ("unsubscribe-text", lambda good: good.text("Unsubscribe: <__DIGEST_UNSUB_URL__>\n", "").raw()),
    ("ai-notice", without_notice),
    ("spam-wording", added("<p>Dear friend, buy now.</p>")),
    ("spam-money", added("<p>Earn $5,000 a week from home.</p>")),
    ("spam-exclamation", added(EXCLAIMED)),
    ("spam-exclamation", added("<p>What news!!!</p>")),
    ("spam-capitals", added(SHOUTING)),
    ("header-twice", header("Reply-To: ", "Reply-To: twice@harbour.example\r\nReply-To: ")),
]


@pytest.mark.parametrize(
    ("rule", "broken"), FAULTS, ids=[f"{at}-{rule}" for at, (rule, _) in enumerate(FAULTS)]
)
def test_a_fault_is_found_and_nothing_else(rule: str, broken: Break, good: Good) -> None:
    found = lint(broken(good), good.expected)
    assert {finding.rule for finding in found} == {rule}, [(one.rule, one.what, one.where) for one in found]
    assert all(finding.what and finding.where and finding.mend for finding in found)


def test_nothing_is_found_in_a_good_mail(good: Good) -> None:
    assert lint(good.raw(), good.expected) == ()


def test_an_image_that_is_as_it_should_be_is_let_pass(good: Good) -> None:
    linked = f'<a href="https://harbour.example/">{IMAGE}</a>'
    assert lint(good.add(IMAGE + linked).raw(), good.expected) == ()


def test_what_a_newsroom_writes_is_no_spam(good: Good) -> None:
    news = (
        "Unions ask who pays when all may work from home. The winner takes a bonus in cash, and the ministry "
        "guarantees it. Unbelievable, says the opposition: savers could save up to $5 billion a year."
    )
    assert lint(good.add(f"<p>{news}</p>").raw(), good.expected) == ()


def test_every_rule_has_a_fault_here() -> None:
    ids = [rule.id for rules in MAIL_RULES.values() for rule in rules]
    assert len(ids) == len(set(ids))
    assert set(ids) - {rule for rule, _ in FAULTS} == {"ai-notice-unknown"}  # tested below


def test_a_foreign_mail_that_hides_its_makers_gets_a_notice(good: Good) -> None:
    silent = re.sub(r"\b(?:AI|[Ss]oftware|artificial intelligence)\b", "people", good.variant.html)
    assert {finding.rule for finding in lint(good.changed(html=silent).raw())} == {"ai-notice-unknown"}
    assert lint(good.raw()) == ()


CASES = tuple(sorted(path.stem for path in (Path(__file__).parents[2] / "golden").glob("*.mjml")))


@pytest.mark.parametrize("case", CASES)
def test_a_golden_case_has_no_error_and_no_warning(
    case: str, renderer_of: Callable[[str], Renderer], samples: ModuleType
) -> None:
    """Every kind of edition, and each theme of it alone."""
    renderer, publication = renderer_of(case), samples.publication_of(case)
    edition = renderer.fit(samples.CASES[case]())
    for chosen in ((), *((theme.slug,) for theme in edition.themes)):
        if variant_key(edition, frozenset(chosen)) is None:
            continue
        variant = renderer.variant(edition, frozenset(chosen))
        message = compile_message(variant, publication, edition_ref="daily-20260309T0600", date=samples.SLOT)
        found = [*lint(bytes(message.fill(samples.PERSON)), expected_of(edition)), *lint_mjml(variant.mjml)]
        assert [one for one in found if one.level is not Level.NOTICE] == []
