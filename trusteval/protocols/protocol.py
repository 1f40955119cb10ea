"""What a protocol is: how it reads a text, and what it makes of a benchmark's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trusteval.metrics.scoring import Scoring
from trusteval.types import Answer, Reading, Response, Sample

Extract = Callable[[Sample, Response], Answer]
Read = Callable[[Sample, Response], Reading]


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to score recorded answers.

    `extract` reads the answer that is scored, `ballot` the one that a member of an ensemble
    casts: a reference protocol may look at the gold option for the first, never for the second.
    `read` gives what `extract` does and says why. `reader_version` counts the reader's changes:
    answers that two versions read are never compared; 0 is a reading that never changes.
    `non_answers` is the metric that it calls the non-answer rate. `scorings` has a row per
    benchmark with settings of its own, `fairness` makes one of settings that a run draws.
    """

    name: str
    extract: Extract
    ballot: Extract
    read: Read
    reader_version: int
    non_answers: str
    scorings: Mapping[str, Scoring]
    fairness: Callable[[Sequence[str]], Scoring]

    def scoring(self, benchmark: str, *, settings: Sequence[str]) -> Scoring:
        """Return how a benchmark is scored, given the settings that are asked."""
        if benchmark in self.scorings:
            return self.scorings[benchmark]
        return self.fairness(settings)
