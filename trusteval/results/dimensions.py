"""Which dimension a task of another tool measures, where it is one that a benchmark of ours has."""

from __future__ import annotations

from trusteval.types import Dimension

_BEGINNINGS = {
    "mmlu": Dimension.MMLU,
    "hendrycks_ethics": Dimension.MACHINE_ETHICS,
    "ethics_": Dimension.MACHINE_ETHICS,
    "adv_glue": Dimension.ADVERSARIAL_ROBUSTNESS,
}
"""What the names of tasks begin with."""


def dimension_of(task: str) -> Dimension:
    """Return the dimension of a task by its name, after the folder that inspect puts before it."""
    name = task.rpartition("/")[2]
    return next((d for start, d in _BEGINNINGS.items() if name.startswith(start)), Dimension.OTHER)
