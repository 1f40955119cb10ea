"""Which metrics of a task are meant: the one that is compared, or the one that somebody names."""

from __future__ import annotations

from collections.abc import Iterable

from trusteval.errors import UsageError
from trusteval.results.tool_run import Task, ToolRun
from trusteval.suggestion import meant

FIRST = ("acc", "exact_match")
"""Of several metrics the first of these is the one that a task is compared by."""


def metrics_called(name: str, metrics: Iterable[str]) -> list[str]:
    """Return the metrics of a name, or of a filter of it: exact_match,strict-match."""
    return [metric for metric in metrics if name in (metric, metric.partition(",")[0])]


def compared_metrics(tasks: Iterable[Task], *, asked: str | None = None) -> list[str]:
    """Return the metrics that a task, as each run has it, is compared by.

    Those that are `asked`; else acc, else exact_match, else all that there are.
    """
    known = list(dict.fromkeys(metric for task in tasks for metric in task.metrics))
    if asked is not None:
        return metrics_called(asked, known)
    return next(([name] for name in FIRST if name in known), known)


def why_not(metric: str, task: Task) -> str:
    """Say why a task has no such metric item by item."""
    known = f"known: {', '.join(task.metrics) or 'none'}"
    return task.unusable.get(metric, f"no item has it; {known}")


def refuse_unknown_metric(name: str | None, runs: Iterable[ToolRun]) -> None:
    """Raise UsageError for a metric that no task of any run has item by item."""
    tasks = [task for run in runs for task in run.tasks.values()]
    known = list(dict.fromkeys(metric for task in tasks for metric in task.metrics))
    if name is None or metrics_called(name, known):
        return
    why = next((task.unusable[name] for task in tasks if name in task.unusable), "")
    raise UsageError(
        f"no task has the metric {name!r} item by item{f' ({why})' if why else ''}; known: "
        f"{', '.join(known) or 'none'}{meant(name, known)}"
    )
