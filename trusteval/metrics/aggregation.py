"""How a value is made of the rows of settings: a weighted sum of metrics, or a quotient of two."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from trusteval.metrics.indicators import Indicator
from trusteval.metrics.making import Attack, Composite, Disparity, Earned, Rate, Ratio
from trusteval.metrics.metric import Metric

_CLEAN = "clean_"


@dataclass(frozen=True, slots=True)
class Term:
    """One setting's metric, or 1 minus it, and its weight in a sum."""

    setting: str
    metric: Metric
    weight: float
    complement: bool = False

    def times(self, share: float, *, complement: bool = False) -> Term:
        return replace(self, weight=self.weight * share, complement=complement)


@dataclass(frozen=True, slots=True)
class Lesser:
    """Of two sums of rates, the lesser: what is asked in two ways, and counts as the worse one."""

    one: tuple[Term, ...]
    other: tuple[Term, ...]

    def times(self, share: float) -> Lesser:
        return Lesser(_times(self.one, share), _times(self.other, share))


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """The sum of the terms, and of the lesser of each two; the weights that count sum to 1."""

    terms: tuple[Term, ...]
    lesser: tuple[Lesser, ...] = ()

    @classmethod
    def of(cls, sums: Iterable[WeightedSum]) -> WeightedSum:
        """Add up sums."""
        parts = tuple(sums)
        return cls(
            tuple(term for part in parts for term in part.terms),
            tuple(two for part in parts for two in part.lesser),
        )

    @property
    def every_term(self) -> tuple[Term, ...]:
        """The terms of all sums, of either of two too."""
        of_two = (term for two in self.lesser for term in (*two.one, *two.other))
        return (*self.terms, *of_two)

    @property
    def weights(self) -> dict[str, float]:
        """What each setting weighs, by its name, where either of two sums counts half."""
        halves = [term.times(0.5) for two in self.lesser for term in (*two.one, *two.other)]
        weights: dict[str, float] = {}
        for term in (*self.terms, *halves):
            weights[term.setting] = weights.get(term.setting, 0.0) + term.weight
        return weights

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.setting for term in self.every_term))

    def times(self, share: float, *, complement: bool = False) -> WeightedSum:
        """Weigh all of it; what is the lesser of two has no complement."""
        terms = tuple(term.times(share, complement=complement) for term in self.terms)
        return WeightedSum(terms, tuple(two.times(share) for two in self.lesser))

    def needed(self, declared: Container[str]) -> tuple[str, ...]:
        return self.settings


@dataclass(frozen=True, slots=True)
class Quotient:
    """The weighted mean of one rate divided by that of another; `weights` is setting to share."""

    ratio: Ratio
    weights: Mapping[str, float]

    @property
    def nothing(self) -> str:
        """Why it has no value where the divisor is 0."""
        return self.ratio.nothing

    @property
    def value_of_nothing(self) -> float | None:
        return self.ratio.value_of_nothing

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def needed(self, declared: Container[str]) -> tuple[str, ...]:
        return self.settings


@dataclass(frozen=True, slots=True)
class AttackSuccess:
    """Of the items right on the clean text, the share of which `holds` on the perturbed one.

    All settings' rows together, where a clean row has its perturbed one's id and is asked in the
    setting that is called `clean_` and the name. With `twins`, the mean over the settings that they
    name the clean setting of, by their `weights`, and a clean row has its perturbed one's unit.
    """

    weights: Mapping[str, float]
    holds: Indicator
    twins: Mapping[str, str] = field(default_factory=dict)
    nothing = "no clean counterpart is answered right"
    value_of_nothing = None

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def clean(self, setting: str) -> str:
        """Name the setting of a setting's clean counterparts."""
        return self.twins.get(setting, f"{_CLEAN}{setting}")

    def needed(self, declared: Container[str]) -> tuple[str, ...]:
        """Return the settings that have to bring rows, those with clean texts where declared."""
        clean = [self.clean(name) for name in self.settings]
        return (*self.settings, *(name for name in clean if name in declared))


Formula = WeightedSum | Quotient | AttackSuccess


def averages_labels(formula: Formula) -> bool:
    """Whether a value is a mean over true labels, so that each of them needs rows."""
    if not isinstance(formula, WeightedSum):
        return False
    made = [term.metric.made for term in formula.every_term]
    return any(isinstance(one, Rate) and one.by_label for one in made)


def formula_of(
    metric: Metric, weights: Mapping[str, float], *, twins: Mapping[str, str] | None = None
) -> Formula:
    """Return how a metric is made of the settings in `weights` (name to share, summing to 1).

    `twins` are as in `AttackSuccess`. Raises ValueError for a score, which a protocol or another
    tool makes of them.
    """
    match metric.made:
        case Composite() | Earned():
            raise ValueError(f"expected a metric of rows, got {metric.name}")
        case Attack(holds):
            return AttackSuccess(weights, holds, twins or {})
        case Ratio() as ratio:
            return Quotient(ratio, weights)
        case Rate() | Disparity():
            return WeightedSum(tuple(Term(name, metric, share) for name, share in weights.items()))


def _times(terms: Iterable[Term], share: float) -> tuple[Term, ...]:
    return tuple(term.times(share) for term in terms)
