"""The pytest plugin: options, marks, fixtures and hooks; each hands on to who does the work.

Loaded by its entry point in every pytest run of an environment. A run that uses nothing of ours
imports this, the fixtures' names, the marks and the list of options: all else is imported where it
is used.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from trusteval.plugin.declared_fixtures import (  # noqa: F401  (fixtures are found in this namespace)
    _trust_headlines,
    _trust_second_readings,
    device,
    judge,
    judge_result,
    quantized_variants,
    read_again,
    record_answers,
    response_store,
    responses,
    trust_evaluation,
    trust_progress,
    trust_run,
    trust_say,
    voting_ensemble,
)
from trusteval.plugin.marks import CONTROL, JUDGING, LAW, MARKS
from trusteval.plugin.options import NO_MODEL, add_options, is_asked, option

_CHECKED = "vote_checked"
_PLACES = ("TRUSTEVAL_CACHE", "TRUSTEVAL_DATA")
"""The variables of the environment that name a folder, perhaps from where the run is started."""
_DIST = "trust_dist"
_ONLY_WITH = {
    ("trusteval.gate.test_results", "test_results"): "results",
    ("trusteval.gate.test_recording", "test_judge"): "judge",
}
"""Tests that ship, each with the option without which it has nothing to do."""
_ASKS: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    if sys.stdout is None:
        from trusteval.plugin.showing import stand_in_for_closed_output

        stand_in_for_closed_output()
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    for line in MARKS:
        config.addinivalue_line("markers", line)
    if not config.pluginmanager.hasplugin("xdist"):
        config.addinivalue_line("markers", "xdist_group(name): keeps tests on one worker")
    # A checkout that pytest cannot write to must not end a run that turns warnings into errors.
    config.addinivalue_line("filterwarnings", "default::pytest.PytestCacheWarning")
    if _is_worker(config) and config.workerinput.get(_DIST) == "loadgroup":  # type: ignore[attr-defined]
        # xdist asks the worker's own command line, which does not hold what we chose for it.
        config.option.loadgroup = True
    config.stash[_ASKS] = is_asked(config)
    places = filter(None, map(os.environ.get, _PLACES))
    if _asks(config) or not all(Path(place).is_absolute() for place in places):
        from trusteval.plugin.session import settle

        settle(config)
    if _asks(config):
        from trusteval.plugin.session import take_part

        take_part(config)
    else:
        config.pluginmanager.register(_Bystander(config), "trusteval-bystander")


def _asks(config: pytest.Config) -> bool:
    return config.stash.get(_ASKS, False)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


class _Bystander:
    """Follows a run that asks for nothing of ours by an option; laws that held are remembered."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._started = time.time()
        self._follows_laws = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if any(item.get_closest_marker(name) for item in session.items for name in (LAW, CONTROL)):
            self._follow_laws()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A controller learns of laws by what its workers send home.
        if not self._follows_laws and any(name == _CHECKED for name, _ in report.user_properties):
            self._follow_laws().pytest_runtest_logreport(report)

    def _follow_laws(self) -> Any:
        from trusteval.plugin.session import follow_laws

        self._follows_laws = True
        return follow_laws(self._config, started=self._started)


# -- hooks: before and around a run ----------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Keep a variant's tests on one worker, where the user did not choose otherwise.

    A run that could not be shown does not pass. A wrapper comes before xdist, which chooses
    "load" for those who chose nothing.
    """
    is_parted = getattr(config.option, "numprocesses", None) and config.option.dist == "no"
    if is_parted and is_asked(config):
        config.option.dist = "loadgroup"
    status = yield
    if not _asks(config):
        return status
    from trusteval.plugin.showing import status_of_shown

    return status_of_shown(config, status)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[_DIST] = node.config.option.dist


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Let `-n auto` mean one worker per GPU, where models run on GPUs."""
    if option(config, "model") is None or option(config, "engine") != "hf":
        return None
    from trusteval.plugin.header import workers_of_gpus

    return workers_of_gpus(option(config, "device") or "auto")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let a run of ours end although a worker dies."""
    if not _asks(config):
        return None
    from trusteval.plugin.scheduling import scheduler_of_run

    return scheduler_of_run(config, log)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what models run on, and which gates the samples cannot resolve."""
    if not _asks(config):
        return []
    from trusteval.plugin.header import header_lines

    return header_lines(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse the user's mistakes before anything is collected or run."""
    if _asks(session.config):
        from trusteval.plugin.session import start

        start(session)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send home what this worker judged, item by item; fixtures are torn down by now."""
    if _asks(session.config) and _is_worker(session.config):
        from trusteval.plugin.session import send_home

        send_home(session.config)


# -- hooks: tests --------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str, obj: object
) -> list[pytest.Item] | None:
    """Collect nothing for results of other tools, and for a judge, where none are named."""
    needs = _ONLY_WITH.get((getattr(obj, "__module__", ""), name))
    return None if needs is None or option(collector.config, needs) else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # Other projects have fixtures called subject: only what carries our markers is ours.
    if any(metafunc.definition.get_closest_marker(name) for name in JUDGING):
        from trusteval.plugin.parametrize import parametrize

        parametrize(metafunc)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Look at each variant and record it, one after the other; then gates read what is there."""
    if _asks(config):
        from trusteval.plugin.collection import take_collected

        take_collected(session, config, items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse what the selected tests could not bring to an end; with xdist, its controller does."""
    if _asks(session.config) and not _is_worker(session.config):
        from trusteval.plugin.readiness import refuse_unready_tests

        refuse_unready_tests(session.config, [item.nodeid for item in session.items])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Say that this run has begun, once nothing refuses it; with xdist its report's hooks do."""
    if _asks(session.config) and not _is_worker(session.config):
        from trusteval.plugin.reporting import begin_report

        begin_report(session.config, [item.nodeid for item in session.items])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that nothing was judged where no model is named: such a run is green."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_MODEL in str(getattr(report, "longrepr", "")) for report in skipped):
        how = "or set trust_model where pytest is configured"
        terminalreporter.write_line(
            f"trusteval: nothing was judged, {NO_MODEL}, {how}", yellow=True
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Carry the name of a vote's law home; word our own errors in one line."""
    report = yield
    errors = sys.modules.get("trusteval.errors")  # whoever raised one of ours has imported it
    is_ours = errors is not None and call.excinfo is not None
    if is_ours or _asks(item.config):
        from trusteval.plugin.showing import tell

        tell(report, item, call.excinfo, is_of_gates=any(map(item.get_closest_marker, JUDGING)))
    if report.when == "call" and item.get_closest_marker(LAW) is not None:
        report.user_properties.append((LAW, item.name))
    return report
