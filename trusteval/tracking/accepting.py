"""Accepts a run as the baseline, and says so only where it did.

One that got worse is refused unless somebody says why it may; what was not measured always is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from trusteval.printable import printable
from trusteval.tracking.acceptance_lines import (
    first_of,
    left_out_lines,
    suspicion,
    tries_lines,
    unlike_before,
    worsening,
)
from trusteval.tracking.accepted import accepted
from trusteval.tracking.answered_run import AnsweredRun, only_parts
from trusteval.tracking.baseline import (
    Acceptance,
    Baseline,
    alone_with_baseline,
    read_baseline,
    write_baseline,
)
from trusteval.tracking.comparison import BenchmarkComparison, compare_runs, shared_pairs
from trusteval.tracking.margins import Margins
from trusteval.tracking.score_entry import ScoreEntry


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
    stays = f"not accepted: {_short_name(request.path)} stays as it is"
    if standing.unmeasured:
        whole_run = "a reason does not replace a measurement: run it to its end"
        return _could_not(*first_of(standing.unmeasured), f"{stays}; {whole_run}")
    if not run.answer_tables:
        return _could_not("nothing was judged, so nothing is accepted")
    left_out = {key: why for key, why in standing.left_out.items() if key in run.answer_tables}
    whole = only_parts(run, run.answer_tables.keys() - left_out.keys())
    if not whole.answer_tables:
        return _could_not(*left_out_lines(left_out), f"{stays}; no part was judged completely")
    return _accept_whole(
        request, whole, scores=scores, worse_already=standing.worse, left_out=left_out
    )


def _accept_whole(
    request: Request,
    run: AnsweredRun,
    *,
    scores: Sequence[ScoreEntry],
    worse_already: Sequence[str],
    left_out: Mapping[tuple[str, str], str],
) -> AcceptanceReply:
    """Write what was judged whole if nothing of it got worse, or a reason is given."""
    if worse_already and request.regression is None and not request.path.exists():
        return _worse(request, worse_already)
    with alone_with_baseline(request.path, patience=request.patience) as path:
        before = read_baseline(path) if path.exists() else None
        compared = [] if before is None else _compared(before, run)
        worse = [*worse_already, *filter(None, map(worsening, compared))]
        if worse and request.regression is None:
            return _worse(request, worse)
        acceptance = _acceptance(request, run, left_out=left_out, is_worse=bool(worse))
        kept = [line for line in scores if (line.subject, line.benchmark) in run.answer_tables]
        write_baseline(path, accepted(before, run, scores=kept, acceptance=acceptance))
    parts = f"{len(acceptance.touched)} parts{'' if before else ', a new baseline'}"
    return AcceptanceReply(
        AcceptanceOutcome.ACCEPTED,
        (
            *worse,
            *unlike_before(compared),
            *left_out_lines(left_out),
            *filter(None, map(suspicion, compared)),
            *tries_lines(acceptance.tries),
            f"accepted into {_short_name(request.path)}: {parts}",
        ),
    )


def _acceptance(
    request: Request,
    run: AnsweredRun,
    *,
    left_out: Mapping[tuple[str, str], str],
    is_worse: bool,
) -> Acceptance:
    """Return what the baseline keeps of this accepting; a reason only where one was needed."""
    return Acceptance(
        request.date,
        request.commit,
        tuple(sorted(map("/".join, run.answer_tables))),
        request.versions,
        request.regression if is_worse else None,
        tuple(sorted(f"{'/'.join(key)}: {why}" for key, why in left_out.items())),
        {name: made for name, made in request.tries.items() if name in run.subjects},
    )


# -- what is said ------------------------------------------------------------------------


def _short_name(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _could_not(*lines: str) -> AcceptanceReply:
    return AcceptanceReply(AcceptanceOutcome.COULD_NOT, lines)


def _worse(request: Request, worse: Iterable[str]) -> AcceptanceReply:
    refused = (
        f"not accepted: {_short_name(request.path)} stays as it is; "
        '--trust-accept-regression "reason" accepts this all the same and keeps the reason'
    )
    return AcceptanceReply(AcceptanceOutcome.WORSE, (*worse, refused))


def _compared(before: Baseline, run: AnsweredRun) -> list[BenchmarkComparison]:
    """Compare what ran with what was accepted of it; any drop that is shown is a regression."""
    found = compare_runs(
        before.answers, run, pairs=shared_pairs(before.answers, run), margins=Margins(0.0)
    )
    both = before.answers.answer_tables.keys() & run.answer_tables.keys()
    return [
        comparison for comparison in found if (comparison.subject, comparison.benchmark) in both
    ]
