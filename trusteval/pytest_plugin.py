"""The pytest plugin: options, one test per gate and subject, verdicts home, reports out.

Loaded by its entry point in every pytest run of an environment, so it imports nothing heavy.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from trusteval.errors import BrokenError, TrustEvalError, UsageError
from trusteval.plugin.collection import COLLECTION, collected, refuse_unclaimed
from trusteval.plugin.faults import FaultHooks, ending_the_run
from trusteval.plugin.fixtures import (  # noqa: F401  (fixtures are found in this namespace)
    _trust_headlines,
    device,
    judge,
    quantized_variants,
    record_answers,
    response_store,
    responses,
    trust_evaluation,
    trust_progress,
    trust_run,
    trust_say,
    voting_ensemble,
)
from trusteval.plugin.laws import LawHooks
from trusteval.plugin.leaving import refuse_silent_exits
from trusteval.plugin.options import (
    add_options,
    option,
    read_options,
    refuse_lost_configuration,
    refuse_unnameable_paths,
)
from trusteval.plugin.outcomes import mark
from trusteval.plugin.parametrize import parametrize, worker_count
from trusteval.plugin.readiness import (
    look_ahead,
    refuse_unready_tests,
    refuse_unwritable_reports,
)
from trusteval.plugin.reporting import ANSWERS, ReportHooks, begin_report
from trusteval.plugin.showing import (
    make_printable,
    stand_in_for_closed_output,
    status_of_shown,
    watch_output,
)
from trusteval.plugin.stash import ANSWERED, COLLECTED, REPORT, RUN, TERMINAL
from trusteval.printable import printable_line
from trusteval.system.files import explaining_places
from trusteval.system.machine import default_device, default_dtype, settle_places, visible_gpus
from trusteval.system.printing import Output
from trusteval.types import Dimension

if TYPE_CHECKING:
    from trusteval.plugin.report_collector import ReportCollector
    from trusteval.run import Run

_OURS = ("trust_gates", "trust_subjects", "trust_ensembles", "trust_recording", "trust_sanity")
_DIST = "trust_dist"
_FIRST = ("trust_sanity", "trust_recording")


def pytest_addoption(parser: pytest.Parser) -> None:
    stand_in_for_closed_output()
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    for dimension in Dimension:
        config.addinivalue_line("markers", f"{dimension}: gates on {dimension.replace('_', ' ')}")
    for line in (
        "trust_gates(benchmark): one test per gate on the benchmark and subject it applies to",
        "trust_subjects: one test per subject (and benchmark) it asks for",
        "trust_ensembles: one test per ensemble and benchmark",
        "trust_recording: records a subject's answers to a benchmark before gates read them",
        "trust_sanity: looks whether a variant is whole, before anything else",
        "vote_invariant: a law every vote must obey; listed in the report",
        "vote_control: a wrong vote that a law has to reject",
    ):
        config.addinivalue_line("markers", line)
    # Neither a warning row nor a checkout that pytest cannot write to may end a run that turns
    # warnings into errors.
    config.addinivalue_line("filterwarnings", "always::trusteval.plugin.fixtures.GateWarning")
    config.addinivalue_line("filterwarnings", "default::pytest.PytestCacheWarning")
    with ending_the_run(config), explaining_places():
        settle_places()
    config.pluginmanager.register(FaultHooks(config), "trusteval-faults")
    config.pluginmanager.register(LawHooks(config, started=time.time()), "trusteval-laws")
    if not config.pluginmanager.hasplugin("xdist"):
        config.addinivalue_line("markers", "xdist_group(name): keeps tests on one worker")
    if _is_worker(config):
        # xdist asks the worker's own command line, which does not hold what we chose for it.
        if config.workerinput.get(_DIST) == "loadgroup":  # type: ignore[attr-defined]
            config.option.loadgroup = True
        return
    config.stash[TERMINAL] = _watched_terminal()
    from trusteval.plugin.report_collector import ReportCollector

    config.stash[REPORT] = ReportCollector(started=time.time())
    config.pluginmanager.register(ReportHooks(config.stash[REPORT], config), "trusteval-report")


def pytest_unconfigure(config: pytest.Config) -> None:
    terminal = config.stash.get(TERMINAL, None)
    if terminal is not None:
        terminal.end()


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Keep a variant's tests on one worker, where the user did not choose otherwise.

    A run that could not be shown does not pass. A wrapper comes before xdist, which chooses
    "load" for those who chose nothing.
    """
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "loadgroup"
    return status_of_shown(config, (yield))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[_DIST] = node.config.option.dist


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Let `-n auto` mean one worker per GPU, where models run on GPUs."""
    if option(config, "model") is None or option(config, "engine") != "hf":
        return None
    asked = option(config, "device") or "auto"
    if asked == "cpu" or default_device() != "cuda":
        return None
    return 1 if ":" in asked else visible_gpus()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what models run on, and which gates the samples cannot resolve."""
    runs_on = _runs_on(config)
    run = config.stash.get(RUN, None)
    said = [] if run is None or _is_worker(config) else _said_first(run, config.stash[REPORT])
    lines = [*([runs_on] if runs_on else []), *(f"trusteval: {words}" for words in said)]
    return list(map(printable_line, lines))


def _said_first(run: Run, report: ReportCollector) -> list[str]:
    return [*run.notices(), *report.doubts]


def _runs_on(config: pytest.Config) -> str | None:
    options = config.stash[RUN].options if RUN in config.stash else read_options(config)
    if options is None or options.engine != "hf":
        return None
    from trusteval.engines.local.memory import describe_budget

    runs_on = default_device() if options.device == "auto" else options.device
    dtype = default_dtype(runs_on) if options.dtype == "auto" else options.dtype
    gpus = f" ({visible_gpus()} GPUs)" if runs_on == "cuda" else ""
    return (
        f"trusteval: model {options.model}, device {runs_on}{gpus}, dtype {dtype}, storage "
        f"{options.storage}, memory at most {describe_budget(runs_on)}, profile {options.profile}"
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse the user's mistakes before anything is collected or run."""
    from trusteval.run.configure import prepare_run

    try:
        refuse_unnameable_paths(session.config)
        refuse_lost_configuration(session.config)
        with explaining_places():
            options = read_options(session.config)
            if options is None:
                return
            if not _is_worker(session.config):
                watch_output(session.config)
            session.config.stash[RUN] = prepare_run(options)
            if not session.config.option.collectonly and not _is_worker(session.config):
                refuse_unwritable_reports(session.config)
                look_ahead(session.config)
            refuse_silent_exits(session.config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    # Torch reads it on import: workers that each start a thread per core stand in each other's way.
    cores = (os.cpu_count() or 1) // worker_count(session.config)
    if _is_worker(session.config):
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # Other projects have fixtures called subject: only what carries our markers is ours.
    if any(metafunc.definition.get_closest_marker(name) for name in _OURS):
        parametrize(metafunc, metafunc.config.stash.get(RUN, None))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Look at each variant and record it, one after the other; then gates read what is there."""
    if RUN in config.stash:
        config.stash[COLLECTED] = collected(config, items)
        refuse_unclaimed(session)
    seen: dict[str, int] = {}

    def place(item: pytest.Item) -> tuple[int, int, int]:
        step = next((i for i, name in enumerate(_FIRST) if item.get_closest_marker(name)), None)
        asked = getattr(item, "callspec", None)
        subject = asked.params.get("subject") if asked else None
        if step is None or subject is None:
            return (1, 0, 0)
        return (0, seen.setdefault(subject.name, len(seen)), step)

    items.sort(key=place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse what the selected tests could not bring to an end; with xdist, its controller does."""
    if not _is_worker(session.config):
        refuse_unready_tests(session.config, [item.nodeid for item in session.items])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Say that this run has begun, once nothing refuses it; with xdist its report's hooks do."""
    if not _is_worker(session.config):
        begin_report(session.config, [item.nodeid for item in session.items])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Carry the name of a vote's law home; word our own errors in one line.

    Their traceback, and that of the foreign exception behind one, is there with --full-trace.
    """
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, TrustEvalError):
        if not item.config.option.fulltrace:
            report.longrepr = f"{call.excinfo.typename}: {call.excinfo.value}"
        if isinstance(call.excinfo.value, BrokenError):
            broken = {"subject": call.excinfo.value.subject, "why": str(call.excinfo.value)}
            report.user_properties.append(("trust_broken", json.dumps(broken)))
    if RUN in item.config.stash and _is_ours(item):
        mark(report, item, call.excinfo)
        make_printable(report)
    if report.when == "call" and item.get_closest_marker("vote_invariant") is not None:
        report.user_properties.append(("vote_invariant", item.name))
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send home what this worker judged, item by item; fixtures are torn down by now."""
    config = session.config
    if not _is_worker(config):
        return
    output: dict[str, str] = config.workeroutput  # type: ignore[attr-defined]
    if COLLECTED in config.stash:
        output[COLLECTION] = json.dumps(config.stash[COLLECTED].to_document())
    if ANSWERED in config.stash:
        from trusteval.plugin.report_collector import answers_text

        output[ANSWERS] = answers_text(config.stash[ANSWERED])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let a run of ours end although a worker dies."""
    if RUN not in config.stash:
        return None
    from trusteval.plugin.scheduling import scheduler

    return scheduler(config, log)


def _is_ours(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) is not None for name in _OURS)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _watched_terminal() -> Output | None:
    """A writer to the real terminal, past pytest's capturing; None if nobody watches."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return None
    own = os.fdopen(
        os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace"
    )
    return Output(own, acts=True)
