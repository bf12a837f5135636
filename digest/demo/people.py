"""Five readers for the demo, who want different themes. Mail to example.org reaches nobody (RFC 2606)."""

from __future__ import annotations

from digest.model.audience import Subscriber

_PEOPLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("ada.fernandes@example.org", "Ada Fernandes", ()),
    ("bo.lindgren@example.org", "Bo Lindgren", ("arctic",)),
    ("chidi.okafor@example.org", "Chidi Okafor", ("middle-east",)),
    ("dana.whitlock@example.org", "Dana Whitlock", ("indo-pacific", "middle-east")),
    ("emi.takeda@example.org", "武田 恵美", ("arctic", "indo-pacific")),
)


def sample_subscribers() -> tuple[Subscriber, ...]:
    """The five, active; the first reads everything."""
    return tuple(Subscriber(address, address, name, themes=themes) for address, name, themes in _PEOPLE)
