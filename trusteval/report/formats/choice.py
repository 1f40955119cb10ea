"""The forms that a run can be printed in, by the names that a user gives."""

from __future__ import annotations

from enum import StrEnum

from trusteval.report.finished_run import FinishedRun
from trusteval.types import Unavailable


class Form(StrEnum):
    """COMMENT for a pull request, SUMMARY of a CI job, sentences and tables for others to read."""

    RELEASE_NOTE = "release-note"
    MODEL_CARD = "model-card"
    COMMENT = "comment"
    SUMMARY = "summary"


def shown_as(form: Form, run: FinishedRun) -> str:
    """Return a run in one of its forms."""
    from trusteval.report.formats.comment import comment, job_summary
    from trusteval.report.formats.model_card import model_card
    from trusteval.report.formats.release_note import release_note
    from trusteval.report.votes import votes_in_short

    match form:
        case Form.RELEASE_NOTE:
            return release_note(run)
        case Form.MODEL_CARD:
            return model_card(run)
        case Form.COMMENT | Form.SUMMARY:
            votes = None if isinstance(run.answers, Unavailable) else votes_in_short(run.answers)
            return (comment if form is Form.COMMENT else job_summary)(run, votes=votes)
