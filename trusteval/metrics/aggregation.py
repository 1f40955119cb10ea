"""How a value is made of the rows of settings: a weighted sum of metrics, or a quotient of two."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from trusteval.metrics.metric import (
    Attack,
    Composite,
    Convention,
    Disparity,
    Earned,
    Metric,
    Rate,
    Ratio,
)

_CLEAN = "clean_"


@dataclass(frozen=True, slots=True)
class Term:
    """One setting's metric, or 1 minus it, and its weight in a sum."""

    setting: str
    metric: Metric
    weight: float
    complement: bool = False


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """The sum of the terms; their weights sum to 1."""

    terms: tuple[Term, ...]

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.setting for term in self.terms))

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
    """Of the items right on the clean text, the share not right on the perturbed one.

    All settings' rows together; `clean` names the setting of a setting's clean counterparts.
    """

    settings: tuple[str, ...]
    nothing = "no clean counterpart is answered right"
    value_of_nothing = None

    @staticmethod
    def clean(setting: str) -> str:
        return f"{_CLEAN}{setting}"

    def needed(self, declared: Container[str]) -> tuple[str, ...]:
        """Return the settings that have to bring rows, those with clean texts where declared."""
        clean = [self.clean(name) for name in self.settings]
        return (*self.settings, *(name for name in clean if name in declared))


Formula = WeightedSum | Quotient | AttackSuccess


def averages_labels(formula: Formula) -> bool:
    """Whether a value is a mean over true labels, so that each of them needs rows."""
    if not isinstance(formula, WeightedSum):
        return False
    made = [term.metric.made for term in formula.terms]
    return any(isinstance(one, Rate) and one.by_label for one in made)


def formula_of(metric: Metric, weights: Mapping[str, float]) -> Formula:
    """Return how a metric is made of the settings in `weights` (name to share, summing to 1).

    Raises ValueError for a score, which a protocol or another tool makes of them.
    """
    match metric.made:
        case Composite() | Earned():
            raise ValueError(f"expected a metric of rows, got {metric.name}")
        case Attack():
            return AttackSuccess(tuple(weights))
        case Ratio() as ratio:
            return Quotient(ratio, weights)
        case Rate() | Disparity() | Convention():
            return WeightedSum(tuple(Term(name, metric, share) for name, share in weights.items()))
