"""The parts of a setting that workers claim: the same in every run, so that each is one lease."""

from __future__ import annotations

from collections.abc import Callable

PART_SIZE = 256
"""How many prompts are claimed at once: some batches, and few enough to be shared."""


def open_parts(count: int, is_whole: Callable[[int], bool]) -> list[range]:
    """Return the parts of a setting's rows of which something is missing."""
    starts = range(0, count, PART_SIZE)
    parts = [range(start, min(start + PART_SIZE, count)) for start in starts]
    return [part for part in parts if not all(map(is_whole, part))]
