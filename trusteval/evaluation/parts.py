"""The parts of a setting that workers claim: the same in every run, so that each is one lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trusteval.types import Response

PART_SIZE = 256
"""How many prompts are claimed at once: some batches, and few enough to be shared."""


def open_parts(keys: Sequence[str], recorded: Mapping[str, Response]) -> list[range]:
    """Return the parts of a setting's keys of which an answer is missing."""
    starts = range(0, len(keys), PART_SIZE)
    parts = [range(start, min(start + PART_SIZE, len(keys))) for start in starts]
    return [part for part in parts if any(keys[i] not in recorded for i in part)]
