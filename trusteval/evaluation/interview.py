"""Puts a run's questions to variants, setting by setting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trusteval.answers.probabilities import LabelProbabilities
from trusteval.benchmarks.benchmark import Question
from trusteval.evaluation.admission import Admission
from trusteval.evaluation.recorder import Recorder
from trusteval.suite.questions import Questionnaire
from trusteval.types import Cost, Response, Variant


@dataclass(frozen=True, slots=True)
class Interview:
    """Who is asked, what, and where the responses are recorded."""

    questionnaire: Questionnaire
    recorder: Recorder
    admission: Admission

    def ask(self, variant: Variant, benchmark: str) -> tuple[list[Response], Cost]:
        """Return a variant's responses to a benchmark's questions, generating what is missing.

        And what they cost, whenever that was. A variant that could not be built or loaded, or that
        is broken, is not tried again: its error is raised anew.
        """
        self.admission.require_whole(variant)
        told = [
            (questions, self.recorder.responses(variant, questions))
            for questions in self._by_setting(benchmark)
        ]
        return [one for _, said in told for one in said], self.recorder.cost(variant, told)

    def probabilities(self, variant: Variant, benchmark: str) -> LabelProbabilities | None:
        """Return how likely the labels were, after `ask`; None where that is not known at all."""
        if not self.recorder.weighs:
            return None
        told = [
            logs
            for questions in self._by_setting(benchmark)
            for logs in self.recorder.label_logs(variant, questions)
        ]
        if not any(told):
            return None
        samples = [question.sample for question in self.questionnaire.questions(benchmark)]
        why = self.recorder.why_unweighed(variant)
        return LabelProbabilities.of(samples, told, missing=why)

    def _by_setting(self, benchmark: str) -> Iterable[list[Question]]:
        by_setting: dict[str, list[Question]] = {}
        for question in self.questionnaire.questions(benchmark):
            by_setting.setdefault(question.sample.setting.name, []).append(question)
        return by_setting.values()
