"""Says how subjects run, for reports: weights, storage and dtype of a variant, a vote's members."""

from __future__ import annotations

from collections.abc import Mapping

from trusteval.evaluation.recorder import Recorder
from trusteval.types import Ensemble, Subject, Variant


class SubjectNotes:
    """Notes by what they are about; every subject is looked at once."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._notes: dict[str, Mapping[str, str]] = {}

    def notes_of(self, subject: Subject) -> Mapping[str, str]:
        """Return how a subject runs."""
        if subject.name not in self._notes:
            self._notes[subject.name] = self._check_once(subject)
        return self._notes[subject.name]

    def _check_once(self, subject: Subject) -> Mapping[str, str]:
        match subject:
            case Variant():
                health = self._recorder.health(subject)
                measured = {} if health is None else {"perplexity": f"{health.perplexity:.4g}"}
                return {**self._recorder.backend.notes(subject), **measured}
            case Ensemble():
                return {"vote over": ", ".join(member.name for member in subject.members)}
