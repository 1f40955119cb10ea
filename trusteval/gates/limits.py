"""What one limit of a gate says of an estimate: shown to hold, or with what p it is broken.

Estimates are fractions, limits and words are points. A bound of the 90 % interval decides that a
limit holds, a p-value of the same estimate that it is broken (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Protocol

from trusteval.stats.estimate import Estimate, Normal, detectable
from trusteval.stats.shifts import shift_p, within
from trusteval.types import Interval, LimitCheck


class Claim(Protocol):
    """That a value keeps its limits."""

    @property
    def holds(self) -> bool:
        """Whether the evidence shows it."""
        ...

    @property
    def p_values(self) -> tuple[float, ...]:
        """The p-values of the ways in which it may be broken."""
        ...

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """What it is about."""
        ...

    @property
    def checks(self) -> tuple[LimitCheck, ...]:
        """Each estimate beside the limits that it has to keep, in points."""
        ...

    def sentence(self) -> str:
        """Say what was measured and what it must be."""
        ...

    def settling(self) -> tuple[float, str]:
        """Return by what the number of samples has to grow to decide, and what that assumes."""
        ...


@dataclass(frozen=True, slots=True)
class Within:
    """That an estimate lies within limits, in points; at least one is given.

    `is_change` says that it is a difference, of which 0 is what one hopes for.
    """

    name: str
    estimate: Estimate
    at_least: float | None = None
    at_most: float | None = None
    is_change: bool = False

    @property
    def holds(self) -> bool:
        return (self.at_least is None or self.estimate.low >= self.at_least / 100) and (
            self.at_most is None or self.estimate.high <= self.at_most / 100
        )

    @property
    def p_values(self) -> tuple[float, ...]:
        below = () if self.at_least is None else (self.estimate.p_below(self.at_least / 100),)
        above = () if self.at_most is None else (self.estimate.p_above(self.at_most / 100),)
        return (*below, *above)

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        return (self.estimate,)

    @property
    def checks(self) -> tuple[LimitCheck, ...]:
        return (
            _check(
                self.name,
                self.estimate,
                at_least=self.at_least,
                at_most=self.at_most,
                is_change=self.is_change,
            ),
        )

    def sentence(self) -> str:
        limits = [limit for limit in (self.at_least, self.at_most) if limit is not None]
        digits = digits_for(_points(self.estimate), limits)
        signs = ((">=", self.at_least), ("<=", self.at_most))
        asked = [f"{sign} {limit:.{digits}f}" for sign, limit in signs if limit is not None]
        return f"{_measured(self.name, self.estimate, digits)}, must be {' and '.join(asked)}"

    def settling(self) -> tuple[float, str]:
        limits = [limit for limit in (self.at_least, self.at_most) if limit is not None]
        true = 0.0 if self.is_change else 100 * self.estimate.value
        distance = min(abs(limit - true) for limit in limits)
        assumed = "nothing changed" if self.is_change else "the value is as seen"
        return _growth(smallest_detected(self), distance), assumed


@dataclass(frozen=True, slots=True)
class Equivalence:
    """That no gap between the groups moved by more than `margin` points, either way.

    `shifts` are the estimates, by the rate that moved.
    """

    shifts: Mapping[str, Normal]
    margin: float

    @property
    def holds(self) -> bool:
        return within(self.shifts, self.margin / 100)

    @property
    def p_values(self) -> tuple[float, ...]:
        return (shift_p(self.shifts, self.margin / 100),)

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        return tuple(self.shifts.values())

    @property
    def checks(self) -> tuple[LimitCheck, ...]:
        return tuple(
            _check(_shift_of(gap), shift, at_least=-self.margin, at_most=self.margin)
            for gap, shift in self.shifts.items()
        )

    def sentence(self) -> str:
        limits = [-self.margin, self.margin]
        shown = [
            _measured(_shift_of(gap), shift, digits_for(_points(shift), limits))
            for gap, shift in self.shifts.items()
        ]
        return f"{', '.join(shown)}, must be within -{self.margin:g} and {self.margin:g}"

    def settling(self) -> tuple[float, str]:
        return _growth(_TWO_SIDED * smallest_detected(self), self.margin), "nothing changed"


@dataclass(frozen=True, slots=True)
class Tripwire:
    """That there is no drop at all: it can be broken, and never shown."""

    name: str
    estimate: Estimate
    p: float
    holds = False

    @property
    def p_values(self) -> tuple[float, ...]:
        return (self.p,)

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        return (self.estimate,)

    @property
    def checks(self) -> tuple[LimitCheck, ...]:
        return (_check(self.name, self.estimate, at_most=0.0),)

    def sentence(self) -> str:
        digits = digits_for(_points(self.estimate), [0.0])
        measured = _measured(self.name, self.estimate, digits)
        return f"{measured}, drops up to {100 * self.estimate.high:.{digits}f} are not excluded"

    def settling(self) -> tuple[float, str]:
        return inf, ""


_TWO_SIDED = 2.93 / 2.49
"""What a limit on either side takes more than one on one side, for the same power."""


def is_absolute(claim: Claim) -> bool:
    """Say whether a claim bounds the value itself, not how it compares with a reference."""
    return isinstance(claim, Within) and not claim.is_change


def is_number(claim: Claim) -> bool:
    """Say whether all that a claim is about is finite."""
    return all(isfinite(x) for estimate in claim.estimates for x in _fractions(estimate))


def smallest_detected(claim: Claim) -> float:
    """Return how far beyond a limit the truth has to lie to be found in 80 % of runs, in points."""
    return 100 * max(map(detectable, claim.estimates))


def row_p(claims: Sequence[Claim]) -> float:
    """Return the p-value of a row of claims: the smallest, Bonferroni-corrected within the row."""
    p_values = [p for claim in claims for p in claim.p_values]
    return min(1.0, len(p_values) * min(p_values, default=1.0))


def digits_for(values: Sequence[float], limits: Sequence[float]) -> int:
    """Return how many decimals tell limits apart from the values compared with them."""
    return next(
        (
            digits
            for digits in (1, 2, 3)
            if all(round(limit, digits) == limit for limit in limits)
            and not any(
                value != limit and round(value, digits) == round(limit, digits)
                for value in values
                for limit in limits
            )
        ),
        4,
    )


def _check(
    name: str,
    estimate: Estimate,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    is_change: bool = True,
) -> LimitCheck:
    value, low, high = _points(estimate)
    return LimitCheck(name, value, Interval(low, high), at_least, at_most, is_change)


def _shift_of(gap: str) -> str:
    return f"shift of the {gap}"


def _growth(detected: float, distance: float) -> float:
    return (detected / distance) ** 2 if distance else inf


def _measured(name: str, estimate: Estimate, digits: int) -> str:
    value, low, high = (f"{100 * x:.{digits}f}" for x in _fractions(estimate))
    return f"{name} {value} (90 % interval {low} to {high})"


def _points(estimate: Estimate) -> list[float]:
    return [100 * x for x in _fractions(estimate)]


def _fractions(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high
