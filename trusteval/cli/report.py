"""`trusteval report`: the table of a finished run, or its page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from trusteval.run.choices import summaries
from trusteval.system.printing import say, say_as_is, say_text


def add_report(commands: Any) -> None:
    """Declare `trusteval report`."""
    report = commands.add_parser("report", help="print the table of a finished run")
    report.add_argument(
        "directory", nargs="?", type=Path, default=Path("reports/latest"), help="a reports folder"
    )
    forms = report.add_mutually_exclusive_group()
    forms.add_argument(
        "--format",
        choices=("table", "release-note", "model-card", "comment", "summary"),
        default="table",
        help="the table for a terminal, or Markdown: a sentence for a release note, a table for a "
        "model card, a comment for a pull request, the summary of a CI job (docs/sharing.md)",
    )
    forms.add_argument(
        "--summary",
        choices=summaries(),
        default=summaries()[0],
        help="how much is told (default: long)",
    )
    forms.add_argument("--html", type=Path, metavar="OUT", help="write its report.html to OUT")
    report.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    if asked.html is not None:
        return _write_page(asked.directory, asked.html)
    return _print_table(asked) if asked.format == "table" else _print_form(asked)


def _print_table(asked: argparse.Namespace) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.summary import summarize
    from trusteval.report.terminal.detail import Detail
    from trusteval.report.terminal.folding import folded
    from trusteval.report.terminal.summary_lines import summary_lines
    from trusteval.system.screen import screen_of, wants_colours

    detail = Detail(asked.summary)
    run = finished_run(asked.directory, with_answers=detail is Detail.LONG)
    screen = screen_of(sys.stdout, has_colours=wants_colours(sys.stdout))
    lines = summary_lines(
        summarize(run.record, run.circumstances),
        screen=screen,
        answers=run.answers,
        detail=detail,
        where=f"{asked.directory}/report.md",
    )
    say_as_is([*folded(run.circumstances.run_line, screen=screen), *lines])
    return 0


def _print_form(asked: argparse.Namespace) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.formats.choice import Form, shown_as

    say_text(shown_as(Form(asked.format), finished_run(asked.directory)))
    return 0


def _write_page(directory: Path, path: Path) -> int:
    from trusteval.report.finished_run import finished_run
    from trusteval.report.page.writing import write_page_to

    run = finished_run(directory)
    write_page_to(path, run)
    say([run.circumstances.run_line, f"page: {path}"])
    return 0
