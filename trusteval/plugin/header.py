"""What a run says before its first test: what models run on, and what its samples cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trusteval.plugin.stash import REPORT, RUN
from trusteval.printable import printable_line
from trusteval.system.machine import default_device, default_dtype, visible_gpus

if TYPE_CHECKING:
    from trusteval.run.options import Options


def header_lines(config: pytest.Config) -> list[str]:
    """Return the lines of the header; none where no model is under test."""
    run = config.stash.get(RUN, None)
    if run is None:
        return []
    runs_on = [_runs_on(run.options)] if run.options.engine == "hf" else []
    is_worker = hasattr(config, "workerinput")
    said = [] if is_worker else [*run.notices(), *config.stash[REPORT].doubts]
    return list(map(printable_line, [*runs_on, *(f"trusteval: {words}" for words in said)]))


def workers_of_gpus(device: str) -> int | None:
    """Return how many workers a run has that takes one per GPU; None where it is not on GPUs."""
    if device == "cpu" or default_device() != "cuda":
        return None
    return 1 if ":" in device else visible_gpus()


def _runs_on(options: Options) -> str:
    from trusteval.engines.local.memory import describe_budget

    runs_on = default_device() if options.device == "auto" else options.device
    dtype = default_dtype(runs_on) if options.dtype == "auto" else options.dtype
    gpus = f" ({visible_gpus()} GPUs)" if runs_on == "cuda" else ""
    return (
        f"trusteval: model {options.model}, device {runs_on}{gpus}, dtype {dtype}, storage "
        f"{options.storage}, memory at most {describe_budget(runs_on)}, profile {options.profile}"
    )
