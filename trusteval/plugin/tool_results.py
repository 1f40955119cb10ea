"""Results of other tools under pytest: a test per row and result, no model, the report of a run."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest

from trusteval.errors import TrackingError
from trusteval.plugin.junit import OUTCOME
from trusteval.plugin.options import option, path_option, reports_path
from trusteval.plugin.outcomes import UNMEASURED, escaped
from trusteval.plugin.parametrize import gate_test_id
from trusteval.plugin.stash import REPORT, RESULTS
from trusteval.printable import printable_line
from trusteval.report.ledger import Ending
from trusteval.run.options import GATES

if TYPE_CHECKING:
    from trusteval.gates.gate import Gate
    from trusteval.plugin.report_collector import ReportCollector
    from trusteval.report.circumstances import Circumstances
    from trusteval.report.record import RunRecord
    from trusteval.results.judging import Result
    from trusteval.run.tool_results import Results
    from trusteval.types import Verdict

JudgeResult = Callable[["Gate", "Result"], "Verdict"]


def take_results(config: pytest.Config, named: str) -> None:
    """Read the results that --trust-results names, and the rows on them; raises UsageError."""
    from trusteval.run.choices import check_one_of
    from trusteval.run.tool_results import read_results

    if option(config, "model"):
        raise pytest.UsageError(
            "--trust-results judges what other tools recorded, and asks no model: leave out "
            "--trust-model (-o trust_model= where pytest.ini has one)"
        )
    check_one_of(_inconclusive(config), ("fail", "skip"), "--trust-inconclusive")
    config.stash[RESULTS] = read_results(
        [text.strip() for text in named.split(",") if text.strip()],
        gates=path_option(config, "gates") or GATES,
        folder=config.invocation_params.dir,
    )
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        hooks = ToolReportHooks(config.stash[REPORT], config)
        config.pluginmanager.register(hooks, "trusteval-tool-report")


def parametrize_results(metafunc: pytest.Metafunc) -> None:
    """Give a test each row with each result that it holds."""
    judging = metafunc.config.stash[RESULTS].judging
    pairs = [(gate, judging.result(name)) for gate, name in judging.pairs]
    metafunc.parametrize(
        "gate,subject",
        [pytest.param(gate, one, id=gate_test_id(gate, one.name)) for gate, one in pairs],
    )


def judge_result(config: pytest.Config, request: pytest.FixtureRequest) -> JudgeResult:
    """Return what judges a row and a result, and ends the test as the verdict asks."""
    from trusteval.plugin.fixtures import end_test, properties_of
    from trusteval.report.outcomes import shown_outcome
    from trusteval.report.verdict_document import verdict_document
    from trusteval.results.judging import NotJudged
    from trusteval.types import Undecided

    record_property = properties_of(request)
    judging = config.stash[RESULTS].judging

    def judge(gate: Gate, result: Result) -> Verdict:
        verdict = judging.judge(gate, result.name)
        if isinstance(verdict, NotJudged):
            raise TrackingError(f"not judged: {verdict.sentence}")
        record_property("trust_verdict", json.dumps(verdict_document(verdict)))
        record_property(OUTCOME, printable_line(f"{shown_outcome(verdict)}: {verdict.message}"))
        is_short = verdict.undecided in (Undecided.SAMPLES, Undecided.TRIPWIRE)
        end_test(verdict, skips=is_short and _inconclusive(config) == "skip")
        return verdict

    return judge


def _inconclusive(config: pytest.Config) -> str:
    """Say what becomes of a test whose items are too few: no more of them are to be had here."""
    return option(config, "inconclusive") or "fail"


class ToolReportHooks:
    """The report of judged results: written at the end, in place of one that says it has begun."""

    def __init__(self, report: ReportCollector, config: pytest.Config) -> None:
        self._report = report
        self._config = config
        self._results: Results = config.stash[RESULTS]
        self._started = time.time()
        self._ending = Ending.FINISHED
        self._tests = {
            escaped(gate_test_id(gate, name)): (gate.id, name)
            for gate, name in self._results.judging.pairs
        }
        self._selected: set[tuple[str, str]] = set()

    @property
    def _has_begun(self) -> bool:
        return bool(self._selected)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Put away an earlier report, once the first row is to be judged."""
        name = nodeid.partition("[")[2].removesuffix("]")
        if name in self._tests and not self._has_begun:
            from trusteval.report.artifacts import announce

            place = reports_path(self._config)
            announce(self._record(), self._circumstances(), place, with_page=False)
        if name in self._tests:
            self._selected.add(self._tests[name])

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        is_stopped = isinstance(excinfo.value, pytest.Session.Interrupted)  # by pytest itself
        self._ending = Ending.STOPPED if is_stopped else Ending.INTERRUPTED

    def pytest_internalerror(self) -> None:
        self._ending = Ending.CRASHED

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        if self._has_begun:
            from trusteval.report.artifacts import write_report
            from trusteval.report.tool_record import NOT_KEPT

            if session.shouldstop or session.shouldfail:
                self._ending = Ending.STOPPED
            is_partial = bool(self._results.judging.missing)
            if session.exitstatus == pytest.ExitCode.OK and is_partial:
                session.exitstatus = UNMEASURED
            if session.exitstatus == pytest.ExitCode.TESTS_FAILED and not self._is_worse:
                session.exitstatus = UNMEASURED
            write_report(
                self._record(),
                self._circumstances(),
                reports_path(self._config),
                exit_status=int(session.exitstatus),
                answers=NOT_KEPT,
            )
        return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._has_begun:
            return
        from trusteval.plugin.terminal_summary import screen_of_reporter
        from trusteval.report.summary import summarize
        from trusteval.report.terminal.detail import Detail
        from trusteval.report.terminal.summary_lines import summary_lines
        from trusteval.report.tool_record import NOT_KEPT

        terminalreporter.section("trusteval")
        here = self._config.invocation_params.dir
        for line in summary_lines(
            summarize(self._record(), self._circumstances()),
            screen=screen_of_reporter(terminalreporter),
            answers=NOT_KEPT,
            detail=Detail(option(self._config, "summary") or Detail.LONG),
            where=f"{os.path.relpath(reports_path(self._config), here)}/report.md",
        ):
            terminalreporter.write_line(line)

    @property
    def _is_worse(self) -> bool:
        """Whether a verdict, or a test of no row, failed: else what failed was not judged."""
        found = self._report.findings
        own = {failure.subject for failure in found.failures}
        return bool(found.failed_verdicts or found.failed_tests(but_of=own))

    def _record(self) -> RunRecord:
        from trusteval.report.tool_record import asked_of, tool_record
        from trusteval.report.unjudged import Collected, find_unjudged

        found, judging = self._report.findings, self._results.judging
        asked = asked_of(judging)
        had_its_turn = Collected(frozenset(a.benchmark for a in asked), frozenset(self._selected))
        unjudged = find_unjudged(
            asked,
            judged=found.verdicts,
            failures=found.failures,
            collected=had_its_turn if self._ending is Ending.FINISHED else None,
        )
        said = {one.subject for one in unjudged}
        return tool_record(
            judging,
            list(found.verdicts.values()),
            gates_sha256=self._results.gates_sha256,
            unjudged=unjudged,
            ending=self._ending,
            failed_tests=found.failed_tests(but_of=said),
        )

    def _circumstances(self) -> Circumstances:
        from trusteval.report.circumstances import present_circumstances

        return present_circumstances(
            self._started,
            builds={},
            laws=self._report.findings.laws_line,
            replaces=None,
            reports=reports_path(self._config),
        )
