"""What mail providers report over HTTP: one module for each, found by its name.

A module of this package called ``NAME`` answers at ``/hooks/NAME/TOKEN``. It has one function, ``read``, that
checks the request's signature where the provider signs, and says what the request reports. To add a provider,
add a module.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from digest.model.feedback import Feedback

Get = Callable[[str], bytes]  # fetches an address of the public internet; raises FetchError


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request as it came: the raw body, and the headers by lower-case name."""

    body: bytes
    headers: Mapping[str, str]


Read = Callable[[HookRequest, Get], tuple[Feedback, ...]]
"""Reads a request. Raises InputError for what it can't read, NotGenuineError for a false signature."""


def _found() -> dict[str, Read]:
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name: import_module(f"{__name__}.{name}").read for name in names}


PROVIDERS: Mapping[str, Read] = _found()
