"""Rules on a gate: what its claims, or a point estimate, come to, and the words of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from trusteval.gates.claims import n_asked
from trusteval.gates.evidence import Evidence
from trusteval.gates.gate import Gate
from trusteval.gates.limits import Claim, Tripwire, is_number, row_p
from trusteval.gates.wording import (
    bounds_of,
    describe_limits,
    describe_missing,
    describe_settling,
    digits_of,
)
from trusteval.stats.estimate import ALPHA
from trusteval.types import Outcome, Score, Undecided


@dataclass(frozen=True, slots=True)
class Ruling:
    """An outcome, the words that explain it, and the p-value it rests on."""

    outcome: Outcome
    words: str
    p: float | None = None
    undecided: Undecided | None = None


def rule(
    gate: Gate, evidence: Evidence, claims: Sequence[Claim], *, subject: str, family: int
) -> Ruling:
    """Rule on the claims that a gate makes about a subject, FAIL at 0.05 / `family`."""
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
        return Ruling(Outcome.PASS, said, p)
    if p <= ALPHA / family:
        return Ruling(Outcome.FAIL, said, p)
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


def _suspect(said: str, p: float, family: int) -> Ruling:
    """Leave open, and not excused, what is shown if one looks at this row alone."""
    needed = f"p {p:.2g}, one of {family} rows needs {ALPHA / family:.2g}"
    return _open(f"{said}, which would fail as the only row ({needed})", Undecided.SUSPECT, p)


def _open(words: str, undecided: Undecided, p: float | None = None) -> Ruling:
    return Ruling(Outcome.INCONCLUSIVE, words, p, undecided)


def _decide_in_part(
    gate: Gate, evidence: Evidence, words: str, p: float | None, *, family: int
) -> Ruling:
    """Judge a row of which some limit has no estimate: another that is broken fails it."""
    if p is not None and p <= ALPHA / family:
        return Ruling(Outcome.FAIL, words, p)
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


def _noise_above(gate: Gate, evidence: Evidence) -> float | None:
    """Return the noise floor in points if a margin lies below it."""
    if evidence.noise is None or evidence.comparison is None or not gate.margins:
        return None
    floor = 100 * evidence.noise.farthest
    return floor if min(gate.margins) < floor else None


def _decide_by_point(gate: Gate, score: Score, value: float) -> Ruling:
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
    return Ruling(Outcome.PASS if holds else Outcome.FAIL, f"{said} (point estimate)")
