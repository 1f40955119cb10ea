"""How often a subject was built anew and judged since it was last accepted: the history knows.

A try is a subject's weights, told apart by their fingerprints; the same weights judged again are
no new one. Where nothing of a subject is accepted, its tries are those under the same gates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trusteval.tracking.baseline import Baseline
from trusteval.tracking.points import Point
from trusteval.tracking.score_entry import ScoreEntry

_NOT_JUDGED = ("-", "NOT RUN", "BROKEN", "ERROR")
"""Words of a score that no gate looked at."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of one subject: which this run's weights are, of how many there were so far.

    `number` is 0 for the weights that are accepted, None where they have no fingerprint; `since` is
    when the subject was last accepted, None if never; `unknown` counts earlier judged runs whose
    weights have no fingerprint.
    """

    number: int | None
    made: int
    since: str | None = None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a run judged: its model, profile and gates, and a line of scores for every part."""

    model: str
    profile: str
    gates: str
    scores: Sequence[ScoreEntry]


def count_tries(
    attempt: Attempt, *, history: Iterable[Point], baseline: Baseline | None
) -> dict[str, Tries]:
    """Return the tries of every subject that a run judged, those of the run included."""
    judged: dict[str, str | None] = {}
    for line in attempt.scores:
        if is_judged(str(line.verdict)):
            judged[line.subject] = judged.get(line.subject) or line.weights
    accepted = _accepted(baseline)
    points = sorted(history, key=lambda point: point.started)
    found = {}
    for subject, weights in judged.items():
        about = [p for p in points if p.subject == subject and _counts(p, attempt, accepted)]
        known = [p.weights for p in about if p.weights is not None]
        ours = _accepted_weights(baseline, subject)
        seen = dict.fromkeys(known if weights is None else [*known, weights])
        tried = [one for one in seen if one not in ours]
        dates = [when for (name, _), when in accepted.items() if name == subject]
        found[subject] = Tries(
            number=None if weights is None else 0 if weights in ours else tried.index(weights) + 1,
            made=len(tried),
            since=max(dates).strftime("%Y-%m-%dT%H:%M:%SZ") if dates else None,
            unknown=len({p.started for p in about if p.weights is None}),
        )
    return found


def is_judged(verdict: str) -> bool:
    """Whether a gate looked at a score of which the history says this."""
    return verdict not in _NOT_JUDGED


def _counts(point: Point, attempt: Attempt, accepted: Mapping[tuple[str, str], datetime]) -> bool:
    """Whether a point is of a run that tried what this one tries, after what was accepted."""
    if not is_judged(point.verdict):
        return False
    if (point.model, point.profile) != (Path(attempt.model).name, attempt.profile):
        return False
    if not any(name == point.subject for name, _ in accepted):
        return point.gates == attempt.gates
    since = accepted.get((point.subject, point.benchmark))
    return since is None or point.started > since


def _accepted(baseline: Baseline | None) -> dict[tuple[str, str], datetime]:
    """Return when each part of a baseline was accepted last."""
    found: dict[tuple[str, str], datetime] = {}
    for entry in () if baseline is None else baseline.acceptances:
        for part in entry.touched:
            subject, _, benchmark = part.rpartition("/")
            found[subject, benchmark] = _moment(entry.date)
    return found


def _accepted_weights(baseline: Baseline | None, subject: str) -> set[str]:
    lines = () if baseline is None else baseline.scores
    return {line.weights for line in lines if line.subject == subject and line.weights}


def _moment(text: str) -> datetime:
    """Read a time; one that is none lies before all others."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
