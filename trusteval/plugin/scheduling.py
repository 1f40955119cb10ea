"""How xdist's workers share a run's tests, so that the run ends when a worker dies.

xdist's own loadgroup, loadscope and loadfile give the test that killed a worker to the next one,
and wait for ever for a worker whose share is empty or a single test (pytest-xdist 3.8). A test is
tried once here; after the second death over one group its rest is lost, and said to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadFileScheduling, LoadGroupScheduling, LoadScopeScheduling

from trusteval.plugin.stash import RUN

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

_DEATHS = 2
"""So many workers die over one group's tests before the others are given up."""


class _Ending(LoadScopeScheduling):
    """Hands on what a dead worker left, without the test that it died in."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self._deaths: dict[str, int] = {}

    def remove_node(self, node: WorkerController) -> str | None:
        workload = self.assigned_work[node]
        left = [test for unit in workload.values() for test, done in unit.items() if not done]
        fatal = left[0] if left else None
        if fatal is not None:
            scope = self._split_scope(fatal)
            workload[scope][fatal] = True
            self._deaths[scope] = self._deaths.get(scope, 0) + 1
            if self._deaths[scope] >= _DEATHS:
                self._give_up(scope, workload[scope], node=node)
            if hasattr(node, "workeroutput"):  # pytest.exit in a test: xdist expects nothing left
                self._lose(fatal, "its worker left the run", node=node)
                fatal = None
        for scope in [scope for scope, unit in workload.items() if all(unit.values())]:
            del workload[scope]
        super().remove_node(node)
        return fatal

    def _reschedule(self, node: WorkerController) -> None:
        if node.shutting_down or node not in self.registered_collections:
            return
        super()._reschedule(node)
        # A worker runs a test once it knows the next one, or that there is none.
        while self.workqueue and self._pending_of(self.assigned_work[node]) < 2:
            self._assign_work_unit(node)
        if not self.workqueue:
            node.shutdown()

    def _give_up(self, scope: str, unit: dict[str, bool], *, node: WorkerController) -> None:
        why = f"lost: {_DEATHS} workers died over {scope}, so its other tests were given up"
        for test in [test for test, done in unit.items() if not done]:
            unit[test] = True
            self._lose(test, why, node=node)

    def _lose(self, test: str, why: str, *, node: WorkerController) -> None:
        """Report a test that nobody will run."""
        path = test.split("::")[0]
        report = pytest.TestReport(
            nodeid=test,
            location=(path, None, path),
            keywords={},
            outcome="failed",
            longrepr=why,
            when="setup",
        )
        report.node = node  # type: ignore[attr-defined]
        report.trust_lost = why  # type: ignore[attr-defined]
        self.config.hook.pytest_runtest_logreport(report=report)


class _Groups(_Ending, LoadGroupScheduling):
    """--dist=loadgroup: a variant's tests stay on one worker."""


class _Files(_Ending, LoadFileScheduling):
    """--dist=loadfile."""


def scheduler_of_run(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Return the scheduler of a run of ours; None leaves xdist's own, which ends."""
    if RUN not in config.stash:
        return None
    kinds = {"loadgroup": _Groups, "loadscope": _Ending, "loadfile": _Files}
    kind = kinds.get(config.getvalue("dist"))
    return None if kind is None else kind(config, log)
