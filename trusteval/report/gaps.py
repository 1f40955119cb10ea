"""What a run was asked and has no verdict on, what failed beside its gates, what it lost."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.ledger import Ending
from trusteval.report.outcomes import SEVERITY
from trusteval.report.record import RunRecord
from trusteval.report.unjudged import Cause
from trusteval.types import Level

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Lines that say what no verdict says; those `in_short` name the first and count the others."""

    incomplete: Lines
    broken: Lines
    unjudged: Lines
    unjudged_in_short: Lines
    failed_tests: Lines
    failed_tests_in_short: Lines
    lost_answers: Lines


def gaps(record: RunRecord) -> Gaps:
    """Word what a run has no verdict on."""
    return Gaps(
        incomplete=tuple(_incomplete_lines(record)),
        broken=tuple(_broken_lines(record)),
        unjudged=tuple(_unjudged_lines(record, each=True)),
        unjudged_in_short=tuple(_unjudged_lines(record, each=False)),
        failed_tests=tuple(_failed_test_lines(record, each=True)),
        failed_tests_in_short=tuple(_failed_test_lines(record, each=False)),
        lost_answers=tuple(lost_answer_lines(record)),
    )


def _incomplete_lines(record: RunRecord) -> list[str]:
    """Say how much of what was asked has a verdict, where that is not all of it."""
    if record.is_complete:
        return []
    cut_short = [] if record.ending is Ending.FINISHED else [record.ending.sentence]
    said = [
        f"{n_judged} of {n_asked} {word} gates judged"
        for word, level in (("blocking", Level.BLOCK), ("warning", Level.WARN))
        for n_judged, n_asked in [record.judged(level)]
        if n_asked or level is Level.BLOCK
    ]
    return [f"INCOMPLETE: {', '.join([*cut_short, *said])}"]


def _failed_test_lines(record: RunRecord, *, each: bool) -> list[str]:
    """Say which tests failed that are no gate's verdict; the first of them if not `each`."""
    said = sorted(one.sentence for one in record.failed_tests)
    if each or len(said) < 2:
        return [f"FAILED beside the gates: {words}" for words in said]
    return [f"FAILED beside the gates: {said[0]} and {len(said) - 1} more"]


def _unjudged_lines(record: RunRecord, *, each: bool) -> list[str]:
    """Say of every gate without a verdict why; those that did not run in one line if not `each`."""
    worst = sorted(
        record.unjudged,
        key=lambda one: (-SEVERITY.index(one.cause), one.gate or "", one.benchmark or ""),
    )
    lines = [
        f"{one.cause}: {one.sentence}" for one in worst if each or one.cause is not Cause.NOT_RUN
    ]
    if each:
        return lines
    for why in dict.fromkeys(one.why for one in worst if one.cause is Cause.NOT_RUN):
        gates = [one for one in worst if one.cause is Cause.NOT_RUN and one.why == why]
        first = f"{gates[0].subject} on {gates[0].gate}"
        more = f" and {len(gates) - 1} more" if len(gates) > 1 else ""
        lines.append(f"NOT RUN: {first}{more}: {why}")
    return lines


def lost_answer_lines(record: RunRecord) -> list[str]:
    """Say whose answers were judged and are not among those of the run."""
    return [
        f"LOST: the answers of {subject} to {', '.join(benchmarks)}, with the process that had them"
        for subject, benchmarks in sorted(record.lost_answers.items())
    ]


def _broken_lines(record: RunRecord) -> list[str]:
    """Say which subjects were not judged, because they are broken."""
    return [f"BROKEN: {why}" for _, why in sorted(record.broken.items())]
