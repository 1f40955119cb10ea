"""`trusteval report`: the table of a finished run."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from trusteval.system.printing import say, say_text


def add_report(commands: Any) -> None:
    """Declare `trusteval report`."""
    report = commands.add_parser("report", help="print the table of a finished run")
    report.add_argument(
        "directory", nargs="?", type=Path, default=Path("reports/latest"), help="a reports folder"
    )
    report.add_argument(
        "--format",
        choices=("table", "release-note", "model-card", "comment", "summary"),
        default="table",
        help="the table for a terminal, or Markdown: a sentence for a release note, a table for a "
        "model card, a comment for a pull request, the summary of a CI job (docs/sharing.md)",
    )
    report.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.summary import summarize
    from trusteval.report.table import summary_lines

    if asked.format != "table":
        return _print_form(asked)
    run = finished_run(asked.directory, with_answers=False)
    summary = summarize(run.record, run.circumstances)
    lines = summary_lines(summary, width=shutil.get_terminal_size().columns)
    say([run.circumstances.run_line, *lines])
    return 0


def _print_form(asked: argparse.Namespace) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.formats.choice import Form, shown_as

    say_text(shown_as(Form(asked.format), finished_run(asked.directory)))
    return 0
