"""What stands where a statistic has no value: a reason, never a number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Undefined:
    """A statistic that would be 0 / 0; `reason` says in words what there is none of."""

    reason: str
