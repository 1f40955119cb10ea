"""Benchmarks taken together: a dimension, or all dimensions, as one contest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from trusteval.ensemble.contest import VOTE, Contest, Lead
from trusteval.ensemble.over_best import OverBest
from trusteval.stats.estimate import Estimate
from trusteval.stats.independent import independent_mean
from trusteval.types import Unavailable

Asked = Callable[[Contest], Lead]
"""What is asked of each benchmark."""


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A mean over benchmarks, and those it is over; `members` those that a best one is of."""

    lead: Lead
    contests: tuple[Contest, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def items(self) -> int:
        return sum(one.items for one in self.contests)


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The mean over dimensions of the mean over their benchmarks, each weighing the same.

    Errors of different benchmarks are taken to be independent, since they ask other items. What a
    benchmark cannot say is left out, and the finding says of which it is.
    """

    contests: tuple[Contest, ...]

    @property
    def ensemble(self) -> str:
        return self.contests[0].ensemble

    @property
    def members(self) -> tuple[str, ...]:
        """The members' names, highest precision first."""
        return self.contests[0].members

    @property
    def dimensions(self) -> dict[str, Scope]:
        """The dimensions, each by itself."""
        names = dict.fromkeys(one.dimension for one in self.contests)
        return {
            name: Scope(tuple(one for one in self.contests if one.dimension == name))
            for name in names
        }

    def lead(self, ours: str, its: str) -> Finding:
        """Return how far one entrant is ahead of another."""
        return self.find(lambda one: one.lead(ours, its))

    def find(self, asked: Asked) -> Finding:
        """Return the mean of what benchmarks say."""
        kept = self.having(asked)
        if isinstance(kept, Unavailable):
            return Finding(kept)
        means = [
            independent_mean(_known(map(asked, dimension.contests)))
            for dimension in kept.dimensions.values()
        ]
        return Finding(independent_mean(means), kept.contests)

    def having(self, *asked: Asked) -> Scope | Unavailable:
        """Keep the benchmarks that can say all that is asked."""
        kept, why = list[Contest](), dict[str, None]()
        for one in self.contests:
            lacking = [lead.why for ask in asked if isinstance(lead := ask(one), Unavailable)]
            if lacking:
                why[f"{one.benchmark}: {lacking[0]}"] = None
            else:
                kept.append(one)
        return replace(self, contests=tuple(kept)) if kept else Unavailable("; ".join(why))

    def best(self) -> Finding:
        """Return how far the vote is ahead of its best member, whichever that is.

        It is of the members that have a score wherever one of them has.
        """
        of_members = {name: self.lead(VOTE, name) for name in self.members}
        widest = max((found.contests for found in of_members.values()), key=len)
        leads = {
            name: found.lead
            for name, found in of_members.items()
            if not isinstance(found.lead, Unavailable) and found.contests == widest
        }
        if not leads:
            return next(iter(of_members.values()))
        behind = _known(Scope(widest).lead(name, VOTE).lead for name in leads)
        return Finding(OverBest(tuple(leads.values()), behind), widest, tuple(leads))


def _known(leads: Iterable[Lead]) -> list[Estimate]:
    return [lead for lead in leads if not isinstance(lead, Unavailable)]
