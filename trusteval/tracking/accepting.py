"""Accepts a run as the baseline, and says so only where it did.

One that got worse is refused unless somebody says why it may; what was not measured always is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from trusteval.printable import printable
from trusteval.tracking.answered_run import AnsweredRun, only_parts
from trusteval.tracking.baseline import (
    Acceptance,
    Baseline,
    accepted,
    alone_with_baseline,
    read_baseline,
    write_baseline,
)
from trusteval.tracking.change import Conclusion
from trusteval.tracking.comparison import BenchmarkComparison, compare_runs, shared_pairs
from trusteval.tracking.margins import Margins
from trusteval.tracking.score_entry import ScoreEntry

_MOST_SAID = 8
"""So many parts, or reasons, are named before the others are counted."""


class AcceptanceOutcome(StrEnum):
    """Whether the baseline was written; if not, for what was found or for what was not looked at.

    COULD_NOT is also said of a place that cannot be read, locked or written.
    """

    ACCEPTED = "accepted"
    WORSE = "worse"
    COULD_NOT = "could not"


@dataclass(frozen=True, slots=True)
class Request:
    """Accepting at `path`: on which day, at which commit, by which versions, and why a regression
    is accepted. `tries` counts how often each subject was tried since it was accepted last.
    `patience` is for how many seconds others who accept there are waited for.
    """

    path: Path
    date: str
    commit: str | None
    versions: Mapping[str, str]
    regression: str | None = None
    tries: Mapping[str, int] = field(default_factory=dict)
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run says of itself.

    A reason may stand in for what is `worse`; for what is `unmeasured` nothing can. `left_out` are
    parts (subject and benchmark) that were not judged whole, each with the reason.
    """

    worse: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    left_out: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AcceptanceReply:
    """What became of a request, and the lines that say so."""

    decision: AcceptanceOutcome
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        # Names and reasons come from a file and from models.
        object.__setattr__(self, "lines", tuple(map(printable, self.lines)))

    @property
    def is_accepted(self) -> bool:
        return self.decision is AcceptanceOutcome.ACCEPTED

    @property
    def is_worse(self) -> bool:
        return self.decision is AcceptanceOutcome.WORSE


def accept(
    request: Request,
    run: AnsweredRun,
    *,
    scores: Sequence[ScoreEntry],
    standing: Standing,
) -> AcceptanceReply:
    """Write the baseline if all was measured, and nothing got worse or a reason is given.

    What was not judged whole is left as it was accepted before. What is there is read when nobody
    else can write it: somebody may have accepted other parts while this run was at work. Raises
    TrackingError for a baseline that the run does not fit, or a place that cannot be written.
    """
    name = "/".join(request.path.parts[-2:])
    if standing.unmeasured:
        stays = (
            f"not accepted: {name} stays as it is; a reason does not replace a measurement: "
            "run it to its end"
        )
        return AcceptanceReply(AcceptanceOutcome.COULD_NOT, (*_some(standing.unmeasured), stays))
    if not run.answer_tables:
        return AcceptanceReply(
            AcceptanceOutcome.COULD_NOT, ("nothing was judged, so nothing is accepted",)
        )
    left_out = {key: why for key, why in standing.left_out.items() if key in run.answer_tables}
    whole = only_parts(run, run.answer_tables.keys() - left_out.keys())
    told = tuple(_left_out_lines(left_out))
    if not whole.answer_tables:
        nothing = f"not accepted: {name} stays as it is; no part was judged completely"
        return AcceptanceReply(AcceptanceOutcome.COULD_NOT, (*told, nothing))
    refused = (
        f"not accepted: {name} stays as it is; "
        '--trust-accept-regression "reason" accepts this all the same and keeps the reason'
    )
    if standing.worse and request.regression is None and not request.path.exists():
        return AcceptanceReply(AcceptanceOutcome.WORSE, (*standing.worse, refused))
    with alone_with_baseline(request.path, patience=request.patience) as path:
        before = read_baseline(path) if path.exists() else None
        compared = [] if before is None else _compared(before, whole)
        worse = [*standing.worse, *filter(None, map(_worsening, compared))]
        if worse and request.regression is None:
            return AcceptanceReply(AcceptanceOutcome.WORSE, (*worse, refused))
        touched = tuple(sorted(map("/".join, whole.answer_tables)))
        tries = {name: made for name, made in request.tries.items() if name in whole.subjects}
        acceptance = Acceptance(
            request.date,
            request.commit,
            touched,
            request.versions,
            request.regression if worse else None,
            tuple(sorted(f"{'/'.join(key)}: {why}" for key, why in left_out.items())),
            tries,
        )
        kept = [line for line in scores if (line.subject, line.benchmark) in whole.answer_tables]
        write_baseline(path, accepted(before, whole, scores=kept, acceptance=acceptance))
    unseen = [c for c in compared if c.change is Conclusion.NOT_COMPARABLE]
    return AcceptanceReply(
        AcceptanceOutcome.ACCEPTED,
        (
            *worse,
            *dict.fromkeys(f"baseline {c.rereading}" for c in compared if c.rereading),
            *(f"{c.subject} on {c.benchmark}: not compared with before ({c.why})" for c in unseen),
            *told,
            *filter(None, map(_suspicion, compared)),
            *_tries_lines(tries),
            f"accepted into {name}: {len(touched)} parts{'' if before else ', a new baseline'}",
        ),
    )


def _some(reasons: Sequence[str]) -> Iterable[str]:
    """Return the first reasons, and how many more there are."""
    yield from reasons[:_MOST_SAID]
    if len(reasons) > _MOST_SAID:
        yield f"and {len(reasons) - _MOST_SAID} more"


def _left_out_lines(left_out: Mapping[tuple[str, str], str]) -> Iterable[str]:
    """Say which parts are not accepted and why, the first of them by name."""
    told = [f"not accepted: {'/'.join(key)}: {why}" for key, why in sorted(left_out.items())]
    yield from told[:_MOST_SAID]
    if others := sorted(left_out)[_MOST_SAID:]:
        yield f"not accepted for such a reason: {', '.join(map('/'.join, others))}"


def _tries_lines(tries: Mapping[str, int]) -> list[str]:
    """Say how many tries it took, which the baseline keeps."""
    shown = ", ".join(f"{name} {made}" for name, made in sorted(tries.items()))
    return [f"tries since it was last accepted: {shown}"] if tries else []


def _compared(before: Baseline, run: AnsweredRun) -> list[BenchmarkComparison]:
    """Compare what ran with what was accepted of it; any drop that is shown is a regression."""
    found = compare_runs(
        before.answers, run, pairs=shared_pairs(before.answers, run), margins=Margins(0.0)
    )
    both = before.answers.answer_tables.keys() & run.answer_tables.keys()
    return [
        comparison for comparison in found if (comparison.subject, comparison.benchmark) in both
    ]


def _suspicion(found: BenchmarkComparison) -> str | None:
    """Say which drop would be one if its benchmark were the only one that was compared."""
    if found.change is not Conclusion.SUSPECT or found.p is None:
        return None
    return f"suspect, and accepted: {_dropped(found)} (p {found.p:.2g} alone)"


def _dropped(found: BenchmarkComparison) -> str | None:
    if found.drop is None:
        return None
    value, low, high = (100 * x for x in (found.drop.value, found.drop.low, found.drop.high))
    return (
        f"{found.subject} on {found.benchmark}: score dropped by {value:.1f} (90 % interval "
        f"{low:.1f} to {high:.1f}) from what was accepted"
    )


def _worsening(found: BenchmarkComparison) -> str | None:
    """Say in what a benchmark is worse than what was accepted; None where it is not shown to be."""
    where = f"{found.subject} on {found.benchmark}"
    if found.change is Conclusion.REGRESSION:
        return _dropped(found)
    before, after = found.before, found.after
    if before is not None and before.value is not None and after is not None:
        lost = after.value is None
        return (
            f"{where}: score {before.value:.1f} before, undefined now ({found.why})"
            if lost
            else None
        )
    return None
