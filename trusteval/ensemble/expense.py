"""What a rule takes whose answers come from some subjects: answers, tokens and seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from trusteval.ensemble.panel import Panel
from trusteval.types import Cost, Unavailable

Asks = Mapping[str, float]
"""By the names of subjects, on which share of the items each is asked, in [0, 1]."""


class Unit(StrEnum):
    """What is counted: answers, tokens of prompts and answers, seconds passed or computed."""

    ANSWERS = "answers"
    TOKENS = "tokens"
    SECONDS = "seconds"
    PROCESSOR = "processor seconds"


_TIMES = (Unit.SECONDS, Unit.PROCESSOR)


def asks_of_vote(panel: Panel) -> Asks:
    """Return whom a vote asks: every member about every item."""
    return dict.fromkeys(panel.names, 1.0)


def per_answer(panel: Panel, name: str, unit: Unit) -> float | Unavailable:
    """Return what one answer of a subject took: the mean of all its answers to the benchmark."""
    if unit is Unit.ANSWERS:
        return 1.0
    if not panel.costs:
        return Unavailable("the run holds no costs")
    cost = panel.costs.get(name)
    taken = None if cost is None else _mean(cost, unit)
    return Unavailable(f"nobody measured the {unit} of {name}") if taken is None else taken


def price(panel: Panel, asks: Asks, unit: Unit) -> float | Unavailable:
    """Return what asking takes per item, where it can be compared with what the vote takes.

    Seconds of different machines are not compared.
    """
    each = {name: per_answer(panel, name, unit) for name in asks}
    for taken in each.values():
        if isinstance(taken, Unavailable):
            return taken
    if unit in _TIMES:
        if len(machines(panel, panel.names)) > 1:
            return Unavailable("the members were measured on several machines")
        if len(machines(panel, [*asks, *panel.names])) > 1:
            return Unavailable("it was measured on other machines than the vote")
    return sum(asks[name] * taken for name, taken in each.items() if isinstance(taken, float))


def latency(panel: Panel, asks: Asks) -> float | Unavailable:
    """Return the seconds until the slowest has answered, where all are asked at once."""
    work = price(panel, asks, Unit.SECONDS)
    if isinstance(work, Unavailable):
        return work
    each = (price(panel, {name: share}, Unit.SECONDS) for name, share in asks.items())
    return max(taken for taken in each if isinstance(taken, float))


def best_unit(panels: Sequence[Panel]) -> Unit:
    """Return in what votes can be priced on all panels: seconds, else tokens, else answers."""
    known = (
        unit
        for unit in (Unit.SECONDS, Unit.TOKENS)
        if all(isinstance(price(one, asks_of_vote(one), unit), float) for one in panels)
    )
    return next(known, Unit.ANSWERS)


def relative(parts: Sequence[tuple[Panel, Asks]], unit: Unit) -> float | Unavailable:
    """Return what rules take on panels' items, as a multiple of what the panels' votes take."""
    ours = its = 0.0
    for panel, asks in parts:
        taken, of_vote = price(panel, asks, unit), price(panel, asks_of_vote(panel), unit)
        if isinstance(taken, Unavailable):
            return taken
        if isinstance(of_vote, Unavailable):
            return of_vote
        ours, its = ours + len(panel.rows) * taken, its + len(panel.rows) * of_vote
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


def machines(panel: Panel, names: Iterable[str]) -> set[str]:
    """Return what subjects were measured on."""
    costs = (panel.costs[name] for name in names if name in panel.costs)
    return {machine for cost in costs for machine in cost.machines}


_ROUNDING = 1e-9


def _mean(cost: Cost, unit: Unit) -> float | None:
    if unit is Unit.TOKENS:
        if cost.n_prompt_tokens is None or cost.n_new_tokens is None or not cost.n_answers:
            return None
        return (cost.n_prompt_tokens + cost.n_new_tokens) / cost.n_answers
    seconds = cost.wall_seconds if unit is Unit.SECONDS else cost.processor_seconds
    return None if seconds is None or not cost.n_measured else seconds / cost.n_measured
