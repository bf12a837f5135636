"""Articles into stories, and stories under themes: pure, deterministic, and able to say why.

``score_themes`` judges one article, ``group`` a batch, ``why_same`` compares articles for ``explain``;
``theme_files.load_themes`` reads the themes.
"""

from digest.group.options import GroupOptions
from digest.group.sameness import Sameness, why_same
from digest.group.stories import group
from digest.group.terms import Theme
from digest.group.theme_files import load_themes
from digest.group.themes import score_themes

__all__ = [
    "GroupOptions",
    "Sameness",
    "Theme",
    "group",
    "load_themes",
    "score_themes",
    "why_same",
]
