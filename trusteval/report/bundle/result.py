"""What a run, or one of its subjects, comes to in three words; what is incomplete never passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from trusteval.report.caveats import reservations
from trusteval.report.decision import Answer, at_large, decision, decision_on
from trusteval.report.reasons import Reason
from trusteval.report.record import RunRecord
from trusteval.types import Outcome, Unavailable, Verdict

INCOMPLETE = "INCOMPLETE"
"""Stands in names in the place of FAILED where something was not judged."""


class Result(StrEnum):
    """PASSED: it may ship, and every gate passed; WARNED: nothing keeps it from shipping, and some
    gate did not pass, none that blocks asked, or it was a demo's or no model's answers; FAILED: the
    rest, also what was not judged whole.
    """

    PASSED = "PASSED"
    WARNED = "WARNED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Judged:
    """A result with the gates behind it, each as "SUBJECT on GATE".

    `answer` is whether it may ship, None where no blocking gate asks; `reasons` say what keeps
    it from that; `not_run` are gates without a verdict, `no_gate` subjects and benchmarks, as
    "SUBJECT on BENCHMARK", that were scored and that no gate asks about. `reservations` say what
    it is worth where no published item was asked, or no model: such a run passes nothing.
    """

    answer: Answer | None
    reasons: tuple[str, ...]
    passed: tuple[str, ...]
    warned: tuple[str, ...]
    failed: tuple[str, ...]
    not_run: tuple[str, ...]
    no_gate: tuple[str, ...]
    reservations: tuple[str, ...]
    is_complete: bool

    @property
    def result(self) -> Result:
        if self.reasons or self.failed or not self.is_complete or not (self.passed or self.warned):
            return Result.FAILED
        is_yes = self.answer is Answer.YES
        has_passed = is_yes and not self.warned and not self.reservations
        return Result.PASSED if has_passed else Result.WARNED

    @property
    def word(self) -> str:
        """The result, or that it is incomplete."""
        return self.result.value if self.is_complete else INCOMPLETE


def judged_run(record: RunRecord, *, exit_status: int | None) -> Judged:
    """Return what a whole run comes to."""
    whole = decision(record, exit_status=exit_status)
    return _judged(record, record.verdicts, whole.reasons, answer=whole.answer)


def judged_subject(
    record: RunRecord, subject: str, *, exit_status: int | None
) -> Judged | Unavailable:
    """Return what one subject of a run comes to, or that no gate asked about it.

    Of an incomplete run nobody passed, also who has a verdict on every gate.
    """
    verdicts = [verdict for verdict in record.verdicts if verdict.subject == subject]
    if not verdicts and all(one.subject != subject for one in record.unjudged):
        return Unavailable("no gate holds it")
    whole = decision(record, exit_status=exit_status)
    decided = decision_on(subject, record, whole=whole)
    reasons = at_large(record, whole=whole) if decided is None else decided.reasons
    answer = None if decided is None else decided.answer
    return _judged(record, verdicts, reasons, answer=answer, subject=subject)


def _judged(
    record: RunRecord,
    verdicts: Iterable[Verdict],
    reasons: Iterable[Reason],
    *,
    answer: Answer | None,
    subject: str | None = None,
) -> Judged:
    in_order = sorted(verdicts, key=lambda v: (record.places.get(v.subject, -1), v.gate))
    missing = (one for one in record.unjudged if one.gate and subject in (None, one.subject))

    def named(which: Iterable[Verdict]) -> tuple[str, ...]:
        return tuple(f"{verdict.subject} on {verdict.gate}" for verdict in which)

    return Judged(
        answer=answer,
        reasons=tuple(dict.fromkeys(one.sentence for one in reasons)),
        passed=named(v for v in in_order if v.outcome is Outcome.PASS),
        warned=named(v for v in in_order if v.outcome is not Outcome.PASS and not v.blocks),
        failed=named(v for v in in_order if v.blocks),
        no_gate=tuple(_no_gate(record, subject)),
        not_run=tuple(sorted(f"{one.subject} on {one.gate}" for one in missing)),
        reservations=tuple(reservations(record)),
        is_complete=record.is_complete,
    )


def _no_gate(record: RunRecord, subject: str | None) -> Iterator[str]:
    about = {(verdict.subject, verdict.benchmark) for verdict in record.verdicts}
    about |= {(one.subject, one.benchmark) for one in record.unjudged if one.benchmark}
    for line in sorted(record.scores, key=lambda line: (line.subject, line.benchmark)):
        if subject in (None, line.subject) and (line.subject, line.benchmark) not in about:
            yield f"{line.subject} on {line.benchmark}"
