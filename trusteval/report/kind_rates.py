"""A benchmark's rates by kind of item, for what a whole rate hides: which prompts flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from trusteval.answers.table import AnswerTable
from trusteval.benchmarks.benchmark import Benchmark
from trusteval.metrics.measuring import measure
from trusteval.metrics.scoring import Scoring
from trusteval.system.plain import fields_in
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Declared, Interval, Unavailable

LEAST = 5
"""How many items of a kind a table needs to show it; verdicts.json has all kinds."""


@dataclass(frozen=True, slots=True)
class KindRate:
    """A subject's rate over the `n` items of one kind in a setting, in points."""

    setting: str
    kind: str
    metric: str
    value: float
    interval: Interval | None
    n: int

    def to_document(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def kind_rate_from_dict(values: Mapping[str, Any]) -> KindRate:
    """Rebuild a rate from its document."""
    interval = values["interval"]
    closed = None if interval is None else Interval(interval["low"], interval["high"])
    return KindRate(**{**fields_in(values, KindRate), "interval": closed})


def kind_rates(
    benchmark: Benchmark, scoring: Scoring, answers: AnswerTable
) -> tuple[KindRate, ...]:
    """Measure by stratum what stands beside the score of a benchmark whose strata are kinds."""
    if not benchmark.by_stratum:
        return ()
    found = []
    for metric in benchmark.beside:
        for setting, rows in answers.by_setting().items():
            if setting in scoring.about.get(metric, ()):
                found += _of_setting(scoring, metric, rows, setting=setting)
    return tuple(found)


def _of_setting(
    scoring: Scoring, metric: str, rows: AnswerTable, *, setting: str
) -> list[KindRate]:
    samples = [rows.sample_table.samples[row].stratum for row in rows.rows.tolist()]
    strata = np.array(samples)
    found = []
    for kind in dict.fromkeys(samples):
        part = rows.only(strata == kind)
        score = measure(
            scoring.form_of(metric),
            part,
            weights={setting: 1.0},
            declared={setting: Declared(len(part), part.targets)},
        ).score
        if score.value is not None:
            found.append(KindRate(setting, kind, metric, score.value, score.interval, len(part)))
    return found


def kind_tables(rates: Mapping[str, Mapping[str, Sequence[KindRate]]]) -> list[Table]:
    """Lay out the rates of each benchmark, a row per kind and a column per subject."""
    return [
        _table(benchmark, of_one) for benchmark, of_one in rates.items() if any(of_one.values())
    ]


def _table(benchmark: str, rates: Mapping[str, Sequence[KindRate]]) -> Table:
    known = {
        (rate.metric, rate.setting, rate.kind): rate.n
        for of_one in rates.values()
        for rate in of_one
    }
    by_subject = {
        subject: {(rate.metric, rate.setting, rate.kind): rate for rate in of_one}
        for subject, of_one in rates.items()
    }
    shown = [key for key, n in known.items() if n >= LEAST]
    rows = tuple(
        (*key, known[key], *(_cell(of_one.get(key)) for of_one in by_subject.values()))
        for key in shown
    )
    few = len(known) - len(shown)
    left_out = f"left out: {few} of {len(known)} kinds, of fewer than {LEAST} items each"
    return Table(
        "kinds",
        f"{benchmark} by kind of item: points, with 90 % intervals",
        (
            *map(Column, ("metric", "setting", "kind")),
            Column("n", Kind.COUNT),
            *(Column(subject, Kind.POINTS) for subject in by_subject),
        ),
        rows,
        (left_out,) if few else (),
    )


def _cell(rate: KindRate | None) -> Cell:
    if rate is None:
        return Unavailable("it was not asked this kind")
    if rate.interval is None:
        return rate.value
    return Spread(rate.value, rate.interval.low, rate.interval.high)
