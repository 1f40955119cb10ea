"""The ways to hold one vote: ask all members in turn or at once, or no further than is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trusteval.answers.cascade import cascade, cheapest_first
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.expense import Asks, Unit, asks_of_vote, latency, price
from trusteval.ensemble.panel import Panel
from trusteval.types import Answer, Unavailable, Variant

IN_TURN: Final = "full vote (in turn)"
AT_ONCE: Final = "full vote (at once)"
CHEAPEST: Final = "cascade (cheapest first)"
HIGHEST: Final = "cascade (highest precision first)"


@dataclass(frozen=True, slots=True)
class Way:
    """How a vote is held; `asks` are in the order in which members are asked.

    `ordered_by` is what the order is by.
    """

    name: str
    asks: Asks
    ordered_by: str
    is_at_once: bool = False

    def seconds(self, panel: Panel) -> float | Unavailable:
        """Return how long the vote on an item takes, once the members are loaded."""
        if self.is_at_once:
            return latency(panel, self.asks)
        return price(panel, self.asks, Unit.SECONDS)


def ways_of(panel: Panel) -> tuple[Way, ...]:
    """Return the ways to hold a panel's vote; all give its answers.

    Raises RuntimeError where a cascade does not.
    """
    cheapest, by = _cheapest_first(panel)
    return (
        Way(IN_TURN, asks_of_vote(panel), "precision"),
        Way(AT_ONCE, asks_of_vote(panel), "precision", is_at_once=True),
        Way(CHEAPEST, _asks(panel, cheapest), by),
        Way(HIGHEST, _asks(panel, panel.members), "precision"),
    )


def _cheapest_first(panel: Panel) -> tuple[Sequence[Variant], str]:
    """Order members by their seconds, the lowest precision first where those are not known."""
    by_bits = cheapest_first(panel.members)
    each = {m.name: price(panel, {m.name: 1.0}, Unit.SECONDS) for m in by_bits}
    known = {name: taken for name, taken in each.items() if isinstance(taken, float)}
    if len(known) < len(each):
        return by_bits, "bits"
    return sorted(by_bits, key=lambda member: known[member.name]), "seconds"


def _asks(panel: Panel, order: Sequence[Variant]) -> Asks:
    """Return on which share of the items a cascade asks each member."""
    found = cascade(panel.members, panel.cast, order=order)
    if n := _differing(found.answer_table, panel.vote):
        names = ", ".join(member.name for member in order)
        raise RuntimeError(
            f"the cascade over {names} gives another answer than the full vote on {n} items of "
            f"{panel.benchmark}"
        )
    return {one.name: float(found.was_asked(one)[panel.rows].mean()) for one in order}


def _differing(one: AnswerTable, other: AnswerTable) -> int:
    """Count the samples to which two tables hold different answers."""
    numbers: dict[Answer, int] = {}
    ours, its = (
        np.array([numbers.setdefault(a, len(numbers)) for a in of.answers], np.int64)[of.code]
        for of in (one, other)
    )
    return int(np.count_nonzero(ours != its))
