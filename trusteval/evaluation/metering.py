"""Measures what answers take: seconds by the clock, seconds of the processor, memory.

What a script says, or a recording, took no model any time: nothing is measured of those.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from trusteval.engines import ENGINES
from trusteval.store.measured import short_name
from trusteval.system.machine import describe_machine
from trusteval.system.memory_gauge import MemoryGauge, memory_gauge
from trusteval.types import Effort

_PACKAGES = ("torch", "transformers")


class Stopwatch:
    """Seconds from when it was made to its last lap: by the clock, and of the processor."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()
        self.wall = self.processor = 0.0

    def lap(self) -> None:
        wall, processor = self._began
        self.wall, self.processor = time.perf_counter() - wall, time.process_time() - processor


class Meter:
    """What is measured of a variant, by what decides its answers.

    A context that names a device is of a model that runs in this process: only of those is it
    known how long they computed and what memory they took.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        kind = ENGINES.get(str(context.get("engine")))
        self.runs_model = kind is None or kind.runs_model
        self._context = context
        device = context.get("device")
        self.device = device if isinstance(device, str) and self.runs_model else None

    def gauge(self) -> MemoryGauge | None:
        """Begin to measure memory, once the packages are imported that a model runs with.

        Importing them takes seconds and memory, which are no variant's.
        """
        versions = self._context.get("versions")
        named = versions if isinstance(versions, Mapping) and self.device else {}
        for name in _PACKAGES:
            if name in named:
                # What is amiss with them is said when the model is loaded.
                with suppress(ImportError, OSError, RuntimeError):
                    import_module(name)
        return memory_gauge(self.device) if self.device else None

    def effort(self, watch: Stopwatch, *, at_once: int | None) -> Effort:
        """Return what a stopwatch measured; `at_once` prompts were asked of a server."""
        return Effort(
            wall_seconds=watch.wall,
            processor_seconds=watch.processor if self.device else None,
            machine=short_name(self._machine(at_once)),
        )

    def _machine(self, at_once: int | None) -> str:
        if self.device is None:
            asked = "" if at_once is None else f", {at_once} prompts at once"
            return f"engine {self._context.get('engine')}{asked}"
        return ", ".join(_computing(self.device))


def _computing(device: str) -> list[str]:
    """Name what computes: a GPU, or a processor and how many threads use it."""
    torch = sys.modules.get("torch")  # which a model that needs it has imported
    if torch is not None and device.startswith("cuda") and torch.cuda.is_available():
        return [str(torch.cuda.get_device_name()), device]
    threads = [] if torch is None else [f"{torch.get_num_threads()} threads"]
    return [str(describe_machine()["processor"]), device, *threads]
