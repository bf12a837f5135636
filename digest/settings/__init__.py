"""The settings of one newsletter: TOML and environment, read once, checked whole, then plain values.

    digest.toml + DIGEST_SECTION__KEY  --load-->  Settings (one frozen section each)

The environment goes before the file, the file before the defaults. Relative paths are relative to the
folder of ``digest.toml`` (without one: the working directory), wherever the command was started.
Every mistake is a ``ConfigurationError`` that names the file and line, or the variable; several mistakes
stand in one error, one per line.
"""

from digest.settings.describe import Description, default_feeds, describe, reference, template
from digest.settings.editorial import (
    EditionSettings,
    GatherSettings,
    PublicationSettings,
    ScheduleSettings,
    SeriesSettings,
    ThemeSettings,
)
from digest.settings.load import load
from digest.settings.machinery import DatabaseSettings, RetentionSettings, WebSettings
from digest.settings.sections import Settings, is_example
from digest.settings.sending import BounceSettings, DeliverySettings, DkimSettings
from digest.settings.summaries import SummarySettings

__all__ = [
    "BounceSettings",
    "DatabaseSettings",
    "DeliverySettings",
    "Description",
    "DkimSettings",
    "EditionSettings",
    "GatherSettings",
    "PublicationSettings",
    "RetentionSettings",
    "ScheduleSettings",
    "SeriesSettings",
    "Settings",
    "SummarySettings",
    "ThemeSettings",
    "WebSettings",
    "default_feeds",
    "describe",
    "is_example",
    "load",
    "reference",
    "template",
]
