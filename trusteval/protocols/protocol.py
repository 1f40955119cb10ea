"""What a protocol is: how it reads a text, and what it makes of a benchmark's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import ScoringRule
from trusteval.errors import GateError
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
    `non_answers` is the metric that it calls the non-answer rate. `scorings` are those of
    benchmarks that bring none for it.
    """

    name: str
    extract: Extract
    ballot: Extract
    read: Read
    reader_version: int
    non_answers: str
    scorings: Mapping[str, ScoringRule] = field(default_factory=dict)

    def scores(self, benchmark: str) -> bool:
        """Say whether it has a scoring of a benchmark."""
        return self._rule(benchmark) is not None

    def scoring(self, benchmark: str, *, settings: Sequence[str] = ()) -> Scoring:
        """Return how a benchmark is scored, given the settings that are asked.

        Raises GateError for a benchmark that the protocol does not score.
        """
        match self._rule(benchmark):
            case None:
                raise GateError(f"the protocol {self.name} does not score {benchmark}")
            case Scoring() as scoring:
                return scoring
            case scoring_of:
                return scoring_of(settings)

    def _rule(self, benchmark: str) -> ScoringRule | None:
        return BENCHMARKS[benchmark].scorings.get(self.name, self.scorings.get(benchmark))
