"""What a run is worth, in the words that every export carries: may it ship, and what it is not."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.caveats import reservations
from trusteval.report.decision import Answer, Decision, decision
from trusteval.report.exports.private import without_folders
from trusteval.report.finished_run import FinishedRun
from trusteval.report.gaps import gaps


@dataclass(frozen=True, slots=True)
class Worth:
    """May it ship, in one word and in one sentence; whether all gates were judged.

    `notes` say that it is incomplete, that a demo was asked or that no model ran: none of a whole
    run of a model on published items.
    """

    answer: Answer
    sentence: str
    is_complete: bool
    notes: tuple[str, ...]

    @property
    def note(self) -> str:
        """All notes in one line, "" where there are none."""
        return "; ".join(self.notes)


def decided_on(run: FinishedRun) -> Decision:
    """Decide over a run as it ended."""
    return decision(run.record, exit_status=run.exit_status)


def worth(run: FinishedRun) -> Worth:
    """Say what a run is worth."""
    decided = decided_on(run)
    notes = (*gaps(run.record).incomplete, *reservations(run.record))
    return Worth(
        decided.answer,
        without_folders(decided.sentence),
        run.record.is_complete,
        tuple(map(without_folders, notes)),
    )
