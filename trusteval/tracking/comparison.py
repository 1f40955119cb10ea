"""Two recorded runs beside each other: paired differences, flipped items, shifts of composition.

The first run is the reference. Both have to be asked the same items. Flips, shifts and what is
called identical are about the rows that the score covers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.metrics.measuring import Measurement, measured_drop
from trusteval.stats.composition import STANDINGS, Moves, Standing, stuart_maxwell
from trusteval.stats.estimate import Estimate
from trusteval.suite.sampling import SEED
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.baseline import differences
from trusteval.tracking.change import Conclusion, Limits, decide
from trusteval.tracking.confounds import confounds
from trusteval.tracking.flips import Flip, count_otherwise, flips_of
from trusteval.tracking.flips_reach import flips_reach
from trusteval.tracking.items import item_name, shown_text
from trusteval.tracking.margins import Margins
from trusteval.tracking.measured import Measured, measured
from trusteval.tracking.reader_version import protocol_of
from trusteval.tracking.rereading import read_alike, rereading
from trusteval.types import Score, Unavailable


@dataclass(frozen=True, slots=True)
class BenchmarkComparison:
    """One subject's benchmark in both runs; `drop` is before minus after, a fraction.

    Of the `n` items of the score `otherwise` were answered otherwise; `reach` is what they could
    lower the score by, a fraction; `beside` are flips outside the score. `why` says what stands in
    the way of a comparison, `confounds` what besides the weights differs, `rereading` which
    readers read the two, where both are read anew, `notes` what else has to be known. Where lower
    is better, `drop` is after minus before: how much worse. Without `knows_answers` it is only
    known what each item earned.
    """

    benchmark: str
    subject: str
    change: Conclusion
    limits: Limits
    n: int = 0
    otherwise: int = 0
    reach: float | None = None
    beside: tuple[Flip, ...] = ()
    before: Score | None = None
    after: Score | None = None
    drop: Estimate | None = None
    p: float | None = None
    flips: tuple[Flip, ...] = ()
    moves: Moves | None = None
    moved_p: float | None = None
    why: str = ""
    confounds: tuple[str, ...] = ()
    rereading: str = ""
    notes: tuple[str, ...] = ()
    is_better_high: bool = True
    knows_answers: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """Which subject of the second run is laid beside which of the first; `is_gone` says that the
    second has none.
    """

    before: str
    after: str
    is_gone: bool = False

    @property
    def name(self) -> str:
        return self.before if self.before == self.after else f"{self.before} -> {self.after}"


def missing_pairs(first: AnsweredRun, second: AnsweredRun) -> list[Pair]:
    """Return the subjects that only the first run has: what became of them nobody can say."""
    return [
        Pair(name, name, is_gone=True) for name in first.subjects if name not in second.subjects
    ]


def shared_pairs(first: AnsweredRun, second: AnsweredRun) -> list[Pair]:
    """Return the subjects that both runs have."""
    return [Pair(name, name) for name in first.subjects if name in second.subjects]


def compare_runs(
    first: AnsweredRun, second: AnsweredRun, *, pairs: Sequence[Pair], margins: Margins
) -> list[BenchmarkComparison]:
    """Compare every benchmark of every pair; `margins` are the drops that are accepted.

    A regression is judged at 0.05 over the comparisons of a pair, like a subject's family of gates.
    """
    asked = {
        pair: [
            benchmark
            for benchmark in dict.fromkeys((*first.benchmarks, *second.benchmarks))
            if (pair.before, benchmark) in first.answer_tables
            or (pair.after, benchmark) in second.answer_tables
        ]
        for pair in pairs
    }
    return [
        _compare(
            first, second, pair, benchmark, limits=Limits(margins.on(benchmark), len(benchmarks))
        )
        for pair, benchmarks in asked.items()
        for benchmark in benchmarks
    ]


def _compare(
    first: AnsweredRun, second: AnsweredRun, pair: Pair, benchmark: str, *, limits: Limits
) -> BenchmarkComparison:
    def impossible(why: str) -> BenchmarkComparison:
        return BenchmarkComparison(benchmark, pair.name, Conclusion.NOT_COMPARABLE, limits, why=why)

    before = first.answer_tables.get((pair.before, benchmark))
    after = second.answer_tables.get((pair.after, benchmark))
    if before is None or after is None:
        if pair.is_gone:
            return impossible(f"the second run has no subject {pair.after}")
        return impossible(f"the {'first' if before is None else 'second'} run did not ask it")
    changed = differences(first, benchmark, facts=second.facts, data=second.data[benchmark])
    if changed:
        return impossible(f"asked differently: {'; '.join(changed)}")
    texts = _texts(before.sample_table)
    answer_tables = read_alike(
        first, second, subjects=(pair.before, pair.after), benchmark=benchmark
    )
    if isinstance(answer_tables, Unavailable):
        return impossible(answer_tables.why)
    settings = answer_tables[1].sample_table.settings
    scoring = protocol_of(second.facts).scoring(benchmark, settings=settings)
    old, new = measured(scoring, *answer_tables)
    return replace(
        _decided(old, new, benchmark=benchmark, subject=pair.name, limits=limits, texts=texts),
        confounds=confounds(
            first.identities.get((pair.before, benchmark), {}),
            second.identities.get((pair.after, benchmark), {}),
        ),
        rereading=rereading(first, second),
    )


def _decided(
    old: Measured,
    new: Measured,
    *,
    benchmark: str,
    subject: str,
    limits: Limits,
    texts: Mapping[str, str],
) -> BenchmarkComparison:
    """Compare what was measured of the same items; `texts` are the items' own."""
    drop, reach, why = drop_between(old.of_score, new.of_score)
    otherwise = count_otherwise(old.rows, new.rows)
    change, p = decide(drop, limits, otherwise=otherwise, reach=reach)
    units = new.rows.sample_table.unit[new.rows.rows]
    moves = Moves(_standings(old.rows), _standings(new.rows), units)
    return BenchmarkComparison(
        benchmark,
        subject,
        change,
        limits,
        n=len(new.rows),
        otherwise=otherwise,
        reach=reach,
        before=old.of_score.score,
        after=new.of_score.score,
        drop=drop,
        p=p,
        flips=tuple(flips_of(old.rows, new.rows, texts)),
        beside=tuple(flips_of(old.beside, new.beside, texts)),
        moves=moves,
        moved_p=stuart_maxwell(moves, seed=SEED).p,
        why=why,
    )


def drop_between(
    before: Measurement, after: Measurement
) -> tuple[Estimate | None, float | None, str]:
    """Return the estimated drop from the first to the second and how far what changed reaches, or
    why there is none.
    """
    reasons = (one.score.undefined for one in (before, after) if one.score.undefined)
    if undefined := dict.fromkeys(reasons):
        return None, None, "; ".join(undefined)
    drop = measured_drop(before, after)
    why = "" if drop else "the score has no paired estimate"
    return drop, flips_reach(before=before, after=after), why


def _texts(sample_table: SampleTable) -> dict[str, str]:
    """Return the items' own texts; a baseline holds none."""
    return {
        item_name(sample): shown_text(sample) for sample in sample_table.samples if sample.fields
    }


def _standings(answer_table: AnswerTable) -> Codes:
    """Number what became of each item."""
    standings = np.full(len(answer_table), STANDINGS.index(Standing.WRONG))
    for standing, holds in (
        (Standing.CORRECT, answer_table.correct),
        (Standing.REFUSED, answer_table.refused),
        (Standing.INVALID, answer_table.invalid),
    ):
        standings[holds] = STANDINGS.index(standing)
    return standings
