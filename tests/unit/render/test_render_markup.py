from __future__ import annotations

import pytest

from digest.errors import RenderError
from digest.render.flowed import flow, unflow
from digest.render.inlining import inline
from digest.render.markup import compile_mjml

MJML = """<mjml lang="en" dir="ltr"><mj-head>
<mj-title>A &#34;title&#34;</mj-title><mj-preview>First look</mj-preview>
<mj-style>.a:after { content: "\u00bb\\00bb" }</mj-style></mj-head>
<mj-body css-class="pg"><mj-section><mj-column><mj-text>Text</mj-text></mj-column></mj-section></mj-body>
</mjml>"""


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
