"""A part of a score: the mean of a metric over settings, or over cases of several settings."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trusteval.metrics.aggregation import Lesser, Term, WeightedSum
from trusteval.metrics.metric import Metric


def over(settings: Iterable[str], metric: str) -> dict[str, str]:
    """Name one metric for many settings."""
    return dict.fromkeys(settings, metric)


@dataclass(frozen=True, slots=True)
class Case:
    """Settings whose mean counts once.

    With the mean of those `beside` it counts half; of the mean `or_lower`, the lower one counts.
    Where nothing of either is asked, it says nothing and counts for nothing.
    """

    settings: tuple[str, ...]
    beside: tuple[str, ...] = ()
    or_lower: tuple[str, ...] = ()

    def is_among(self, asked: Iterable[str]) -> bool:
        """Say whether something of it is asked, and of what belongs to it."""
        known = set(asked)
        parts = (part for part in (self.settings, self.beside, self.or_lower) if part)
        return all(not known.isdisjoint(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Subscore:
    """The mean of a metric over settings, each with its own: `metrics` is setting to metric.

    `share` weighs it in the score, 0 shows it beside the score only; `complement` lets it enter
    as 100 minus its value; `pooled` weighs settings by their rows. With `cases` it is the mean over
    them, none of which is pooled; ValueError for a complement of what may be the lower of two.
    """

    metrics: Mapping[str, str]
    share: float = 1.0
    complement: bool = False
    pooled: bool = False
    cases: tuple[Case, ...] = ()

    def __post_init__(self) -> None:
        if self.complement and any(case.or_lower for case in self.cases):
            raise ValueError("expected a complement of plain means, got one of the lower of two")

    def is_among(self, asked: Iterable[str]) -> bool:
        """Say whether it can be made of something that is asked."""
        known = set(asked)
        if self.cases:
            return any(case.is_among(known) for case in self.cases)
        return not known.isdisjoint(self.metrics)

    def mean(self, held: Mapping[str, int], table: Mapping[str, Metric]) -> WeightedSum:
        """Return the sum that it is over the settings in `held` (name to rows)."""
        if self.cases:
            cases = [case for case in self.cases if case.is_among(held)]
            return WeightedSum.of(
                self._case(case, held, table).times(1 / len(cases)) for case in cases
            )
        sizes = {name: held[name] for name in self.metrics if name in held}
        rows = sum(sizes.values()) or 1
        return WeightedSum(
            tuple(
                Term(name, table[self.metrics[name]], n / rows if self.pooled else 1 / len(sizes))
                for name, n in sizes.items()
            )
        )

    def _case(self, case: Case, held: Container[str], table: Mapping[str, Metric]) -> WeightedSum:
        def mean(settings: Sequence[str]) -> tuple[Term, ...]:
            there = [name for name in settings if name in held]
            return tuple(Term(name, table[self.metrics[name]], 1 / len(there)) for name in there)

        if case.beside:
            halves = (WeightedSum(mean(one)).times(0.5) for one in (case.settings, case.beside))
            return WeightedSum.of(halves)
        if not case.or_lower:
            return WeightedSum(mean(case.settings))
        return WeightedSum((), (Lesser(mean(case.settings), mean(case.or_lower)),))
