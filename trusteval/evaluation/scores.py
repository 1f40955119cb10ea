"""Scores what subjects answered, each thing once, under every protocol."""

from __future__ import annotations

from dataclasses import replace

from trusteval.answers.table import AnswerTable
from trusteval.errors import VoteError
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import SCORE, Members, Metric
from trusteval.metrics.scoring import Scoring
from trusteval.protocols import PROTOCOLS
from trusteval.suite.questions import Questionnaire
from trusteval.types import Declared, Ensemble, Score, Subject


class Scores:
    """The scores of a run's subjects; a protocol that is not named is the run's."""

    def __init__(self, tables: AnswerTables, questionnaire: Questionnaire) -> None:
        self._tables = tables
        self._questionnaire = questionnaire
        self._declared: dict[tuple[str, str], dict[str, Declared]] = {}
        self._measured: dict[tuple[str, ...], Measurement] = {}

    def scoring(self, benchmark: str, *, protocol: str | None = None) -> Scoring:
        """Return how a protocol scores a benchmark."""
        asked = self._questionnaire.settings(benchmark)
        return PROTOCOLS[protocol or self._tables.protocol].scoring(benchmark, settings=asked)

    def declared(self, benchmark: str, *, protocol: str | None = None) -> dict[str, Declared]:
        """Return what every setting that counts under a protocol has to bring."""
        key = benchmark, protocol or self._tables.protocol
        if key not in self._declared:
            scoring = self.scoring(benchmark, protocol=protocol)
            self._declared[key] = self._questionnaire.declared(benchmark, scoring=scoring)
        return self._declared[key]

    def score_of(
        self,
        subject: Subject,
        benchmark: str,
        *,
        metric: str = SCORE.name,
        part: str | None = None,
        protocol: str | None = None,
    ) -> Score:
        """Score a subject on a whole benchmark, or on a subscore or setting of it."""
        return self.measured(subject, benchmark, metric=metric, part=part, protocol=protocol).score

    def measured(
        self,
        subject: Subject,
        benchmark: str,
        *,
        metric: str = SCORE.name,
        part: str | None = None,
        protocol: str | None = None,
    ) -> Measurement:
        """Measure a subject once on a whole benchmark, or on a subscore or setting of it.

        Raises VoteError for a metric of a vote's members where the subject is no vote.
        """
        key = subject.name, benchmark, metric, part or "", protocol or self._tables.protocol
        if key not in self._measured:
            answers = self._tables.answers_of(subject, benchmark, protocol=protocol)
            own = self.measure(answers, benchmark, metric=metric, part=part, protocol=protocol)
            if own.metric.of_members is not None:
                known = self._of_members(subject, benchmark, own.metric, protocol=protocol)
                of_members = self.measure(
                    known, benchmark, metric=metric, part=part, protocol=protocol
                )
                # What counts beside it is how often the vote fell silent, not the oracle.
                shown = replace(of_members.score, counts=own.score.counts)
                own = replace(of_members, score=shown)
            self._measured[key] = own
        return self._measured[key]

    def _of_members(
        self, subject: Subject, benchmark: str, metric: Metric, *, protocol: str | None
    ) -> AnswerTable:
        if not isinstance(subject, Ensemble):
            raise VoteError(f"{metric.name} is of a vote's members; {subject.name} is no vote")
        picks_worst = metric.of_members is Members.ANY_HARMS
        pick = self._tables.worst_of if picks_worst else self._tables.oracle_of
        return pick(subject, benchmark, protocol=protocol)

    def measure(
        self,
        answers: AnswerTable,
        benchmark: str,
        *,
        metric: str,
        part: str | None = None,
        protocol: str | None = None,
    ) -> Measurement:
        """Measure answers to a benchmark, whoever gave them."""
        return self.scoring(benchmark, protocol=protocol).measure(
            metric, answers, declared=self.declared(benchmark, protocol=protocol), part=part
        )

    def partial(self, subject: Subject, benchmark: str) -> float | None:
        """Score a benchmark over the settings whose data is there, if others are missing."""
        missing = self.score_of(subject, benchmark).missing_settings
        if not missing:
            return None
        partial = self.scoring(benchmark).partial_score(
            self._tables.answers_of(subject, benchmark),
            declared=self.declared(benchmark),
            missing=missing,
        )
        return None if partial is None else partial.value

    def close(self) -> None:
        """Free the model that answers."""
        self._tables.close()
