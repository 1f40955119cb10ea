"""What a run says of itself where it is to be accepted: what is worse, not measured, not judged.

Another question than whether it may ship (decision.py), with other answers: a part of a run may be
accepted, which says nothing of the rest, and a broken law of the vote is no regression that a
reason excuses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trusteval.report.gaps import lost_answer_lines
from trusteval.report.ledger import Ending
from trusteval.report.record import RunRecord
from trusteval.report.tries import beyond_lines
from trusteval.report.unjudged import ENDED, Cause
from trusteval.tracking.accepting import Standing
from trusteval.types import Outcome


def standing(
    record: RunRecord, *, failed: Collection[tuple[str, str]], exit_status: int
) -> Standing:
    """Return what keeps a run from being accepted, and which of its parts were not judged whole.

    `failed` are the gates and subjects whose tests failed at their verdict, `exit_status` what
    pytest ends with: another than 0 that nothing here explains keeps it too.
    """
    worse, unmeasured = tuple(_worse(record, failed)), tuple(_unmeasured(record))
    if exit_status and not worse and not unmeasured:
        unmeasured = (f"pytest ends with exit status {exit_status}",)
    return Standing(worse=worse, unmeasured=unmeasured, left_out=_left_out(record))


def _worse(record: RunRecord, failed: Collection[tuple[str, str]]) -> Iterator[str]:
    """Say what was looked at and is not as it should be."""
    for verdict in sorted(record.verdicts, key=lambda v: (v.subject, v.gate)):
        if verdict.blocks:
            yield f"{verdict.subject} fails {verdict.gate}"
        elif (verdict.gate, verdict.subject) in failed and verdict.outcome is not Outcome.PASS:
            yield f"{verdict.subject} on {verdict.gate}: {verdict.word}, which fails this run"
    yield from (why for _, why in sorted(record.broken.items()))
    yield from sorted(one.sentence for one in record.failed_tests if not one.is_error)
    yield from beyond_lines(record)


def _unmeasured(record: RunRecord) -> Iterator[str]:
    """Say what was not looked at although it was to be."""
    if record.ending is not Ending.FINISHED:
        yield record.ending.sentence
    yield from (one.sentence for one in record.unjudged if one.cause is Cause.ERROR)
    yield from sorted(one.sentence for one in record.failed_tests if one.is_error)
    yield from lost_answer_lines(record)
    laws = sorted(law.name for law in record.invariants if law.outcome == "failed")
    yield from (f"the vote breaks its law {name}" for name in laws)
    lost = [one for one in record.unjudged if one.why == ENDED]
    if record.ending is Ending.FINISHED:
        yield from (one.sentence for one in lost)
    if not record.verdicts:
        yield "no gate was judged"


def _left_out(record: RunRecord) -> dict[tuple[str, str], str]:
    """Return the parts of which a gate has no verdict, each with the first one and why."""
    found: dict[tuple[str, str], str] = {}
    for one in record.unjudged:
        if one.gate is not None and one.benchmark is not None:
            found.setdefault((one.subject, one.benchmark), f"{one.gate} not judged: {one.why}")
    return found
