"""The sample editions of tests/golden, and a renderer over the templates of this checkout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from digest.render import Renderer

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """tests/golden/samples.py, which is no package and so is loaded from its file."""
    name = "golden_samples"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests/golden/samples.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def renderer(samples: ModuleType) -> Renderer:
    return Renderer([ROOT / "templates"], samples.PUBLICATION)
