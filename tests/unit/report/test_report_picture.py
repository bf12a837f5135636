"""The picture of a run: a true scale, and a sentence for those who don't see it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.report.picture import (
    BOTTOM,
    HEIGHT,
    LEFT,
    NARROW,
    RIGHT,
    TOP,
    WIDTH,
    Axis,
    picture,
    worth_showing,
)

TIMELINE = {
    "step_s": 2.0,
    "sent": [100, 200, 50],
    "deferred": [0, 4, 0],
    "failed": [0, 2, 1],
    "uncertain": [0, 0, 0],
}


def drawn(timeline: dict[str, object], title: str = "Run 1") -> ET.Element:
    return ET.fromstring(picture(timeline, title=title))


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter("text")]


def test_it_says_what_it_shows() -> None:
    svg = drawn(TIMELINE, title='Run "1" <of> 2')
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == (
        'Run "1" <of> 2: 350 accepted in 6 s, at most 100 a second; 4 deferred, 3 failed'
    )


def test_the_curve_is_true_to_its_scale() -> None:
    svg = drawn(TIMELINE)
    assert [text for text in texts(svg) if re.fullmatch(r"[\d,]+", text)] == ["0", "50", "100", "6"]
    path = next(svg.iter("path")).get("d", "")
    heights = [float(y) for y in re.findall(r"L[\d.]+ ([\d.]+)H", path)]
    floor = float(path.split("L")[0].split()[1])
    assert [round((floor - y) / (floor - TOP), 3) for y in heights] == [0.5, 1.0, 0.25]


def test_what_did_not_arrive_is_stacked_below() -> None:
    boxes = list(drawn(TIMELINE).iter("rect"))
    assert [box.get("class") for box in boxes] == ["deferred", "failed", "failed"]
    heights = [float(box.get("height", "")) for box in boxes]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[1] == pytest.approx(2 * heights[2], abs=0.2)
    assert float(boxes[0].get("y", "")) + heights[0] == pytest.approx(HEIGHT - BOTTOM, abs=0.2)
    assert float(boxes[1].get("y", "")) + heights[1] == pytest.approx(float(boxes[0].get("y", "")), abs=0.2)


def test_messages_are_counted_in_whole_numbers() -> None:
    quiet = {"deferred": [0], "failed": [0], "uncertain": [0]}
    for sent in (1, 2, 3):
        svg = drawn({"step_s": 1.0, "sent": [sent], **quiet})
        numbers = [text for text in texts(svg) if text.isdecimal()]
        assert numbers == [str(number) for number in range(sent + 1)]


def test_without_trouble_no_room_is_kept_for_it() -> None:
    quiet = TIMELINE | {"deferred": [0] * 3, "failed": [0] * 3}
    path = next(drawn(quiet).iter("path")).get("d", "")
    assert path.startswith(f"M{LEFT} {HEIGHT - BOTTOM}L")


def test_phones_get_a_picture_of_their_own_width() -> None:
    svg = ET.fromstring(picture(TIMELINE, title="Run 1", narrow=True))
    assert (svg.get("viewBox"), svg.get("class")) == (f"0 0 {NARROW} {HEIGHT}", "run narrow")
    assert len([text for text in texts(svg) if text.endswith(("s", "min"))]) <= 4
    assert all(float(one.get("x", 0)) <= NARROW - RIGHT + 0.1 for one in svg.iter("text"))


@pytest.mark.parametrize(
    ("timeline", "shown"),
    [
        ({}, False),
        ({"step_s": 1.0, "sent": [5, 0]}, False),
        ({"step_s": 1.0, "sent": [0] * 60, "deferred": [9] * 60}, False),
        ({"step_s": 1.0, "sent": [1] + [0] * 9}, True),
        ({"step_s": 2.0, "sent": [1] * 5}, True),
    ],
)
def test_only_a_run_that_took_a_while_and_sent_something_is_worth_a_picture(
    timeline: dict[str, object], shown: bool
) -> None:
    assert worth_showing(timeline) is shown


counts = st.lists(st.integers(0, 10**7), min_size=1, max_size=240)


@given(counts, st.sampled_from([1.0, 2.0, 4096.0]))
def test_everything_stays_inside(sent: list[int], step_s: float) -> None:
    troubles = {"deferred": sent, "failed": sent[::-1], "uncertain": [0] * len(sent)}
    text = picture({"step_s": step_s, "sent": sent, **troubles}, title="Run 1")
    for x in re.findall(r' x\d?="([\d.-]+)"', text):
        assert 0 <= float(x) <= WIDTH - RIGHT + 0.1
    for y in re.findall(r' y\d?="([\d.-]+)"', text):
        assert TOP - 0.1 <= float(y) <= HEIGHT
    assert all(float(x) >= LEFT - 0.1 for x in re.findall(r"L([\d.-]+) ", text))


@given(st.floats(0.001, 1e9), st.integers(2, 8))
def test_an_axis_holds_its_highest_value_with_few_round_marks(highest: float, marks: int) -> None:
    axis = Axis.to(highest, marks)
    assert axis.top >= highest * (1 - 1e-6)
    assert axis.marks()[0] == 0
    assert axis.marks()[-1] == pytest.approx(axis.top)
    assert 2 <= len(axis.marks()) <= marks + 2
    assert f"{axis.step:.0e}"[0] in "125"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (4, ["0 s", "1 s", "2 s", "3 s", "4 s"]),
        (128, ["0 s", "30 s", "1:00 min", "1:30 min", "2:00 min", "2:30 min"]),
        (3600, ["0 s", "10:00 min", "20:00 min", "30:00 min", "40:00 min", "50:00 min", "60:00 min"]),
    ],
)
def test_time_is_marked_as_a_clock_is(seconds: int, shown: list[str]) -> None:
    sent = [1] * seconds if seconds < 200 else [1] * 200
    timeline = {"step_s": seconds / len(sent), "sent": sent, "deferred": [], "failed": [], "uncertain": []}
    assert [text for text in texts(drawn(timeline)) if text.endswith(("s", "min"))] == shown
