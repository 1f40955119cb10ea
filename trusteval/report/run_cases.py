"""What of a run no single test says, as test cases for those who read nothing but test cases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trusteval.report.decision import decision
from trusteval.report.gaps import gaps
from trusteval.report.judgements import judgements
from trusteval.report.record import RunRecord
from trusteval.report.standing import standing


class CaseOutcome(StrEnum):
    """What a test case of JUnit is; ERROR and SKIPPED are shown with their text."""

    PASSED = "passed"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RunCase:
    """A claim about the whole run, whether it holds, and the sentences that say why."""

    name: str
    outcome: CaseOutcome
    lines: tuple[str, ...]


def run_cases(record: RunRecord, *, exit_status: int, is_red: bool) -> tuple[RunCase, ...]:
    """Return the claims, the same ones for every run.

    `is_red` says that a test case failed already: then how the run ends is no news.
    """
    warned = tuple(str(one) for one in judgements(record).not_passed if one.outcome == "WARN")
    is_unexplained = exit_status != 0 and not is_red
    whole = _completeness(record, is_error=is_unexplained)
    is_unexplained &= whole.outcome is not CaseOutcome.ERROR
    decided = decision(record, exit_status=exit_status)
    reasons = (reason.sentence for reason in decided.reasons)
    return (
        whole,
        RunCase(
            "no gate warns",
            CaseOutcome.SKIPPED if warned else CaseOutcome.PASSED,
            warned or ("no gate warns",),
        ),
        RunCase(
            "the run ends as its tests do",
            CaseOutcome.ERROR if is_unexplained else CaseOutcome.PASSED,
            (*(reasons if is_unexplained else ()), f"exit status {exit_status}"),
        ),
    )


def _completeness(record: RunRecord, *, is_error: bool) -> RunCase:
    """Say what has no verdict; what was left out on purpose is skipped, unless the run fails by it.

    `is_error` says that the run fails by nothing else.
    """
    name, found, tally = "every gate has a verdict", gaps(record), judgements(record).tally
    if record.is_complete:
        return RunCase(name, CaseOutcome.PASSED, (f"{tally}; {record.ending.sentence}",))
    said = (
        *(*found.incomplete, tally),
        *(*found.broken, *found.unjudged, *found.failed_tests, *found.lost_answers),
    )
    is_error = is_error or bool(standing(record, failed=(), exit_status=0).unmeasured)
    return RunCase(name, CaseOutcome.ERROR if is_error else CaseOutcome.SKIPPED, said)
