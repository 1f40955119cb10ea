"""The files of a report: put there when a run begins, to say that it has, and again at its end.

So no earlier report is taken for that of a run which was killed.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

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

VERDICTS, CIRCUMSTANCES, REPORT = "verdicts.json", "run.json", "report.md"
_MOST = 256 * MIB


def announce(record: RunRecord, circumstances: Circumstances, directory: Path) -> None:
    """Put in the place of an earlier report that this run has begun and not finished.

    Raises UsageError for a place that cannot be written.
    """
    unfinished = replace(record, ending=Ending.UNFINISHED)
    write_report(unfinished, circumstances, directory, exit_status=None)
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
) -> None:
    """Write verdicts.json, run.json and report.md; UsageError where they cannot be.

    `exit_status` is what pytest would end with if nothing was to be accepted.
    """
    from trusteval.report.markdown import render_markdown
    from trusteval.report.summary import summarize

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
            directory / REPORT: render_markdown(summarize(record, circumstances)),
        },
        follows_links=False,
    )


def write_votes(
    record: RunRecord, circumstances: Circumstances, answers: AnsweredRun, directory: Path
) -> None:
    """Write report.md again, with what its ensembles show; UsageError where it cannot be.

    Where the run holds none, report.md stays as it is.
    """
    from trusteval.report.markdown import render_markdown
    from trusteval.report.summary import summarize
    from trusteval.report.votes import votes_in_short

    votes = votes_in_short(answers)
    if votes is not None:
        text = render_markdown(summarize(record, circumstances), votes)
        write_files({directory / REPORT: text}, follows_links=False)


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
