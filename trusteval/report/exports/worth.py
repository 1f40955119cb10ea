"""What a run is worth, in the words that every export carries: may it ship, and what it is not."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.bundle.result import judged_run, judged_subject
from trusteval.report.caveats import reservations
from trusteval.report.decision import decision
from trusteval.report.exports.private import without_folders
from trusteval.report.finished_run import FinishedRun
from trusteval.report.gaps import gaps
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class Worth:
    """What a run comes to.

    `result` is PASSED, WARNED, FAILED or INCOMPLETE, as in an evidence bundle; `sentence` says
    whether it may ship. `notes` say that it is incomplete, that a demo was asked or that no model
    ran: none of a whole run of a model on published items.
    """

    result: str
    sentence: str
    is_complete: bool
    notes: tuple[str, ...]

    @property
    def note(self) -> str:
        """All notes in one line, "" where there are none."""
        return "; ".join(self.notes)

    @property
    def whole(self) -> str:
        """The answer in one line with all that stands beside it: it never stands alone."""
        return "; ".join([self.sentence, *self.notes])


def worth(run: FinishedRun) -> Worth:
    """Say what a run is worth."""
    decided = decision(run.record, exit_status=run.exit_status)
    notes = (*gaps(run.record).incomplete, *reservations(run.record))
    return Worth(
        judged_run(run.record, exit_status=run.exit_status).word,
        without_folders(decided.sentence),
        run.record.is_complete,
        tuple(map(without_folders, notes)),
    )


def subject_result(run: FinishedRun, subject: str) -> str:
    """Return what a subject comes to in one word, or that no gate asks about it."""
    judged = judged_subject(run.record, subject, exit_status=run.exit_status)
    return judged.why if isinstance(judged, Unavailable) else judged.word
