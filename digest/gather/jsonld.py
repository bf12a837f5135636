"""JSON-LD (schema.org) as pages hold it: its objects, and the words in its values, however wrapped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import lxml.html

MAX_JSON = 500_000
MAX_NODES = 2000  # of one page's JSON-LD
_DEEPEST = 3  # lists within lists; none is usual


def objects(tree: lxml.html.HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, nested ones too, in order and bounded."""
    count = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            queue: list[Any] = [json.loads((script.text or "")[:MAX_JSON], strict=False)]
        except (ValueError, RecursionError):
            continue
        while queue and count < MAX_NODES:
            node = queue.pop(0)
            count += 1
            if isinstance(node, list):
                queue += node
            elif isinstance(node, dict):
                yield node
                queue += [value for value in node.values() if isinstance(value, (dict, list))]


def word(value: Any, deep: int = _DEEPEST) -> str:
    """The text of a value: its own, its name, its identifier; of several, ``deep`` lists down, the first."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id")
    if isinstance(value, list) and deep:
        return next((found for part in value if (found := word(part, deep - 1))), "")
    return value if isinstance(value, str) else ""


def names(value: Any) -> str:
    """Everybody a value names, each once."""
    people = value if isinstance(value, list) else [value]
    return ", ".join(dict.fromkeys(name for person in people[:10] if (name := word(person))))
