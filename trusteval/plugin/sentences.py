"""With -v, tests of ours read as sentences: who is judged on what, the figures, the verdict.

pytest's own line stays one line, its categories and node ids are untouched. With -vv, and from
workers of xdist, the node id stands in it as well.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from trusteval.plugin.outcomes import FAILURE
from trusteval.printable import printable_line
from trusteval.report.outcomes import shown_outcome
from trusteval.report.terminal.marks import STYLES, closing_mark_of
from trusteval.report.verdict_document import verdict_from_dict
from trusteval.report.verdict_words import verdict_words
from trusteval.system.screen import Screen, screen_of

Location = tuple[str, int | None, str]
Status = tuple[str, str, tuple[str, dict[str, bool]]]
_STATUS = {"passed": ("passed", "."), "skipped": ("skipped", "s"), "failed": ("failed", "F")}


class SentenceHooks:
    """The hooks of a run that is told test by test."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._subjects: dict[str, str] = {}
        self._is_running = True

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn whom each test is about; a controller of xdist has no tests of its own."""
        named = ((item.nodeid, _subject_of(item)) for item in session.items)
        self._subjects = {nodeid: words for nodeid, words in named if words}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leave the words of pytest's short summary to pytest."""
        self._is_running = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str, location: Location) -> None:
        self._begin_line(nodeid, location)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when != "call":
            return
        reporter = self._begin_line(report.nodeid, report.location)
        if reporter is not None and (found := _found(report)) is not None:
            reporter.write(f"{printable_line(found[1])} ... ")

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> Status | None:
        """Let the verdict be the word of a gate's test, in place of PASSED, FAILED, SKIPPED."""
        if not self._is_running or not isinstance(report, pytest.TestReport):
            return None
        if (found := _found(report)) is None:
            return None
        about, words, outcome = found
        text = closing_mark_of(outcome, self._screen()).text
        if self._reporter(report.nodeid) is None:
            text = printable_line(f"{about} {words} ... {text}")
        is_error = report.failed and report.when != "call"
        category, letter = ("error", "E") if is_error else _STATUS[report.outcome]
        return category, letter, (text, dict.fromkeys(STYLES[outcome].split(), True))

    def _begin_line(self, nodeid: str, location: Location) -> TerminalReporter | None:
        """Begin a test's line with whom it is about, as pytest begins it with the node id.

        None for a test whose line is pytest's own.
        """
        reporter = self._reporter(nodeid)
        if reporter is None:
            return None
        own = reporter._locationline(nodeid, *location)
        if reporter.currentfspath != own:
            reporter.write_ensure_prefix(f"{self._subjects[nodeid]} ")
            reporter.currentfspath = own  # what pytest takes the line to begin with
        return reporter

    def _reporter(self, nodeid: str) -> TerminalReporter | None:
        """Return pytest's own reporter if it begins a line of its own with every test."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        is_told = type(reporter) is TerminalReporter and nodeid in self._subjects
        return reporter if is_told and _verbosity(self._config) == 1 else None

    def _screen(self) -> Screen:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        return screen_of(reporter._tw._file, has_colours=False) if reporter else Screen()


def follow_verbosely(config: pytest.Config) -> None:
    """Let the tests of a run be told in sentences, if it is told test by test."""
    if _verbosity(config) > 0:
        config.pluginmanager.register(SentenceHooks(config), "trusteval-sentences")


def _verbosity(config: pytest.Config) -> int:
    return config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES)


def _found(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Return whom a gate's test judged on what, the words and the outcome; None for other tests."""
    properties = dict(report.user_properties)
    if hasattr(report, "wasxfail"):
        return None
    if FAILURE in properties:
        failed: dict[str, Any] = json.loads(str(properties[FAILURE]))
        about = f"{failed['subject']} on {failed['gate'] or failed['benchmark'] or 'its weights'}:"
        return about, failed["why"], failed["cause"]
    if report.when != "call" or "trust_verdict" not in properties:
        return None
    verdict = verdict_from_dict(json.loads(str(properties["trust_verdict"])))
    place = ".".join(filter(None, (verdict.benchmark, verdict.setting)))
    return f"{verdict.subject} on {place}:", verdict_words(verdict), shown_outcome(verdict)


def _subject_of(item: pytest.Item) -> str:
    """Say whom a test of ours is about, and on what; "" for any other test."""
    asked = getattr(item, "callspec", None)
    params: dict[str, Any] = asked.params if asked else {}
    subject: Any = params.get("subject")
    gate: Any = params.get("gate")
    if not hasattr(subject, "name"):
        return ""
    if hasattr(gate, "id"):
        place = ".".join(filter(None, (gate.benchmark, gate.setting)))
        return printable_line(f"{subject.name} on {place}:")
    if item.get_closest_marker("trust_recording") is not None:
        return printable_line(f"{subject.name} answers {params.get('benchmark_name')}:")
    if item.get_closest_marker("trust_sanity") is not None:
        return printable_line(f"{subject.name} is whole:")
    return ""
