"""What of a run is missing: tasks, items and answers that the tool says that it asked."""

from __future__ import annotations

from trusteval.results.tool_run import ToolRun


def missing_parts(run: ToolRun) -> list[str]:
    """Say of each partial task how much of it is there, and what else cannot be read."""
    return [
        *(
            f"{task.name} has {len(task.items)} of the {task.n_declared} items that were asked"
            for task in run.tasks.values()
            if task.n_declared is not None and len(task.items) < task.n_declared
        ),
        *run.gaps,
    ]
