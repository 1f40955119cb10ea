"""The files of a report: put there when a run begins, to say that it has, and again at its end.

So no earlier report is taken for that of a run which was killed.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trusteval.errors import UsageError
from trusteval.printable import printable_json
from trusteval.report.circumstances import SCHEMA_VERSION, Circumstances
from trusteval.report.ledger import Ending
from trusteval.report.record import RunRecord
from trusteval.system.bounded import MIB, read_json
from trusteval.system.files import write_files
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME as ANSWERS
from trusteval.tracking.answers_file import write_document
from trusteval.types import Unavailable

if TYPE_CHECKING:
    from trusteval.report.finished_run import FinishedRun
    from trusteval.report.markup import Markdown
    from trusteval.report.votes import Votes

VERDICTS, CIRCUMSTANCES = "verdicts.json", "run.json"
REPORT, COMMENT, PAGE = "report.md", "comment.md", "report.html"
_MOST = 256 * MIB
_NOT_KEPT = Unavailable("the answers of this run are not kept yet")


def announce(
    record: RunRecord, circumstances: Circumstances, directory: Path, *, with_page: bool
) -> None:
    """Put in the place of an earlier report that this run has begun and not finished.

    `with_page` says that it will make report.html too. Raises UsageError for a place that cannot
    be written.
    """
    from trusteval.report.page.writing import announce_page

    unfinished = replace(record, ending=Ending.UNFINISHED)
    write_report(unfinished, circumstances, directory, exit_status=None)
    announce_page(circumstances, directory, is_asked=with_page)
    path = directory / ANSWERS
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot remove {path} of an earlier run: {error.strerror}") from error


def write_report(
    record: RunRecord,
    circumstances: Circumstances,
    directory: Path,
    *,
    exit_status: int | None,
    answers: Unavailable = _NOT_KEPT,
) -> None:
    """Write verdicts.json, run.json, report.md and comment.md; UsageError where they cannot be.

    `exit_status` is what pytest would end with if nothing was to be accepted, `answers` says why
    there are none to show lost items of.
    """
    from trusteval.report.finished_run import FinishedRun

    run = FinishedRun(record, circumstances, answers, exit_status=exit_status)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {directory}: {error.strerror}") from error
    told = {
        "schema": SCHEMA_VERSION,
        **circumstances.to_document(),
        "ledger": {**record.ledger(), "exit_status": exit_status},
    }
    write_files(
        {
            directory / VERDICTS: record.to_json(),
            directory / CIRCUMSTANCES: printable_json(
                json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)
            ),
            **_for_people(run, directory),
        },
        follows_links=False,
    )


def write_items(run: FinishedRun, votes: Votes, directory: Path) -> None:
    """Write report.md and comment.md again, with lost items and what was found of its ensembles.

    UsageError where they cannot be written.
    """
    from trusteval.report.votes import study_in_short

    write_files(_for_people(run, directory, study_in_short(votes)), follows_links=False)


def _for_people(
    run: FinishedRun, directory: Path, votes: Markdown | None = None
) -> dict[Path, str]:
    from trusteval.report.formats.comment import comment, job_summary

    return {
        directory / REPORT: job_summary(run, votes=votes),
        directory / COMMENT: comment(run, votes=votes),
    }


def write_answers(record: RunRecord, answers: AnsweredRun, directory: Path) -> None:
    """Write answers.json.gz, which says too what of the run is missing."""
    whole = replace(answers, ledger=record.ledger())
    write_document(directory / ANSWERS, whole.to_document(with_texts=True))


def complete_report(directory: Path) -> str | None:
    """Return when the run began whose complete report lies there; None if none does."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = read_json(directory / VERDICTS, most=_MOST)
        run = read_json(directory / CIRCUMSTANCES, most=_MOST)
        return str(run["started"]) if found["complete"] is True else None
    return None
