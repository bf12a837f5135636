"""Every kind of edition, word for word. ``DIGEST_UPDATE_GOLDEN=1`` writes the files anew: review the diff."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from digest.model.links import edition_ref
from digest.render import compile_message
from digest.render.renderer import Renderer

FOLDER = Path(__file__).parents[2] / "golden"
CASES = (
    *("normal", "single-theme", "one-story", "sixty-stories"),
    *(
        "long-headline",
        "many-scripts",
        "right-to-left",
        "east-asian",
        "lonely-themes",
        "hostile",
        "quiet-day",
        "correction",
        "lead-image",
        "no-image",
        "broken-image",
    ),
)
FILES = {"broken-image": "no-image"}  # a picture that could not be had leaves no trace


def assert_golden(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("DIGEST_UPDATE_GOLDEN") == "1":
        path.write_bytes(text.encode())
    assert path.exists(), f"{path} is missing: run with DIGEST_UPDATE_GOLDEN=1"
    assert text == path.read_bytes().decode(), f"{path} differs: if that is meant, DIGEST_UPDATE_GOLDEN=1"


def one_tag_a_line(html: str) -> str:
    """For people who read diffs."""
    return re.sub(r">(?=<)", ">\n", html) + "\n"


def test_the_cases_are_all_here(samples: ModuleType) -> None:
    assert tuple(samples.CASES) == CASES


@pytest.mark.parametrize("case", CASES)
def test_a_mail_looks_as_reviewed(
    case: str, renderer_of: Callable[[str], Renderer], samples: ModuleType
) -> None:
    renderer = renderer_of(case)
    variant = renderer.variant(renderer.fit(samples.CASES[case]()), frozenset())
    name = FILES.get(case, case)
    assert_golden(f"{name}.html", one_tag_a_line(variant.html))
    assert_golden(f"{name}.mjml", variant.mjml)
    assert_golden(f"{name}.txt", f"{variant.subject}\n{variant.preheader}\n\n{variant.text}")


@pytest.mark.parametrize("case", CASES)
def test_a_web_copy_looks_as_reviewed(
    case: str, renderer_of: Callable[[str], Renderer], samples: ModuleType
) -> None:
    name = FILES.get(case, case)
    assert_golden(f"{name}.web.html", renderer_of(case).web_copy(samples.CASES[case]()))


@pytest.mark.parametrize("test", [False, True])
def test_a_message_looks_as_reviewed(renderer: Renderer, samples: ModuleType, test: bool) -> None:
    edition = samples.one_story()
    message = compile_message(
        renderer.variant(edition, frozenset()),
        samples.PUBLICATION,
        edition_ref=edition_ref(edition.key),
        date=samples.SLOT,
        test=test,
    ).fill(samples.PERSON)
    assert_golden("test.eml" if test else "one-story.eml", bytes(message).decode().replace("\r\n", "\n"))
