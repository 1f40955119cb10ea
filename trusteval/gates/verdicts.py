"""Decides: a gate against the evidence, PASS, FAIL or INCONCLUSIVE with the sentence that says why.

Limits belong to the good side: a value equal to its limit passes. No evidence is never a pass. FAIL
is judged at 0.05 / m over the blocking rows that hold a subject (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, log10

from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import BASELINE, Gate
from trusteval.gates.limits import (
    Claim,
    Steady,
    Tripwire,
    Within,
    digits_for,
    is_absolute,
    is_number,
    row_p,
    smallest_detected,
)
from trusteval.stats.estimate import ALPHA, Estimate, Normal
from trusteval.stats.losses import Losses
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion
from trusteval.types import Change, Dimension, Interval, Outcome, Score, Undecided, Verdict

_FEW = 20
"""Fewer source items that differ make a standard error doubtful."""


@dataclass(frozen=True, slots=True)
class _Decision:
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
    claims = [] if gate.point else [*_absolute(gate, evidence), *_relative(gate, compared)]
    decision = _decide(gate, evidence, claims, subject=subject, family=family)
    if accepts and _lacks_baseline_only(gate, compared, decision):
        decision = replace(decision, undecided=Undecided.FIRST)
    where = ".".join(filter(None, (gate.benchmark, gate.setting)))
    parts = [
        f"{subject} on {where}: {decision.words}",
        describe_counts(evidence.score),
        *_worth(gate, evidence),
        *_power(claims, compared),
        *_too_good(gate, compared),
        *_note(compared),
        *notes,
        *([] if decision.outcome is Outcome.PASS else _because(gate, decision)),
    ]
    return Verdict(
        gate=gate.id,
        subject=subject,
        benchmark=gate.benchmark,
        dimension=dimension,
        outcome=decision.outcome,
        level=gate.level,
        message="; ".join(parts),
        score=evidence.score,
        p=decision.p,
        family=family,
        change=_change(gate.reference, compared),
        undecided=decision.undecided,
        why=gate.why,
    )


# -- claims ------------------------------------------------------------------------------


def _absolute(gate: Gate, evidence: Evidence) -> list[Claim]:
    if not gate.is_absolute or evidence.estimate is None or evidence.score.value is None:
        return []
    return [Within(gate.metric, evidence.estimate, gate.at_least, gate.at_most)]


def _relative(gate: Gate, compared: Comparison | None) -> list[Claim]:
    if compared is None or compared.obstacle is not None:
        return []
    claims: list[Claim] = []
    if (worse := compared.worse) is not None:
        changes = (("drop", gate.max_drop), ("rise", gate.max_rise))
        claims += [
            Within(f"{word} from {gate.reference}", worse, at_most=limit, is_change=True)
            for word, limit in changes
            if limit is not None
        ]
        if gate.detect_drop:
            claims.append(Tripwire(f"drop from {gate.reference}", worse, _p_of_any_drop(worse)))
    if gate.gap_shift is not None and compared.shifts:
        claims.append(Steady(compared.shifts, gate.gap_shift))
    return claims


def _asked(gate: Gate, subject: str) -> int:
    """Count the claims a row makes about a subject where everything has an estimate."""
    relative = (gate.max_drop, gate.max_rise, gate.gap_shift, gate.detect_drop or None)
    n_relative = sum(limit is not None for limit in relative) if gate.compares(subject) else 0
    return gate.is_absolute + n_relative


def _p_of_any_drop(worse: Estimate) -> float:
    return worse.p_of_any_drop() if isinstance(worse, Pairs) else worse.p_above(0.0)


# -- the decision ------------------------------------------------------------------------


def _decide(
    gate: Gate, evidence: Evidence, claims: Sequence[Claim], *, subject: str, family: int
) -> _Decision:
    score = evidence.score
    if score.value is None:
        undefined = f"{gate.metric} is undefined ({score.undefined}){_limits(gate, score)}"
        return _open(undefined, Undecided.SAMPLES if score.too_few else Undecided.NEVER)
    if gate.point:
        return _decide_by_point(gate, score, score.value)
    said = "; ".join(claim.sentence() for claim in claims)
    p = row_p(claims) if claims and all(map(is_number, claims)) else None
    if len(claims) < _asked(gate, subject):
        missing = _missing(gate, evidence, score.value)
        return _decide_in_part(
            gate, evidence, "; ".join(filter(None, (said, missing))), p, family=family
        )
    if (floor := _noise_above(gate, evidence)) is not None:
        noise = (
            f"the margin is below the noise floor {floor:.1f}: who is asked twice differs so far"
        )
        return _open(f"{said}, but {noise}", Undecided.SAMPLES)
    if not isfinite(score.value) or p is None:
        return _open(f"{said}, but it is not a number", Undecided.NEVER)
    if all(claim.holds for claim in claims):
        return _Decision(Outcome.PASS, said, p)
    if p <= ALPHA / family:
        return _Decision(Outcome.FAIL, said, p)
    if p <= ALPHA:
        return _suspect(said, p, family)
    undecided = _lacking(gate, claims)
    if undecided is Undecided.NEVER:
        unreached = "which no interval reaches, however many the samples: set point = true"
        return _open(f"{said}, {unreached}", undecided)
    return _open(
        f"{said}, which these samples cannot decide{_settling(claims, score.counts.n)}",
        undecided,
        p,
    )


def _suspect(said: str, p: float, family: int) -> _Decision:
    """Leave open, and not excused, what is shown if one looks at this row alone."""
    needed = f"p {p:.2g}, one of {family} rows needs {ALPHA / family:.2g}"
    return _open(f"{said}, which would fail as the only row ({needed})", Undecided.SUSPECT, p)


def _open(words: str, undecided: Undecided, p: float | None = None) -> _Decision:
    return _Decision(Outcome.INCONCLUSIVE, words, p, undecided)


def _decide_in_part(
    gate: Gate, evidence: Evidence, words: str, p: float | None, *, family: int
) -> _Decision:
    """Judge a row of which some limit has no estimate: another that is broken fails it."""
    if p is not None and p <= ALPHA / family:
        return _Decision(Outcome.FAIL, words, p)
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


def _lacks_baseline_only(gate: Gate, compared: Comparison | None, decision: _Decision) -> bool:
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


def _decide_by_point(gate: Gate, score: Score, value: float) -> _Decision:
    digits, bounds = _digits(gate, score), _bounds(score)
    shown = f"{gate.metric} {value:.{digits}f}"
    if bounds:
        low, high = (f"{bound:.{digits}f}" for bound in bounds)
        shown += f" (90 % interval {low} to {high})"
    said = f"{shown}{_limits(gate, score)}"
    if not all(map(isfinite, [value, *bounds])):
        return _open(f"{said}, but it is not a number", Undecided.NEVER)
    holds = (gate.at_least is None or value >= gate.at_least) and (
        gate.at_most is None or value <= gate.at_most
    )
    return _Decision(Outcome.PASS if holds else Outcome.FAIL, f"{said} (point estimate)")


# -- words -------------------------------------------------------------------------------


def _because(gate: Gate, decision: _Decision) -> list[str]:
    """Say what no pass means here, and why the row is there."""
    match decision.undecided:
        case Undecided.NEVER:
            said = ["no number of samples decides this"]
        case Undecided.SUSPECT:
            said = ["a break that one row shows is not skipped: ask more (--trust-profile=full)"]
        case Undecided.TRIPWIRE:
            said = [
                "a tripwire that finds nothing is no pass (--trust-inconclusive=skip lets it be)"
            ]
        case Undecided.FIRST:
            said = ["this run is to be accepted, and the next is compared with it"]
        case _:
            said = []
    return [*said, f"why: {gate.why}"]


def describe_counts(score: Score) -> str:
    """Word the counts behind a score: "n=78, refused 3, invalid 2 (2 truncated)"."""
    counts = score.counts
    reasons = [f"{n} {reason}" for reason, n in counts.invalid.items() if n]
    invalid = f"invalid {counts.n_invalid}" + (f" ({', '.join(reasons)})" if reasons else "")
    return f"n={counts.n}, refused {counts.refused}, {invalid}"


def _missing(gate: Gate, evidence: Evidence, value: float) -> str:
    """Say which claim has no estimate, and why."""
    if gate.is_absolute and evidence.estimate is None:
        return (
            f"{gate.metric} {value:.1f}{_limits(gate, evidence.score)}, but {gate.metric} has no "
            "interval here: set point = true to compare the point estimate"
        )
    compared = evidence.comparison
    why = (compared and compared.obstacle) or f"{gate.metric} has no paired estimate here"
    return f"{gate.metric} {value:.1f}, not compared with {gate.reference}: {why}"


def _settling(claims: Sequence[Claim], n: int) -> str:
    """Say how many samples would decide the claims that do not hold yet."""
    open_ = [claim for claim in claims if not claim.holds]
    growth, assumed = max(claim.settling() for claim in open_)
    if not isfinite(growth):
        return ""
    if growth <= 1:
        return f" (enough if {assumed}: the truth lies near the limit)"
    return f" (about {_rounded(n * growth):,} would if {assumed})"


def _rounded(number: float) -> int:
    """Round up to two digits."""
    step = int(10 ** max(0, int(log10(number)) - 1))
    return ceil(number / step) * step


def _worth(gate: Gate, evidence: Evidence) -> list[str]:
    """Say of a value that few items bear out how many even ones know as much."""
    match evidence.estimate:
        case Proportion(n=n) if gate.is_absolute and not gate.point and n < _FEW:
            return [f"worth {n:.3g} items, few"]
        case _:
            return []


def _power(claims: Sequence[Claim], compared: Comparison | None) -> list[str]:
    """Say what the comparison rests on, and how small a distance these samples show.

    Of a row with a margin it is the margin's distance, not that of a limit beside it.
    """
    said = []
    match compared and compared.worse:
        case Pairs() as pairs:
            said.append(f"{pairs.discordant} discordant pairs")
        case Normal(differing=int(differing)) | Losses(differing=int(differing)):
            few = ", too few for a reliable interval" if differing < _FEW else ""
            said.append(f"{differing} source items differ{few}")
    known = [claim for claim in claims if is_number(claim)]
    margins = [claim for claim in known if not is_absolute(claim)] or known
    distances = dict.fromkeys(f"{smallest_detected(claim):.1f}" for claim in margins)
    return [*said, f"detects {' and '.join(distances)}"] if distances else said


def _too_good(gate: Gate, compared: Comparison | None) -> list[str]:
    """Doubt a subject that is shown to be better than its reference by more than the margin."""
    margin = gate.max_drop if gate.max_rise is None else gate.max_rise
    if compared is None or compared.worse is None or margin is None:
        return []
    if compared.worse.high >= -margin / 100:
        return []
    return [f"too good: better than {gate.reference} by more than the margin, is it what it says?"]


def _note(compared: Comparison | None) -> list[str]:
    return [compared.note] if compared is not None and compared.note else []


def _change(reference: str, compared: Comparison | None) -> Change | None:
    """Return how much worse the subject is, in points, for the report."""
    if compared is None or compared.worse is None:
        return None
    worse = compared.worse
    return Change(reference, 100 * worse.value, Interval(100 * worse.low, 100 * worse.high))


def _limits(gate: Gate, score: Score) -> str:
    digits = _digits(gate, score)
    signs = ((">=", gate.at_least), ("<=", gate.at_most))
    asked = [f"{sign} {limit:.{digits}f}" for sign, limit in signs if limit is not None]
    return f", must be {' and '.join(asked)}" if asked else ""


def _digits(gate: Gate, score: Score) -> int:
    value = [] if score.value is None else [score.value]
    return digits_for([*_bounds(score), *value], gate.limits)


def _bounds(score: Score) -> list[float]:
    return [] if score.interval is None else [score.interval.low, score.interval.high]
