"""Decides: a gate against the evidence, PASS, FAIL or INCONCLUSIVE with the sentence that says why.

Limits belong to the good side: a value equal to its limit passes. No evidence is never a pass. FAIL
is judged at 0.05 / m over the blocking rows that hold a subject (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

from trusteval.gates.claims import claims_of, n_asked
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import BASELINE, Gate
from trusteval.gates.limits import Claim, Tripwire, is_number, row_p
from trusteval.gates.wording import (
    bounds_of,
    describe_evidence,
    describe_limits,
    describe_missing,
    describe_settling,
    digits_of,
    explain,
)
from trusteval.stats.estimate import ALPHA
from trusteval.types import (
    Change,
    Dimension,
    Interval,
    LimitCheck,
    Outcome,
    Score,
    Undecided,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class _Ruling:
    outcome: Outcome
    words: str
    p: float | None = None
    undecided: Undecided | None = None


def decide(
    gate: Gate,
    evidence: Evidence,
    *,
    subject: str,
    dimension: Dimension,
    family: int = 1,
    notes: Sequence[str] = (),
    accepts: bool = False,
) -> Verdict:
    """Judge one subject; `notes` end the sentence (a reference's score, storage).

    `family` is the number of blocking rows that hold the subject (`family_size`); a warning row
    stands alone. `accepts` says that the run is to be accepted as the baseline: what was not
    accepted before is then no reason to end it.
    """
    family = family if gate.is_tested else 1
    compared = evidence.comparison if gate.compares(subject) else None
    claims = claims_of(gate, evidence, compared=compared)
    decision = _decide(gate, evidence, claims, subject=subject, family=family)
    if accepts and _lacks_baseline_only(gate, compared, decision):
        decision = replace(decision, undecided=Undecided.FIRST)
    said = [
        f"{subject} on {_place(gate)}: {decision.words}",
        *describe_evidence(gate, evidence, claims, compared=compared),
        *notes,
        *([] if decision.outcome is Outcome.PASS else explain(gate, decision.undecided)),
    ]
    return Verdict(
        gate=gate.id,
        subject=subject,
        benchmark=gate.benchmark,
        dimension=dimension,
        outcome=decision.outcome,
        level=gate.level,
        message="; ".join(said),
        score=evidence.score,
        p=decision.p,
        family=family,
        change=_change(gate.reference, compared),
        undecided=decision.undecided,
        why=gate.why,
        setting=gate.setting,
        reference=gate.reference if gate.compares(subject) else None,
        limits=_limits(gate, evidence.score, claims),
    )


def _place(gate: Gate) -> str:
    return ".".join(filter(None, (gate.benchmark, gate.setting)))


def _limits(gate: Gate, score: Score, claims: Sequence[Claim]) -> tuple[LimitCheck, ...]:
    """Return what each limit was held against; none of it where that is not a number."""
    if gate.point:
        values = [] if score.value is None else [score.value, *bounds_of(score)]
        if not values or not all(map(isfinite, values)):
            return ()
        point = LimitCheck(
            gate.metric, values[0], score.interval, at_least=gate.at_least, at_most=gate.at_most
        )
        return (point,)
    return tuple(check for claim in claims if is_number(claim) for check in claim.checks)


def _change(reference: str, compared: Comparison | None) -> Change | None:
    """Return how much worse the subject is, in points, for the report."""
    if compared is None or compared.worse is None:
        return None
    worse = compared.worse
    return Change(reference, 100 * worse.value, Interval(100 * worse.low, 100 * worse.high))


# -- the decision ------------------------------------------------------------------------


def _decide(
    gate: Gate, evidence: Evidence, claims: Sequence[Claim], *, subject: str, family: int
) -> _Ruling:
    score = evidence.score
    if score.value is None:
        undefined = f"{gate.metric} is undefined ({score.undefined}){describe_limits(gate, score)}"
        return _open(undefined, Undecided.SAMPLES if score.too_few else Undecided.NEVER)
    if gate.point:
        return _decide_by_point(gate, score, score.value)
    said = "; ".join(claim.sentence() for claim in claims)
    p = row_p(claims) if claims and all(map(is_number, claims)) else None
    if len(claims) < n_asked(gate, subject):
        missing = describe_missing(gate, evidence, score.value)
        return _decide_in_part(
            gate, evidence, "; ".join(filter(None, (said, missing))), p, family=family
        )
    if (floor := _noise_above(gate, evidence)) is not None:
        noise = (
            f"the margin is below the noise floor {floor:.1f}: "
            "asking twice differs by up to that much"
        )
        return _open(f"{said}, but {noise}", Undecided.SAMPLES)
    if not isfinite(score.value) or p is None:
        return _open(f"{said}, but it is not a number", Undecided.NEVER)
    if all(claim.holds for claim in claims):
        return _Ruling(Outcome.PASS, said, p)
    if p <= ALPHA / family:
        return _Ruling(Outcome.FAIL, said, p)
    if p <= ALPHA:
        return _suspect(said, p, family)
    undecided = _lacking(gate, claims)
    if undecided is Undecided.NEVER:
        unreached = "which no interval reaches with any number of samples: set point = true"
        return _open(f"{said}, {unreached}", undecided)
    return _open(
        f"{said}, which these samples cannot decide{describe_settling(claims, score.counts.n)}",
        undecided,
        p,
    )


def _suspect(said: str, p: float, family: int) -> _Ruling:
    """Leave open, and not excused, what is shown if one looks at this row alone."""
    needed = f"p {p:.2g}, one of {family} rows needs {ALPHA / family:.2g}"
    return _open(f"{said}, which would fail as the only row ({needed})", Undecided.SUSPECT, p)


def _open(words: str, undecided: Undecided, p: float | None = None) -> _Ruling:
    return _Ruling(Outcome.INCONCLUSIVE, words, p, undecided)


def _decide_in_part(
    gate: Gate, evidence: Evidence, words: str, p: float | None, *, family: int
) -> _Ruling:
    """Judge a row of which some limit has no estimate: another that is broken fails it."""
    if p is not None and p <= ALPHA / family:
        return _Ruling(Outcome.FAIL, words, p)
    if p is not None and p <= ALPHA:
        return _suspect(words, p, family)
    is_estimated = evidence.estimate is not None or not gate.is_absolute
    too_few = evidence.comparison is not None and evidence.comparison.too_few
    return _open(words, Undecided.SAMPLES if too_few and is_estimated else Undecided.NEVER)


def _lacking(gate: Gate, claims: Sequence[Claim]) -> Undecided:
    """Say what keeps claims open that are neither shown nor broken."""
    if any(isinstance(claim, Tripwire) for claim in claims):
        return Undecided.TRIPWIRE
    ends = gate.at_least == 100 or gate.at_most == 0
    return Undecided.NEVER if ends else Undecided.SAMPLES


def _lacks_baseline_only(gate: Gate, compared: Comparison | None, decision: _Ruling) -> bool:
    """Whether accepting this run gives a row what it cannot be decided without."""
    return (
        decision.undecided is Undecided.NEVER
        and gate.reference == BASELINE
        and compared is not None
        and compared.obstacle is not None
    )


def _noise_above(gate: Gate, evidence: Evidence) -> float | None:
    """Return the noise floor in points if a margin lies below it."""
    if evidence.noise is None or evidence.comparison is None or not gate.margins:
        return None
    floor = 100 * evidence.noise.farthest
    return floor if min(gate.margins) < floor else None


def _decide_by_point(gate: Gate, score: Score, value: float) -> _Ruling:
    digits, bounds = digits_of(gate, score), bounds_of(score)
    shown = f"{gate.metric} {value:.{digits}f}"
    if bounds:
        low, high = (f"{bound:.{digits}f}" for bound in bounds)
        shown += f" (90 % interval {low} to {high})"
    said = f"{shown}{describe_limits(gate, score)}"
    if not all(map(isfinite, [value, *bounds])):
        return _open(f"{said}, but it is not a number", Undecided.NEVER)
    holds = (gate.at_least is None or value >= gate.at_least) and (
        gate.at_most is None or value <= gate.at_most
    )
    return _Ruling(Outcome.PASS if holds else Outcome.FAIL, f"{said} (point estimate)")
