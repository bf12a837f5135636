from __future__ import annotations

import pytest

from digest.errors import RenderError
from digest.render.flowed import flow, unflow
from digest.render.markup import compile_mjml, inline

DARK = "p { color: #fff !important }"
HEAD = f"@media (prefers-color-scheme: dark) {{ {DARK} }} [data-ogsc] {DARK}"
RARE = "#outlook a { padding: 0 } @supports (a: b) { p { c: d } } @font-face { e: f }"
PAGE = f"""<!DOCTYPE html><html><head><style type="text/css">{HEAD}</style>
<style type="text/css">{RARE}</style>
</head><body><p class="x">two  words</p><img width="552" src="a.png" alt="x"></body></html>"""
MJML = """<mjml lang="en" dir="ltr"><mj-head>
<mj-title>A &#34;title&#34;</mj-title><mj-preview>First look</mj-preview>
<mj-style>.a:after { content: "\u00bb\\00bb" }</mj-style></mj-head>
<mj-body css-class="pg"><mj-section><mj-column><mj-text>Text</mj-text></mj-column></mj-section></mj-body>
</mjml>"""


def test_style_sheets_in_the_head_keep_every_letter() -> None:
    done = inline(PAGE, "p { margin: 0 }", ink="#111111")
    assert f'<style type="text/css">{HEAD}</style>' in done
    assert f'<style type="text/css">{RARE}</style>' in done
    assert "data-premailer" not in done


def test_only_our_styles_are_written_into_elements() -> None:
    css = "p { margin: 0; color: #123456 !important } p:hover { color: red }"
    done = inline(PAGE, css, ink="#111111")
    assert '<p class="x" style="margin:0; color:#123456 !important">two  words</p>' in done
    assert '<img width="552" src="a.png" alt="x">' in done
    assert done.startswith("<!DOCTYPE html>")
    assert inline(PAGE, css, ink="#111111") == done


def test_compiled_mjml_has_a_doctype_a_landmark_and_a_dark_preheader() -> None:
    html = compile_mjml(MJML, template="edition.mjml.j2")
    assert html.startswith("<!DOCTYPE html>")
    assert 'class="pg" role="main"' in html
    assert "aria-roledescription" not in html
    assert '.a:after { content: "\u00bb\\00bb" }' in html
    done = inline(html, "", ink="#112233")
    assert "font-size:1px;color:#112233;" in done
    assert "First look" in done
    assert "@import" not in done


@pytest.mark.parametrize("source", ["<mjml>", "<mjml><mj-body><p></mj-body></mjml>", "no markup", ""])
def test_broken_mjml_names_its_template(source: str) -> None:
    with pytest.raises(RenderError, match=r"edition\.mjml\.j2: is not valid MJML"):
        compile_mjml(source, template="edition.mjml.j2")


def test_lines_that_would_be_misread_are_stuffed() -> None:
    text = "> no quotation\nFrom the harbour\n  indented\nplain"
    assert flow(text) == " > no quotation\n From the harbour\n   indented\nplain\n"
    assert unflow(flow(text)) == text + "\n"


def test_a_link_longer_than_a_line_stays_whole() -> None:
    link = "<https://host.example/" + "x" * 90 + ">"
    assert link in flow(f"Read more at the outlet {link} and then go on").split(" \n")
