"""Asks a variant twice, the second time in another order: what differs is the engine's noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trusteval.answers.table import Sheet
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.types import Variant


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """A variant and what it answers in each of two askings; at most one model is in memory."""

    variant: Variant
    first: AnswerTables
    second: AnswerTables

    def twice(self, benchmark: str) -> tuple[Sheet, Sheet]:
        """Return both answers to a benchmark, on one roll."""
        before = self.first.answers_of(self.variant, benchmark)
        self.first.close()
        after = self.second.answers_of(self.variant, benchmark)
        self.second.close()
        return replace(before, roll=after.roll), after
