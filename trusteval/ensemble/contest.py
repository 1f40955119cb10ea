"""A vote and whom it is laid beside, each measured once on the same items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from trusteval.answers.fallback import fall_back
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.best_member import chosen_on_other_half
from trusteval.ensemble.panel import Panel
from trusteval.metrics.contrasts import estimate_contrast
from trusteval.metrics.measuring import Measurement, measured_drop
from trusteval.metrics.metric import SCORE
from trusteval.stats.estimate import Estimate
from trusteval.types import Unavailable

VOTE: Final = "the vote"
DENSE: Final = "the dense model"
CHAIN: Final = "the fallback chain"
CHOSEN: Final = "member chosen by halves"
MEAN: Final = "the mean member"
SEED: Final = 0
"""Of the halves that a best member is chosen on."""

Entrants = Mapping[str, AnswerTable | Unavailable]
"""Answers to every sample, or why there are none: by role, and of members by name."""
Lead = Estimate | Unavailable
"""How far one is ahead of another, paired, as a fraction; or why nobody can say."""


def entrants_of(panel: Panel) -> Entrants:
    """Return what the vote, the dense model, the members, the chain and the chosen member say."""
    dense: AnswerTable | Unavailable = (
        Unavailable("the dense model did not answer it")
        if panel.dense is None
        else panel.singles[panel.dense]
    )
    return {
        VOTE: panel.vote,
        DENSE: dense,
        **{name: panel.singles[name] for name in panel.names},
        CHAIN: fall_back(panel.members, panel.cast),
        CHOSEN: chosen_on_other_half(panel, seed=SEED),
    }


@dataclass(frozen=True, eq=False)
class Contest:
    """What a metric is of all entrants of a panel, over `items` items."""

    ensemble: str
    benchmark: str
    dimension: str
    members: tuple[str, ...]
    items: int
    measured: Mapping[str, Measurement | Unavailable]

    def lead(self, ours: str, its: str) -> Lead:
        """Return how far one entrant is ahead of another, or of the mean of the members."""
        if (ours, its) not in self._leads:
            self._leads[ours, its] = self._lead(ours, its)
        return self._leads[ours, its]

    def contrast(self, weights: Mapping[str, float]) -> Lead:
        """Return a weighted sum of entrants' values; the weights sum to 0, not all of them 0."""
        some = {name: weight for name, weight in weights.items() if weight}
        found = self._all_of(*some)
        if isinstance(found, Unavailable):
            return found
        parts = [one.parts for one in found]
        return _known(estimate_contrast(parts, weights=list(some.values())))

    def _lead(self, ours: str, its: str) -> Lead:
        if its == MEAN:
            shares = dict.fromkeys(self.members, -1 / len(self.members))
            return self.contrast({ours: 1.0, **shares})
        found = self._all_of(ours, its)
        return found if isinstance(found, Unavailable) else lead_of(*found)

    @cached_property
    def _leads(self) -> dict[tuple[str, str], Lead]:
        return {}

    def _all_of(self, *names: str) -> list[Measurement] | Unavailable:
        """Return measurements that have a value, or why one has none."""
        found = []
        for name in names:
            one = self.measured[name]
            if isinstance(one, Unavailable):
                return one
            if one.score.value is None:
                return Unavailable(f"{name}: {one.score.undefined or 'it has no value'}")
            found.append(one)
        return found


def contest(panel: Panel, entrants: Entrants, *, metric: str = SCORE.name) -> Contest:
    """Measure all entrants on a panel's items."""
    return Contest(
        ensemble=panel.ensemble,
        benchmark=panel.benchmark,
        dimension=panel.dimension,
        members=panel.names,
        items=len(panel.rows),
        measured={
            name: answers
            if isinstance(answers, Unavailable)
            else panel.measure(answers, metric=metric)
            for name, answers in entrants.items()
        },
    )


def lead_of(ours: Measurement, its: Measurement) -> Lead:
    """Return how far one measurement is ahead of another, or which has no value."""
    for one in (ours, its):
        if one.score.value is None:
            return Unavailable(one.score.undefined or "it has no value")
    return _known(measured_drop(ours, its))


def _known(estimate: Estimate | None) -> Lead:
    if estimate is None:
        return Unavailable("the protocol's own form of the score has no estimate")
    return estimate
