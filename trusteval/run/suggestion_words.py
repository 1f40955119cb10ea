"""What is said of suggested limits: why a row has its numbers, and what could not be resolved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trusteval.gates.gate import BASELINE
from trusteval.gates.resolving import Resolved, Unresolved
from trusteval.run.subject_limits import SubjectLimits, keys_of
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Outcome


def head_of(run: AnsweredRun, *, named: str, power: float, incomplete: str) -> list[str]:
    """Say above all rows what they were made from, and what they are not."""
    facts = run.facts
    said = [
        f"Suggested by `trusteval gates suggest` from {named}: model {facts.model}, profile "
        f"{facts.profile}, protocol {facts.protocol}, engine {facts.engine}.",
        f"A limit is the nearest to what was seen that these samples resolve: kept in "
        f"{100 * power:.0f} % of runs by who is as good, found broken as often in who is twice as "
        "bad.",
        "What a model reached is not what its users need: check every number, and say in `why` "
        "what it protects.",
    ]
    if facts.profile == "demo":
        said.append("The demo's slice shows how this works; no row from it is for a real model.")
    if incomplete:
        said.append(f"INCOMPLETE run: {incomplete}.")
    return said


def why_of(found: Sequence[SubjectLimits]) -> str:
    """Say on which numbers a row of subjects with the same limits rests: those of the worst."""
    first = found[0]
    bound, margin = keys_of(first.metric)
    said = [f"Suggested from {first.rows:,} rows"]
    if bound in first.limits:
        said.append(_why_bound(found, bound))
    if margin in first.limits:
        said.append(_why_margin(found, margin))
    return "; ".join(said) + "."


def _why_bound(found: Sequence[SubjectLimits], key: str) -> str:
    resolved = [one.bound for one in found if isinstance(one.bound, Resolved)]
    worst = (min if key == "at_least" else max)(found, key=lambda one: one.score.value or 0.0)
    limit, passes = resolved[0].limit, min(one.passes for one in resolved)
    twice = max(0.0, 2 * limit - 100) if key == "at_least" else min(100.0, 2 * limit)
    return (
        f"one like {_seen(worst)} keeps {key} {limit:g} in {passes:.0f} % of runs, one at "
        f"{twice:g} breaks it in {min(one.found for one in resolved):.0f} %"
    )


def _why_margin(found: Sequence[SubjectLimits], key: str) -> str:
    resolved = [one.margin for one in found if isinstance(one.margin, Resolved)]
    standards = [one.standard for one in found if one.standard is not None]
    limit, passes = resolved[0].limit, min(one.passes for one in resolved)
    taken = max(one.taken for one in standards)
    seen = [one.seen for one in standards if one.seen is not None]
    shown = f"{100 * max(seen):.0f} % did here" if seen else "assumed"
    against = " from what was accepted" if standards[0].reference == BASELINE else ""
    return (
        f"no change{against} passes {key} {limit:g} in {passes:.0f} % and one of {2 * limit:g} is "
        f"found in {min(one.found for one in resolved):.0f} %, if {100 * taken:.0f} % of the "
        f"answers differ ({shown})"
    )


def remarks_of(found: Iterable[SubjectLimits]) -> list[str]:
    """Say of whom what is not suggested and why; the same of several once."""
    said: dict[str, list[str]] = {}
    for one in found:
        for remark in _remarks(one):
            said.setdefault(remark, []).append(one.subject)
    return [f"{', '.join(subjects)}: {remark}" for remark, subjects in said.items()]


def _remarks(one: SubjectLimits) -> list[str]:
    bound, margin = keys_of(one.metric)
    if one.obstacle:
        return [f"no row on {one.metric}: {one.obstacle}"]
    if one.is_broken:
        return [
            f"no row on {one.metric}: {_changed(one)}, which is more than may be lost; a row at "
            f"that level would only call the loss normal"
        ]
    said = []
    if isinstance(one.bound, Unresolved):
        said.append(f"no {bound} of {one.metric} at {one.score.value:.1f}: {_open(one, one.bound)}")
    if isinstance(one.margin, Unresolved):
        said.append(f"no {margin} of {one.metric}: {_open(one, one.margin)}")
    if isinstance(one.margin, Resolved):
        said += _of_margin(one, margin, bound)
    return said


def _of_margin(one: SubjectLimits, margin: str, bound: str) -> list[str]:
    """Say of a margin that is resolved why it has no row, or that it does not pass here."""
    if margin not in one.limits:
        return [
            f"no {margin} of {one.metric}: what may be lost from one accepted baseline to the next "
            f"adds up, and no {bound} is resolved to hold it"
        ]
    if one.verdict is None or one.verdict.outcome is Outcome.PASS:
        return []
    return [f"{margin} of {one.metric} would be {one.verdict.outcome} here: {_changed(one)}"]


def _open(one: SubjectLimits, left: Unresolved) -> str:
    if left.needed is None:
        return "no number of rows resolves one that is worth having"
    return (
        f"{one.rows:,} rows resolve none as near as {left.farthest:.3g}, which some "
        f"{left.needed:,} would"
    )


def _seen(one: SubjectLimits) -> str:
    interval = one.score.interval
    bounds = f", 90 % interval {interval.low:.1f} to {interval.high:.1f}" if interval else ""
    return f"{one.subject} here ({one.score.value:.1f}{bounds})"


def _changed(one: SubjectLimits) -> str:
    change = None if one.verdict is None else one.verdict.change
    if change is None:
        return f"it cannot be compared with {one.reference}"
    low, high = change.interval.low, change.interval.high
    return f"{change.value:.1f} points worse than {change.reference} ({low:.1f} to {high:.1f})"
