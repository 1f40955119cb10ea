"""Writes the summary of a run where pytest writes its own, just above the last lines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trusteval.report.terminal.detail import Detail
from trusteval.report.terminal.summary_lines import summary_lines
from trusteval.system.screen import Screen, screen_of

if TYPE_CHECKING:
    from trusteval.plugin.report_collector import ReportCollector
    from trusteval.run import Run


def write_summary(reporter: pytest.TerminalReporter, report: ReportCollector, run: Run) -> None:
    """Write what the report says, as much of it as --trust-summary asks."""
    reporter.section("trusteval")
    kept, here = report.kept, reporter.config.invocation_params.dir
    lines = summary_lines(
        report.summary(run),
        screen=screen_of_reporter(reporter),
        answers=report.answers(run),
        detail=Detail(run.options.summary),
        accepting=() if kept.reply is None else kept.reply.lines,
        where=_where(report, run, here=here),
        page="" if report.page is None else os.path.relpath(report.page, here),
    )
    for line in lines:
        reporter.write_line(line)


def screen_of_reporter(reporter: pytest.TerminalReporter) -> Screen:
    """Return what pytest writes to; colours are its own to say: --color, NO_COLOR, FORCE_COLOR."""
    writer = reporter._tw
    return screen_of(writer._file, has_colours=writer.hasmarkup)


def _where(report: ReportCollector, run: Run, *, here: Path) -> str:
    """Say where the report is, and which complete one it replaced; "" where none was written."""
    written_to = report.kept.written_to
    if written_to is None:
        return ""
    replaced = report.replaced(report.record(run))
    over = f" (in place of the complete report of {replaced})" if replaced else ""
    return f"{os.path.relpath(written_to, here)}/report.md{over}"
