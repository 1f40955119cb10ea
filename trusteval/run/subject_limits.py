"""Which limits a recorded run's rows resolve for one subject by one metric, and how it keeps them.

Each is the nearest to what was seen that is resolved; what was seen is taken for the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import UndefinedError
from trusteval.gates.aims import Aim, aims_of
from trusteval.gates.evidence import gather
from trusteval.gates.gate import BASELINE, Gate
from trusteval.gates.resolving import Resolved, Unresolved, nearest_limit
from trusteval.gates.verdicts import decide
from trusteval.metrics.metric import METRICS
from trusteval.run.recorded_benchmark import RecordedBenchmark
from trusteval.types import DENSE, Outcome, Score, Verdict

_FARTHEST = 0.20
"""A limit farther from what was seen would hold nobody who changed."""
_MOST_SILENCE = 0.50
"""A rate of what is bad above which no limit is worth a row."""
_LOOKED_FOR = "its limits are looked for"
Found = Resolved | Unresolved


@dataclass(frozen=True, slots=True)
class Standard:
    """What a subject is compared with, and on what share of the rows the two answer otherwise.

    `seen` is what this run shows, None where it does not hold both; `taken` is what is planned
    with, at least what `trusteval plan` assumes.
    """

    reference: str
    taken: float
    seen: float | None


@dataclass(frozen=True, slots=True, eq=False)
class SubjectLimits:
    """What the rows resolve for one subject by one metric.

    `bound` is of the value and `margin` of its change, None where nothing is to be found;
    `obstacle` says why neither could be. `verdict` is what this run shows beside its reference.
    """

    benchmark: str
    metric: str
    subject: str
    score: Score
    rows: int = 0
    bound: Found | None = None
    margin: Found | None = None
    standard: Standard | None = None
    verdict: Verdict | None = None
    obstacle: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether this run shows a loss beyond the margin, by this row alone."""
        return self.verdict is not None and self.verdict.outcome is Outcome.FAIL

    @property
    def limits(self) -> dict[str, float]:
        """The limits of a row for it, in points; none for one that is broken.

        A margin against a baseline that moves is nothing without a bound that does not.
        """
        if self.is_broken:
            return {}
        bound, margin = keys_of(self.metric)
        found = {}
        if isinstance(self.bound, Resolved):
            found[bound] = self.bound.limit
        is_held = bool(found) or self.reference != BASELINE
        if isinstance(self.margin, Resolved) and is_held:
            found[margin] = self.margin.limit
        return found

    @property
    def reference(self) -> str:
        return DENSE if self.standard is None else self.standard.reference


def keys_of(metric: str) -> tuple[str, str]:
    """Return the limits of a metric's value and of its change that hold somebody."""
    is_high = METRICS[metric].is_better_high
    return ("at_least", "max_drop") if is_high else ("at_most", "max_rise")


def gate_of(benchmark: str, metric: str, limits: Mapping[str, float], *, why: str) -> Gate:
    """Return a row with limits by their keys."""
    return Gate(
        benchmark,
        metric,
        why,
        at_least=limits.get("at_least"),
        at_most=limits.get("at_most"),
        max_drop=limits.get("max_drop"),
        max_rise=limits.get("max_rise"),
    )


def subject_limits(
    benchmark: RecordedBenchmark, metric: str, subject: str, *, reference: str | None, power: float
) -> SubjectLimits:
    """Find what one subject can be held to; `reference` is None for one that is compared with none.

    It is a subject of the run, or the accepted baseline.
    """
    score = benchmark.measured(subject, metric).score
    found = SubjectLimits(benchmark.name, metric, subject, score)
    standard = None if reference is None else _standard(benchmark, metric, subject, reference)
    if score.value is None:
        return replace(found, obstacle=f"undefined here ({score.undefined})")
    try:
        aims = _aims(benchmark, metric, standard)
    except UndefinedError as undefined:
        return replace(found, obstacle=str(undefined))
    if aims[0].prospect is None:
        return replace(found, obstacle="no interval here")
    bound = _bound(aims[0], score.value / 100, claims=len(aims), power=power)
    margin = None
    if standard is not None:
        margin = nearest_limit(
            aims[1], truth=0.0, farthest=_FARTHEST, claims=len(aims), power=power
        )
    found = replace(found, rows=aims[0].rows, bound=bound, margin=margin, standard=standard)
    return replace(found, verdict=_verdict(benchmark, found))


def _standard(benchmark: RecordedBenchmark, metric: str, subject: str, reference: str) -> Standard:
    assumed, seen = benchmark.assumed(subject), None
    if reference in benchmark.answers:
        seen = benchmark.differing(subject, reference=reference, metric=metric)
    return Standard(reference, max(assumed, seen or 0.0), seen)


def _aims(benchmark: RecordedBenchmark, metric: str, standard: Standard | None) -> list[Aim]:
    """Return what the rows can show of a value and, beside a standard, of its change."""
    asked = keys_of(metric)[: 1 if standard is None else 2]
    gate = gate_of(benchmark.name, metric, {}, why=_LOOKED_FOR)
    discordance = 0.0 if standard is None else standard.taken
    return aims_of(gate, benchmark.asked, dict.fromkeys(asked, 0.0), discordance=discordance)


def _bound(aim: Aim, value: float, *, claims: int, power: float) -> Found:
    """Find the nearest limit that a subject keeps which is as good as was seen."""
    bad = 1 - value if aim.falls else value
    worth = 1 - value / 2 if aim.falls else _MOST_SILENCE
    return nearest_limit(
        aim, truth=bad, farthest=min(bad + _FARTHEST, worth), claims=claims, power=power
    )


def _verdict(benchmark: RecordedBenchmark, found: SubjectLimits) -> Verdict | None:
    """Judge a subject by its margin, else by the widest, beside a reference that the run has."""
    if found.reference not in benchmark.answers or found.margin is None:
        return None
    margin = found.margin.limit if isinstance(found.margin, Resolved) else 100 * _FARTHEST
    limits = {keys_of(found.metric)[1]: margin}
    gate = gate_of(benchmark.name, found.metric, limits, why=_LOOKED_FOR)
    own = benchmark.measured(found.subject, found.metric)
    evidence = gather(gate, own, reference=benchmark.measured(found.reference, found.metric))
    dimension = BENCHMARKS[benchmark.name].dimension
    return decide(gate, evidence, subject=found.subject, dimension=dimension)
