"""What a run shows: a full, closed or left terminal ends no run, and nothing acts on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from trusteval.plugin.outcomes import UNMEASURED
from trusteval.printable import printable_line, printable_lines
from trusteval.system.printing import Output, complain, occupy_standard_streams

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

_SHOWN: pytest.StashKey[Output] = pytest.StashKey()


def stand_in_for_closed_output() -> None:
    """Give pytest, which ends in a traceback without one, a standard output that was closed."""
    if sys.stdout is None:
        occupy_standard_streams()
        sys.stdout = Output(None, acts=True)


def watch_output(config: pytest.Config) -> None:
    """Let what cannot be shown be noticed at the end, in place of ending the run."""
    reporter: TerminalReporter | None = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    file = reporter._tw._file
    output = file if isinstance(file, Output) else Output(file, acts=True)
    reporter._tw._file = config.stash[_SHOWN] = output


def status_of_shown(config: pytest.Config, status: object) -> object:
    """Return a run's exit status, UNMEASURED in place of "passed" where that was not shown.

    Who has seen enough, as `head` has, changes none.
    """
    output = config.stash.get(_SHOWN, None)
    if output is None:
        return status
    output.flush()
    if output.fault is None:
        return status
    complain(f"standard output cannot be written: {output.fault}; what the run says is not shown")
    return UNMEASURED if status == pytest.ExitCode.OK else status


def make_printable(report: pytest.TestReport) -> None:
    """Escape what a terminal acts on in a test's traceback and in what it printed.

    What is harmless stays as pytest has it, colours too.
    """
    if isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = (path, line, printable_line(reason))
    elif report.longrepr is not None:
        report.longrepr = _harmless(report.longreprtext) or report.longrepr
    report.sections = [(name, _harmless(text) or text) for name, text in report.sections]


def _harmless(text: str) -> str | None:
    """Return a text that differs from what was given, None where nothing in it is harmful."""
    plain = text.replace("\r\n", "\n").replace("\t", "    ")
    shown = printable_lines(plain)
    return None if shown == plain else shown
