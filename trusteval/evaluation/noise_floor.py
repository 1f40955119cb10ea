"""Asks a variant twice, the second time in another order: what differs is the engine's noise."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.evaluation.scores import Scores
from trusteval.metrics.measuring import Measurement
from trusteval.types import Variant


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """A variant and its scores of each of two askings; at most one model is in memory."""

    variant: Variant
    first: Scores
    second: Scores

    def twice(
        self, benchmark: str, *, metric: str, part: str | None
    ) -> tuple[Measurement, Measurement]:
        """Return what is measured of both answers to a benchmark."""
        before = self.first.measured(self.variant, benchmark, metric=metric, part=part)
        self.first.close()
        after = self.second.measured(self.variant, benchmark, metric=metric, part=part)
        self.second.close()
        return before, after
