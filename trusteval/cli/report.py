"""`trusteval report`: the table of a finished run, or its page."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from trusteval.system.printing import say


def add_report(commands: Any) -> None:
    """Declare `trusteval report`."""
    report = commands.add_parser("report", help="print the table of a finished run")
    report.add_argument(
        "directory", nargs="?", type=Path, default=Path("reports/latest"), help="a reports folder"
    )
    report.add_argument("--html", type=Path, metavar="OUT", help="write its report.html to OUT")
    report.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.summary import summarize
    from trusteval.report.table import summary_lines

    if asked.html is not None:
        return _write_page(asked.directory, asked.html)
    run = finished_run(asked.directory, with_answers=False)
    summary = summarize(run.record, run.circumstances)
    lines = summary_lines(summary, width=shutil.get_terminal_size().columns)
    say([run.circumstances.run_line, *lines])
    return 0


def _write_page(directory: Path, path: Path) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.page.writing import write_page_to

    run = finished_run(directory)
    write_page_to(path, run)
    say([run.circumstances.run_line, f"page: {path}"])
    return 0
