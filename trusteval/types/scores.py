"""What a metric makes of a subject's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.types.answers import InvalidReason


@dataclass(frozen=True, slots=True)
class Interval:
    """A 90 % interval on the scale of its score; each bound is one-sided 95 %."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How the answers behind a score divide; refused and invalid ones are at most `n`.

    `is_read` is False where nobody read all answers, so that there may be more of either.
    """

    n: int
    refused: int
    invalid: Mapping[InvalidReason, int]
    is_read: bool = True

    @property
    def n_invalid(self) -> int:
        return sum(self.invalid.values())


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value in points, 0 to 100, or None with the reason why it is undefined.

    `complete` is False where a setting is missing or has fewer rows than declared; `too_few` says
    that more rows, answered as these were, would give it a value.
    """

    metric: str
    value: float | None
    counts: Counts
    interval: Interval | None = None
    undefined: str | None = None
    missing_settings: tuple[str, ...] = ()
    complete: bool = True
    too_few: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """How much worse a subject is than its reference, paired by sample, in points."""

    reference: str
    value: float
    interval: Interval
