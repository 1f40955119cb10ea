"""What a bundle is evidence of, read from the very bytes whose digests it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.report.artifacts import CIRCUMSTANCES, VERDICTS
from trusteval.report.circumstances import circumstances
from trusteval.report.document_shape import check_circumstances
from trusteval.report.finished_run import FinishedRun, exit_status_in
from trusteval.report.record import RunRecord, run_record_from_dict
from trusteval.system.bounded import loads
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME as ANSWERS
from trusteval.tracking.answers_file import answers_in, unpacked_document
from trusteval.types import Unavailable


def evidence_of(files: Mapping[str, bytes], *, origin: Path) -> FinishedRun:
    """Read a run's files; `origin` is where they are, for messages.

    Raises UsageError for a file that is missing, damaged or of another version. Only answers may
    be missing: a run that was cut short has none.
    """
    record = _record(files, origin)
    told = _told(files, origin)
    return FinishedRun(
        record,
        circumstances(told),
        answers=_answers(files, origin),
        exit_status=exit_status_in(told),
    )


def _record(files: Mapping[str, bytes], origin: Path) -> RunRecord:
    place = origin / VERDICTS
    if VERDICTS not in files:
        raise UsageError(f"no report at {place}; run the gate first, or name its folder")
    try:
        return run_record_from_dict(loads(files[VERDICTS]))
    except (ValueError, TypeError) as error:
        raise UsageError(f"{place} is no verdicts.json of this version: {error}") from error


def _told(files: Mapping[str, bytes], origin: Path) -> dict[str, Any]:
    place = origin / CIRCUMSTANCES
    if CIRCUMSTANCES not in files:
        raise UsageError(f"{place} is not there: it says which run verdicts.json is of")
    try:
        found = loads(files[CIRCUMSTANCES])
        check_circumstances(found)
    except ValueError as error:
        raise UsageError(f"{place} is no run.json of this version: {error}") from error
    return dict(found)


def _answers(files: Mapping[str, bytes], origin: Path) -> AnsweredRun | Unavailable:
    if ANSWERS not in files:
        return Unavailable(f"{ANSWERS} is not there")
    place = origin / ANSWERS
    return answers_in(unpacked_document(files[ANSWERS], place), place)
