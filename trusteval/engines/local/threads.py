"""Runs forward passes side by side, each on its share of the processor.

Two passes on a core each are faster than one pass on two: nothing waits at the end of every small
operation for the slower core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")

_MOST = 4


def thread_count(device: str) -> int:
    """Return how many passes run side by side: at most four on a processor, one elsewhere."""
    import torch

    return min(_MOST, torch.get_num_threads()) if device == "cpu" else 1


def run_side_by_side(tasks: Sequence[Callable[[], _T]], *, threads: int) -> list[_T]:
    """Run tasks in inference mode, at most `threads` at once; return their results in order."""
    import torch

    threads = min(threads, len(tasks))
    if threads <= 1:
        return [task() for task in tasks]
    available = torch.get_num_threads()

    def run(task: Callable[[], _T]) -> _T:
        with torch.inference_mode():
            return task()

    try:
        with ThreadPoolExecutor(
            threads, initializer=torch.set_num_threads, initargs=(max(1, available // threads),)
        ) as pool:
            return list(pool.map(run, tasks))
    finally:
        torch.set_num_threads(available)
