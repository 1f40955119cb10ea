"""A run that has ended, with all its files hold: what everything that is shown of it is made of.

The same at its end, from memory, and later, read again from its folder, without a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError, UsageError
from trusteval.report.artifacts import CIRCUMSTANCES, VERDICTS
from trusteval.report.circumstances import Circumstances, circumstances
from trusteval.report.document_shape import check_circumstances
from trusteval.report.ledger import Ending
from trusteval.report.record import RunRecord, run_record_from_dict
from trusteval.system.bounded import MIB, read_json
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME as ANSWERS
from trusteval.tracking.answers_file import read_answers
from trusteval.tracking.history import NAME as HISTORY
from trusteval.tracking.history import read_history
from trusteval.tracking.points import Point
from trusteval.types import Unavailable

_MOST = 64 * MIB
"""What verdicts.json and run.json may hold; those of a quick run have 0.1 MiB."""


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRun:
    """What a run decided, where and when; its answers, item by item, or why they are not there.

    `history` are the scores of this and earlier runs beside it, none where there is no history;
    `exit_status` is what pytest ended with before anything was accepted, None if not known.
    """

    record: RunRecord
    circumstances: Circumstances
    answers: AnsweredRun | Unavailable
    history: tuple[Point, ...] = ()
    exit_status: int | None = None


def finished_run(directory: Path, *, with_answers: bool = True) -> FinishedRun:
    """Read a reports folder; its answers only where they are asked for.

    Raises UsageError, in one line, if it holds no report of this version, or one of a run that has
    not finished. What stands beside the verdicts and cannot be read is unknown, and says why.
    """
    path = directory / VERDICTS
    try:
        record = run_record_from_dict(read_json(path, most=_MOST))
    except OSError as error:
        raise UsageError(
            f"no report at {path}: {error.strerror}; run the gate first, or name its folder"
        ) from error
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path} is no verdicts.json of this version: {error}") from error
    told = _told(directory / CIRCUMSTANCES)
    where = circumstances(told)
    if record.ending is Ending.UNFINISHED:
        raise UsageError(
            f"{path}: {record.ending.sentence} ({where.run_line}); wait, or run it again"
        )
    return FinishedRun(
        record,
        where,
        answers=_answers(directory / ANSWERS) if with_answers else Unavailable("not read"),
        history=history_beside(directory),
        exit_status=exit_status_in(told),
    )


def exit_status_in(told: Mapping[str, Any]) -> int | None:
    """Return what run.json says that pytest ended with, None if it does not."""
    ledger = told.get("ledger")
    status = ledger.get("exit_status") if isinstance(ledger, dict) else None
    return status if isinstance(status, int) else None


def history_beside(directory: Path) -> tuple[Point, ...]:
    """Return the scores of all runs whose reports were written beside a folder."""
    try:
        return tuple(read_history(directory.parent / HISTORY)[0])
    except TrackingError:
        return ()


def _told(path: Path) -> Mapping[str, Any]:
    """Read which run a report is of; what cannot be read is unknown."""
    try:
        found = read_json(path, most=_MOST)
        check_circumstances(found)
    except (OSError, ValueError):
        return {}
    return dict(found)


def _answers(path: Path) -> AnsweredRun | Unavailable:
    try:
        return read_answers(path)
    except TrackingError as error:
        return Unavailable(str(error))
