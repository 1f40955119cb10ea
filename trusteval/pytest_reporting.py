"""Collects what tests found, on the controller only; writes the reports, and ends the run."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from trusteval.pytest_collecting import COLLECTION, REFUSAL
from trusteval.pytest_junit import show_outcome
from trusteval.pytest_keys import ANSWERED, COLLECTED, RUN
from trusteval.pytest_options import reports_path, requires_all
from trusteval.pytest_outcomes import FAILURE, UNMEASURED, failure_of_lost_test
from trusteval.pytest_readiness import refuse_unready_tests

if TYPE_CHECKING:
    from trusteval.report.collecting import ReportCollector

ANSWERS = "trust_answers"
"""What a worker sends home: everything it judged, item by item."""
_LOST = "trust_lost"


class ReportHooks:
    """The hooks of one run's report."""

    def __init__(self, report: ReportCollector, config: pytest.Config) -> None:
        self._report = report
        self._config = config
        self._n_errors = 0
        self._n_failures = 0
        self._has_deaths = False
        self._is_ready = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        if not self._is_ready:
            self._is_ready = True
            refuse_unready_tests(self._config, ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # xdist's loadgroup appends @group to node ids; without it --lf finds the test again.
        test, grouped, _ = report.nodeid.partition("]@")
        if grouped:
            report.nodeid = f"{test}]"
        if (why := getattr(report, "trust_lost", None)) is not None:
            self._lose(report, why=why)
        for name, value in report.user_properties:
            self._report.add(name, value, outcome=report.outcome)
        show_outcome(self._config, report)
        if report.failed:
            names = {name for name, _ in report.user_properties}
            is_error = report.when != "call" and bool(names & {FAILURE, _LOST})
            self._n_errors += is_error
            self._n_failures += not is_error

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._n_failures += report.failed

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Word a worker's death as the error of the test it died in."""
        self._has_deaths = True
        test = crashitem.rpartition("@")[0] if "]@" in crashitem else crashitem
        why = f"the worker that ran {test} died: killed, out of memory or crashed"
        report.trust_lost = report.longrepr = why  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {})
        if REFUSAL in output:
            raise pytest.UsageError(output[REFUSAL])
        if COLLECTION in output:
            from trusteval.report.unjudged import collected_from_document

            self._report.collected = collected_from_document(json.loads(output[COLLECTION]))
        if ANSWERS in output:
            self._report.add_answers(output[ANSWERS])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = session.config
        run = config.stash.get(RUN, None)
        is_refused = session.exitstatus == pytest.ExitCode.USAGE_ERROR
        if run is None or config.option.collectonly or is_refused:
            return
        if COLLECTED in config.stash:
            self._report.collected = config.stash[COLLECTED]
        if ANSWERED in config.stash:
            self._report.add_answered(config.stash[ANSWERED])
        if self._has_deaths and not session.config.option.maxfail:
            self._report.lose_the_rest(run)
        self._report.count_tries(run, reports_path(config))
        self._report.compare_votes(run)
        self._report.write(run, reports_path(config))
        session.exitstatus = self._exit_status(session)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        run = config.stash.get(RUN, None)
        if run is None or config.option.collectonly or not self._report.has_results:
            return
        from trusteval.report.table import summary_lines

        terminalreporter.section("trusteval")
        width = terminalreporter._tw.fullwidth
        for line in summary_lines(self._report.record(run), width=width):
            terminalreporter.write_line(line)
        if self._report.laws_line:
            terminalreporter.write_line(self._report.laws_line)
        written = self._report.written_to
        if written is not None:
            shown = os.path.relpath(written, config.invocation_params.dir)
            replaced = self._report.replaced
            over = f" (in place of the complete report of {replaced})" if replaced else ""
            terminalreporter.write_line(f"report: {shown}/report.md{over}")
        for line in self._report.reply.lines if self._report.reply is not None else ():
            terminalreporter.write_line(line)

    def _lose(self, report: pytest.TestReport, *, why: str) -> None:
        """Let a test that no worker finished be an ERROR of its gate and subject."""
        failure = failure_of_lost_test(report.nodeid, self._config.stash[RUN], why=why)
        if failure is not None:
            report.when = "setup"
            self._report.add_failure(failure)
        report.user_properties.append((_LOST, why))

    def _exit_status(self, session: pytest.Session) -> int:
        """Return pytest's status, or UNMEASURED where errors or missing verdicts alone decide."""
        status = int(session.exitstatus)
        run = session.config.stash[RUN]
        refused = self._report.reply is not None and not self._report.reply.accepted
        if status == pytest.ExitCode.OK and (refused or self._report.has_one_try_too_many(run)):
            return int(pytest.ExitCode.TESTS_FAILED)
        if status == pytest.ExitCode.TESTS_FAILED and self._n_errors and not self._n_failures:
            return UNMEASURED
        if status == pytest.ExitCode.OK and self._report.was_cut_short(run):
            return UNMEASURED
        if status == pytest.ExitCode.OK and requires_all(session.config):
            return status if self._report.record(run).is_complete else UNMEASURED
        return status
