"""What is simulated, part by part, and the figures the rules were chosen by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.simulate import aggregates, fairness, proportions
from bench.simulate.shares import Row

SEED = 2511


@dataclass(frozen=True, slots=True)
class Expected:
    """Earlier figures of a row, in percent, from code written independently of the gates'."""

    false_pass: float
    false_fail: float
    passed_unchanged: float
    failed_worse: float


@dataclass(frozen=True, slots=True)
class Section:
    """A table; `most` are the largest false PASS and false FAIL to be expected in it."""

    title: str
    rows: tuple[Row, ...]
    most: tuple[float, float] | None = None


_2, _5, _10, _20 = (2.0, 1.0), (5.0, 3.0), (10.0, 3.0), (20.0, 3.0)
# By discordance and limit, and N.
OF_ONE_PROPORTION: dict[tuple[tuple[float, float], int], Expected] = {
    (_2, 200): Expected(4.4, 1.3, 22, 69),
    (_2, 500): Expected(4.6, 2.7, 44, 99),
    (_2, 2109): Expected(4.8, 3.9, 93, 100),
    (_2, 14_042): Expected(4.9, 4.6, 100, 100),
    (_5, 50): Expected(1.3, 0.3, 12, 3),
    (_5, 200): Expected(4.3, 2.0, 54, 42),
    (_5, 500): Expected(4.8, 3.4, 89, 89),
    (_5, 2109): Expected(4.9, 4.2, 100, 100),
    (_10, 50): Expected(3.5, 1.4, 12, 6),
    (_10, 200): Expected(4.9, 3.8, 37, 35),
    (_10, 500): Expected(4.8, 4.3, 67, 69),
    (_10, 2109): Expected(5.0, 4.7, 100, 100),
    (_20, 50): Expected(4.8, 3.5, 12, 9),
    (_20, 200): Expected(4.9, 4.5, 24, 23),
    (_20, 500): Expected(5.0, 4.8, 44, 44),
    (_20, 2109): Expected(5.0, 4.9, 92, 93),
}


def expected_of(row: Row) -> Expected | None:
    """Return a row's earlier figures, if there are any."""
    if row.discordance is None or not row.what.startswith("N = "):
        return None
    n = int(row.what.removeprefix("N = ").replace(",", ""))
    return OF_ONE_PROPORTION.get(((row.discordance, row.limit), n))


def sections(*, draws: int) -> Iterator[Section]:
    """Simulate everything but families, table by table."""
    yield Section("max_drop on one proportion", tuple(proportions.drops()), most=(5.9, 5.0))
    yield Section(
        "max_drop on one proportion, worst of a grid", proportions.worst_drops(), most=(5.9, 5.0)
    )
    yield Section("at_least on one proportion", tuple(proportions.levels()), most=(5.0, 5.0))
    yield Section("detect_drop on one proportion", tuple(proportions.tripwires()))
    layouts = aggregates.layouts()
    whole = (layouts[0], layouts[2])
    for title, simulate, asked, most in (
        ("max_drop on a score over settings", aggregates.drops, layouts, (6.5, 4.8)),
        ("the same, each row an item of its own", aggregates.drops_of_separate_rows, whole, None),
        ("at_least on a score over settings", aggregates.levels, layouts, (5.5, 5.5)),
    ):
        rows = [row for layout in asked for row in simulate(layout, draws=draws, seed=SEED)]
        yield Section(title, tuple(rows), most)
    for title, of_fairness, most in (
        ("limits on a gap", fairness.gaps, (7.0, 6.0)),
        ("max_drop on the fairness score", fairness.growing_gaps, (5.8, 5.7)),
        ("gap_shift", fairness.shifts, (5.1, 3.3)),
    ):
        yield Section(title, tuple(of_fairness(draws=draws // 2, seed=SEED)), most)
