"""The page about how an edition went out: counts, reasons, and a picture of every run."""

from digest.report.page import Report, collect, render

__all__ = ["Report", "collect", "render"]
