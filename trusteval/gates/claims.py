"""Which claims a row makes about a subject, of those that the evidence has an estimate for."""

from __future__ import annotations

from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import Gate, Rival
from trusteval.gates.limits import Claim, Equivalence, Tripwire, Within
from trusteval.stats.estimate import Estimate
from trusteval.stats.members import BehindBest
from trusteval.stats.paired import Pairs


def claims_of(gate: Gate, evidence: Evidence, *, compared: Comparison | None) -> list[Claim]:
    """Return all that a row claims; one that compares the point estimate claims nothing."""
    return [] if gate.point else [*_absolute(gate, evidence), *_relative(gate, compared)]


def _absolute(gate: Gate, evidence: Evidence) -> list[Claim]:
    if not gate.is_absolute or evidence.estimate is None or evidence.score.value is None:
        return []
    return [Within(gate.metric, evidence.estimate, gate.at_least, gate.at_most)]


def _relative(gate: Gate, compared: Comparison | None) -> list[Claim]:
    if compared is None or compared.obstacle is not None:
        return []
    claims: list[Claim] = []
    if (worse := compared.worse) is not None:
        standard = _standard(gate, worse)
        changes = (("drop", gate.max_drop), ("rise", gate.max_rise))
        claims += [
            Within(f"{word} from {standard}", worse, at_most=limit, is_change=True)
            for word, limit in changes
            if limit is not None
        ]
        if gate.detect_drop:
            claims.append(Tripwire(f"drop from {standard}", worse, _p_of_any_drop(worse)))
    if gate.gap_shift is not None and compared.shifts:
        claims.append(Equivalence(compared.shifts, gate.gap_shift))
    return claims


def n_asked(gate: Gate, subject: str) -> int:
    """Count the claims a row makes about a subject where everything has an estimate."""
    relative = (gate.max_drop, gate.max_rise, gate.gap_shift, gate.detect_drop or None)
    n_relative = sum(limit is not None for limit in relative) if gate.compares(subject) else 0
    return gate.is_absolute + n_relative


def _standard(gate: Gate, worse: Estimate) -> str:
    """Word what a subject is compared with."""
    match worse:
        case BehindBest():
            return f"the best member ({worse.best} as seen)"
        case _:
            return "its fallback chain" if gate.rival is Rival.FALLBACK else gate.reference


def _p_of_any_drop(worse: Estimate) -> float:
    match worse:
        case Pairs():
            return worse.p_of_any_drop()
        case BehindBest(behind):
            return min(1.0, len(behind) * min(map(_p_of_any_drop, behind.values())))
        case _:
            return worse.p_above(0.0)
