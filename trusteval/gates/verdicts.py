"""Decides: a gate against the evidence, PASS, FAIL or INCONCLUSIVE with the sentence that says why.

Limits belong to the good side: a value equal to its limit passes. No evidence is never a pass. FAIL
is judged at 0.05 / m over the blocking rows that hold a subject (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from trusteval.gates.claims import claims_of
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import BASELINE, Gate
from trusteval.gates.limits import Claim, is_number
from trusteval.gates.ruling import Ruling, rule
from trusteval.gates.second_look import LookedAgain, SecondLook, look_again
from trusteval.gates.wording import bounds_of, describe_evidence, explain
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


def decide(
    gate: Gate,
    evidence: Evidence,
    *,
    subject: str,
    dimension: Dimension,
    family: int = 1,
    notes: Sequence[str] = (),
    accepts: bool = False,
    look: SecondLook | None = None,
) -> Verdict:
    """Judge one subject; `notes` end the sentence (a reference's score, storage).

    `family` is the number of blocking rows that hold the subject (`family_size`); a warning row
    stands alone. `accepts` says that the run is to be accepted as the baseline: what was not
    accepted before is then no reason to end it. A second `look` has the values that a judge's
    reading corrects.
    """
    family = family if gate.is_tested else 1
    compared = evidence.comparison if gate.compares(subject) else None
    claims = claims_of(gate, evidence, compared=compared)
    decision = rule(gate, evidence, claims, subject=subject, family=family)
    again = LookedAgain(decision, ())
    if look is not None:
        again = look_again(gate, evidence, look, decision, subject=subject, family=family)
        decision = again.ruling
    if accepts and _lacks_baseline_only(gate, compared, decision):
        decision = replace(decision, undecided=Undecided.FIRST)
    said = [
        f"{subject} on {_place(gate)}: {decision.words}",
        *again.said,
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
        corrections=() if look is None else look.corrections,
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


def _lacks_baseline_only(gate: Gate, compared: Comparison | None, decision: Ruling) -> bool:
    """Whether accepting this run gives a row what it cannot be decided without."""
    return (
        decision.undecided is Undecided.NEVER
        and gate.reference == BASELINE
        and compared is not None
        and compared.obstacle is not None
    )
