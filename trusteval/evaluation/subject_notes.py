"""Says how subjects run, for reports: weights, storage and dtype of a variant, a vote's members."""

from __future__ import annotations

from collections.abc import Mapping

from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.types import Ensemble, Subject, Variant

PROBABILITIES = "probabilities"
NO_PROBABILITIES, OTHERS_UNKNOWN = "no probabilities", ", the others unknown: "
"""How the note of this name says that nothing, or not all, is known; the reasons follow."""


class SubjectNotes:
    """Notes by what they are about; every subject is looked at once."""

    def __init__(self, tables: AnswerTables) -> None:
        self._tables = tables
        self._recorder = tables.interview.recorder
        self._notes: dict[str, Mapping[str, str]] = {}

    def notes_of(self, subject: Subject) -> Mapping[str, str]:
        """Return how a subject runs."""
        if subject.name not in self._notes:
            self._notes[subject.name] = self._check_once(subject)
        return self._notes[subject.name]

    def on_probabilities(self, subject: Subject, benchmark: str) -> Mapping[str, str]:
        """Return of how many answers it is known how likely each label was, if that was asked."""
        if not self._recorder.weighs or not isinstance(subject, Variant):
            return {}
        told = self._tables.probabilities(subject, benchmark)
        if told is None:
            return {PROBABILITIES: f"{NO_PROBABILITIES}: {self._recorder.why_unweighed(subject)}"}
        asked = self._tables.interview.questionnaire.questions(benchmark)
        known = int(told.known([question.sample for question in asked]).sum())
        why = f"{OTHERS_UNKNOWN}{'; '.join(told.unknown)}" if told.unknown else ""
        return {PROBABILITIES: f"{known:,} of {len(told):,} answers{why}"}

    def _check_once(self, subject: Subject) -> Mapping[str, str]:
        match subject:
            case Variant():
                health = self._recorder.health(subject)
                measured = {} if health is None else {"perplexity": f"{health.perplexity:.4g}"}
                return {**self._recorder.backend.notes(subject), **measured}
            case Ensemble():
                return {"vote over": ", ".join(member.name for member in subject.members)}
