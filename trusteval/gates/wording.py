"""Words a verdict: what is behind a score, what is missing, and how much these samples show."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite, log10

from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import Gate
from trusteval.gates.limits import Claim, digits_for, is_absolute, is_number, smallest_detected
from trusteval.stats.estimate import Normal
from trusteval.stats.losses import Losses
from trusteval.stats.members import BehindBest
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion
from trusteval.types import Score, Undecided

_FEW = 20
"""Fewer units that differ make a standard error doubtful."""


def explain(gate: Gate, undecided: Undecided | None) -> list[str]:
    """Say what no pass means here, and why the row is there."""
    match undecided:
        case Undecided.NEVER:
            said = ["no number of samples decides this"]
        case Undecided.SUSPECT:
            said = ["a suspected break is never skipped: ask more samples (--trust-profile=full)"]
        case Undecided.TRIPWIRE:
            said = [
                "a tripwire that finds nothing is not a PASS (--trust-inconclusive=skip skips it)"
            ]
        case Undecided.FIRST:
            said = ["this run is to become the baseline that later runs are compared with"]
        case _:
            said = []
    return [*said, f"why: {gate.why}"]


def describe_evidence(
    gate: Gate, evidence: Evidence, claims: Sequence[Claim], *, compared: Comparison | None
) -> list[str]:
    """Say what stands behind a value and a comparison, how much that shows, and what to doubt."""
    return [
        describe_counts(evidence.score),
        *_worth(gate, evidence),
        *_power(claims, compared),
        *_too_good(gate, compared),
        *_note(compared),
    ]


def describe_counts(score: Score) -> str:
    """Word the counts behind a score: "n=78, refused 3, invalid 2 (2 truncated)"."""
    counts = score.counts
    if not counts.is_read:
        return f"n={counts.n}, refusals and invalid answers not told apart"
    reasons = [f"{n} {reason}" for reason, n in counts.invalid.items() if n]
    invalid = f"invalid {counts.n_invalid}" + (f" ({', '.join(reasons)})" if reasons else "")
    return f"n={counts.n}, refused {counts.refused}, {invalid}"


def describe_missing(gate: Gate, evidence: Evidence, value: float) -> str:
    """Say which claim has no estimate, and why."""
    if gate.is_absolute and evidence.estimate is None:
        limits = describe_limits(gate, evidence.score)
        return (
            f"{gate.metric} {value:.1f}{limits}, but {gate.metric} has no interval here: set point "
            "= true to compare the point estimate"
        )
    compared = evidence.comparison
    why = (compared and compared.obstacle) or f"{gate.metric} has no paired estimate here"
    return f"{gate.metric} {value:.1f}, not compared with {gate.reference}: {why}"


def describe_settling(claims: Sequence[Claim], n: int) -> str:
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
            return [f"worth only {n:.3g} items"]
        case _:
            return []


def _power(claims: Sequence[Claim], compared: Comparison | None) -> list[str]:
    """Say what the comparison rests on, and how small a distance these samples show.

    Of a row with a margin it is the margin's distance, not that of a limit beside it.
    """
    said = []
    worse = None if compared is None else compared.worse
    match worse.behind[worse.best] if isinstance(worse, BehindBest) else worse:
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
    """Doubt a subject that is shown to be better than its reference by more than the margin.

    A vote is there to be better than what is made of its members.
    """
    margin = gate.max_drop if gate.max_rise is None else gate.max_rise
    if compared is None or compared.worse is None or margin is None or gate.rival is not None:
        return []
    if compared.worse.high >= -margin / 100:
        return []
    return [
        f"too good: better than {gate.reference} by more than the margin; "
        "is it what it claims to be?"
    ]


def describe_limits(gate: Gate, score: Score) -> str:
    """Say what a value must be: ", must be >= 55.0", with the decimals that tell them apart."""
    digits = digits_of(gate, score)
    signs = ((">=", gate.at_least), ("<=", gate.at_most))
    asked = [f"{sign} {limit:.{digits}f}" for sign, limit in signs if limit is not None]
    return f", must be {' and '.join(asked)}" if asked else ""


def digits_of(gate: Gate, score: Score) -> int:
    """Return how many decimals tell a score and its bounds from the limits."""
    value = [] if score.value is None else [score.value]
    return digits_for([*bounds_of(score), *value], gate.limits)


def bounds_of(score: Score) -> list[float]:
    """Return the bounds of a score's interval, none where it has none."""
    return [] if score.interval is None else [score.interval.low, score.interval.high]


def _note(compared: Comparison | None) -> list[str]:
    return [compared.note] if compared is not None and compared.note else []
