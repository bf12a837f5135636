"""Groups of articles after an editor's rulings: merged, and parted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digest.model.decisions import Rulings


def regrouped(groups: Sequence[Sequence[int]], urls: Sequence[str], rulings: Rulings) -> list[list[int]]:
    """``groups`` of places in ``urls``, joined where ruled together and then parted where ruled apart."""
    unit = {url: number for number, together in enumerate(rulings.together) for url in together}
    joined: list[list[int]] = []
    of_unit: dict[int, list[int]] = {}
    for group in groups:
        units = {unit[urls[at]] for at in group if urls[at] in unit}
        target = next((of_unit[number] for number in sorted(units) if number in of_unit), None)
        if target is None:
            target = []
            joined.append(target)
        target.extend(group)
        of_unit |= dict.fromkeys(units, target)
    apart: dict[str, set[str]] = {}
    for one, other in rulings.apart:
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)
    return sorted(part for group in joined for part in _parted(sorted(group), urls, apart, unit))


def _parted(
    group: Sequence[int], urls: Sequence[str], apart: Mapping[str, set[str]], unit: Mapping[str, int]
) -> list[list[int]]:
    parts: list[list[int]] = []
    for at in group:
        enemies = apart.get(urls[at], set())
        fitting = [part for part in parts if not enemies & {urls[other] for other in part}]
        friends = [part for part in fitting if unit.get(urls[at], -1) in {unit.get(urls[o]) for o in part}]
        if fitting:
            (friends or fitting)[0].append(at)
        else:
            parts.append([at])
    return parts
