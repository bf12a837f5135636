"""A run as a picture: how many messages a second, and what did not arrive, over time. Pure; SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 30
_TROUBLE_HEIGHT = 44  # of the strip below the curve
_GAP = 14
_MARKS_OF_TIME = 6
_CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)  # seconds
_TROUBLES = ("deferred", "failed", "uncertain")


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from 0 to ``top``, with marks at round figures."""

    top: float
    step: float

    @classmethod
    def to(cls, highest: float, marks: int = 4) -> Axis:
        """The smallest axis with about so many marks that holds ``highest``."""
        rough = max(highest, 1e-9) / marks
        size = 10 ** floor(log10(rough))
        step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * (1 - 1e-9))
        return cls._of(step, highest)

    @classmethod
    def of_time(cls, seconds: float) -> Axis:
        """The same for seconds, minutes and hours, marked as a clock is."""
        step = next((step for step in _CLOCK_STEPS if step * _MARKS_OF_TIME >= seconds), None)
        return cls._of(step, seconds) if step else cls.to(seconds, _MARKS_OF_TIME)

    @classmethod
    def _of(cls, step: float, highest: float) -> Axis:
        return cls(step * max(1, ceil(highest / step - 1e-9)), step)

    def marks(self) -> list[float]:
        """Where it is marked, 0 and ``top`` included."""
        return [number * self.step for number in range(round(self.top / self.step) + 1)]


def picture(timeline: Mapping[str, Any], *, title: str) -> str:
    """The picture of one run; "" for a timeline without an outcome. ``title`` is plain text.

    Colours are classes, so that the page decides them for light and dark.
    """
    step_s = float(timeline.get("step_s", 1.0))
    sent = [int(number) for number in timeline.get("sent", ())]
    troubles = {kind: [int(number) for number in timeline.get(kind, ())] for kind in _TROUBLES}
    if not sum(sent) and not any(map(sum, troubles.values())):
        return ""
    span = step_s * len(sent)
    rates = [number / step_s for number in sent]
    across, up = Axis.of_time(span), Axis.to(max(rates))
    inner = [*_grid(across, up), _curve(rates, step_s, across, up), *_trouble(troubles, step_s, across)]
    said = f"{title}: {sum(sent):,} accepted in {span:,.0f} s, at most {max(rates):,.0f} a second"
    missed = ", ".join(f"{sum(numbers):,} {kind}" for kind, numbers in troubles.items() if sum(numbers))
    return (
        f'<svg class="run" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(said)}'
        f'{"; " + missed if missed else ""}">{"".join(inner)}</svg>'
    )


def _grid(across: Axis, up: Axis) -> list[str]:
    floor_y = _floor()
    lines = []
    for mark in up.marks():
        y = floor_y - mark / up.top * (floor_y - TOP)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mark:,g}</text>')
    for mark in across.marks():
        x = _x(mark, across)
        anchor = "end" if mark == across.top else "middle"
        lines.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{_time(mark)}</text>'
        )
    return lines


def _curve(rates: Sequence[float], step_s: float, across: Axis, up: Axis) -> str:
    """The area under the rate, a flat piece for every step."""
    floor_y = _floor()
    points = [f"M{LEFT} {floor_y}"]
    for index, rate in enumerate(rates):
        y = floor_y - rate / up.top * (floor_y - TOP)
        points.append(f"L{_x(index * step_s, across):.1f} {y:.1f}H{_x((index + 1) * step_s, across):.1f}")
    points.append(f"V{floor_y}Z")
    return f'<path class="sent" d="{"".join(points)}"/>'


def _trouble(troubles: Mapping[str, Sequence[int]], step_s: float, across: Axis) -> list[str]:
    """A strip of bars below the curve: what did not arrive, stacked; its own scale, as it is little."""
    stacks = [sum(numbers) for numbers in zip(*troubles.values(), strict=True)]
    most = max(stacks, default=0)
    if not most:
        return []
    base = HEIGHT - BOTTOM
    top = base - _TROUBLE_HEIGHT
    pieces = [f'<text class="tick" x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{most:,}</text>']
    for index in range(len(stacks)):
        x, y = _x(index * step_s, across), float(base)
        width = max(1.0, _x((index + 1) * step_s, across) - x)
        for kind, numbers in troubles.items():
            height = numbers[index] / most * _TROUBLE_HEIGHT
            y -= height
            if height:
                box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
                pieces.append(f'<rect class="{kind}" {box}/>')
    return pieces


def _floor() -> int:
    return HEIGHT - BOTTOM - _TROUBLE_HEIGHT - _GAP


def _x(seconds: float, across: Axis) -> float:
    return LEFT + seconds / across.top * (WIDTH - RIGHT - LEFT)


def _time(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min"
