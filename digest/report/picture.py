"""A run as a picture: how many messages a second, and what did not arrive, over time. Pure; SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, HEIGHT = 720, 260
NARROW = 300  # of the picture for phones, whose words would be unreadable if it were the wide one made small
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 30
_TROUBLE_HEIGHT = 44  # of the strip below the curve
_GAP = 14
_MARKS_OF_TIME, _MARKS_WHEN_NARROW = 6, 3
_CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)  # seconds
_TROUBLES = ("deferred", "failed", "uncertain")
_SHORTEST_S = 10.0  # what was over sooner is a bar or two, which tell less than the sentence above them


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
    def of_counts(cls, highest: float) -> Axis:
        """The same for what comes whole, such as messages: marked at whole numbers only."""
        return cls._of(max(1.0, cls.to(highest).step), highest)

    @classmethod
    def of_time(cls, seconds: float, marks: int = _MARKS_OF_TIME) -> Axis:
        """The same for seconds, minutes and hours, marked as a clock is."""
        step = next((step for step in _CLOCK_STEPS if step * marks >= seconds), None)
        return cls._of(step, seconds) if step else cls.to(seconds, marks)

    @classmethod
    def _of(cls, step: float, highest: float) -> Axis:
        return cls(step * max(1, ceil(highest / step - 1e-9)), step)

    def marks(self) -> list[float]:
        """Where it is marked, 0 and ``top`` included."""
        return [number * self.step for number in range(round(self.top / self.step) + 1)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: axes, the width, and the line that the curve stands on."""

    width: int
    floor: int
    across: Axis
    up: Axis

    def x(self, seconds: float) -> float:
        return LEFT + seconds / self.across.top * (self.width - RIGHT - LEFT)

    def y(self, rate: float) -> float:
        return self.floor - rate / self.up.top * (self.floor - TOP)


def worth_showing(timeline: Mapping[str, Any]) -> bool:
    """Whether a picture of the run tells anything: it took a while, and something was accepted."""
    sent = timeline.get("sent", ())
    return bool(sum(sent)) and float(timeline.get("step_s", 1.0)) * len(sent) >= _SHORTEST_S


def picture(timeline: Mapping[str, Any], *, title: str, narrow: bool = False) -> str:
    """The picture of one run, ``narrow`` for phones.

    ``title`` is plain text. Below the curve stands what did not arrive, where there is any.

    Colours are classes, so that the page decides them for light and dark.
    """
    step_s = float(timeline.get("step_s", 1.0))
    sent = [int(number) for number in timeline.get("sent", ())]
    troubles = {kind: [int(number) for number in timeline.get(kind, ())] for kind in _TROUBLES}
    span = step_s * len(sent)
    rates = [number / step_s for number in sent]
    strip = _TROUBLE_HEIGHT + _GAP if any(map(sum, troubles.values())) else 0
    frame = _Frame(
        NARROW if narrow else WIDTH,
        HEIGHT - BOTTOM - strip,
        Axis.of_time(span, _MARKS_WHEN_NARROW if narrow else _MARKS_OF_TIME),
        Axis.of_counts(max(rates)),
    )
    inner = [*_grid(frame), _curve(rates, step_s, frame), *_trouble(troubles, step_s, frame)]
    said = f"{title}: {sum(sent):,} accepted in {span:,.0f} s, at most {max(rates):,.0f} a second"
    missed = ", ".join(f"{sum(numbers):,} {kind}" for kind, numbers in troubles.items() if sum(numbers))
    return (
        f'<svg class="run{" narrow" if narrow else ""}" viewBox="0 0 {frame.width} {HEIGHT}" role="img" '
        f'aria-label="{escape(said)}'
        f'{"; " + missed if missed else ""}">{"".join(inner)}</svg>'
    )


def _grid(frame: _Frame) -> list[str]:
    lines, right = [], frame.width - RIGHT
    for mark in frame.up.marks():
        y = frame.y(mark)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(
            f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mark:,.0f}</text>'
        )
    for mark in frame.across.marks():
        x = frame.x(mark)
        anchor = "end" if mark == frame.across.top else "middle"
        lines.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{_time(mark)}</text>'
        )
    return lines


def _curve(rates: Sequence[float], step_s: float, frame: _Frame) -> str:
    """The area under the rate, a flat piece for every step."""
    points = [f"M{LEFT} {frame.floor}"]
    for index, rate in enumerate(rates):
        start, end = frame.x(index * step_s), frame.x((index + 1) * step_s)
        points.append(f"L{start:.1f} {frame.y(rate):.1f}H{end:.1f}")
    points.append(f"V{frame.floor}Z")
    return f'<path class="sent" d="{"".join(points)}"/>'


def _trouble(troubles: Mapping[str, Sequence[int]], step_s: float, frame: _Frame) -> list[str]:
    """A strip of bars below the curve: what did not arrive, stacked; its own scale, as it is little."""
    stacks = [sum(numbers) for numbers in zip(*troubles.values(), strict=True)]
    most = max(stacks, default=0)
    if not most:
        return []
    base = HEIGHT - BOTTOM
    top = base - _TROUBLE_HEIGHT
    pieces = [f'<text class="tick" x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{most:,}</text>']
    for index in range(len(stacks)):
        x, y = frame.x(index * step_s), float(base)
        width = max(1.0, frame.x((index + 1) * step_s) - x)
        for kind, numbers in troubles.items():
            height = numbers[index] / most * _TROUBLE_HEIGHT
            y -= height
            if height:
                box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
                pieces.append(f'<rect class="{kind}" {box}/>')
    return pieces


def _time(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min"
