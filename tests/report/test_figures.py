"""Pictures of tables: one per ensemble, whatever names hold, and only of what tables say."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("matplotlib", reason="pictures need matplotlib")

from matplotlib.figure import Figure

from trusteval.errors import TrackingError
from trusteval.report.figures import draw_sections, drawing_of
from trusteval.report.forest import draw_forest
from trusteval.report.matrix import draw_matrix
from trusteval.report.scatter import Point, draw_scatter, front
from trusteval.tables import Cell, Column, Kind, Section, Spread, Table
from trusteval.types import Unavailable

NAMES = ("gptq-8", "a$b_$c", "größer", "\x1b[2J<b>&", "_hidden")
LEAD = (Column("ensemble"), Column("benchmark"), Column("against"), Column("lead", Kind.CHANGE))


def leads(rows: list[tuple[Cell, ...]]) -> Table:
    return Table("leads", "Leads of $the$ vote", LEAD, tuple(rows))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_forest_has_a_line_per_row_at_the_tables_values_and_says_what_lacks() -> None:
    table = leads(
        [
            ("v", "mmlu", "dense", Spread(1.5, -2.0, 4.0)),
            ("v", "mmlu", "gptq-8", Unavailable("no answers")),
            ("v", "ood", "dense", Spread(-3.0, -5.0, -1.0)),
        ]
    )
    figure = Figure()
    draw_forest(figure, table)
    (axes,) = figure.axes
    lines = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines[1:]]
    assert lines == [
        ([-2.0, 4.0], [0, 0]),
        ([1.5], [0]),
        ([-5.0, -1.0], [2, 2]),
        ([-3.0], [2]),
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "mmlu, dense",
        "mmlu, gptq-8",
        "ood, dense",
    ]
    assert [text.strip() for text in texts(figure)] == ["no value"]


def test_matrix_has_each_pair_on_both_sides_and_no_colour_where_nothing_is_known() -> None:
    columns = (Column("one"), Column("other"), Column("agree", Kind.SHARE))
    rows = (("a", "b", 0.5), ("a", "c", Spread(0.75, 0.7, 0.8)), ("b", "c", Unavailable("none")))
    figure = Figure()
    draw_matrix(figure, Table("agreement", "A", columns, rows))
    (axes,) = figure.axes
    shown = axes.images[0].get_array()
    assert (shown[0, 1], shown[1, 0], shown[2, 0]) == (0.5, 0.5, 0.75)
    assert shown.mask[1, 2]
    assert shown.mask[0, 0]
    assert sorted(texts(figure)) == ["-", "-", "50.0 %", "50.0 %", "75.0 %", "75.0 %"]


def test_front_holds_whom_nobody_is_cheaper_and_better_than() -> None:
    points = [Point("a", 1, 50.0), Point("b", 2, 50.0), Point("c", 3, 70.0), Point("d", 4, 60.0)]
    points += [Point("e", 1, 40.0)]
    best = {point.name for point in front(points)}
    dominated = {
        one.name
        for one in points
        for other in points
        if (other.cost, -other.height) != (one.cost, -one.height)
        and other.cost <= one.cost
        and other.height >= one.height
    }
    assert best == {point.name for point in points} - dominated == {"a", "c"}


def test_scatter_names_whom_it_has_no_place_for() -> None:
    columns = (Column("subject"), Column("cost", Kind.SECONDS), Column("score", Kind.POINTS))
    rows = (("a", 1.0, 50.0), ("b", Unavailable("not measured"), 60.0))
    figure = Figure()
    draw_scatter(figure, Table("pareto", "P", columns, rows))
    (axes,) = figure.axes
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a"]
    assert "without a place: b" in axes.get_title()


def test_scatter_calls_points_by_the_text_before_their_cost_in_a_panel_per_dimension() -> None:
    columns = (
        *map(Column, ("dimension", "choice")),
        Column("cost", Kind.SECONDS),
        Column("score", Kind.POINTS),
        Column("on the front"),
    )
    rows = (("ethics", "a", 1.0, 50.0, "yes"), ("fairness", "$b$", 2.0, 60.0, "yes"))
    figure = Figure()
    draw_scatter(figure, Table("front", "F", columns, rows))
    assert [axes.get_title() for axes in figure.axes if axes.get_title()] == ["ethics", "fairness"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "$b$"]


@pytest.mark.parametrize(
    ("table", "drawn"),
    [
        (leads([("v", "mmlu", "dense", Spread(0.0, -1.0, 1.0))]), draw_forest),
        (leads([("v", "mmlu", "dense", Unavailable("no"))]), None),
        (leads([]), None),
        (Table("other", "O", (Column("a"), Column("n", Kind.COUNT)), (("a", 1),)), None),
    ],
)
def test_table_is_drawn_by_what_it_holds(table: Table, drawn: object) -> None:
    assert drawing_of(table) is drawn


def test_pictures_are_one_per_ensemble_whatever_names_hold(tmp_path: Path) -> None:
    rows = [
        (ensemble, "mmlu", against, Spread(1.0, 0.0, 2.0))
        for ensemble in NAMES
        for against in NAMES
    ]
    pair = (Column("one"), Column("other"), Column("agree", Kind.SHARE))
    agreement = tuple((one, other, 0.5) for one in NAMES for other in NAMES if one < other)
    money = (Column("subject"), Column("cost", Kind.SECONDS), Column("score", Kind.POINTS))
    sections = [
        Section("pay", "Pay", (leads(rows),)),
        Section("../why", "Why", (Table("agreement", "$", pair, agreement),)),
        Section("cost", "C", (Table("p", "P", money, tuple((n, 1.0, 50.0) for n in NAMES)),)),
    ]
    written = draw_sections(sections, folder=tmp_path / "new" / "figures")
    assert len(written) == len(set(written)) == len(NAMES) + 2
    assert {path.parent for path in written} == {tmp_path / "new" / "figures"}
    for path in written:
        assert ElementTree.fromstring(path.read_bytes()).tag.endswith("svg")
    first = [path.read_bytes() for path in written]
    draw_sections(sections, folder=tmp_path / "again")
    again = [(tmp_path / "again" / path.name).read_bytes() for path in written]
    assert first == again


def test_long_table_is_drawn_by_benchmark(tmp_path: Path) -> None:
    rows = [
        ("v", benchmark, f"m{n}", Spread(0.0, -1.0, 1.0))
        for benchmark in ("mmlu", "ood")
        for n in range(70)
    ]
    written = draw_sections([Section("s", "S", (leads(rows),))], folder=tmp_path)
    assert len(written) == 4


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    table = leads([("v", "mmlu", "dense", Spread(0.0, -1.0, 1.0))])
    with pytest.raises(TrackingError, match="cannot draw"):
        draw_sections([Section("s", "S", (table,))], folder=tmp_path / "file")
