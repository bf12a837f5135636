"""What the asking may be told. ``wiring`` fills it from the settings."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from digest.model.answers import Caps

TROUBLE = "model_trouble"  # in the store's meta: what kept the last draft from its answers; "" when nothing


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """A model at an address, and how much of it may be used.

    ``url`` goes up to the version ("https://llm.example.org/v1"). ``timeout_s`` bounds one request as a
    whole, ``budget_s`` all requests of one draft together. ``max_tokens`` is the longest answer.
    ``price_in`` and ``price_out`` are per million tokens.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 30.0
    budget_s: float = 60.0
    connections: int = 4
    max_tokens: int = 1_000
    price_in: float = 0.0
    price_out: float = 0.0
    caps: Caps = field(default_factory=Caps)

    @property
    def host(self) -> str:
        """For messages: where the model is."""
        return urlsplit(self.url).netloc

    def cost_millionths(self, tokens_in: int, tokens_out: int) -> int:
        """What so many tokens cost, in millionths of the currency of the prices."""
        return round(tokens_in * self.price_in + tokens_out * self.price_out)


@dataclass(frozen=True, slots=True)
class Asking:
    """Leave to ask: the instant it counts for (its UTC day is charged), and the wish to stop."""

    now: datetime
    stop: threading.Event
