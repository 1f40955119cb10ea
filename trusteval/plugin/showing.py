"""What a run shows: a full, closed or left terminal ends no run, and nothing acts on a terminal."""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import pytest

from trusteval.errors import BrokenError, TrustEvalError
from trusteval.plugin.outcomes import UNMEASURED, mark
from trusteval.plugin.stash import RESULTS, RUN
from trusteval.printable import printable_line, printable_lines
from trusteval.system.printing import Output, complain, occupy_standard_streams

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

_SHOWN: pytest.StashKey[Output] = pytest.StashKey()
_TERMINAL: pytest.StashKey[Output | None] = pytest.StashKey()


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
    complain(
        f"standard output cannot be written: {output.fault}; the output of the run is not shown"
    )
    return UNMEASURED if status == pytest.ExitCode.OK else status


def uncaptured(config: pytest.Config) -> AbstractContextManager[None]:
    """Return what lets out, while it is entered, what is written although pytest captures."""
    capture = config.pluginmanager.getplugin("capturemanager")
    uncapturing: AbstractContextManager[None] = (
        capture.global_and_fixture_disabled() if capture else nullcontext()
    )
    return uncapturing


def watched_terminal(config: pytest.Config) -> Output | None:
    """Return a writer to the real terminal, past pytest's capturing; None if nobody watches."""
    if _TERMINAL not in config.stash:
        with uncaptured(config):
            terminal = config.stash[_TERMINAL] = None if _is_unwatched(config) else _terminal()
        if terminal is not None:
            config.add_cleanup(terminal.end)
    return config.stash[_TERMINAL]


def _is_unwatched(config: pytest.Config) -> bool:
    return bool(hasattr(config, "workerinput") or os.environ.get("CI") or not sys.stdout.isatty())


def _terminal() -> Output:
    own = os.fdopen(
        os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace"
    )
    return Output(own, acts=True)


def tell(
    report: pytest.TestReport,
    item: pytest.Item,
    excinfo: pytest.ExceptionInfo[BaseException] | None,
    *,
    is_of_gates: bool,
) -> None:
    """Word our own errors in one line; mark what machinery ended, in a test of a run's gates.

    Their traceback, and that of the foreign exception behind one, is there with --full-trace.
    """
    if excinfo is not None and isinstance(excinfo.value, TrustEvalError):
        if not item.config.option.fulltrace:
            report.longrepr = f"{excinfo.typename}: {excinfo.value}"
        if isinstance(excinfo.value, BrokenError):
            broken = {"subject": excinfo.value.subject, "why": str(excinfo.value)}
            report.user_properties.append(("trust_broken", json.dumps(broken)))
    if is_of_gates and (RUN in item.config.stash or RESULTS in item.config.stash):
        mark(report, item, excinfo)
        _shorten_message(report)
        make_printable(report)


def _shorten_message(report: pytest.TestReport) -> None:
    """Leave what follows a verdict's sentence, the items behind it, to the text of the failure.

    The message stands in pytest's short summary, and in JUnit XML beside that text.
    """
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None and any(name == "trust_verdict" for name, _ in report.user_properties):
        crash.message = crash.message.partition("\n")[0]


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
