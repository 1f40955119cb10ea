"""What is simulated, table by table, and the figures the rules were chosen by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.simulate import (
    aggregates,
    breaks,
    concentrated,
    duplicates,
    ends,
    fairness,
    families,
    identical,
    judges,
    nights,
    proportions,
    ratios,
    silence,
)
from bench.simulate.listing import Listing
from bench.simulate.shares import Row

SEED = 2511
PROMISED = (6.0, 5.0)
"""At the limit: false PASS, and FAIL of a row that stands alone, in percent."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Earlier figures of a row, in percent, from code written independently of the gates'."""

    false_pass: float
    false_fail: float
    passed_unchanged: float
    failed_worse: float


@dataclass(frozen=True, slots=True)
class Section:
    """A table of gates under three truths; `most` is PROMISED, or None where nothing is."""

    title: str
    rows: tuple[Row, ...]
    most: tuple[float, float] | None = PROMISED


Table = Section | Listing

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


def _drops(draws: int) -> list[Row]:
    return [
        row for one in aggregates.layouts() for row in aggregates.drops(one, draws=draws, seed=SEED)
    ]


def _apart(draws: int) -> list[Row]:
    layouts = aggregates.layouts()
    whole = (layouts[0], layouts[2])
    return [
        row for one in whole for row in aggregates.drops(one, draws=draws, seed=SEED, apart=True)
    ]


def _levels(draws: int) -> list[Row]:
    layouts = aggregates.layouts()[:-1]  # every question of mmlu stands for itself
    return [row for one in layouts for row in aggregates.levels(one, draws=draws, seed=SEED)]


def _gates(
    title: str, simulate: Callable[[int], Sequence[Row]], *, keeps: bool = True
) -> Callable[[int], Table]:
    return lambda draws: Section(title, tuple(simulate(draws)), PROMISED if keeps else None)


def _seeded(
    simulate: Callable[..., Sequence[Row]], *, part: int = 1
) -> Callable[[int], Sequence[Row]]:
    return lambda draws: simulate(draws=draws // part, seed=SEED)


TABLES: Mapping[str, Callable[[int], Table]] = {
    "identical": lambda draws: identical.unchanged(draws=draws // 4, seed=SEED),
    "breaks": lambda draws: breaks.obvious(draws=draws // 10, seed=SEED),
    "families": lambda draws: families.families(runs=draws, seed=SEED),
    "year": lambda draws: nights.year(repeats=20, seed=SEED),
    "retries": lambda draws: nights.retries(runs=draws // 20, seed=SEED),
    "drops": _gates("max_drop on a score over settings", _drops),
    "concentrated": _gates(
        "max_drop where a part alone drops", _seeded(concentrated.drops, part=2)
    ),
    "one": _gates("max_drop on one proportion", lambda _: proportions.drops()),
    "grid": _gates(
        "max_drop on one proportion, worst of a grid", lambda _: proportions.worst_drops()
    ),
    "ends": _gates("Limits near 0 and 100", _seeded(ends.limits)),
    "levels": _gates("at_least on a score over settings", _levels),
    "level": _gates("at_least on one proportion", lambda _: proportions.levels()),
    "ratios": _gates("Ratios of few", _seeded(ratios.limits)),
    "gaps": _gates("Limits on a gap", _seeded(fairness.gaps)),
    "growing": _gates("max_drop on the fairness score", _seeded(fairness.growing_gaps)),
    "shifts": _gates("gap_shift", _seeded(fairness.shifts)),
    "silence": _gates("gap_shift where one group falls silent", _seeded(silence.shifts)),
    "refusals": _gates("Refusals of what would be wrong", _seeded(silence.refusals)),
    "tripwires": _gates(
        "detect_drop on one proportion", lambda _: proportions.tripwires(), keeps=False
    ),
    "family": _gates(
        "Not promised: failures of one family of items alone",
        _seeded(ends.limits_of_one_family, part=2),
        keeps=False,
    ),
    "duplicates": _gates(
        "Not promised: near-duplicates that flip together",
        _seeded(duplicates.drops, part=2),
        keeps=False,
    ),
    "judges": lambda draws: judges.coverage(draws=draws, seed=SEED),
    "apart": _gates("Not done: each row an item of its own", _apart, keeps=False),
}
"""Every table by a short name; each takes the number of draws at a gate's limit."""
