"""Pictures of tables: one per ensemble, whatever names hold, and only of what tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawings import texts
from trusteval.charts.dots import DotRow
from trusteval.charts.matrix import Shade
from trusteval.errors import TrackingError
from trusteval.report.figures import draw_sections, drawing_of
from trusteval.report.pictures.forest import forests_of
from trusteval.report.pictures.matrix import matrices_of
from trusteval.report.pictures.scatter import scatters_of
from trusteval.tables import Cell, Column, Kind, Section, Spread, Table
from trusteval.types import Unavailable

NAMES = ("gptq-8", "a$b_$c", "größer", "\x1b[2J<b>&", "_hidden")
LEAD = (Column("ensemble"), Column("benchmark"), Column("against"), Column("lead", Kind.CHANGE))


def leads(rows: list[tuple[Cell, ...]]) -> Table:
    return Table("leads", "Leads of $the$ vote", LEAD, tuple(rows))


def test_forest_has_a_row_for_each_of_the_tables_and_says_what_lacks() -> None:
    (chart,) = forests_of(
        leads(
            [
                ("v", "mmlu", "dense", Spread(1.5, -2.0, 4.0)),
                ("v", "mmlu", "gptq-8", Unavailable("no answers")),
                ("v", "ood", "dense", -3.0),
            ]
        )
    )
    assert chart.rows == (
        DotRow("mmlu, dense", 1.5, -2.0, 4.0, said="+1.5"),
        DotRow("mmlu, gptq-8", None, why="no answers"),
        DotRow("ood, dense", -3.0, said="-3.0"),
    )
    assert chart.has_zero


def test_matrix_has_each_pair_and_no_share_where_nothing_is_known() -> None:
    columns = (Column("of"), Column("one"), Column("other"), Column("agree", Kind.SHARE))
    rows = (
        ("v", "a", "b", 0.5),
        ("v", "a", "c", Spread(0.75, 0.7, 0.8)),
        ("v", "b", "c", Unavailable("none")),
        ("w", "a", "d", 1.0),
    )
    first, second = matrices_of(Table("agreement", "A", columns, rows))
    assert (first.title, first.names) == ("v", ("a", "b", "c"))
    assert first.cells == {
        ("a", "b"): Shade(0.5, "50"),
        ("a", "c"): Shade(0.75, "75"),
        ("b", "c"): Shade(None, "-"),
    }
    assert (second.title, second.names, second.unit) == ("w", ("a", "d"), "agree, percent")


def test_scatter_calls_points_by_the_text_before_their_cost_in_a_chart_per_dimension() -> None:
    columns = (
        *map(Column, ("dimension", "choice")),
        Column("cost", Kind.SECONDS),
        Column("score", Kind.POINTS),
        Column("on the front"),
    )
    rows = (
        ("ethics", "a", 1.0, Spread(50.0, 45.0, 55.0), "yes"),
        ("fairness", "$b$", 2.0, 60.0, "yes"),
        ("fairness", "a", Unavailable("not measured"), 60.0, "no"),
    )
    ethics, fairness = scatters_of(Table("front", "F", columns, rows))
    assert (ethics.title, fairness.title) == ("ethics", "fairness")
    (point,) = ethics.points
    assert (point.name, point.cost, point.score, point.low, point.high) == ("a", 1, 50, 45, 55)
    other, missing = fairness.points
    assert (other.name, missing.name, missing.cost) == ("$b$", "a", None)
    assert point.style == missing.style != other.style


@pytest.mark.parametrize(
    ("table", "drawn"),
    [
        (leads([("v", "mmlu", "dense", Spread(0.0, -1.0, 1.0))]), forests_of),
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
        assert any(line in ("gptq-8", "1 gptq-8") for line in texts(path.read_bytes()))
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
