"""Two recorded runs beside each other: paired differences, flipped items, shifts of composition.

The first run is the reference. Only items that both were asked are compared, and only all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from trusteval.claims import Within, row_p
from trusteval.errors import UndefinedError
from trusteval.estimates import estimate_drop
from trusteval.metrics import SCORE, evaluate, rows_of
from trusteval.protocols import PROTOCOLS
from trusteval.sheet import Codes, Sheet
from trusteval.stats.composition import STANDINGS, Moves, Standing, stuart_maxwell
from trusteval.stats.estimate import ALPHA, Estimate
from trusteval.tracking.answered_run import AnsweredRun, aligned, shown_answer, shown_text
from trusteval.tracking.baseline import differences
from trusteval.types import Declared, Score

SEED = 2511


class Change(StrEnum):
    """What became of a benchmark from one run to the other."""

    NO_REGRESSION = "no regression"
    REGRESSION = "regression"
    INCONCLUSIVE = "inconclusive"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Flip:
    """An item that only one of the two has right, with what both said."""

    id: str
    text: str
    target: str
    before: str
    after: str
    lost: bool


@dataclass(frozen=True, slots=True)
class BenchmarkComparison:
    """One subject's benchmark in both runs; `drop` is before minus after, a fraction.

    `why` says what stands in the way of a comparison.
    """

    benchmark: str
    subject: str
    change: Change
    before: Score | None = None
    after: Score | None = None
    drop: Estimate | None = None
    p: float | None = None
    flips: tuple[Flip, ...] = ()
    moves: Moves | None = None
    moved_p: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Which subject of the second run is laid beside which of the first."""

    before: str
    after: str

    @property
    def name(self) -> str:
        return self.before if self.before == self.after else f"{self.before} -> {self.after}"


def shared_pairs(first: AnsweredRun, second: AnsweredRun) -> list[Pair]:
    """Return the subjects that both runs have."""
    return [Pair(name, name) for name in first.subjects if name in second.subjects]


def compare_runs(
    first: AnsweredRun, second: AnsweredRun, *, pairs: Sequence[Pair], max_drop: float
) -> list[BenchmarkComparison]:
    """Compare every benchmark of every pair; `max_drop` is the drop in points that is accepted.

    A regression is judged at 0.05 over the comparisons together, like a family of gates.
    """
    asked = [
        (pair, benchmark)
        for pair in pairs
        for benchmark in dict.fromkeys((*first.benchmarks, *second.benchmarks))
        if (pair.before, benchmark) in first.sheets or (pair.after, benchmark) in second.sheets
    ]
    return [
        _compare(first, second, pair, benchmark, max_drop=max_drop, family=len(asked))
        for pair, benchmark in asked
    ]


def confounds(first: AnsweredRun, second: AnsweredRun, pair: Pair) -> list[str]:
    """Say what besides the weights differs in how the two subjects of a pair ran."""
    before = first.identities.get(pair.before, {})
    after = second.identities.get(pair.after, {})
    found = [
        f"{name}: {_shown(before.get(name))} before, {_shown(after.get(name))} after"
        for name in _CONFOUNDS
        if before.get(name) != after.get(name)
    ]
    if first.facts.get("engine") != second.facts.get("engine") and not found:
        found.append(f"engine: {first.facts.get('engine')} before, {second.facts.get('engine')}")
    return found


_CONFOUNDS = (
    *("engine", "arithmetic", "tokenizer", "storage", "dtype", "device", "decoding", "versions"),
    *("remote code", "url", "route"),
)


def _compare(
    first: AnsweredRun,
    second: AnsweredRun,
    pair: Pair,
    benchmark: str,
    *,
    max_drop: float,
    family: int,
) -> BenchmarkComparison:
    def impossible(why: str) -> BenchmarkComparison:
        return BenchmarkComparison(benchmark, pair.name, Change.NOT_COMPARABLE, why=why)

    before = first.sheets.get((pair.before, benchmark))
    after = second.sheets.get((pair.after, benchmark))
    if before is None or after is None:
        return impossible(f"the {'first' if before is None else 'second'} run did not ask it")
    changed = differences(first, benchmark, facts=second.facts, data=second.data[benchmark])
    if changed:
        return impossible(f"asked differently: {'; '.join(changed)}")
    lined_up = aligned(before, after.roll)
    if isinstance(lined_up, str):
        return impossible(lined_up)
    if len(before.roll.samples) != len(after.roll.samples):
        more = len(before.roll.samples) - len(after.roll.samples)
        return impossible(f"the first run asked {more} more items")
    return _judge(
        benchmark, pair, lined_up, after, facts=second.facts, max_drop=max_drop, family=family
    )


def _judge(
    benchmark: str,
    pair: Pair,
    before: Sheet,
    after: Sheet,
    *,
    facts: Mapping[str, Any],
    max_drop: float,
    family: int,
) -> BenchmarkComparison:
    scoring = PROTOCOLS[facts["protocol"]].scoring(benchmark, settings=after.roll.settings)
    rows = {name: scoring.counted(sheet) for name, sheet in (("a", before), ("b", after))}
    declared = {
        name: Declared(len(part), part.targets)
        for name, part in rows["b"].by_setting().items()
        if name in scoring.settings
    }
    formula = scoring.formula(SCORE, rows["b"], declared=declared)
    scores = [evaluate(SCORE, formula, rows[name], declared=declared) for name in ("a", "b")]
    drop = None
    if all(score.value is not None for score in scores):
        parts = [rows_of(formula, rows[name], declared=declared) for name in ("a", "b")]
        try:
            drop = estimate_drop(formula, reference=parts[0], subject=parts[1])
        except UndefinedError:
            drop = None
    undefined = dict.fromkeys(score.undefined for score in scores if score.undefined)
    change, p = _decide(drop, max_drop=max_drop, family=family)
    moves = Moves(_standings(before), _standings(after), after.roll.unit[after.rows])
    return BenchmarkComparison(
        benchmark,
        pair.name,
        change,
        before=scores[0],
        after=scores[1],
        drop=drop,
        p=p,
        flips=tuple(_flips(before, after)),
        moves=moves,
        moved_p=stuart_maxwell(moves, seed=SEED).p,
        why="; ".join(undefined) or ("" if drop else "the score has no paired estimate"),
    )


def _decide(drop: Estimate | None, *, max_drop: float, family: int) -> tuple[Change, float | None]:
    if drop is None:
        return Change.INCONCLUSIVE, None
    claim = Within("drop", drop, at_most=max_drop, is_change=True)
    p = row_p([claim])
    if claim.holds:
        return Change.NO_REGRESSION, p
    return (Change.REGRESSION if p <= ALPHA / family else Change.INCONCLUSIVE), p


def _flips(before: Sheet, after: Sheet) -> Iterator[Flip]:
    for place in np.flatnonzero(before.correct != after.correct).tolist():
        old, new = before[place], after[place]
        yield Flip(
            id=f"{new.sample.setting.name}/{new.sample.id}",
            text=shown_text(new.sample),
            target=new.sample.target,
            before=shown_answer(old.answer),
            after=shown_answer(new.answer),
            lost=old.correct,
        )


def _standings(sheet: Sheet) -> Codes:
    """Number what became of each item."""
    standings = np.full(len(sheet), STANDINGS.index(Standing.WRONG))
    for standing, holds in (
        (Standing.CORRECT, sheet.correct),
        (Standing.REFUSED, sheet.refused),
        (Standing.INVALID, sheet.invalid),
    ):
        standings[holds] = STANDINGS.index(standing)
    return standings


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(part)}" for name, part in sorted(value.items()))
    return str(value)[:40]
