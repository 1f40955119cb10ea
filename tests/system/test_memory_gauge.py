"""What is measured of memory is what was taken since, by whom it is said to be."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from trusteval.system.machine import default_device
from trusteval.system.memory_gauge import memory_gauge
from trusteval.types import MemoryKind

SIZE = 64 * 2**20


def test_process_is_measured_from_now_on_and_its_peak_stays() -> None:
    gauge = memory_gauge("cpu")
    if gauge is None:
        pytest.skip("this system does not tell what a process holds")
    assert gauge.kind is MemoryKind.PROCESS
    taken = np.ones(SIZE, np.uint8)
    assert gauge.now() > SIZE / 2
    del taken
    assert gauge.now() < SIZE / 2 < gauge.peak()
    gauge.close()
    assert not [t for t in threading.enumerate() if t.name == "trusteval-memory"]


def test_peak_is_seen_while_nobody_asks() -> None:
    gauge = memory_gauge("cpu")
    if gauge is None:
        pytest.skip("this system does not tell what a process holds")
    taken = np.ones(SIZE, np.uint8)
    for _ in range(600):
        if gauge.peak() > SIZE / 2:
            break
        threading.Event().wait(0.05)
    assert taken.all()
    assert gauge.peak() > SIZE / 2
    gauge.close()


@pytest.mark.skipif(default_device() != "cuda", reason="no GPU here")
def test_gpu_is_measured_by_what_torch_holds() -> None:
    import torch

    gauge = memory_gauge("cuda")
    assert gauge is not None
    assert gauge.kind is MemoryKind.DEVICE
    taken = torch.zeros(SIZE, dtype=torch.uint8, device="cuda")
    assert gauge.now() == SIZE
    del taken
    assert (gauge.now(), gauge.peak()) == (0, SIZE)
    gauge.close()


@pytest.mark.parametrize("device", ["mps", "tpu", ""])
def test_other_devices_are_not_guessed_at(device: str) -> None:
    assert memory_gauge(device) is None
