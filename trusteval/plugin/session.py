"""A session that is asked for gates: who follows it, and what is refused before it begins."""

from __future__ import annotations

import json
import os
import time

import pytest

from trusteval.errors import UsageError
from trusteval.plugin.collection import COLLECTION
from trusteval.plugin.faults import FaultHooks, ending_the_run
from trusteval.plugin.laws import LawHooks
from trusteval.plugin.leaving import refuse_silent_exits
from trusteval.plugin.options import (
    option,
    read_options,
    refuse_lost_configuration,
    refuse_unnameable_paths,
)
from trusteval.plugin.parametrize import worker_count
from trusteval.plugin.readiness import look_ahead, refuse_unwritable_reports
from trusteval.plugin.reporting import ANSWERS, ReportHooks
from trusteval.plugin.sentences import follow_verbosely
from trusteval.plugin.showing import watch_output
from trusteval.plugin.stash import ANSWERED, COLLECTED, REPORT, RUN
from trusteval.plugin.tool_results import take_results
from trusteval.system.files import explaining_places
from trusteval.system.machine import settle_places


def settle(config: pytest.Config) -> None:
    """Make the folders that the environment names absolute."""
    with ending_the_run(config), explaining_places():
        settle_places()


def follow_laws(config: pytest.Config, *, started: float) -> LawHooks:
    """Let laws of the vote that hold be remembered, and a fault of ours be told in one line."""
    config.pluginmanager.register(FaultHooks(config), "trusteval-faults")
    laws = LawHooks(config, started=started)
    config.pluginmanager.register(laws, "trusteval-laws")
    return laws


def take_part(config: pytest.Config) -> None:
    """Follow a run from its configuration on; its report is its controller's."""
    # A warning row must not end a run that turns warnings into errors.
    name = "trusteval.plugin.gate_warning.GateWarning"
    config.addinivalue_line("filterwarnings", f"always::{name}")
    started = time.time()
    follow_laws(config, started=started)
    if hasattr(config, "workerinput"):
        return
    from trusteval.plugin.report_collector import ReportCollector

    follow_verbosely(config)
    config.stash[REPORT] = ReportCollector(started=started)
    config.pluginmanager.register(ReportHooks(config.stash[REPORT], config), "trusteval-report")


def start(session: pytest.Session) -> None:
    """Refuse the user's mistakes before anything is collected or run."""
    from trusteval.run.configure import prepare_run

    config, is_worker = session.config, hasattr(session.config, "workerinput")
    try:
        refuse_unnameable_paths(config)
        refuse_lost_configuration(config)
        with explaining_places():
            if (results := option(config, "results")) is not None:
                if not is_worker:
                    watch_output(config)
                take_results(config, results)
                return
            options = read_options(config)
            if options is None:
                return
            if not is_worker:
                watch_output(config)
            config.stash[RUN] = prepare_run(options)
            if not config.option.collectonly and not is_worker:
                refuse_unwritable_reports(config)
                look_ahead(config)
            refuse_silent_exits(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    # Torch reads it on import: workers that each start a thread per core stand in each other's way.
    cores = (os.cpu_count() or 1) // worker_count(config)
    if is_worker:
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores)))


def send_home(config: pytest.Config) -> None:
    """Send home what this worker judged, item by item."""
    output: dict[str, str] = config.workeroutput  # type: ignore[attr-defined]
    if COLLECTED in config.stash:
        output[COLLECTION] = json.dumps(config.stash[COLLECTED].to_document())
    if ANSWERED in config.stash:
        from trusteval.plugin.report_collector import answers_text

        output[ANSWERS] = answers_text(config.stash[ANSWERED])
