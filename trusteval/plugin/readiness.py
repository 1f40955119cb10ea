"""What pytest asks before the first test: can reports be written, can the selected be answered?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from trusteval.errors import GateError, PlaceError, UsageError
from trusteval.plugin.options import reports_path, store_path
from trusteval.plugin.stash import REPORT, RUN
from trusteval.system.files import explaining_places, refuse_unwritable

if TYPE_CHECKING:
    from trusteval.run import Run

_WRITTEN = ("verdicts.json", "run.json", "report.md", "comment.md", "report.html")
_CURE_OF_BASELINE = "name a writable file with --trust-baseline=FILE.json.gz"
_CURE = "name a writable folder, in a writable one, with --trust-reports"


def refuse_unwritable_reports(config: pytest.Config) -> None:
    """Raise UsageError where reports, the history beside them or a baseline cannot be written."""
    from trusteval.tracking.answers_file import NAME as ANSWERS
    from trusteval.tracking.history import NAME as HISTORY

    reports = reports_path(config)
    refuse_unwritable(reports, what="reports", cure=_CURE)
    refuse_unwritable(reports.parent, what="the history of runs", cure=_CURE)
    for name in (*_WRITTEN, ANSWERS):
        if (reports / name).is_dir() and not (reports / name).is_symlink():
            raise PlaceError(f"reports cannot be written: {reports / name} is a folder; {_CURE}")
    history = reports.parent / HISTORY
    if history.is_symlink() or (history.exists() and not history.is_file()):
        raise PlaceError(
            f"the history of runs cannot be written: {history} is a link or not a file, and lines "
            f"are appended to files only; move it away, or {_CURE}"
        )
    asked = config.stash[RUN].options
    if asked.accept and asked.baseline is not None:
        refuse_unwritable(asked.baseline.parent, what="the baseline", cure=_CURE_OF_BASELINE)


def look_ahead(config: pytest.Config) -> None:
    """Note what the samples can hardly show, of the benchmarks whose data is there.

    Raises GateError where a blocking row holds a limit that no answers can keep.
    """
    from trusteval.gates.power_check import doubts, unmeetable
    from trusteval.run.plan import plan_of

    run = config.stash[RUN]
    lines = plan_of(run)
    if (why := unmeetable(lines)) is not None:
        raise GateError(f"{run.options.gates}, {why}")
    config.stash[REPORT].doubts = doubts(lines)


def refuse_unready_tests(config: pytest.Config, ids: Sequence[str]) -> None:
    """Raise pytest.UsageError where a selected test could not get its answers."""
    run = config.stash.get(RUN, None)
    if run is None or config.option.collectonly:
        return
    asked = set(asked_by(run, ids))
    if not asked:
        return
    from trusteval.run.readiness import refuse_unready

    try:
        with explaining_places():
            refuse_unready(run, asked, store=store_path(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def asked_by(run: Run, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the subject and benchmark of every test of ours, which its id begins with."""
    pairs = {
        f"{subject.name}-{benchmark}": (subject.name, benchmark)
        for subject in run.subjects
        for benchmark in run.benchmarks
    }
    for test in ids:
        inner = test.partition("[")[2].rpartition("]")[0]
        for name, pair in pairs.items():
            if inner == name or inner.startswith((f"{name}.", f"{name}-share-")):
                yield pair
