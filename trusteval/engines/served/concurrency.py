"""Asks many things at once, but never too many, and hands over answers in groups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

_T = TypeVar("_T")
_MOST_TOGETHER = 64
_LONGEST_HELD_SECONDS = 2.0
"""An answer is handed over after so long, or with so many others: a group is a transaction."""


async def answered_together(
    ask: Callable[[int], Coroutine[Any, Any, _T]],
    indices: Iterable[int],
    *,
    at_once: int,
) -> AsyncGenerator[dict[int, _T], None]:
    """Yield groups of answers as they arrive, with at most `at_once` questions open.

    The first failure is raised after the answers that came before it; closing the generator
    cancels what is open.
    """
    waiting = iter(indices)
    running: dict[asyncio.Task[_T], int] = {}
    ready: dict[int, _T] = {}
    clock = asyncio.get_running_loop().time
    handed_over = clock()
    try:
        while True:
            for index in islice(waiting, at_once - len(running)):
                running[asyncio.create_task(ask(index))] = index
            if not running:
                break
            finished, _ = await asyncio.wait(
                running, timeout=_LONGEST_HELD_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            places = {task: running.pop(task) for task in finished}
            failed = [task for task in places if task.exception() is not None]
            ready |= {places[task]: task.result() for task in places if task not in failed}
            is_due = clock() - handed_over > _LONGEST_HELD_SECONDS
            if ready and (failed or is_due or len(ready) >= _MOST_TOGETHER):
                yield ready
                ready, handed_over = {}, clock()
            if failed:
                min(failed, key=places.__getitem__).result()
        if ready:
            yield ready
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
