"""Stories to an edition: sifted, ranked, cut to the budget, every article accounted for.

    stories -> sift (used, too old, outside every theme) -> follow what was told (updates, or nothing new)
            -> rank, balanced between outlets -> cut (fairly between themes) -> summarise what stays
            -> relate -> Edition, and for every article that is not in it the reason

What editors decided is obeyed on the way (``decided``): drops and themes where stories are sifted, pins
where places are given. Pure: the time is an argument, the order of the input does not matter.
"""

from __future__ import annotations

from digest.compose.assemble import compose
from digest.compose.options import ComposeOptions, Composition
from digest.compose.ranked import Summariser
from digest.compose.reading import Reading
from digest.compose.threads import Past

__all__ = ["ComposeOptions", "Composition", "Past", "Reading", "Summariser", "compose"]
