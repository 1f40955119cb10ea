"""`trusteval report`: the table of a finished run."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, read_json
from trusteval.system.printing import say

if TYPE_CHECKING:
    from trusteval.report.circumstances import Circumstances

_MOST_VERDICTS = 64 * MIB
"""What verdicts.json and run.json may hold; those of a quick run have 0.1 MiB."""


def add_report(commands: Any) -> None:
    """Declare `trusteval report`."""
    report = commands.add_parser("report", help="print the table of a finished run")
    report.add_argument(
        "directory", nargs="?", type=Path, default=Path("reports/latest"), help="a reports folder"
    )
    report.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    from trusteval.report.ledger import Ending
    from trusteval.report.record import run_record_from_dict
    from trusteval.report.summary import summarize
    from trusteval.report.table import summary_lines

    path = asked.directory / "verdicts.json"
    try:
        record = run_record_from_dict(read_json(path, most=_MOST_VERDICTS))
        told = _circumstances(asked.directory / "run.json")
        if record.ending is Ending.UNFINISHED:
            raise UsageError(
                f"{path}: {record.ending.sentence} ({told.run_line}); wait, or run it again"
            )
        summary = summarize(record, told)
        lines = list(summary_lines(summary, width=shutil.get_terminal_size().columns))
    except OSError as error:
        raise UsageError(
            f"no report at {path}: {error.strerror}; run the gate first, or name its folder"
        ) from error
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path} is no verdicts.json of this version: {error}") from error
    say([told.run_line, *lines])
    return 0


def _circumstances(path: Path) -> Circumstances:
    """Read which run a report is of; what cannot be read is unknown."""
    from trusteval.report.circumstances import Circumstances, circumstances
    from trusteval.report.document_shape import check_circumstances

    try:
        found = read_json(path, most=_MOST_VERDICTS)
        check_circumstances(found)
    except (OSError, ValueError):
        return Circumstances()
    return circumstances(found)
