"""Brings a subject and a benchmark together: recorded responses, judged answers, scores, evidence.

The only orchestrator: it puts the parts together and passes on from one to the next.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from trusteval.answers.table import AnswerTable
from trusteval.benchmarks.benchmark import Question
from trusteval.engines.engine import Backend
from trusteval.engines.reordered import ReorderedBackend
from trusteval.evaluation.admission import Admission
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.evaluation.answered import answered
from trusteval.evaluation.corrections import Corrections, Labels
from trusteval.evaluation.interview import Interview
from trusteval.evaluation.noise_floor import NoiseFloor
from trusteval.evaluation.recorder import Recorder
from trusteval.evaluation.scores import Scores
from trusteval.evaluation.second_opinion import Judge, SecondOpinion
from trusteval.evaluation.standards import Reference, Standards
from trusteval.evaluation.subject_notes import SubjectNotes
from trusteval.gates.evidence import Evidence, gather
from trusteval.gates.gate import Gate
from trusteval.gates.second_look import SecondLook
from trusteval.metrics.measuring import Measurement
from trusteval.store import ResponseStore
from trusteval.suite.questions import Questionnaire
from trusteval.system.progress import ProgressBar, Say, no_progress, say_nothing
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.run_facts import UNSAID, RunFacts
from trusteval.types import Response, Subject, Variant


class Evaluation:
    """One run's answers, their scores and what gates decide by; at most one model is in memory.

    `dense` is the model that its quantized variants stand beside, `references` name further ones,
    `facts` say how the run asks; `asked_twice` is the variant whose noise is measured. One that
    `weighs` records beside the answers how likely each label was, one that `asks` nobody judges
    what is recorded. A `judge` reads answers again, `labels` of people
    say how it errs.
    """

    def __init__(
        self,
        *,
        backend: Backend,
        store: ResponseStore,
        questionnaire: Questionnaire,
        protocol: str,
        dense: Variant | None = None,
        references: Collection[str] = (),
        facts: RunFacts = UNSAID,
        progress: ProgressBar = no_progress,
        say: Say = say_nothing,
        asked_twice: Variant | None = None,
        weighs: bool = False,
        asks: bool = True,
        judge: Judge | None = None,
        labels: Labels | None = None,
    ) -> None:
        def interview(answering: Backend, *, weighs: bool = False) -> Interview:
            recorder = Recorder(
                answering,
                store,
                progress=progress,
                say=say,
                weighs=weighs,
                asks=asks,
                make_room=self._close_judge,
            )
            admission = Admission(recorder, dense=dense, references=references)
            return Interview(questionnaire, recorder, admission)

        self._judging: Recorder | None = None
        self.backend = backend
        self.questionnaire = questionnaire
        self.protocol = protocol
        self._facts = facts
        self._interview = interview(backend, weighs=weighs)
        self._tables = AnswerTables(self._interview, protocol=protocol)
        self.scores = Scores(self._tables, questionnaire)
        self._noise: NoiseFloor | None = None
        if asked_twice is not None:
            again = AnswerTables(interview(ReorderedBackend(backend)), protocol=protocol)
            self._noise = NoiseFloor(
                asked_twice, first=self.scores, second=Scores(again, questionnaire)
            )
        self._standards = Standards(self._tables, self.scores, questionnaire, facts=facts)
        self.notes = SubjectNotes(self._tables)
        self.second_opinion: SecondOpinion | None = None
        self.corrections: Corrections | None = None
        if judge is not None:
            self._judging = Recorder(
                judge.backend,
                store,
                progress=progress,
                say=say,
                asks=asks,
                make_room=self._tables.close,
            )
            self.second_opinion = SecondOpinion(judge, self._judging, self._tables)
            self.corrections = Corrections(
                self.second_opinion, self._tables, self.scores, labels=labels
            )

    def close(self) -> None:
        """Free the model."""
        self._tables.close()
        self._close_judge()

    def _close_judge(self) -> None:
        if self._judging is not None:
            self._judging.close()

    def questions(self, benchmark: str) -> tuple[Question, ...]:
        """Return what is asked of a benchmark, setting by setting."""
        return self.questionnaire.questions(benchmark)

    def require_whole(self, variant: Variant) -> None:
        """Raise BrokenError if the variant is too damaged to be judged."""
        self._interview.admission.require_whole(variant)

    def responses(self, variant: Variant, benchmark: str) -> list[Response]:
        """Return a variant's responses to `questions(benchmark)`, generating what is missing."""
        return self._interview.ask(variant, benchmark)[0]

    def judged(
        self, subject: Subject, benchmark: str, *, protocol: str | None = None
    ) -> AnswerTable:
        """Return what a subject answered to `questions(benchmark)`, as a protocol reads it."""
        return self._tables.answers_of(subject, benchmark, protocol=protocol)

    def evidence(self, gate: Gate, subject: Subject, *, reference: Reference) -> Evidence:
        """Gather what a gate decides by.

        A reference that cannot be had is an obstacle to the comparison, not an error.
        """
        measured = self._by_gate(gate, subject)
        if not gate.compares(subject.name):
            return gather(gate, measured)
        standard = self._standards.standard_for(subject, gate, reference=reference)
        found = gather(gate, measured, reference=standard)
        note = self._standards.rereading(reference)
        if note and found.comparison and not found.comparison.obstacle:
            found = replace(found, comparison=replace(found.comparison, note=note))
        if self._noise is None:
            return found
        before, after = self._noise.twice(gate.benchmark, metric=gate.metric, part=gate.setting)
        return replace(found, noise=gather(gate, after, reference=before).comparison)

    def second_look(
        self, gate: Gate, subject: Subject, *, reference: Reference
    ) -> SecondLook | None:
        """Correct what a gate decides by for the judge's errors; None without a judge."""
        if self.corrections is None:
            return None
        return self.corrections.look(gate, subject, reference=reference)

    def _by_gate(self, gate: Gate, subject: Subject) -> Measurement:
        return self.scores.measured(subject, gate.benchmark, metric=gate.metric, part=gate.setting)

    def answered(self) -> AnsweredRun:
        """Return all that was judged here under the run's protocol, item by item."""
        return answered(self._tables, facts=self._facts, accepted=self._standards.accepted)
