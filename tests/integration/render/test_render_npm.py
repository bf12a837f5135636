"""The MJML of every golden edition before the strict validator of the npm package, and our linter beside it.

mrml compiles what is mistyped without a word. The package is looked for in node_modules of this
checkout and of the folder in DIGEST_TEST_NODE_MODULES.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from digest.maillint import lint_mjml
from digest.maillint.mjml_table import ATTRIBUTES, CHILDREN, ENDING
from digest.render.renderer import Renderer

GOLDEN = Path(__file__).parents[2] / "golden"
NODE = shutil.which("node")
FOLDERS = (
    Path(__file__).parents[3] / "node_modules",
    Path(os.environ.get("DIGEST_TEST_NODE_MODULES", "node_modules")),
)
MJML = next((folder / "mjml" for folder in FOLDERS if (folder / "mjml").is_dir()), None)
pytestmark = [
    pytest.mark.npm,
    pytest.mark.skipif(NODE is None or MJML is None, reason="no node with mjml@4"),
]
OURS = (4, 18)  # the version that our linter's table was written from; older ones know and check less
VERSION = json.loads((MJML / "package.json").read_text("utf-8"))["version"] if MJML else "0.0.0"
same_version = pytest.mark.skipif(
    tuple(map(int, VERSION.split(".")[:2])) < OURS, reason=f"mjml {VERSION} is older than our linter's table"
)
VALIDATE = """const loaded = require(process.argv[1]), mjml = loaded.default || loaded;
(async () => { const found = {};
  for (const [name, source] of Object.entries(JSON.parse(require("fs").readFileSync(0, "utf8")))) {
    try { found[name] = (await mjml(source, {validationLevel: "strict"})).errors.map(e => e.message) }
    catch (error) { found[name] = [error.message] } }
  console.log(JSON.stringify(found)) })()"""


def complaints(sources: dict[str, str]) -> dict[str, list[str]]:
    assert NODE
    assert MJML
    done = subprocess.run(
        [NODE, "-e", VALIDATE, str(MJML.resolve())],
        input=json.dumps(sources).encode(),
        capture_output=True,
        check=True,
        timeout=90,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_every_edition_is_strictly_valid_mjml(
    renderer_of: Callable[[str], Renderer], samples: ModuleType
) -> None:
    sources = {
        name: renderer_of(name).variant(renderer_of(name).fit(case()), frozenset()).mjml
        for name, case in samples.CASES.items()
    }
    reviewed = {path.stem for path in GOLDEN.glob("*.mjml")}
    assert set(sources) == reviewed | {"broken-image"}  # which looks as no-image does
    assert not [problem for problems in complaints(sources).values() for problem in problems]


TABLE = """const loaded = require(process.argv[1] + "-preset-core"), preset = loaded.default || loaded;
const elements = {};
for (const one of preset.components)
  elements[one.componentName] = {ending: !!one.endingTag, attributes: one.allowedAttributes || {}};
const nesting = preset.dependencies;
for (const name of Object.keys(nesting)) nesting[name] = nesting[name].map(String);
console.log(JSON.stringify({elements, nesting}))"""
# The same mistake in the words of each; the linter's own tests have more, of which npm sees only some.
PLANTED = {
    "an unknown element": ("<mj-text", "<mj-txt"),
    "an unknown attribute": ("<mj-text ", '<mj-text colour="red" '),
    "an attribute of another element": ("<mj-column>", '<mj-column href="https://a.example">'),
    "a size without a unit": ('padding="0 24px"', 'padding="28 24px"'),
    "a size in em": ('width="600px"', 'width="40em"'),
    "five sizes": ('padding="0 24px"', 'padding="1px 2px 3px 4px 5px"'),
    "no colour": ('<mj-section background-color="', '<mj-section background-color="reddish'),
    "no such side": ("<mj-text ", '<mj-text align="middle" '),
    "text outside a column": ("<mj-column>", "</mj-section><mj-text>A</mj-text><mj-section><mj-column>"),
    "a section in a column": ("<mj-column>", "<mj-column><mj-section></mj-section>"),
    "nothing": ("<mj-column>", "<mj-column>"),
    "neither true nor false": ("<mj-column>", '<mj-column><mj-image fluid-on-mobile="yes" />'),
}


@same_version
def test_our_linter_finds_what_the_validator_finds(renderer: Renderer, samples: ModuleType) -> None:
    source = renderer.variant(samples.quiet_day(), frozenset()).mjml
    assert all(before in source for before, _after in PLANTED.values())
    broken = {name: source.replace(before, after, 1) for name, (before, after) in PLANTED.items()}
    theirs = {name: bool(found) for name, found in complaints(broken).items()}
    assert theirs == {name: name != "nothing" for name in PLANTED}
    assert {name: bool(lint_mjml(mjml)) for name, mjml in broken.items()} == theirs


@same_version
def test_our_table_of_elements_is_theirs() -> None:
    """Whatever the installed version allows, ours allows; ours may know more, from a later version."""
    assert NODE
    assert MJML
    done = subprocess.run(
        [NODE, "-e", TABLE, str(MJML.resolve())], capture_output=True, check=True, timeout=90
    )
    theirs = json.loads(done.stdout)
    for name, element in theirs["elements"].items():
        assert (name in ENDING) == element["ending"], name
        allowed = ATTRIBUTES[name]
        for attribute, type_ in element["attributes"].items():
            ours = allowed[attribute]
            assert sorted(re.split(r"[(),]", ours)) == sorted(re.split(r"[(),]", type_)), (name, attribute)
    for parent, children in theirs["nesting"].items():
        for child in children:
            assert child.startswith("/") or child in CHILDREN[parent], (parent, child)


def test_the_validator_is_really_strict(renderer: Renderer, samples: ModuleType) -> None:
    source = renderer.variant(samples.one_story(), frozenset()).mjml
    (found,) = complaints({"broken": source.replace("<mj-text ", '<mj-text colour="red" ', 1)}).values()
    assert found
