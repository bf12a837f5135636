"""MJML that the compiler would take without a word."""

from __future__ import annotations

from types import ModuleType

import pytest

from digest.maillint import lint_mjml
from digest.maillint.mjml import RULES, is_valid
from digest.render.renderer import Renderer

FRAME = "<mjml>\n<mj-head><mj-title>A</mj-title></mj-head>\n<mj-body>{}</mj-body>\n</mjml>"
COLUMN = FRAME.format("\n<mj-section><mj-column>\n{}\n</mj-column></mj-section>\n")
FAULTS = {
    "an unknown element": ("mjml-element", COLUMN.format("<mj-txt>Hello</mj-txt>")),
    "html outside mj-text": ("mjml-element", COLUMN.format("<p>Hello</p>")),
    "an unknown attribute": ("mjml-attribute", COLUMN.format('<mj-text colour="red">Hello</mj-text>')),
    "an attribute of another element": (
        "mjml-attribute",
        COLUMN.format('<mj-text href="https://a.example">A</mj-text>'),
    ),
    "an unknown default": (
        "mjml-attribute",
        COLUMN.replace(
            "<mj-title>", '<mj-attributes><mj-text size="16px" /></mj-attributes><mj-title>'
        ).format(""),
    ),
    "text outside a column": (
        "mjml-nesting",
        FRAME.format("<mj-section><mj-text>Hello</mj-text></mj-section>"),
    ),
    "a column outside a section": ("mjml-nesting", FRAME.format("<mj-column></mj-column>")),
    "a section within a column": ("mjml-nesting", COLUMN.format("<mj-section></mj-section>")),
    "a size without unit": ("mjml-value", COLUMN.format('<mj-text font-size="16">Hello</mj-text>')),
    "a size in the wrong unit": ("mjml-value", COLUMN.format('<mj-text font-size="1.2em">Hello</mj-text>')),
    "five lengths": ("mjml-value", COLUMN.format('<mj-text padding="1px 2px 3px 4px 5px">Hello</mj-text>')),
    "no colour": ("mjml-value", COLUMN.format('<mj-text color="reddish">Hello</mj-text>')),
    "half a colour": ("mjml-value", COLUMN.format('<mj-text color="#12">Hello</mj-text>')),
    "no such side": ("mjml-value", COLUMN.format('<mj-text align="middle">Hello</mj-text>')),
    "neither true nor false": (
        "mjml-value",
        COLUMN.format('<mj-image src="https://a.example/a.png" alt="" fluid-on-mobile="yes" />'),
    ),
}
SYNTAX = {
    "never closed": COLUMN.replace("</mj-column>", "").format(""),
    "closed twice": COLUMN.replace("</mj-column>", "</mj-column></mj-column>").format(""),
    "text never closed": COLUMN.format("<mj-text>Hello"),
    "an attribute twice": COLUMN.format('<mj-text color="#111" color="#222">Hello</mj-text>'),
    "no body": "<mjml><mj-head></mj-head></mjml>",
    "no mjml": "<mj-body></mj-body>",
    "nothing": "",
}


@pytest.mark.parametrize(("rule", "source"), FAULTS.values(), ids=FAULTS)
def test_a_mistake_is_named_with_its_line(rule: str, source: str) -> None:
    (finding,) = lint_mjml(source)
    assert finding.rule == rule
    assert "on line" in finding.where


@pytest.mark.parametrize("source", SYNTAX.values(), ids=SYNTAX)
def test_broken_syntax_is_named(source: str) -> None:
    assert {finding.rule for finding in lint_mjml(source)} == {"mjml-syntax"}


def test_each_rule_is_broken_here() -> None:
    assert {rule.id for rule in RULES} == {rule for rule, _ in FAULTS.values()} | {"mjml-syntax"}


def test_the_line_is_the_mistakes_own() -> None:
    (finding,) = lint_mjml(COLUMN.format('<mj-text>\nA\n</mj-text>\n<mj-text\n colour="red">B</mj-text>'))
    assert finding.where == "<mj-text> on line 8"


def test_what_stands_in_text_comments_and_raw_is_nobodys_business() -> None:
    inside = (
        '<mj-text color="#123"><p colour="red">1 < 2 <br></p></mj-text><!-- <mj-foo> --><mj-raw><b></mj-raw>'
    )
    assert lint_mjml(COLUMN.format(inside)) == ()


def test_our_own_templates_are_valid(renderer: Renderer, samples: ModuleType) -> None:
    assert lint_mjml(renderer.variant(samples.normal(), frozenset()).mjml) == ()


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("unit(px)", ["16px", "0", "1.5px"], ["16", "16em", "", "px", "-1px"]),
        ("unit(px,%){1,4}", ["0 24px", "1px 2% 0 4px"], ["1px, 2px", "0 0 0 0 0"]),
        ("unit(px,%,)", ["1.5", "24px"], ["normal"]),
        ("unit(px,auto)", ["auto", "0", "9px"], ["auto9"]),
        ("unitWithNegative(px,em)", ["-0.3px", "1em"], ["-1"]),
        ("enum(full-width,false,)", ["", "false", "full-width"], ["true"]),
        (
            "color",
            ["#fff", "#A1B2C3", "rgb(1,2,3)", "rgba(1, 2, 3, 0.5)", "teal", "transparent"],
            ["#ffff", "rgb(1)"],
        ),
        ("boolean", ["true", "false"], ["1", "True"]),
        ("integer", ["0", "12"], ["none"]),
    ],
)
def test_values_are_of_their_type(type_: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if not is_valid(type_, value)] == []
    assert [value for value in bad if is_valid(type_, value)] == []
