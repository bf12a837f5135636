"""What `digest demo` works on: invented outlets with articles of our own, served on loopback like real ones.

    with DemoSite(now) as site:
        gather(site.feeds(), ...)

Ten outlets, feeds in every format we read, and pages with the furniture that real pages have. Outlets and
people are invented; the places are real. Nothing leaves the machine.
"""

from digest.demo.content import Newsroom, Outlet, Piece, newsroom
from digest.demo.people import sample_subscribers
from digest.demo.site import DemoSite

__all__ = ["DemoSite", "Newsroom", "Outlet", "Piece", "newsroom", "sample_subscribers"]
