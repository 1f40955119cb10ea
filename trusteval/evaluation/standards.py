"""Finds what a subject is compared with: what another answered, or what was accepted of it."""

from __future__ import annotations

from trusteval.answers.table import AnswerTable
from trusteval.errors import TrustEvalError
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.evaluation.scores import Scores
from trusteval.gates.evidence import Members
from trusteval.gates.gate import Gate, Rival
from trusteval.metrics.measuring import Measurement
from trusteval.suite.questions import Questionnaire
from trusteval.tracking.baseline import Baseline
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import Ensemble, Subject, Unavailable

Reference = Subject | Baseline | Rival | Unavailable
"""What a gate compares with, or why there is none."""


class Standards:
    """What subjects are held against; `facts` say how this run asks and reads."""

    def __init__(
        self, tables: AnswerTables, scores: Scores, questionnaire: Questionnaire, *, facts: RunFacts
    ) -> None:
        self._tables = tables
        self._scores = scores
        self._questionnaire = questionnaire
        self._facts = facts
        self._accepted: dict[tuple[str, str], AnswerTable | Unavailable] = {}

    @property
    def accepted(self) -> dict[tuple[str, str], AnswerTable]:
        """What was accepted of those who were compared with it, by subject and benchmark."""
        return {
            key: found for key, found in self._accepted.items() if isinstance(found, AnswerTable)
        }

    def standard_for(
        self, subject: Subject, gate: Gate, *, reference: Reference
    ) -> Measurement | Members | Unavailable:
        """Measure what a subject is compared with by a gate, or say why that cannot be had."""
        match reference:
            case Unavailable():
                return reference
            case Rival():
                return self._rival_of(subject, gate, rival=reference)
            case Baseline():
                accepted = self._accepted_of(subject, gate.benchmark, baseline=reference)
                if isinstance(accepted, Unavailable):
                    return accepted
                return self._scores.measure(
                    accepted, gate.benchmark, metric=gate.metric, part=gate.setting
                )
            case _:
                try:
                    return self._scores.measured(
                        reference, gate.benchmark, metric=gate.metric, part=gate.setting
                    )
                except TrustEvalError as error:
                    return Unavailable(f"{reference.name} has no answers ({error})")

    def _rival_of(
        self, subject: Subject, gate: Gate, *, rival: Rival
    ) -> Measurement | Members | Unavailable:
        """Measure what is made of a vote's members, who answered before it was held."""
        if not isinstance(subject, Ensemble):
            return Unavailable(f"{subject.name} is no vote")
        match rival:
            case Rival.FALLBACK:
                chain = self._tables.chain_of(subject, gate.benchmark)
                return self._scores.measure(
                    chain, gate.benchmark, metric=gate.metric, part=gate.setting
                )
            case Rival.BEST_MEMBER:
                return Members(
                    {
                        member.name: self._scores.measured(
                            member, gate.benchmark, metric=gate.metric, part=gate.setting
                        )
                        for member in subject.members
                    }
                )

    def rereading(self, reference: Reference) -> str:
        """Say that what is compared with is read anew, "" where it is not."""
        return reference.rereading(self._facts) if isinstance(reference, Baseline) else ""

    def _accepted_of(
        self, subject: Subject, benchmark: str, *, baseline: Baseline
    ) -> AnswerTable | Unavailable:
        """Return what was accepted of a subject; what another reader read is read anew once."""
        key = subject.name, benchmark
        if key not in self._accepted:
            self._accepted[key] = baseline.standard(
                *key,
                sample_table=self._tables.answers_of(subject, benchmark).sample_table,
                facts=self._facts,
                data=self._questionnaire.facts(benchmark),
            )
        return self._accepted[key]
