"""What a rule takes whose answers come from some subjects: answers, tokens and seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from trusteval.ensemble.panel import Panel
from trusteval.types import Cost, Unavailable

Asks = Mapping[str, float]
"""By the names of subjects, on which share of the items each is asked, in [0, 1]."""


class Unit(StrEnum):
    """What is counted: prompts' and answers' tokens, or seconds that passed."""

    TOKENS = "tokens"
    SECONDS = "seconds"


def asks_of_vote(panel: Panel) -> Asks:
    """Return whom a vote asks: every member about every item."""
    return dict.fromkeys(panel.names, 1.0)


def spent(panel: Panel, asks: Asks, unit: Unit) -> float | Unavailable:
    """Return what asking took, each subject as long as its answers to the benchmark took."""
    if not panel.costs:
        return Unavailable("the run holds no costs")
    total = 0.0
    for name, share in asks.items():
        cost = panel.costs.get(name)
        taken = None if cost is None else _taken(cost, unit)
        if taken is None:
            return Unavailable(f"nobody measured the {unit} of {name}")
        total += share * taken
    return total


def relative(parts: Sequence[tuple[Panel, Asks]], unit: Unit) -> float | Unavailable:
    """Return what rules took on panels, as a multiple of what the panels' votes took.

    Seconds of different machines are not compared.
    """
    ours = its = 0.0
    for panel, asks in parts:
        taken, of_vote = spent(panel, asks, unit), spent(panel, asks_of_vote(panel), unit)
        if isinstance(taken, Unavailable):
            return taken
        if isinstance(of_vote, Unavailable):
            return of_vote
        if unit is Unit.SECONDS and len(_machines(panel, asks)) > 1:
            return Unavailable("it was measured on other machines than the vote")
        ours, its = ours + taken, its + of_vote
    return ours / its if its else Unavailable(f"the vote took no {unit}")


def affordable(panel: Panel, draws: Sequence[str], unit: Unit) -> int | Unavailable:
    """Return how many draws take no more than the vote does, but one at least.

    Where all draws together take less, as many more as at their mean would.
    """
    shares = [relative([(panel, {name: 1.0})], unit) for name in draws]
    total = 0.0
    for place, share in enumerate(shares):
        if isinstance(share, Unavailable):
            return share
        total += share
        if total > 1 + _ROUNDING:
            return max(1, place)
    if not total:
        return Unavailable(f"draws took no {unit}")
    return int(len(draws) / total + _ROUNDING)


_ROUNDING = 1e-9


def _taken(cost: Cost, unit: Unit) -> float | None:
    if unit is Unit.TOKENS:
        if cost.n_prompt_tokens is None or cost.n_new_tokens is None:
            return None
        return float(cost.n_prompt_tokens + cost.n_new_tokens)
    if cost.wall_seconds is None or not cost.n_measured:
        return None
    return cost.wall_seconds / cost.n_measured * cost.n_answers


def _machines(panel: Panel, asks: Asks) -> set[str]:
    names = {*asks, *panel.names}
    return {machine for name in names for machine in panel.costs[name].machines}
