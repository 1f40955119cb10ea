"""May it ship? One answer over all that a run found and did not find, with every reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trusteval.report.finished_run import FinishedRun
from trusteval.report.gaps import lost_answer_lines
from trusteval.report.ledger import Ending
from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.report.page.anchors import anchor
from trusteval.report.page.marks import Mark, mark_of
from trusteval.report.record import RunRecord
from trusteval.report.tries import beyond_lines
from trusteval.report.try_count import TryCount
from trusteval.report.unjudged import Cause
from trusteval.types import Level, Outcome, Verdict


class Answer(StrEnum):
    """YES: what was to hold holds, as far as was asked; NOT_KNOWN: nobody can say."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


class Kind(StrEnum):
    """What keeps a run, or one subject of it, from a yes; worst first."""

    FAIL = "FAIL"
    BROKEN = "BROKEN"
    LAW = "law"
    TEST = "test"
    TRIES = "tries"
    UNDECIDABLE = "UNDECIDABLE"
    SUSPECT = "SUSPECT"
    ERROR = "ERROR"
    NOT_RUN = "NOT RUN"
    STEP = "step"
    ENDING = "ending"
    LOST = "lost"
    STATUS = "status"
    NOTHING = "nothing"


_AGAINST = (Kind.FAIL, Kind.BROKEN, Kind.LAW, Kind.TEST, Kind.TRIES)
_AT_LARGE = (Kind.TEST, Kind.STEP, Kind.STATUS)
"""Of these nobody knows whom they are about."""
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
    Kind.ERROR: ("1 gate or subject ended in an error", "{n} gates or subjects ended in errors"),
    Kind.NOT_RUN: ("1 blocking gate did not run", "{n} blocking gates did not run"),
    Kind.STEP: ("1 test could not be run", "{n} tests could not be run"),
    Kind.LOST: ("answers of 1 subject are lost", "answers of {n} subjects are lost"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps from a yes; `subject` is None where it is about the whole run."""

    kind: Kind
    words: str
    subject: str | None = None
    place: str = ""

    @property
    def mark(self) -> Mark:
        """How it is shown: by the verdict that it is, or as what it makes of the question."""
        if self.kind.value in SEVERITY:
            return mark_of(self.kind.value)
        return mark_of(Answer.NO if self.kind in _AGAINST else Answer.NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, because of what in a few words, and every reason by itself, worst first."""

    answer: Answer
    because: str
    reasons: tuple[Reason, ...]


def decision(run: FinishedRun) -> Decision:
    """Decide over the whole run."""
    reasons = tuple(sorted(_reasons(run), key=lambda reason: list(Kind).index(reason.kind)))
    return _decided(reasons, [v for v in run.record.verdicts if v.level is Level.BLOCK])


def decision_on(subject: str, run: FinishedRun, whole: Decision) -> Decision | None:
    """Decide over one subject; what speaks against the run alone leaves it open.

    A law of the vote is a vote's own. None where no blocking gate asks about the subject and
    nothing speaks against it.
    """
    record = run.record
    is_vote = subject in record.noted("vote over")
    own = [
        reason
        for reason in whole.reasons
        if reason.subject == subject or (is_vote and reason.kind is Kind.LAW)
    ]
    judged = [v for v in record.verdicts if v.subject == subject and v.level is Level.BLOCK]
    if not own and not judged:
        return None
    at_large = [one for one in whole.reasons if one.kind in _AT_LARGE]
    if own or not at_large:
        return _decided(tuple(own), judged)
    return Decision(Answer.NOT_KNOWN, _counted(at_large), tuple(at_large))


def _decided(reasons: tuple[Reason, ...], blocking: Sequence[Verdict]) -> Decision:
    if reasons:
        answer = Answer.NO if any(one.kind in _AGAINST for one in reasons) else Answer.NOT_KNOWN
        return Decision(answer, _counted(reasons), reasons)
    passed = sum(verdict.outcome is Outcome.PASS for verdict in blocking)
    if not passed:
        return Decision(Answer.NOT_KNOWN, "no blocking gate passed, and none failed", ())
    if passed < len(blocking):
        open_ones = len(blocking) - passed
        words = f"no blocking gate fails, but only {passed} of {len(blocking)} pass"
        undecided = "is" if open_ones == 1 else "are"
        return Decision(Answer.YES, f"{words}: {open_ones} {undecided} inconclusive", ())
    held = "the one blocking gate passes" if passed == 1 else f"all {passed} blocking gates pass"
    return Decision(Answer.YES, held, ())


def _counted(reasons: Sequence[Reason]) -> str:
    """Say what there is of every kind of reason; one that is its own sentence stands as it is."""
    said = []
    for kind in Kind:
        of_kind = [one for one in reasons if one.kind is kind]
        if of_kind and kind in _COUNTED:
            words = _COUNTED[kind][_ONE if len(of_kind) == 1 else _SEVERAL]
            said.append(words.format(n=len(of_kind)))
        else:
            said += [one.words for one in of_kind]
    return ", ".join(said)


def _reasons(run: FinishedRun) -> list[Reason]:
    record = run.record
    found = [
        *_of_verdicts(record),
        *_of_subjects(record),
        *_of_unjudged(record),
        *_beside_gates(record),
    ]
    if not record.verdicts:
        found.append(Reason(Kind.NOTHING, "no gate was judged"))
    if not found and run.exit_status:
        found.append(
            Reason(
                Kind.STATUS,
                f"pytest ended with exit status {run.exit_status}: an inconclusive gate that fails "
                "this run, or what no file of it says",
            )
        )
    return found


def _of_verdicts(record: RunRecord) -> Iterator[Reason]:
    for verdict in record.verdicts:
        if verdict.blocks:
            place = anchor("gate", verdict.gate, verdict.subject)
            sentence, _, _ = verdict.message.partition("; ")  # what follows is behind the gate
            yield Reason(Kind(shown_outcome(verdict)), sentence, verdict.subject, place)


def _of_subjects(record: RunRecord) -> Iterator[Reason]:
    for subject, why in sorted(record.broken.items()):
        yield Reason(Kind.BROKEN, why, subject, "not-judged")
    count = record.tries or TryCount()
    beyond = [subject for subject in count.subjects if count.is_beyond(subject)]
    for subject, line in zip(beyond, beyond_lines(record), strict=True):
        yield Reason(Kind.TRIES, line, subject, "warnings")
    for subject, line in zip(sorted(record.lost_answers), lost_answer_lines(record), strict=True):
        yield Reason(Kind.LOST, line, subject, "not-judged")


def _of_unjudged(record: RunRecord) -> Iterator[Reason]:
    for one in record.unjudged:
        place = anchor("gate", one.gate, one.subject) if one.gate else "not-judged"
        if one.cause is Cause.ERROR:
            yield Reason(Kind.ERROR, one.sentence, one.subject, place)
        elif one.cause is Cause.NOT_RUN and one.level is Level.BLOCK:
            yield Reason(Kind.NOT_RUN, one.sentence, one.subject, place)
        elif one.cause is Cause.BROKEN and one.subject not in record.broken:
            yield Reason(Kind.BROKEN, one.sentence, one.subject, place)


def _beside_gates(record: RunRecord) -> Iterator[Reason]:
    for failed in sorted(record.failed_tests, key=lambda one: one.test):
        yield Reason(
            Kind.STEP if failed.is_error else Kind.TEST, failed.sentence, None, "not-judged"
        )
    for law in sorted(record.invariants, key=lambda one: one.name):
        if law.outcome == "failed":
            yield Reason(Kind.LAW, f"the vote breaks its law {law.name}", None, "laws")
    if record.ending is not Ending.FINISHED:
        yield Reason(Kind.ENDING, record.ending.sentence, None, "not-judged")
