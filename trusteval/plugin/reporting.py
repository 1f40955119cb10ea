"""Collects what tests found, on the controller only; writes the reports, and ends the run.

A run takes the place of an earlier one's report when its first test is about to start.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from trusteval.errors import UsageError
from trusteval.plugin.collection import COLLECTION, REFUSAL, holds_gate_tests
from trusteval.plugin.junit import asks_for_junit, finish_suite, show_outcome
from trusteval.plugin.options import reports_path, requires_all
from trusteval.plugin.outcomes import FAILURE, UNMEASURED, failure_of_lost_test
from trusteval.plugin.readiness import asked_by, refuse_unready_tests
from trusteval.plugin.stash import ANSWERED, COLLECTED, REPORT, RUN
from trusteval.report.ledger import Ending, FailedTest, Step
from trusteval.types import Level, Outcome

if TYPE_CHECKING:
    from trusteval.plugin.report_collector import ReportCollector
    from trusteval.run import Run

ANSWERS = "trust_answers"
"""What a worker sends home: everything it judged, item by item."""
_LOST = "trust_lost"


def begin_report(config: pytest.Config, ids: Sequence[str]) -> None:
    """Say in the reports' folder that this run has begun, if a selected test asks anything.

    Raises pytest.UsageError where that cannot be written.
    """
    run = config.stash.get(RUN, None)
    if run is None or config.option.collectonly:
        return
    report = config.stash[REPORT]
    if not report.misses_gates and not any(asked_by(run, ids)):
        return
    try:
        report.begin(run, reports_path(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def _fails(properties: dict[str, object]) -> bool:
    """Whether a test carries the verdict that fails it."""
    if "trust_verdict" not in properties:
        return False
    verdict = json.loads(str(properties["trust_verdict"]))
    return bool(verdict["level"] == Level.BLOCK and verdict["outcome"] != Outcome.PASS)


class ReportHooks:
    """The hooks of one run's report."""

    def __init__(self, report: ReportCollector, config: pytest.Config) -> None:
        self._report = report
        self._config = config
        self._ending = Ending.FINISHED
        self._n_errors = 0
        self._n_failures = 0
        self._has_deaths = False
        self._has_lost_workers = False
        self._is_ready = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        if not self._is_ready:
            self._is_ready = True
            refuse_unready_tests(self._config, ids)
            begin_report(self._config, ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # xdist's loadgroup appends @group to node ids; without it --lf finds the test again.
        test, grouped, _ = report.nodeid.partition("]@")
        if grouped:
            report.nodeid = f"{test}]"
        if (why := getattr(report, "trust_lost", None)) is not None:
            self._lose(report, why=why)
        for name, value in report.user_properties:
            self._report.findings.add(name, value, outcome=report.outcome)
        show_outcome(self._config, report)
        if report.failed:
            names = {name for name, _ in report.user_properties}
            is_error = report.when != "call" and bool(names & {FAILURE, _LOST})
            self._n_errors += is_error
            self._n_failures += not is_error
            self._take_failure(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.failed:
            return
        self._n_failures += 1
        name = report.nodeid or "a file outside of pytest's root"
        self._report.findings.add_failed_test(FailedTest(name, Step.COLLECT))
        path = self._config.rootpath / report.nodeid.partition("::")[0]
        self._report.misses_gates |= holds_gate_tests(path)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember Ctrl-C, and pytest.exit, whatever exit status that asks for."""
        is_stopped = isinstance(excinfo.value, pytest.Session.Interrupted)  # by pytest itself
        self._ending = Ending.STOPPED if is_stopped else Ending.INTERRUPTED

    def pytest_internalerror(self) -> None:
        self._ending = Ending.CRASHED

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Word a worker's death as the error of the test it died in."""
        self._has_deaths = True
        test = crashitem.rpartition("@")[0] if "]@" in crashitem else crashitem
        why = f"the worker that ran {test} died: killed, out of memory or crashed"
        report.trust_lost = report.longrepr = why  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        self._has_lost_workers |= error is not None
        output = getattr(node, "workeroutput", {})
        if REFUSAL in output:
            raise pytest.UsageError(output[REFUSAL])
        if COLLECTION in output:
            from trusteval.report.unjudged import collected_from_document

            self._report.collected = collected_from_document(json.loads(output[COLLECTION]))
        if ANSWERS in output:
            self._report.add_answers(output[ANSWERS])

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Write and accept when all others have had their say in how the run ends."""
        run = session.config.stash.get(RUN, None)
        is_told = run is not None and not session.config.option.collectonly
        if run is not None and is_told:
            self._gather(session, run)
            if asks_for_junit(session.config):
                self._take_stock(session, run)
                record = self._report.record(run) if self._report.is_told else None
                finish_suite(session.config, record, exit_status=self._exit_status(session))
        is_through = False
        try:
            result = yield
            is_through = True
        finally:
            if not is_through:
                self._ending = Ending.CRASHED
            is_refused = session.exitstatus == pytest.ExitCode.USAGE_ERROR
            if run is not None and is_told and not (is_refused and not self._report.has_begun):
                self._finish(session, run)
        return result

    def _gather(self, session: pytest.Session, run: Run) -> None:
        """Take what was collected here, and say of what no process has any more that it is lost."""
        config = session.config
        if COLLECTED in config.stash:
            self._report.collected = config.stash[COLLECTED]
        if self._has_deaths and not config.option.maxfail:
            self._report.lose_the_rest(run)
        self._report.ending = self._how_it_ended(session)

    def _take_stock(self, session: pytest.Session, run: Run) -> None:
        """Find what only all answers together say."""
        if ANSWERED in session.config.stash:
            self._report.add_answered(session.config.stash[ANSWERED])
            del session.config.stash[ANSWERED]
        self._report.ending = self._how_it_ended(session)
        if self._has_lost_workers:
            self._report.lose_answers(run)
        self._report.look_back(run, reports_path(session.config))

    def _finish(self, session: pytest.Session, run: Run) -> None:
        """Write the report, accept if that is asked, and say how the run ends."""
        self._take_stock(session, run)
        status = self._exit_status(session)
        self._report.finish(run, reports_path(session.config), exit_status=status)
        reply = self._report.kept.reply
        if status == pytest.ExitCode.OK and reply is not None and not reply.is_accepted:
            status = int(pytest.ExitCode.TESTS_FAILED) if reply.is_worse else UNMEASURED
        session.exitstatus = status
        self._report.show(run, reports_path(session.config))  # a fault here loses nothing else

    def _how_it_ended(self, session: pytest.Session) -> Ending:
        if self._ending is not Ending.FINISHED:
            return self._ending
        if session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            return Ending.CRASHED
        cut_short = session.shouldstop or session.shouldfail
        is_stopped = cut_short or session.exitstatus == pytest.ExitCode.INTERRUPTED
        return Ending.STOPPED if is_stopped else Ending.FINISHED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        run = config.stash.get(RUN, None)
        if run is None or config.option.collectonly or not self._report.is_told:
            return
        from trusteval.plugin.terminal_summary import write_summary

        write_summary(terminalreporter, self._report, run)

    def _lose(self, report: pytest.TestReport, *, why: str) -> None:
        """Let a test that no worker finished be an ERROR of its gate and subject."""
        run = self._config.stash.get(RUN, None)
        failure = None if run is None else failure_of_lost_test(report.nodeid, run, why=why)
        if failure is not None:
            report.when = "setup"
            self._report.findings.failures.append(failure)
            report.trust_subject = failure.subject  # type: ignore[attr-defined]
        report.user_properties.append((_LOST, why))

    def _take_failure(self, report: pytest.TestReport) -> None:
        """Keep a test's failure, unless a gate's verdict or a law of the vote says it."""
        properties = dict(report.user_properties)
        if report.when == "call" and ("vote_invariant" in properties or _fails(properties)):
            return
        subject = getattr(report, "trust_subject", None)
        if FAILURE in properties:
            subject = json.loads(str(properties[FAILURE]))["subject"]
        steps = {step.value: step for step in Step}
        step = steps.get(str(report.when), Step.SETUP)
        self._report.findings.add_failed_test(FailedTest(report.nodeid, step), subject=subject)

    def _exit_status(self, session: pytest.Session) -> int:
        """Return pytest's status, or UNMEASURED where errors or missing verdicts alone decide."""
        status = int(session.exitstatus)
        run = session.config.stash[RUN]
        if status == pytest.ExitCode.OK and self._report.has_one_try_too_many(run):
            return int(pytest.ExitCode.TESTS_FAILED)
        if status == pytest.ExitCode.TESTS_FAILED and self._n_errors and not self._n_failures:
            return UNMEASURED
        if status == pytest.ExitCode.OK and self._report.misses_something(run):
            return UNMEASURED
        if status == pytest.ExitCode.OK and requires_all(session.config):
            return status if self._report.record(run).is_complete else UNMEASURED
        return status
