"""Whether what a run judged may ship, in one word and with the reasons: red wins over unknown."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.decision import Answer, decision
from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.report.record import RunRecord
from trusteval.report.standing import standing
from trusteval.types import Level, Outcome

_WORSE = 1
"""pytest's exit status where tests failed."""


_SENTENCES = {
    Answer.YES: "✓ MAY SHIP: every gate was judged, and none keeps it from shipping",
    Answer.NO: "✗ MUST NOT SHIP",
    Answer.NOT_KNOWN: "⚠ NOT SHOWN THAT IT MAY SHIP",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """May it ship, and what keeps it from that, one sentence each; none where nothing does.

    `undecided` counts the verdicts that are neither PASS nor FAIL and did not stop the run.
    """

    answer: Answer
    reasons: tuple[str, ...]
    undecided: str

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        more = f" ({self.undecided} beside)" if self.undecided else ""
        return f"{_SENTENCES[self.answer]}{more}"


def decide_shipping(record: RunRecord, *, exit_status: int | None) -> Decision:
    """Decide by what was judged and by how the run ended: where that is None, nobody knows."""
    decided, status = decision(record, exit_status=exit_status), exit_status or 0
    found = standing(record, failed=(), exit_status=status)
    if status == _WORSE and not found.worse:
        # What is undecided fails a run where that is asked, and only then.
        failed = {
            (verdict.gate, verdict.subject)
            for verdict in record.verdicts
            if verdict.outcome is Outcome.INCONCLUSIVE and verdict.level is Level.BLOCK
        }
        found = standing(record, failed=failed, exit_status=status)
    answer = decided.answer
    missing = [] if answer is Answer.YES or found.worse else [decided.because]
    unknown = ["how pytest ended is not known"] if exit_status is None else []
    reasons = dict.fromkeys((*found.worse, *(found.unmeasured or missing), *unknown))
    return Decision(answer, tuple(reasons), _undecided(record) if answer is Answer.YES else "")


def _undecided(record: RunRecord) -> str:
    words = [shown_outcome(verdict) for verdict in record.verdicts]
    counted = [f"{words.count(word)} {word}" for word in SEVERITY if word in words]
    return ", ".join(one for one in counted if not one.endswith(" PASS"))
