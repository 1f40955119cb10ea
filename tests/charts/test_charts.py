"""What charts show: every value at its place, every limit, and what is not known."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.charts.pieces import BARS, DOTS, MATRIX, PARTS, SCATTER, TREND
from tests.drawings import texts
from trusteval.charts.bars import Bar, StackedBars
from trusteval.charts.dots import DotPlot, DotRow
from trusteval.charts.look import DARK, LIGHT, SERIES, Role, series
from trusteval.charts.panel import Chart
from trusteval.charts.scale import extent
from trusteval.charts.scatter import ScatterPoint, front
from trusteval.charts.svg import page_svg

finite = st.floats(-1e6, 1e6)


def marks(chart: Chart, role: Role) -> list[tuple[float, float]]:
    """Return where the marks of a role stand, in pixels; bands are none."""
    return [
        (float(one.attrib["x"]), float(one.attrib["y"]))
        for one in ElementTree.fromstring(page_svg(chart, name="one")).iter()
        if one.tag.endswith("use")
        and f"fill-{role}" in one.attrib.get("class", "").split()
        and "fill-opacity" not in one.attrib
    ]


def spans(chart: Chart, *, kind: str) -> list[tuple[float, float]]:
    """Return from where to where the paths of a class go, from left to right."""
    found = []
    for one in ElementTree.fromstring(page_svg(chart, name="one")).iter():
        if one.tag.endswith("path") and kind in one.attrib.get("class", "").split():
            across = [float(x) for x in re.findall(r"[ML] (-?[\d.]+) ", one.attrib["d"])]
            found.append((min(across), max(across)))
    return found


# -- dots ------------------------------------------------------------------------------------


def test_dots_stand_in_the_middle_of_their_intervals_and_beyond_the_limit_or_not() -> None:
    ((kept, kept_y),) = marks(DOTS, Role.PASS)
    ((broken, broken_y),) = marks(DOTS, Role.FAIL)
    ((low, high),) = spans(DOTS, kind="line-pass")
    (limit,) = [first for first, last in spans(DOTS, kind="line-fail") if first == last]
    assert low < kept < high < limit < broken
    assert (kept - low) / (high - low) == pytest.approx(2 / 3, abs=0.01)
    assert kept_y < broken_y


def test_area_that_breaks_a_limit_is_shaded_up_to_the_end() -> None:
    shaded = spans(DOTS, kind="fill-fail")
    ((broken, _),) = marks(DOTS, Role.FAIL)
    assert any(first < broken < last for first, last in shaded)
    other = replace(DOTS, at_most=None, at_least=3.0)
    ((kept, _),) = marks(other, Role.PASS)
    assert any(first < kept < last for first, last in spans(other, kind="fill-fail"))


def test_row_without_a_value_says_why_in_its_place() -> None:
    said = texts(page_svg(DOTS, name="one"))
    assert [line for line in said if line.startswith("no value")] == [
        "no value: missing settings: law"
    ]
    assert {"kept", "broken", "unknown", "PASS", "FAIL", "at most 3"} <= set(said)
    assert "points worse than dense" in said


def test_long_labels_stand_above_their_lines() -> None:
    short = DotPlot("t", (DotRow("dense", 1.0), DotRow("gptq-4", 2.0)), unit="u")
    long = DotPlot("t", (DotRow("Qwen2.5-1.5B-Instruct-GPTQ-Int4", 1.0),) * 2, unit="u")
    assert long.height > short.height
    ((x, _), _) = marks(long, Role.SERIES_1)
    assert x < 340


@given(st.lists(finite, max_size=6), st.floats(0.1, 100))
def test_extent_holds_all_values_and_is_long_enough(values: list[float], span: float) -> None:
    low, high = extent(values, at_least=span)
    assert all(low <= value <= high for value in values)
    assert high - low >= span * 0.999


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_extent_stays_within_what_values_can_be(values: list[float]) -> None:
    low, high = extent(values, at_least=20, within=(0, 100))
    assert 0 <= low <= min(values) <= max(values) <= high <= 100
    assert high - low >= 19.99


# -- bars, pairs, points, lines --------------------------------------------------------------


def test_parts_of_a_bar_are_as_wide_as_their_share() -> None:
    bars = StackedBars("t", PARTS, (Bar("dense", (3, 1, 0)),))
    assert max(spans(bars, kind="fill-pass"), key=lambda s: s[1]) == (0, 255)
    assert max(spans(bars, kind="fill-series-2"), key=lambda s: s[1]) == (255, 340)


def test_key_names_the_parts_that_occur_and_an_empty_bar_says_so() -> None:
    said = texts(page_svg(BARS, name="one"))
    assert {"correct", "wrong", "75 %", "dense", "gptq-4", "no answer"} <= set(said)
    assert "empty" not in said


def test_bar_without_a_count_for_each_part_is_refused() -> None:
    with pytest.raises(ValueError, match="a bar without a count for each part"):
        StackedBars("t", PARTS, (Bar("dense", (1, 2)),))


def test_matrix_has_each_pair_on_both_sides_and_names_beside() -> None:
    said = texts(page_svg(MATRIX, name="one"))
    assert (said.count("50"), said.count("-")) == (2, 2)
    assert {"1 a", "2 b", "3 c", "percent"} <= set(said)


def test_front_holds_whom_nobody_is_cheaper_and_better_than() -> None:
    points = [
        ScatterPoint(name, cost, score)
        for name, cost, score in (
            *(("a", 1.0, 50.0), ("b", 2.0, 50.0), ("c", 3.0, 70.0), ("d", 4.0, 60.0)),
            *(("e", 1.0, 40.0), ("f", None, 90.0), ("g", 0.5, None)),
        )
    ]
    assert [point.name for point in front(points)] == ["a", "c"]


def test_points_have_a_key_and_who_has_no_place_is_named() -> None:
    said = texts(page_svg(SCATTER, name="one"))
    assert {"cheap", "good", "without a place: unpriced", "seconds", "points"} <= set(said)
    assert "on the front: cheap, good" in SCATTER.about


def test_line_is_broken_where_a_score_is_undefined() -> None:
    svg = page_svg(TREND, name="one")
    assert len(marks(TREND, Role.SERIES_1)) == 3  # two runs, and the key
    (line,) = [
        one.attrib["d"]
        for one in ElementTree.fromstring(svg).iter()
        if one.tag.endswith("path") and one.attrib.get("stroke-width") == "1.5"
    ]
    assert line.count("M") == 2
    assert "L" not in line


# -- the look --------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_and_marks_can_be_seen(colours: dict[Role, str]) -> None:
    assert set(colours) == set(Role)
    assert len(set(colours.values())) == len(Role)
    grounds = [colours[Role.PAPER], colours[Role.PANEL]]
    words = (Role.INK, Role.MUTED, Role.PASS, Role.WARN, Role.FAIL, Role.OPEN)
    assert min(contrast(colours[role], ground) for role in words for ground in grounds) >= 4.5
    assert min(contrast(colours[role], colours[Role.PAPER]) for role in SERIES) >= 3


def test_no_two_of_many_series_have_colour_and_shape_alike() -> None:
    looks = [series(place) for place in range(64)]
    assert len(set(looks)) == 64
    assert len({shape for _, shape in looks[:8]}) == 8
