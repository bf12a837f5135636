from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from digest.errors import RenderError
from digest.render import default_template_folders
from digest.render.renderer import Renderer

TEMPLATES = Path(__file__).parents[3] / "templates"


def broken(folder: Path, samples: ModuleType, name: str, old: str, new: str) -> Renderer:
    """A renderer whose first folder replaces one template, with one change."""
    source = (TEMPLATES / name).read_text()
    assert old in source
    (folder / name).write_text(source.replace(old, new))
    return Renderer([folder, TEMPLATES], samples.PUBLICATION)


def test_the_working_directory_comes_first_then_the_package_then_the_checkout(tmp_path: Path) -> None:
    here, package, checkout = default_template_folders(tmp_path)
    assert here == tmp_path / "templates"
    assert (package.parent.name, package.name) == ("digest", "_templates")
    assert checkout == TEMPLATES


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file here that even root can't read")
def test_a_template_that_cannot_be_read_is_named(tmp_path: Path, samples: ModuleType) -> None:
    (tmp_path / "edition.mjml.j2").symlink_to("/proc/self/mem")  # which has nothing where a file begins
    renderer = Renderer([tmp_path, TEMPLATES], samples.PUBLICATION)
    with pytest.raises(RenderError, match=r"^edition\.mjml\.j2 can't be read: Input/output error"):
        renderer.variant(samples.one_story(), frozenset())


def test_one_replaced_partial_changes_the_mail(tmp_path: Path, samples: ModuleType) -> None:
    changed = broken(tmp_path, samples, "_footer.mjml.j2", "words.unsubscribe", "'Leave us'")
    html = changed.variant(samples.one_story(), frozenset()).html
    assert "Leave us" in html
    assert ">Unsubscribe<" not in html


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{ story.summary }}", "{{ story.sumary }}", r"_story\.mjml\.j2, line \d+: .*no attribute 'sumary'"),
        ("{{ story.summary }}", "{{ sumary }}", r"_story\.mjml\.j2, line \d+: 'sumary' is undefined"),
        ("{{ story.summary }}", "{% if %}", r"_story\.mjml\.j2, line \d+: Expected an expression"),
        ("{{ story.summary }}", "{{ 1 / 0 }}", r"_story\.mjml\.j2, line \d+: division by zero"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, samples: ModuleType, old: str, new: str, message: str
) -> None:
    renderer = broken(tmp_path, samples, "_story.mjml.j2", old, new)
    with pytest.raises(RenderError, match=message) as caught:
        renderer.variant(samples.one_story(), frozenset())
    lines = (tmp_path / "_story.mjml.j2").read_text().split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if new in text)
    assert f"line {line}:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_mjml_that_cannot_be_compiled_is_named(tmp_path: Path, samples: ModuleType) -> None:
    renderer = broken(tmp_path, samples, "edition.mjml.j2", "</mjml>", "")
    with pytest.raises(RenderError, match=r"edition\.mjml\.j2: is not valid MJML"):
        renderer.variant(samples.one_story(), frozenset())


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "fault"),
    [
        (
            "_masthead.mjml.j2",
            '<h1 class="h1">',
            '<h1 class="h1" < >',
            '<h1 class="h1" < >',
            "not well-formed",
        ),
        ("_story.mjml.j2", '<p class="q">', "<p class=q>", "<p class=q>", "not well-formed"),
        ("edition.mjml.j2", '<mj-breakpoint width="480px" />', "<mj-breakpoint>", "</mj-head>", "mismatched"),
    ],
)
def test_what_the_compiler_refuses_is_named_with_file_and_line(
    tmp_path: Path, samples: ModuleType, name: str, old: str, new: str, line: str, fault: str
) -> None:
    """The compiler itself tells no place, and the fault may stand in a template that another one includes."""
    renderer = broken(tmp_path, samples, name, old, new)
    with pytest.raises(RenderError, match=fault) as caught:
        renderer.variant(samples.normal(), frozenset())
    lines = (tmp_path / name).read_text().split("\n")
    number = next(at for at, text in enumerate(lines, start=1) if line in text)
    assert str(caught.value).startswith(f"{tmp_path / name}, line {number}: {fault}")


def test_a_missing_template_names_the_folders(tmp_path: Path, samples: ModuleType) -> None:
    with pytest.raises(RenderError, match=rf"no template edition\.mjml\.j2 in any of: {tmp_path}"):
        Renderer([tmp_path], samples.PUBLICATION).variant(samples.one_story(), frozenset())


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "edition.txt.j2",
            "{{ holes.UNSUBSCRIBE_URL.value }}",
            "",
            r"txt\.j2 has no unsubscribe link",
        ),
        (
            "_footer.mjml.j2",
            "{{ holes.UNSUBSCRIBE_URL.value }}",
            "#",
            r"mjml\.j2 has no unsubscribe link",
        ),
        (
            "_masthead.mjml.j2",
            "{{ edition.notice.short }}",
            "",
            r"mjml\.j2 .* the AI notice \(short\)",
        ),
        (
            "_footer.mjml.j2",
            "{{ edition.notice.full }}",
            "",
            r"mjml\.j2 .* the AI notice \(full\)",
        ),
        (
            "edition.txt.j2",
            "{{ edition.notice.short }}",
            "",
            r"txt\.j2 .* the AI notice \(short\)",
        ),
        (
            "edition.txt.j2",
            "{{ edition.date }}",
            "__DIGEST_NAME__",
            r"txt\.j2 has an unknown placeholder",
        ),
        (
            "_footer.mjml.j2",
            "{{ words.unsubscribe }}",
            "__digest_x__",
            r"has an unknown placeholder __digest_x__",
        ),
        ("_masthead.mjml.j2", "{{ edition.title }}", "{{ 'x' * 110000 }}", r"HTML has 1\d\d,\d+ bytes"),
    ],
)
def test_a_rendering_that_must_not_be_sent_is_refused(
    tmp_path: Path, samples: ModuleType, name: str, old: str, new: str, message: str
) -> None:
    renderer = broken(tmp_path, samples, name, old, new)
    with pytest.raises(RenderError, match=message):
        renderer.variant(samples.one_story(), frozenset())


def test_an_empty_text_part_is_refused(tmp_path: Path, samples: ModuleType) -> None:
    shutil.copytree(TEMPLATES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "edition.txt.j2").write_text("\n")
    with pytest.raises(RenderError, match="empty text part"):
        Renderer([tmp_path], samples.PUBLICATION).variant(samples.one_story(), frozenset())


def test_an_edition_from_right_to_left_runs_so_throughout_but_for_its_stories_in_latin_letters(
    renderer_of: Callable[[str], Renderer], samples: ModuleType
) -> None:
    page = renderer_of("right-to-left").variant(samples.right_to_left(), frozenset()).html
    assert "direction:ltr" not in page
    assert "direction:rtl" in page
    to_the_left = re.findall(r"<(?:h\d|p|li|td)\b[^>]*text-align:\s*left[^>]*>", page)
    assert to_the_left
    assert all('dir="ltr"' in tag and 'lang="en"' in tag for tag in to_the_left)


def test_an_edition_from_left_to_right_has_no_direction_but_its_own(
    renderer: Renderer, samples: ModuleType
) -> None:
    page = renderer.variant(samples.normal(), frozenset()).html
    assert "rtl" not in page
