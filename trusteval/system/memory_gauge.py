"""Measures how much memory something takes from now on: on GPUs, or of this process."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from trusteval.types import MemoryKind

_STATM = Path("/proc/self/statm")
_SECONDS = 0.05


class MemoryGauge(Protocol):
    """A measurement that began when it was made; sizes are bytes beyond what was held then."""

    kind: MemoryKind

    def now(self) -> int: ...

    def peak(self) -> int: ...

    def close(self) -> None:
        """End the measurement."""
        ...


def memory_gauge(device: str) -> MemoryGauge | None:
    """Begin to measure what a model takes on a device, None where nobody can tell."""
    if device.startswith("cuda"):
        with suppress(ImportError):
            import torch

            return DeviceGauge() if torch.cuda.is_available() else None
    return ProcessGauge() if device == "cpu" and _STATM.exists() else None


class DeviceGauge:
    """What torch holds on GPUs. A process computes on one of them, so that the sum is that one's.

    Who reads torch's own peak elsewhere finds it begun anew.
    """

    kind = MemoryKind.DEVICE

    def __init__(self) -> None:
        import torch

        self._cuda: Any = torch.cuda
        for device in self._devices():
            self._cuda.reset_peak_memory_stats(device)
        self._before = self._sum(self._cuda.memory_allocated)

    def now(self) -> int:
        return max(0, self._sum(self._cuda.memory_allocated) - self._before)

    def peak(self) -> int:
        return max(0, self._sum(self._cuda.max_memory_allocated) - self._before)

    def close(self) -> None:
        pass

    def _devices(self) -> range:
        return range(self._cuda.device_count())

    def _sum(self, count: Any) -> int:
        return sum(int(count(device)) for device in self._devices())


class ProcessGauge:
    """What this process holds resident, looked at by another thread.

    Its peak is the highest that was seen, by that thread or by whoever asked for what is held now.
    The kernel's own highest point is that of the whole life of a process, which is no model's.
    Memory that was freed before and not given back counts as held before.
    """

    kind = MemoryKind.PROCESS

    def __init__(self) -> None:
        self._before = self._highest = _resident()
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look, name="trusteval-memory", daemon=True)
        self._looking.start()

    def now(self) -> int:
        resident = _resident()
        self._highest = max(self._highest, resident)
        return max(0, resident - self._before)

    def peak(self) -> int:
        return self._highest - self._before

    def close(self) -> None:
        self._ended.set()
        self._looking.join()

    def _look(self) -> None:
        with suppress(OSError):  # a process without a file left to open
            while not self._ended.wait(_SECONDS):
                self.now()


def _resident() -> int:
    pages = _STATM.read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
