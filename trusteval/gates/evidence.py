"""What a gate decides by: a score, its estimate, and how it compares with a reference's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trusteval.stats.estimate import Estimate, Normal
from trusteval.types import Score


@dataclass(frozen=True, slots=True)
class Comparison:
    """A subject beside its reference, paired by sample; estimates are fractions.

    `worse` is how much worse the subject is: reference minus subject for a drop, the opposite for
    a rise. `shifts` are how the gaps between groups moved, by the rate that moved. `obstacle` says
    why there is no comparison, `too_few` that more samples would remove it, `note` what else has to
    be known of it.
    """

    worse: Estimate | None = None
    shifts: Mapping[str, Normal] = field(default_factory=dict)
    obstacle: str | None = None
    too_few: bool = False
    note: str = ""

    @property
    def farthest(self) -> float:
        """How far the two may lie apart either way, by the interval that reaches farthest."""
        estimates = [*self.shifts.values(), *([] if self.worse is None else [self.worse])]
        return max((max(abs(e.low), abs(e.high)) for e in estimates), default=0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A score with its estimate as a fraction, None where its formula has none.

    `comparison` is there where a gate asks for one; `noise` is that of a subject with itself, asked
    twice, where it was.
    """

    score: Score
    estimate: Estimate | None = None
    comparison: Comparison | None = None
    noise: Comparison | None = None
