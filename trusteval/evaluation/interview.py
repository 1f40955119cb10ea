"""Puts a run's questions to variants, setting by setting."""

from __future__ import annotations

from dataclasses import dataclass

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
        by_setting: dict[str, list[Question]] = {}
        for question in self.questionnaire.questions(benchmark):
            by_setting.setdefault(question.sample.setting.name, []).append(question)
        told = [
            (questions, self.recorder.responses(variant, questions))
            for questions in by_setting.values()
        ]
        return [one for _, said in told for one in said], self.recorder.cost(variant, told)
