"""The MJML of every golden edition before the strict validator of the npm package.

mrml compiles what is mistyped without a word. The package is looked for in node_modules of this
checkout and of the folder in DIGEST_NODE_MODULES.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from digest.render import Renderer

NODE = shutil.which("node")
FOLDERS = (
    Path(__file__).parents[3] / "node_modules",
    Path(os.environ.get("DIGEST_NODE_MODULES", "node_modules")),
)
MJML = next((folder / "mjml" for folder in FOLDERS if (folder / "mjml").is_dir()), None)
pytestmark = [
    pytest.mark.npm,
    pytest.mark.skipif(NODE is None or MJML is None, reason="no node with mjml@4"),
]
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


def test_every_edition_is_strictly_valid_mjml(renderer: Renderer, samples: ModuleType) -> None:
    sources = {
        name: renderer.variant(renderer.fit(case()), frozenset()).mjml for name, case in samples.CASES.items()
    }
    assert not [problem for problems in complaints(sources).values() for problem in problems]


def test_the_validator_is_really_strict(renderer: Renderer, samples: ModuleType) -> None:
    source = renderer.variant(samples.one_story(), frozenset()).mjml
    (found,) = complaints({"broken": source.replace("<mj-text ", '<mj-text colour="red" ', 1)}).values()
    assert found
