"""What it takes to hold a vote's members: memory, and the time to load them."""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.ensemble.panel import Panel
from trusteval.types import Cost, Unavailable


def memory_of(panel: Panel, names: Sequence[str], *, at_once: bool) -> int | Unavailable:
    """Return the most bytes that members take: their peaks together, or the largest in turn."""
    peaks, kinds = list[int](), set[str]()
    for name in names:
        cost = panel.costs.get(name)
        if cost is None or cost.peak_bytes is None or cost.memory_kind is None:
            return Unavailable(why_no_memory(cost, name))
        peaks.append(cost.peak_bytes)
        kinds.add(cost.memory_kind)
    if len(kinds) > 1:
        return Unavailable(f"the memory of members was measured as {' and '.join(sorted(kinds))}")
    return sum(peaks) if at_once else max(peaks)


def loading_of(panel: Panel, names: Sequence[str], *, at_once: bool) -> float | Unavailable:
    """Return the seconds to load members once each, one after the other or at once."""
    seconds = list[float]()
    for name in names:
        cost = panel.costs.get(name)
        if cost is None or cost.load_seconds is None:
            return Unavailable(why_no_load(cost, name))
        seconds.append(cost.load_seconds)
    return max(seconds) if at_once else sum(seconds)


def why_no_load(cost: Cost | None, name: str) -> str:
    """Say why nobody knows how long loading took."""
    if cost is None:
        return f"no costs of {name} are recorded"
    return f"nobody measured a load of {name}"


def why_no_memory(cost: Cost | None, name: str) -> str:
    """Say why nobody knows what memory a subject took."""
    if cost is None or cost.load_seconds is None:
        return why_no_load(cost, name)
    return f"{name} runs elsewhere, its memory is not known"
