"""What is kept from one variant to the next changes nothing but the time they take."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from digest.errors import RenderError
from digest.model.edition import Edition
from digest.render import variant_key
from digest.render.renderer import Renderer
from digest.render.templates import Templates
from tests.unit.render.generated import choices_of, editions

TEMPLATES = Path(__file__).parents[3] / "templates"
LOOKS_AROUND = "\nnav nav { color: #010203 }"  # matches nothing, but has premailer search every page whole


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, samples: ModuleType) -> Callable[[], Renderer]:
    """Renderers that keep nothing: every macro is called, and premailer sees every page whole."""
    folder = tmp_path_factory.mktemp("whole")
    for name in ("edition.mjml.j2", "edition.txt.j2"):
        kind = name.removeprefix("edition.")
        source = (TEMPLATES / name).read_text()
        kept = f'{{% set cards = macros("_story.{kind}") %}}'
        assert kept in source
        called = f'{{% import "_story.{kind}" as cards with context %}}'
        (folder / name).write_text(source.replace(kept, called))
    (folder / "edition.css.j2").write_text((TEMPLATES / "edition.css.j2").read_text() + LOOKS_AROUND)
    return lambda: Renderer([folder, TEMPLATES], samples.PUBLICATION)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(editions(repeated=(0, 1, 4)), st.data())
def test_a_variant_is_the_same_after_others_as_alone(
    renderer: Renderer, whole: Callable[[], Renderer], edition: Edition, data: st.DataObject
) -> None:
    """The renderer of the whole run of tests has seen other editions; the other is made for this variant."""
    fitted = renderer.fit(edition)
    assert whole().fit(edition) == fitted
    for chosen in (frozenset[str](), *(data.draw(choices_of(edition)) for _ in range(3))):
        if variant_key(fitted, chosen) is not None:
            assert renderer.variant(fitted, chosen) == whole().variant(fitted, chosen)


def test_a_story_that_was_edited_is_shown_as_edited(renderer: Renderer, samples: ModuleType) -> None:
    before = samples.edition(samples.stories(3))
    renderer.variant(before, frozenset())
    story = replace(before.stories[1], headline="Rewritten by the editor")
    after = replace(before, stories=(before.stories[0], story, before.stories[2]))
    variant = renderer.variant(after, frozenset())
    for shown in (variant.html, variant.text):
        assert "Rewritten by the editor" in shown
        assert before.stories[1].headline not in shown


def test_the_same_story_on_another_day_has_its_time_anew(renderer: Renderer, samples: ModuleType) -> None:
    edition = samples.edition(samples.stories(1))
    assert "Monday 05:45" not in renderer.variant(edition, frozenset()).text
    assert "Monday 05:45" in renderer.variant(replace(edition, local_date="2026-03-10"), frozenset()).text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.mjml.j2").write_text('{% set own = macros("own.mjml.j2") %}{{ own.said(what) }}')
    (tmp_path / "page.txt.j2").write_text('{% set own = macros("own.mjml.j2") %}{{ own.said(what) }}&')
    (tmp_path / "own.mjml.j2").write_text(
        "{% set mark = '!' %}{% macro said(what, n=1) %}<{{ what }}{{ n }}>{% endmacro %}"
    )
    return tmp_path


def test_macros_are_markup_and_their_arguments_are_not(folder: Path) -> None:
    templates = Templates([folder])
    for _ in range(2):
        assert templates.render("page.txt.j2", {"what": "<b>"}) == "<&lt;b&gt;1>&"
        assert templates.render("page.mjml.j2", {"what": "<b>"}) == "<&lt;b&gt;1>"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("own.said(1)", "<11>"),
        ("own.said(true)", "<True1>"),  # equal to 1, and another argument
        ("own.said(what=1)", "<11>"),
        ("own.said(1, n=2)", "<12>"),
        ("own.said('&' | safe)", "<&1>"),
        ("own.said('&')", "<&amp;1>"),
        ("own.said([1, 2])", "<[1, 2]1>"),
        ("own.mark", "!"),
    ],
)
def test_no_argument_is_taken_for_another(folder: Path, call: str, text: str) -> None:
    page = "{% set own = macros('own.mjml.j2') %}{{ own.said(1) }}{{ own.said('&') }}"
    (folder / "calls.mjml.j2").write_text(f"{page}|{{{{ {call} }}}}")
    assert Templates([folder]).render("calls.mjml.j2", {}).partition("|")[2] == text


def test_what_may_change_is_never_kept(folder: Path) -> None:
    (folder / "page.mjml.j2").write_text(
        "{% set own = macros('own.mjml.j2') %}{% set box = namespace(n=1) %}"
        "{{ own.said(box) }}{% set box.n = 2 %}{{ own.said(box) }}"
    )
    (folder / "own.mjml.j2").write_text("{% macro said(box) %}{{ box.n }}{% endmacro %}")
    assert Templates([folder]).render("page.mjml.j2", {}) == "12"


def test_an_edited_template_is_called_again(folder: Path) -> None:
    templates = Templates([folder])
    assert templates.render("page.mjml.j2", {"what": "a"}) == "<a1>"
    own = folder / "own.mjml.j2"
    own.write_text("{% macro said(what) %}[{{ what }}]{% endmacro %}")
    later = own.stat().st_mtime + 5
    os.utime(own, (later, later))
    assert templates.render("page.mjml.j2", {"what": "a"}) == "[a]"


def test_a_template_is_compiled_once_until_it_is_edited(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    compile_ = Environment.compile

    def counted(self: Environment, source: str, name: str, filename: str) -> object:
        compiled.append(name)
        return compile_(self, source, name, filename)

    monkeypatch.setattr(Environment, "compile", counted)
    for _ in range(2):
        assert Templates([folder]).render("page.mjml.j2", {"what": "a"}) == "<a1>"
    assert compiled == ["page.mjml.j2", "own.mjml.j2"]
    (folder / "own.mjml.j2").write_text("{% macro said(what) %}[{{ what }}]{% endmacro %}")
    assert Templates([folder]).render("page.mjml.j2", {"what": "a"}) == "[a]"
    assert compiled[2:] == ["own.mjml.j2"]


def test_the_search_for_a_fault_leaves_no_marks_in_what_is_kept(folder: Path) -> None:
    (folder / "page.mjml.j2").write_text("<p>\n{{ what }}\n</q>")
    first = Templates([folder])
    place = first.blame("page.mjml.j2", {"what": "a"})
    assert place is not None
    assert place.where.endswith("page.mjml.j2, line 3")
    assert Templates([folder]).render("page.mjml.j2", {"what": "a"}) == "<p>\na\n</q>"
    assert Templates([folder]).blame("page.mjml.j2", {"what": "a"}) == place, "nor are they missed"


def test_a_macro_sees_nothing_of_one_variant_alone(tmp_path: Path, samples: ModuleType) -> None:
    shutil.copy(TEMPLATES / "_story.mjml.j2", tmp_path)
    story = tmp_path / "_story.mjml.j2"
    story.write_text(
        story.read_text().replace("{{ story.summary }}", "{{ story.summary }} {{ edition.title }}")
    )
    with pytest.raises(RenderError, match=r"_story\.mjml\.j2, line \d+: 'edition' is undefined"):
        Renderer([tmp_path, TEMPLATES], samples.PUBLICATION).variant(samples.one_story(), frozenset())


def test_what_is_kept_stays_bounded(renderer: Renderer, samples: ModuleType) -> None:
    for day in range(20):
        edition = samples.edition(tuple(replace(one, key=f"{day}-{one.key}") for one in samples.stories(60)))
        renderer.fit(edition)
    assert len(renderer._known) <= 1_000
    assert all(len(macros._texts) <= 1_000 for macros in renderer._templates._macros.values())
