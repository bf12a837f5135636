from __future__ import annotations

import re

import pytest

from digest.previewing.frames import SANDBOX, Looks, framed

MAIL = """<!DOCTYPE html>
<html lang="en"><head><title>A mail</title>
<style>
.a { color: black }
@media (prefers-color-scheme: dark) { .a { color: white } }
@media screen and ( Prefers-Color-Scheme:Light ) and (max-width: 480px) { .a { color: navy } }
</style></head>
<body><header>Top</header><picture>
<source media="(prefers-color-scheme: dark)" srcset="dark.png"><img src="light.png" alt="A ferry"></picture>
<p>Style sheets ask for (prefers-color-scheme: dark), we learn.</p>
<a href="https://example.org/a">out</a> <a class="x" href="#lead">in</a>
<a target="_top" href="https://example.org/b">its own</a>
</body></html>"""


def queries(page: str) -> list[str]:
    return re.findall(r"@media ([^{]*[^{ ])", page) + re.findall(r'media="([^"]*)"', page)


def test_rules_for_the_dark_hold_in_a_dark_frame_and_those_for_the_light_do_not() -> None:
    assert queries(framed(MAIL, Looks(dark=True))) == [
        "(min-width: 0)", "screen and (max-width: 0) and (max-width: 480px)", "(min-width: 0)",
    ]  # fmt: skip


def test_a_light_frame_stays_light_on_a_machine_that_is_dark() -> None:
    page = framed(MAIL, Looks())
    assert queries(page) == [
        "(max-width: 0)", "screen and (min-width: 0) and (max-width: 480px)", "(max-width: 0)",
    ]  # fmt: skip
    assert ":root { color-scheme: light !important }" in page


def test_what_a_story_says_is_left_as_it_is() -> None:
    for dark in (False, True):
        assert "<p>Style sheets ask for (prefers-color-scheme: dark), we learn.</p>" in framed(
            MAIL, Looks(dark)
        )


@pytest.mark.parametrize(
    ("images", "source"), [(True, "img-src https: http: data:"), (False, "img-src 'none'")]
)
def test_images_are_loaded_or_forbidden_and_nothing_else_ever_is(images: bool, source: str) -> None:
    policy = re.findall(
        r'http-equiv="Content-Security-Policy" content="([^"]*)"', framed(MAIL, Looks(images=images))
    )
    assert policy == [f"default-src 'none'; style-src 'unsafe-inline'; font-src https: data:; {source}"]


def test_the_policy_comes_before_everything_it_is_for() -> None:
    page = framed(MAIL, Looks())
    assert page.startswith(
        '<!DOCTYPE html>\n<html lang="en"><head><meta http-equiv="Content-Security-Policy"'
    )
    assert page.count("Content-Security-Policy") == 1


def test_a_page_without_a_head_keeps_its_mode() -> None:
    assert framed("<!doctype html><p>x", Looks()).startswith("<!doctype html><meta http-equiv=")


def test_links_out_of_the_mail_open_elsewhere_and_those_within_stay() -> None:
    links = re.findall(r"<a [^>]*>", framed(MAIL, Looks()))
    assert links == [
        '<a target="_blank" href="https://example.org/a">',
        '<a class="x" href="#lead">',
        '<a target="_top" href="https://example.org/b">',
    ]


def test_the_sandbox_never_lets_a_script_run_or_the_mail_lead_the_page_away() -> None:
    allowed = set(SANDBOX.split())
    assert not allowed & {"allow-scripts", "allow-forms", "allow-top-navigation", "allow-modals"}
