"""An ensemble on one benchmark: what each member cast, on the same items, and how they are scored.

Whatever answers in a panel, a member, the vote or a rival rule, is an answer table of the panel's
sample table; so all are scored and compared alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from trusteval.answers.ensembles import elect
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.metrics.aggregation import Formula
from trusteval.metrics.measuring import Measurement, evaluate, measured_drop
from trusteval.metrics.metric import SCORE
from trusteval.metrics.scoring import Scoring
from trusteval.stats.estimate import Estimate
from trusteval.types import Cost, Declared, Variant


@dataclass(frozen=True, eq=False)
class Panel:
    """The members of one ensemble, highest precision first, and what each cast.

    `singles` are the answers of every single subject of the run by name, as they are scored: the
    members' own, and those of `dense`, the name of the model they stand beside, where it answered.
    `rows` are the samples that the score covers, other samples stay out of every figure; `declared`
    are the settings that they are of. Of singles `probabilities` hold how likely each label was,
    in the order of the sample table, and `costs` what the answers took, where a run has them.
    """

    ensemble: str
    benchmark: str
    dimension: str
    scoring: Scoring
    members: tuple[Variant, ...]
    cast: tuple[AnswerTable, ...]
    singles: Mapping[str, AnswerTable]
    dense: str | None
    rows: Codes
    declared: Mapping[str, Declared]
    probabilities: Mapping[str, LabelProbabilities] = field(default_factory=dict)
    costs: Mapping[str, Cost] = field(default_factory=dict)

    @property
    def sample_table(self) -> SampleTable:
        return self.cast[0].sample_table

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, highest precision first."""
        return tuple(member.name for member in self.members)

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings that the score covers."""
        return tuple(self.declared)

    @cached_property
    def vote(self) -> AnswerTable:
        """What the members elect."""
        return elect(self.members, self.cast)

    def scored(self, answers: AnswerTable) -> AnswerTable:
        """Keep the rows that the score covers, of answers to every sample."""
        return replace(answers, rows=self.rows)

    def measure(
        self, answers: AnswerTable, *, metric: str = SCORE.name, part: str | None = None
    ) -> Measurement:
        """Measure answers to every sample: the score, another metric, or that of one setting."""
        return evaluate(
            self.scoring.form_of(metric),
            self._formula(metric, part),
            self.scored(answers),
            declared=self.declared,
        )

    def lead(
        self,
        ours: AnswerTable,
        its: AnswerTable,
        *,
        metric: str = SCORE.name,
        part: str | None = None,
    ) -> Estimate | None:
        """Estimate ours minus its, paired, as a fraction; None where one has no estimate."""
        return measured_drop(
            self.measure(ours, metric=metric, part=part),
            self.measure(its, metric=metric, part=part),
        )

    def _formula(self, metric: str, part: str | None) -> Formula:
        """Return how a metric is made; it knows the rows, not what was answered."""
        key = metric, part
        if key not in self._formulas:
            self._formulas[key] = self.scoring.formula(
                metric, self.scored(self.cast[0]), declared=self.declared, part=part
            )
        return self._formulas[key]

    @cached_property
    def _formulas(self) -> dict[tuple[str, str | None], Formula]:
        return {}
