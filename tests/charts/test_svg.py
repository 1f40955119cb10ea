"""Charts as a page takes them: only classes and text, the same each time, whatever names hold."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from tests.charts.pieces import CHARTS, NAMES, called
from tests.drawings import refusals, texts
from trusteval.charts.dots import DotPlot, DotRow
from trusteval.charts.look import Role, stylesheet
from trusteval.charts.panel import Chart
from trusteval.charts.scatter import Scatter, ScatterPoint
from trusteval.charts.svg import page_svg
from trusteval.charts.trend import Trend, TrendLine, TrendPoint
from trusteval.errors import DrawingError

charts = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@charts
def test_chart_does_nothing_that_a_strict_policy_forbids(chart: Chart) -> None:
    assert refusals(page_svg(chart, name="one")) == []


@charts
def test_colours_are_classes_that_the_stylesheet_has(chart: Chart) -> None:
    root = ElementTree.fromstring(page_svg(chart, name="one"))
    used = {name for one in root.iter() for name in one.attrib.get("class", "").split()}
    assert used > {"chart", "fill-ink"}
    assert [name for name in used if f".{name}{{" not in stylesheet()] == []


@charts
def test_chart_says_what_it_is_to_who_does_not_see_it(chart: Chart) -> None:
    root = ElementTree.fromstring(page_svg(chart, name="one"))
    title, about = root[0], root[1]
    assert root.attrib["role"] == "img"
    assert (title.text, about.text) == (chart.title, chart.about)
    assert [title.attrib["id"], about.attrib["id"]] == [
        root.attrib["aria-labelledby"],
        root.attrib["aria-describedby"],
    ]


@charts
def test_same_chart_is_the_same_text(chart: Chart) -> None:
    assert page_svg(chart, name="one") == page_svg(chart, name="one")


def test_ids_of_differently_named_charts_differ() -> None:
    ids = [
        {
            one.attrib["id"]
            for one in ElementTree.fromstring(page_svg(chart, name=f"p-{n}")).iter()
            if "id" in one.attrib
        }
        for n, chart in enumerate((*CHARTS.values(), *CHARTS.values()))
    ]
    assert all(len(found) >= 2 for found in ids)
    assert [a & b for a, b in itertools.combinations(ids, 2) if a & b] == []


@pytest.mark.parametrize("name", ["", "1a", "a b", 'a"', "a#b", "ä"])
def test_name_that_no_id_can_begin_with_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a picture"):
        page_svg(CHARTS["dots"], name=name)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_whatever_names_hold_is_text_of_at_most_a_line(name: str) -> None:
    for chart in called(name):
        svg = page_svg(chart, name="one")
        assert refusals(svg) == []
        assert all(line.isprintable() and len(line) < 120 for line in texts(svg))


@pytest.mark.parametrize("name", ["gptq-8", "a$b_$c", "<b>&amp;</b>", "_hidden"])
def test_names_are_drawn_as_they_are(name: str) -> None:
    for chart in called(name):
        assert any(name in line for line in texts(page_svg(chart, name="one")))


@charts
def test_letters_are_large_enough_to_read(chart: Chart) -> None:
    root = ElementTree.fromstring(page_svg(chart, name="one"))
    width = float(root.attrib["viewBox"].split()[2])
    sizes = [
        float(one.attrib["font-size"].removesuffix("px"))
        for one in root.iter()
        if one.tag.endswith("text")
    ]
    assert width == 340
    assert min(sizes) >= 10


def test_figures_at_the_ends_of_all_numbers_are_drawn_or_refused_in_a_line() -> None:
    ends = (1.7e308, -1.7e308, 5e-324, 1e300)
    for row in (DotRow("a", end, -1.7e308, 1.7e308) for end in ends):
        with pytest.raises(DrawingError, match="it cannot be drawn"):
            page_svg(DotPlot("t", (row,), unit="u"), name="one")
    for day in (datetime.min, datetime.max):
        point = TrendPoint(day.replace(tzinfo=UTC), 1.0)
        with pytest.raises(DrawingError, match="it cannot be drawn"):
            page_svg(Trend("t", (TrendLine("a", (point,)),)), name="one")
    assert texts(page_svg(DotPlot("t", (DotRow("a", 1e12),), unit="u"), name="one"))


def test_chart_with_nobody_in_it_says_so() -> None:
    alone = Scatter("t", (ScatterPoint("a", None, 1.0),), cost="c", score="s")
    assert "without a place: a" in texts(page_svg(alone, name="one"))


def test_every_role_has_a_property_in_light_and_in_dark() -> None:
    styles = stylesheet()
    assert [role for role in Role if styles.count(f"--{role}:") != 2] == []
