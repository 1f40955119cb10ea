"""Writes the summary of a run where pytest writes its own, just above the last lines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trusteval.report.terminal.detail import Detail
from trusteval.report.terminal.summary_lines import summary_lines
from trusteval.system.screen import screen_of

if TYPE_CHECKING:
    from trusteval.plugin.report_collector import ReportCollector
    from trusteval.run import Run


def write_summary(reporter: pytest.TerminalReporter, report: ReportCollector, run: Run) -> None:
    """Write what the report says, as much of it as --trust-summary asks.

    Whether there are colours is pytest's to say: --color, NO_COLOR, FORCE_COLOR.
    """
    reporter.section("trusteval")
    writer = reporter._tw
    kept, here = report.kept, reporter.config.invocation_params.dir
    lines = summary_lines(
        report.summary(run),
        screen=screen_of(writer._file, has_colours=writer.hasmarkup),
        answers=report.answers(run),
        detail=Detail(run.options.summary),
        accepting=() if kept.reply is None else kept.reply.lines,
        where=_where(report, run, here=here),
        page="" if report.page is None else os.path.relpath(report.page, here),
    )
    for line in lines:
        reporter.write_line(line)


def _where(report: ReportCollector, run: Run, *, here: Path) -> str:
    """Say where the report is, and which complete one it replaced; "" where none was written."""
    written_to = report.kept.written_to
    if written_to is None:
        return ""
    replaced = report.replaced(report.record(run))
    over = f" (in place of the complete report of {replaced})" if replaced else ""
    return f"{os.path.relpath(written_to, here)}/report.md{over}"
