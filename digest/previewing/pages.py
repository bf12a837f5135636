"""The previews' own pages. They are no editor's to change, so they stand here and not in ``templates/``."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

_FOLDER = "assets"
_environment = Environment(
    loader=PackageLoader("digest.previewing", _FOLDER), autoescape=True, undefined=StrictUndefined
)


def page(name: str, **values: object) -> str:
    """The page ``name`` with ``values``, all of them escaped."""
    return _environment.get_template(name).render(values)


def asset(name: str) -> str:
    """A style sheet or script, as it is."""
    return (files("digest.previewing") / _FOLDER / name).read_text("utf-8")
