"""From sources to articles: fetch, parse, extract. ``gather`` is the run, ``probe`` a look at one source."""

from digest.gather.collect import gather
from digest.gather.options import GatherOptions
from digest.gather.outcome import Gathered
from digest.gather.probe import probe

__all__ = ["GatherOptions", "Gathered", "gather", "probe"]
