"""From settings to themes, and where their files stand."""

from __future__ import annotations

from pathlib import Path

from digest.errors import InputError
from digest.group import Theme
from digest.group.theme_files import load_themes
from digest.group.theme_styles import lenient_styles
from digest.model.edition import ThemeStyle
from digest.settings import Settings
from digest.wiring.folders import mind_readable

BUILTIN_THEMES = Path(__file__).parents[1] / "themes"


def themes_of(settings: Settings) -> tuple[Theme, ...]:
    """The publication's themes: the default ones that its order names, and all of its own ``themes/``."""
    folders = theme_folders(settings)
    mind_readable(folders[-1])
    return load_themes(folders, settings.themes.order, if_named=BUILTIN_THEMES)


def styles_of(settings: Settings) -> tuple[ThemeStyle, ...]:
    """Names and colours of the same themes, as far as their files can be read at all."""
    return lenient_styles(theme_folders(settings), settings.themes.order, if_named=BUILTIN_THEMES)


def theme_folders(settings: Settings) -> list[Path]:
    """Where theme files stand; a later folder's replace those of the same name."""
    return [BUILTIN_THEMES, settings.folder / "themes"]


def themes_in(folder: Path) -> tuple[Theme, ...]:
    """The default themes, replaced or added to from ``folder``.

    Raises:
        InputError: there is no such folder.
        ConfigurationError: a file in it can't be used.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name one that holds theme files")
    return load_themes([BUILTIN_THEMES, folder], ())
