"""Sections laid out: whatever the width, no figure is cut; what others wrote stays in its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from trusteval.report.sections import section_lines, section_markdown
from trusteval.tables import Column, Kind, Section, Spread, Table
from trusteval.types import Unavailable

HOSTILE = "\x1b[2J\x1b[H<script>|x|\r\n# big [red]bold[/red] :smile: \u202e$x$"
WIDTH = 120


def section_of(table: Table) -> list[Section]:
    return [Section("s", "Section", (table,))]


def wide(n_figures: int, *, name: str = "advglue_plus_plus", n_rows: int = 3) -> Table:
    columns = (
        Column("ensemble"),
        Column("benchmark"),
        *(Column(f"minus {number}", Kind.CHANGE) for number in range(n_figures)),
        Column("said"),
    )
    rows = tuple(
        (
            "vote-gptq",
            f"{name} {row}",
            *(Spread(100 * row + n + 0.5, -30.0, 30.0) for n in range(n_figures)),
            "a remark " * 8,
        )
        for row in range(n_rows)
    )
    return Table("wide", "Wide", columns, rows)


@given(st.integers(1, 12), st.integers(1, 90))
def test_wide_table_is_parted_and_no_figure_is_cut(n_figures: int, letters: int) -> None:
    lines = list(section_lines(section_of(wide(n_figures, name="x" * letters)), width=WIDTH))
    assert max(map(cell_len, lines)) <= WIDTH
    said = "\n".join(lines)
    for row in range(3):
        for number in range(n_figures):
            assert f"{100 * row + number + 0.5:+.1f} (-30.0 to +30.0)" in said
    assert "…" not in said
    for number in range(n_figures):
        assert f"minus {number}" in said


def test_every_part_of_a_wide_table_says_what_its_rows_are_about() -> None:
    lines = list(section_lines(section_of(wide(8)), width=WIDTH))
    headings = [line for line in lines if line.lstrip().startswith("ensemble")]
    assert len(headings) > 1
    assert all("benchmark" in line for line in headings)
    assert sum("advglue_plus_plus 0" in line for line in lines) == len(headings)


def test_figures_of_neighbours_are_said_although_they_are_equal() -> None:
    table = Table("n", "N", (Column("n", Kind.COUNT),), ((5,), (5,)))
    assert [line.strip() for line in section_lines(section_of(table), width=WIDTH)][-2:] == [
        "5",
        "5",
    ]


def test_reason_stands_below_the_table_once_and_is_numbered() -> None:
    rows = (("a", Unavailable("too few")), ("b", Unavailable("too few")), ("c", 1.0))
    table = Table("t", "T", (Column("who"), Column("x", Kind.POINTS)), rows)
    lines = list(section_lines(section_of(table), width=WIDTH))
    assert lines[-1] == "[1] too few"
    assert [line.split() for line in lines if line.startswith((" a", " b"))] == [
        ["a", "-", "[1]"],
        ["b", "-", "[1]"],
    ]


def test_long_notes_are_folded_between_words_and_say_the_same() -> None:
    note = "the vote is ahead of the fallback chain by 1.0 points " * 9
    table = Table("t", "T", (Column("who"),), (("a",),), (note,))
    lines = list(section_lines([Section("s", "S", (table,), (note,))], width=WIDTH))
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(" ".join(lines).split()).count(" ".join(note.split())) == 2


def test_table_without_rows_says_so() -> None:
    table = Table("t", "T", (Column("who"),), ())
    assert "no row" in list(section_lines(section_of(table), width=WIDTH))
    assert "- no row" in list(section_markdown(section_of(table)))


@pytest.mark.parametrize("place", ["cell", "heading", "note", "reason", "title"])
def test_hostile_texts_stay_in_their_line_and_cell(place: str) -> None:
    told = {name: HOSTILE if name == place else name for name in ("heading", "note", "title")}
    cells = (HOSTILE if place == "cell" else "a", Unavailable(HOSTILE if place == "reason" else ""))
    table = Table(
        "t",
        told["title"],
        (Column(told["heading"]), Column("x", Kind.POINTS)),
        (cells, cells),
        (told["note"],),
    )
    markdown = list(section_markdown([Section("s", HOSTILE, (table,), (HOSTILE,))]))
    assert all("\n" not in line and line.isprintable() for line in markdown)
    assert not any("<script" in line for line in markdown)
    bars = [len(re.findall(r"(?<!\\)\|", line)) for line in markdown if line.startswith("|")]
    assert bars == [3, 3, 3, 3]
    drawn = [line for line in section_lines(section_of(table), width=WIDTH) if "─" not in line]
    if place in ("cell", "heading"):
        assert all(line.isprintable() for line in drawn)
        assert any("[red]bold[/red] :smile:" in line for line in drawn)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0"), (0.01234, "0.0123"), (9.876, "9.88"), (12345.67, "12,345.7")],
)
def test_seconds_of_an_answer_keep_three_digits(seconds: float, shown: str) -> None:
    table = Table("t", "T", (Column("cost", Kind.SECONDS),), ((seconds,),))
    (row,) = (
        line for line in section_markdown([Section("s", "S", (table,))]) if line[2:3].isdigit()
    )
    assert row == f"| {shown} |"


def test_what_rounding_left_of_zero_is_shown_as_zero() -> None:
    kinds = (Kind.POINTS, Kind.CHANGE, Kind.SHARE, Kind.NUMBER)
    columns = tuple(Column(kind.value, kind) for kind in kinds)
    (shown,) = [
        line
        for line in section_markdown(section_of(Table("t", "T", columns, ((-5.2e-18,) * 4,))))
        if "0" in line
    ]
    assert [cell.strip() for cell in shown.strip("|").split("|")] == ["0.0", "0.0", "0.0 %", "0"]
