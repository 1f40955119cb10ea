"""A verdict in a few words, for a line of its own: what was measured and what it must be."""

from __future__ import annotations

from trusteval.gates.limits import digits_for
from trusteval.types import LimitCheck, Outcome, Verdict


def verdict_words(verdict: Verdict) -> str:
    """Return "score 27.1, at least 20.0"; where that is no PASS with the interval behind it."""
    if verdict.score.value is None:
        return f"{verdict.score.metric} undefined ({verdict.score.undefined})"
    with_interval = verdict.outcome is not Outcome.PASS
    checks = [_check(one, with_interval=with_interval) for one in verdict.limits]
    if verdict.reference is not None and not any(one.is_change for one in verdict.limits):
        checks.append(f"not compared with {verdict.reference}")
    return "; ".join(checks) or f"{verdict.score.metric} {verdict.score.value:.1f}"


def _check(one: LimitCheck, *, with_interval: bool) -> str:
    limits = [limit for limit in (one.at_least, one.at_most) if limit is not None]
    ends = [] if one.interval is None else [one.interval.low, one.interval.high]
    digits = digits_for([one.value, *ends], limits)
    shown = [f"{end:.{digits}f}" for end in ends]
    interval = f" ({' to '.join(shown)})" if shown and with_interval else ""
    sides = (("at least", one.at_least), ("at most", one.at_most))
    asked = [f"{side} {limit:.{digits}f}" for side, limit in sides if limit is not None]
    return f"{one.name} {one.value:.{digits}f}{interval}, {' and '.join(asked)}"
