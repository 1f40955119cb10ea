"""What keeps a run, or one subject of it, from a yes to whether it may ship."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trusteval.report.gaps import lost_answer_lines
from trusteval.report.ledger import Ending
from trusteval.report.outcomes import shown_outcome
from trusteval.report.record import RunRecord
from trusteval.report.tries import beyond_lines
from trusteval.report.try_count import TryCount
from trusteval.report.unjudged import Cause
from trusteval.types import Level, Outcome, Verdict


class Kind(StrEnum):
    """What keeps a run, or one subject of it, from a yes; worst first."""

    FAIL = "FAIL"
    UNDECIDABLE = "UNDECIDABLE"
    SUSPECT = "SUSPECT"
    BROKEN = "BROKEN"
    LAW = "law"
    TEST = "test"
    TRIES = "tries"
    INCONCLUSIVE = "INCONCLUSIVE"
    FAILED = "failed"
    ERROR = "ERROR"
    STATUS = "status"
    NOT_RUN = "NOT RUN"
    STEP = "step"
    ENDING = "ending"
    LOST = "lost"
    NOTHING = "nothing"


_KINDS = tuple(Kind)
_AGAINST = (
    *(Kind.FAIL, Kind.UNDECIDABLE, Kind.SUSPECT, Kind.BROKEN),
    *(Kind.LAW, Kind.TEST, Kind.TRIES, Kind.INCONCLUSIVE, Kind.FAILED),
)
"""With these a run ends as tests do that failed; the others leave something unknown."""
_OF_VERDICTS = (Kind.FAIL, Kind.UNDECIDABLE, Kind.SUSPECT, Kind.INCONCLUSIVE)
_OF_UNJUDGED = (Kind.BROKEN, Kind.ERROR, Kind.NOT_RUN)
_AT_LARGE = (Kind.TEST, Kind.STEP, Kind.FAILED, Kind.STATUS, Kind.ENDING)
_TESTS_FAILED = 1
"""pytest's exit status."""
_ONE, _SEVERAL = 0, 1
_COUNTED = {
    Kind.FAIL: ("1 blocking gate fails", "{n} blocking gates fail"),
    Kind.BROKEN: ("1 subject is broken", "{n} subjects are broken"),
    Kind.LAW: ("the vote breaks 1 of its laws", "the vote breaks {n} of its laws"),
    Kind.TEST: ("1 test failed beside the gates", "{n} tests failed beside the gates"),
    Kind.TRIES: (
        "1 subject had more tries than it may",
        "{n} subjects had more tries than they may",
    ),
    Kind.UNDECIDABLE: ("1 blocking gate is undecidable", "{n} blocking gates are undecidable"),
    Kind.SUSPECT: ("1 blocking gate is suspect", "{n} blocking gates are suspect"),
    Kind.INCONCLUSIVE: (
        "1 inconclusive gate fails this run",
        "{n} inconclusive gates fail this run",
    ),
    Kind.ERROR: ("1 gate or subject ended in an error", "{n} gates or subjects ended in errors"),
    Kind.NOT_RUN: ("1 gate did not run", "{n} gates did not run"),
    Kind.STEP: ("1 test could not be run", "{n} tests could not be run"),
    Kind.LOST: ("answers of 1 subject are lost", "answers of {n} subjects are lost"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps from a yes; `subject` and `gate` are None where it is about none."""

    kind: Kind
    words: str
    subject: str | None = None
    gate: str | None = None

    @property
    def is_against(self) -> bool:
        """Whether it makes the answer no, rather than leave it unknown."""
        return self.kind in _AGAINST

    @property
    def is_at_large(self) -> bool:
        """Whether nobody knows whom it is about, so that it leaves every subject open."""
        return self.kind in _AT_LARGE

    @property
    def sentence(self) -> str:
        """Say it where it stands by itself: a verdict with its name and that of its gate."""
        if self.kind in _OF_VERDICTS:
            return f"{self.kind} {self.gate}: {self.words}"
        return f"{self.kind}: {self.words}" if self.kind in _OF_UNJUDGED else self.words


def reasons_against(record: RunRecord, *, exit_status: int | None) -> tuple[Reason, ...]:
    """Return what keeps a run from a yes, worst first; of an incomplete run there is something."""
    found = [
        *_of_verdicts(record),
        *_of_subjects(record),
        *_of_unjudged(record),
        *_beside_gates(record),
    ]
    if not record.verdicts:
        found.append(Reason(Kind.NOTHING, "no gate was judged"))
    found += _of_status(record, exit_status, found)
    return tuple(
        sorted(
            found,
            key=lambda one: (_KINDS.index(one.kind), one.subject or "", one.gate or "", one.words),
        )
    )


def _of_status(
    record: RunRecord, exit_status: int | None, found: Sequence[Reason]
) -> Iterator[Reason]:
    """Explain an exit status that nothing else does: inconclusive gates fail a run on request."""
    if exit_status is None:
        yield Reason(Kind.STATUS, "how pytest ended is not known")
    elif exit_status == _TESTS_FAILED and not any(one.is_against for one in found):
        undecided = [
            verdict
            for verdict in record.verdicts
            if verdict.level is Level.BLOCK and verdict.outcome is Outcome.INCONCLUSIVE
        ]
        for verdict in undecided:
            yield Reason(Kind.INCONCLUSIVE, _sentence(verdict), verdict.subject, verdict.gate)
        if not undecided:
            yield Reason(Kind.FAILED, "pytest ended with exit status 1: tests failed")
    elif exit_status and not found:
        yield Reason(Kind.STATUS, f"pytest ended with exit status {exit_status}")


def _sentence(verdict: Verdict) -> str:
    """Return a verdict's sentence up to its counts, which stand beside the gate."""
    return verdict.message.partition("; ")[0]


def _of_verdicts(record: RunRecord) -> Iterator[Reason]:
    for verdict in record.verdicts:
        if verdict.blocks:
            kind = Kind(shown_outcome(verdict))
            yield Reason(kind, _sentence(verdict), verdict.subject, verdict.gate)


def _of_subjects(record: RunRecord) -> Iterator[Reason]:
    for subject, why in sorted(record.broken.items()):
        yield Reason(Kind.BROKEN, why, subject)
    count = record.tries or TryCount()
    beyond = [subject for subject in count.subjects if count.is_beyond(subject)]
    for subject, line in zip(beyond, beyond_lines(record), strict=True):
        yield Reason(Kind.TRIES, line, subject)
    for subject, line in zip(sorted(record.lost_answers), lost_answer_lines(record), strict=True):
        yield Reason(Kind.LOST, line, subject)


def _of_unjudged(record: RunRecord) -> Iterator[Reason]:
    for one in record.unjudged:
        if one.cause is Cause.ERROR:
            yield Reason(Kind.ERROR, one.sentence, one.subject, one.gate)
        elif one.cause is Cause.NOT_RUN:
            yield Reason(Kind.NOT_RUN, one.sentence, one.subject, one.gate)
        elif one.cause is Cause.BROKEN and one.subject not in record.broken:
            yield Reason(Kind.BROKEN, one.sentence, one.subject, one.gate)


def _beside_gates(record: RunRecord) -> Iterator[Reason]:
    for failed in record.failed_tests:
        yield Reason(Kind.STEP if failed.is_error else Kind.TEST, failed.sentence)
    for law in record.invariants:
        if law.outcome == "failed":
            yield Reason(Kind.LAW, f"the vote breaks its law {law.name}")
    if record.ending is not Ending.FINISHED:
        yield Reason(Kind.ENDING, record.ending.sentence)


def counted(reasons: Sequence[Reason]) -> str:
    """Say what there is of every kind of reason; one that is its own sentence stands as it is."""
    said = []
    for kind in _KINDS:
        of_kind = [one for one in reasons if one.kind is kind]
        if of_kind and kind in _COUNTED:
            words = _COUNTED[kind][_ONE if len(of_kind) == 1 else _SEVERAL]
            said.append(words.format(n=len(of_kind)))
        else:
            said += [one.words for one in of_kind]
    return ", ".join(said)
