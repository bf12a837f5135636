"""JSON as a provider sends it: a tree of which nothing may be taken for granted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from digest.errors import InputError


def read_object(text: str | bytes) -> dict[str, Any]:
    """The object that ``text`` is.

    Raises:
        InputError: it is something else.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("the request is no JSON") from None
    if not isinstance(found, dict):
        raise InputError("the request is no JSON object")
    return found


def text_at(tree: object, *path: str) -> str:
    """The text or number at a path of keys; "" where there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return str(tree) if isinstance(tree, str | int) and not isinstance(tree, bool) else ""


def list_at(tree: object, *path: str) -> Iterable[object]:
    """The list at a path of keys; empty where there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, list) else ()
