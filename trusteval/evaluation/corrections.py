"""Corrects a run's scores, and what its gates decide by, for the errors of its judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from trusteval.answers.judged_tables import DrawnAnswers, JudgedTable, LabelledAnswers
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable
from trusteval.errors import TrustEvalError
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.evaluation.scores import Scores
from trusteval.evaluation.second_opinion import SecondOpinion
from trusteval.evaluation.standards import Reference
from trusteval.gates.gate import Gate, Rival
from trusteval.gates.second_look import SecondLook
from trusteval.metrics.corrections import Amended, SecondMeasure, amend, amend_drop
from trusteval.metrics.metric import SCORE
from trusteval.tracking.baseline import Baseline
from trusteval.types import Correction, Subject, Unavailable, Variant


class Labels(Protocol):
    """What people said of texts (`trusteval.audit.people`)."""

    def n_given(self, subject: str, benchmark: str) -> int: ...

    def found(
        self, subject: str, benchmark: str, *, read: AnswerTable, said: ResponseTable
    ) -> DrawnAnswers | None: ...


class Corrections:
    """What a judge's reading makes of the values of a run; `labels` tell how the judge errs."""

    def __init__(
        self,
        opinion: SecondOpinion,
        tables: AnswerTables,
        scores: Scores,
        *,
        labels: Labels | None = None,
    ) -> None:
        self._opinion = opinion
        self._tables = tables
        self._scores = scores
        self._labels = labels
        self._judged: dict[tuple[str, str], JudgedTable | Unavailable] = {}

    def of_score(self, subject: Subject, benchmark: str) -> Correction:
        """Correct a subject's score on a whole benchmark, or say why that cannot be."""
        table = self._table(subject, benchmark)
        if isinstance(table, Unavailable):
            return Correction(SCORE.name, undefined=table.why)
        measured = self._scores.measured(subject, benchmark)
        return amend(SecondMeasure(measured, table), name=SCORE.name).told

    def look(self, gate: Gate, subject: Subject, *, reference: Reference) -> SecondLook:
        """Correct what a gate decides by."""
        own = self._second(gate, subject)
        if isinstance(own, Unavailable):
            return SecondLook(obstacle=own.why)
        value = amend(own, name=gate.metric)
        if not gate.compares(subject.name):
            return SecondLook(value)
        against = self._reference(gate, reference)
        if isinstance(against, Unavailable):
            return SecondLook(value, obstacle=against.why)
        return SecondLook(value, _worse(gate, own, against))

    def _reference(self, gate: Gate, reference: Reference) -> SecondMeasure | Unavailable:
        match reference:
            case Unavailable():
                return reference
            case Baseline():
                return Unavailable("the judge reads no answers of a baseline")
            case Rival():
                return Unavailable("the judge's errors on what is made of members are not known")
            case _:
                return self._second(gate, reference)

    def _second(self, gate: Gate, subject: Subject) -> SecondMeasure | Unavailable:
        table = self._table(subject, gate.benchmark)
        if isinstance(table, Unavailable):
            return table
        measured = self._scores.measured(
            subject, gate.benchmark, metric=gate.metric, part=gate.setting
        )
        return SecondMeasure(measured, table)

    def _table(self, subject: Subject, benchmark: str) -> JudgedTable | Unavailable:
        key = subject.name, benchmark
        if key not in self._judged:
            try:
                self._judged[key] = self._read(subject, benchmark)
            except TrustEvalError as error:
                self._judged[key] = Unavailable(f"{subject.name} is not judged ({error})")
        return self._judged[key]

    def _read(self, subject: Subject, benchmark: str) -> JudgedTable | Unavailable:
        if why := self._opinion.why_not(benchmark):
            return Unavailable(f"the judge is not asked about {benchmark}: {why}")
        reading = self._opinion.reading(subject, benchmark)
        if not len(reading.second):
            return Unavailable(f"the judge read no answer of {subject.name}")
        return JudgedTable(
            read=self._tables.answers_of(subject, benchmark),
            judged=DrawnAnswers(reading.second, reading.weights),
            labels=self._labelled(subject, benchmark),
        )

    def _labelled(self, subject: Subject, benchmark: str) -> LabelledAnswers | None:
        """Return what people labelled, with what the judge reads there; None where nothing is."""
        if self._labels is None or not isinstance(subject, Variant):
            return None
        found = self._labels.found(
            subject.name,
            benchmark,
            read=self._tables.answers_of(subject, benchmark),
            said=self._tables.said(subject, benchmark),
        )
        if found is None:
            return None
        by_judge = self._opinion.read_rows(subject, benchmark, found.answers.rows.tolist())
        n_given = self._labels.n_given(subject.name, benchmark)
        return LabelledAnswers.where_read(found, by_judge, n_given=n_given)


def _worse(gate: Gate, own: SecondMeasure, against: SecondMeasure) -> Amended:
    """Correct how much worse a subject is, with its own errors first."""
    if gate.max_rise is None:
        return amend_drop(against, own, name=f"drop from {gate.reference}")
    found = amend_drop(own, against, name=f"rise from {gate.reference}")
    told = replace(found.told, errors=found.told.of_reference, of_reference=found.told.errors)
    return replace(found, told=told)
