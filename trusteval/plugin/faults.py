"""Ends a run by a fault of trusteval itself, one that nobody foresaw, in one line and with exit 10.

Pytest would call it its own INTERNALERROR, with a page of traceback, which --full-trace shows here.
What other plugins and tests raise is theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from inspect import CO_GENERATOR
from typing import Any

import pytest

from trusteval.errors import TrustEvalError, UsageError
from trusteval.system.faults import UNFORESEEN, fault_line, fault_trace

FAULT = "trust_fault"
"""What a worker sends home: the line that is said of a fault."""
_OPTION = "--full-trace"
_PACKAGE = "trusteval"


@contextmanager
def ending_the_run(config: pytest.Config) -> Iterator[None]:
    """End the run in one line where something of ours is raised that pytest does not know."""
    try:
        yield
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    except TrustEvalError as error:
        pytest.exit(f"trusteval: {error}", returncode=UNFORESEEN)
    except (pytest.UsageError, pytest.Collector.CollectError):
        raise
    except Exception as fault:  # the last catch, as in trusteval.cli
        if not _is_ours(fault):
            raise
        pytest.exit(told(fault, config), returncode=UNFORESEEN)


def told(fault: Exception, config: pytest.Config) -> str:
    """Return the line that is said of a fault, with where it was before it if that is asked."""
    line = f"trusteval: {fault_line(fault, shown_by=_OPTION)}"
    return f"{fault_trace(fault)}\n{line}" if config.option.fulltrace else line


def _is_ours(fault: BaseException) -> bool:
    """Whether code of trusteval was at work, other than this and hooks around those of others."""
    trace = fault.__traceback__
    while trace is not None:
        name, code = str(trace.tb_frame.f_globals.get("__name__", "")), trace.tb_frame.f_code
        is_around = code.co_flags & CO_GENERATOR and code.co_name.startswith("pytest_")
        if name.split(".")[0] == _PACKAGE and name != __name__ and not is_around:
            return True
        trace = trace.tb_next
    return False


class FaultHooks:
    """Stands around the hooks of a run, closest to those of ours."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._said: list[str] = []

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionstart(self) -> Generator[None, None, None]:
        with ending_the_run(self._config):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_generate_tests(self) -> Generator[None, None, None]:
        """Keep the fault for the end of the collection: pytest takes it for an error of a file."""
        try:
            return (yield)
        except (TrustEvalError, pytest.UsageError, pytest.Collector.CollectError):
            raise
        except Exception as fault:
            if not _is_ours(fault):
                raise
            self._said.append(told(fault, self._config))
            raise pytest.Collector.CollectError(self._said[-1]) from None

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        try:
            with ending_the_run(self._config):
                result = yield
            if self._said:
                pytest.exit(self._said[0], returncode=UNFORESEEN)
        except pytest.exit.Exception as ended:
            if hasattr(self._config, "workeroutput"):
                self._config.workeroutput[FAULT] = str(ended)
            raise
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        with ending_the_run(self._config):
            return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        if (line := getattr(node, "workeroutput", {}).get(FAULT)) is not None:
            pytest.exit(line, returncode=UNFORESEEN)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Let the run end as it ends, but for the exit status: what was found is still shown."""
        try:
            return (yield)
        except TrustEvalError as error:
            self._note(f"trusteval: {error}", session)
        except Exception as fault:
            if not _is_ours(fault):
                raise
            self._note(told(fault, self._config), session)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        try:
            yield
        except Exception as fault:
            if not _is_ours(fault):
                raise
            self._note(told(fault, self._config), terminalreporter._session)
        for line in self._said:
            terminalreporter.write_line(line, red=True)

    def _note(self, line: str, session: pytest.Session | None) -> None:
        self._said.append(line)
        if session is not None and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = UNFORESEEN  # what was found to be worse stays worse
        if not self._config.pluginmanager.hasplugin("terminalreporter"):
            sys.stderr.write(f"{line}\n")
