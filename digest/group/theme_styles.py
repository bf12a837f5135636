"""Names and colours of themes, also from files that can't be used otherwise: readers' pages need no more.

Nobody who wants to unsubscribe, or has chosen a theme, is to suffer from a mistake in what files articles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from digest.errors import ConfigurationError
from digest.group.theme_files import GAZETTEER, VOCABULARY, files_in
from digest.group.toml_file import TomlFile
from digest.model.edition import ThemeStyle

_LINE = re.compile(r"""^\s*(slug|name|colour|colour_dark)\s*=\s*["'](.*?)["']""", re.MULTILINE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_GREY = "#555555"


def lenient_styles(
    paths: Sequence[Path], order: Sequence[str], *, if_named: Path | None = None
) -> tuple[ThemeStyle, ...]:
    """What readers' pages need of the themes that ``load_themes`` would give, were every file good."""
    found: dict[str, ThemeStyle] = {}
    for path in files_in(paths).values():
        if path.name in {GAZETTEER, VOCABULARY}:
            continue
        style = _style(path.stem, _said(path))
        if style is not None and (path.parent != if_named or style.slug in order):
            found.setdefault(style.slug, style)
    ordered = [slug for slug in dict.fromkeys(order) if slug in found]
    return tuple(found[slug] for slug in [*ordered, *(slug for slug in found if slug not in ordered)])


def _said(path: Path) -> Mapping[str, object]:
    """The keys of a file, or what its lines look like where it is no TOML."""
    try:
        return TomlFile.read(path).data
    except ConfigurationError:
        try:
            text = path.read_bytes().decode("utf-8", errors="replace")
        except OSError:
            return {}
        return dict(reversed(_LINE.findall(text)))  # the first line of a key counts


def _style(stem: str, said: Mapping[str, object]) -> ThemeStyle | None:
    """The style of a file; None where not even its slug can be told."""

    def good(key: str, pattern: re.Pattern[str], otherwise: str) -> str:
        value = said.get(key)
        return value if isinstance(value, str) and pattern.fullmatch(value) else otherwise

    slug = good("slug", _SLUG, stem)
    if not _SLUG.fullmatch(slug):
        return None
    colour = good("colour", _COLOUR, _GREY)
    name = good("name", re.compile(r".*\S.*"), slug.replace("-", " ").capitalize())
    return ThemeStyle(slug, name, colour.lower(), good("colour_dark", _COLOUR, colour).lower())
