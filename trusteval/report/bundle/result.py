"""What a run, or one of its subjects, comes to in three words; what is incomplete never passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from trusteval.report.gaps import lost_answer_lines
from trusteval.report.ledger import Ending
from trusteval.report.record import RunRecord
from trusteval.report.standing import standing
from trusteval.types import Outcome, Unavailable, Verdict

INCOMPLETE = "INCOMPLETE"
"""Stands in names in the place of FAILED where something was not judged."""


class Result(StrEnum):
    """PASSED: every gate passed; WARNED: some did not, and none that blocks failed; FAILED: the
    rest, also what was not judged whole.
    """

    PASSED = "PASSED"
    WARNED = "WARNED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Judged:
    """A result with the gates behind it, each as "SUBJECT on GATE".

    `reasons` say why it is FAILED; `not_run` are gates without a verdict, `no_gate` subjects and
    benchmarks, as "SUBJECT on BENCHMARK", that were scored and that no gate asks about.
    """

    reasons: tuple[str, ...]
    passed: tuple[str, ...]
    warned: tuple[str, ...]
    failed: tuple[str, ...]
    not_run: tuple[str, ...]
    no_gate: tuple[str, ...]
    is_complete: bool

    @property
    def result(self) -> Result:
        if self.reasons or self.failed or not self.is_complete or not (self.passed or self.warned):
            return Result.FAILED
        return Result.WARNED if self.warned else Result.PASSED

    @property
    def word(self) -> str:
        """The result, or that it is incomplete."""
        return self.result.value if self.is_complete else INCOMPLETE


def judged_run(record: RunRecord, *, exit_status: int | None) -> Judged:
    """Return what a whole run comes to."""
    status = 0 if exit_status is None else exit_status
    found = standing(record, failed=(), exit_status=status)
    reasons = [*found.worse, *found.unmeasured, *_unknown_end(exit_status)]
    if not record.is_complete:
        reasons += [one.sentence for one in record.unjudged]
    return _judged(record, record.verdicts, reasons)


def judged_subject(
    record: RunRecord, subject: str, *, exit_status: int | None
) -> Judged | Unavailable:
    """Return what one subject of a run comes to, or that no gate asked about it.

    Of an incomplete run nobody passed, also who has a verdict on every gate.
    """
    verdicts = [verdict for verdict in record.verdicts if verdict.subject == subject]
    missing = [one for one in record.unjudged if one.subject == subject]
    if not verdicts and not missing:
        return Unavailable("no gate holds it")
    reasons = [
        *(f"{subject} fails {verdict.gate}" for verdict in verdicts if verdict.blocks),
        *_reasons(record, subject),
        *(one.sentence for one in missing),
        *_unknown_end(exit_status),
        *_unexplained(record, exit_status),
    ]
    return _judged(record, verdicts, reasons, subject=subject)


def _reasons(record: RunRecord, subject: str) -> Iterator[str]:
    """Say what counts against a subject beside its gates."""
    if subject in record.broken:
        yield record.broken[subject]
    if record.ending is not Ending.FINISHED:
        yield record.ending.sentence
    elif not record.is_complete:
        gates = record.ledger()["gates"]
        yield f"the run is incomplete: {gates['judged']} of {gates['of']} gates judged"
    if subject in record.lost_answers:
        yield from lost_answer_lines(record)
    tries = record.tries
    if tries is not None and subject in tries.subjects and tries.is_beyond(subject):
        yield f"{subject} was tried more often than --trust-tries={tries.limit} allows"
    # Whom a test that is no gate concerns is not known: it counts against everybody.
    yield from sorted(one.sentence for one in record.failed_tests)
    laws = sorted(law.name for law in record.invariants if law.outcome == "failed")
    yield from (f"the vote breaks its law {name}" for name in laws)


def _unknown_end(exit_status: int | None) -> Iterator[str]:
    if exit_status is None:
        yield "how pytest ended is not known"


def _unexplained(record: RunRecord, exit_status: int | None) -> Iterator[str]:
    """Say that pytest failed where nothing that is recorded says why: it may be anybody's fault."""
    known = standing(record, failed=(), exit_status=0)
    if exit_status and not known.worse and not known.unmeasured:
        yield f"pytest ends with exit status {exit_status}"


def _judged(
    record: RunRecord,
    verdicts: Iterable[Verdict],
    reasons: Iterable[str],
    *,
    subject: str | None = None,
) -> Judged:
    in_order = sorted(verdicts, key=lambda v: (record.places.get(v.subject, -1), v.gate))
    missing = (one for one in record.unjudged if one.gate and subject in (None, one.subject))

    def named(which: Iterable[Verdict]) -> tuple[str, ...]:
        return tuple(f"{verdict.subject} on {verdict.gate}" for verdict in which)

    return Judged(
        reasons=tuple(dict.fromkeys(reasons)),
        passed=named(v for v in in_order if v.outcome is Outcome.PASS),
        warned=named(v for v in in_order if v.outcome is not Outcome.PASS and not v.blocks),
        failed=named(v for v in in_order if v.blocks),
        no_gate=tuple(_no_gate(record, subject)),
        not_run=tuple(sorted(f"{one.subject} on {one.gate}" for one in missing)),
        is_complete=record.is_complete,
    )


def _no_gate(record: RunRecord, subject: str | None) -> Iterator[str]:
    about = {(verdict.subject, verdict.benchmark) for verdict in record.verdicts}
    about |= {(one.subject, one.benchmark) for one in record.unjudged if one.benchmark}
    for line in sorted(record.scores, key=lambda line: (line.subject, line.benchmark)):
        if subject in (None, line.subject) and (line.subject, line.benchmark) not in about:
            yield f"{line.subject} on {line.benchmark}"
