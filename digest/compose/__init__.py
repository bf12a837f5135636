"""Stories to an edition: sifted, ranked, cut to the budget, every article accounted for.

    stories -> sift (told before, too old, outside every theme) -> rank -> cut (fairly between themes)
            -> summarise what stays -> Edition, and for every article that is not in it the reason

What editors decided is obeyed on the way (``decided``): drops and themes where stories are sifted, pins
where places are given. Pure: the time is an argument, the order of the input does not matter.
"""

from __future__ import annotations

from digest.compose.assemble import Summariser, compose
from digest.compose.options import ComposeOptions, Composition

__all__ = ["ComposeOptions", "Composition", "Summariser", "compose"]
