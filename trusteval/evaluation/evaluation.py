"""Brings a subject and a benchmark together: recorded responses, judged answers, scores.

The only orchestrator. Responses come from the recorder; an ensemble is voted from its members'
answers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from trusteval.answers.table import Sheet
from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Question
from trusteval.checkpoints.vocabulary import refuse_mixed_vocabularies, vocabularies_differ
from trusteval.engines.engine import Backend
from trusteval.engines.health import complaint
from trusteval.errors import BrokenError, TrustEvalError
from trusteval.evaluation.answer_tables import Readings
from trusteval.evaluation.recorder import Recorder
from trusteval.gates.evidence import Comparison, Evidence, gather
from trusteval.gates.gate import Gate
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import SCORE
from trusteval.metrics.scoring import Scoring
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Protocol
from trusteval.store import ResponseStore
from trusteval.suite.questions import Questionnaire
from trusteval.system.progress import ProgressBar, Say, no_progress, say_nothing
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.baseline import Baseline
from trusteval.tracking.confounds import TOKENIZING, VOTERS
from trusteval.types import (
    Declared,
    Dimension,
    Ensemble,
    Health,
    Response,
    Score,
    Subject,
    Variant,
)


class Evaluation:
    """One run's answers: at most one model is in memory, judged answers are kept."""

    def __init__(
        self,
        *,
        backend: Backend,
        store: ResponseStore,
        questionnaire: Questionnaire,
        protocol: str,
        dense: Variant | None = None,
        references: Collection[str] = (),
        facts: Mapping[str, object] = MappingProxyType({}),
        progress: ProgressBar = no_progress,
        say: Say = say_nothing,
        twin: Evaluation | None = None,
        asked_twice: Variant | None = None,
    ) -> None:
        self.backend = backend
        self.questionnaire = questionnaire
        self.protocol = protocol
        self.dense = dense
        self.references = references
        self.facts = facts
        self._twin, self._asked_twice = twin, asked_twice
        self._recorder = Recorder(backend, store, progress=progress, say=say)
        self._readings = Readings(
            protocol=PROTOCOLS[protocol],
            samples=lambda benchmark: [q.sample for q in self.questions(benchmark)],
            responses=self.responses,
        )
        self._declared: dict[tuple[str, str], dict[str, Declared]] = {}
        self._measured: dict[tuple[str, ...], Measurement] = {}
        self._notes: dict[str, Mapping[str, str]] = {}
        self._checked: set[str] = set()
        self._judged: dict[tuple[str, str], Subject] = {}
        self._standards: dict[tuple[str, str], Sheet | str] = {}

    def close(self) -> None:
        """Free the model."""
        self._recorder.close()

    # -- questions and scoring -----------------------------------------------------------

    def questions(self, benchmark: str) -> tuple[Question, ...]:
        """Return what is asked of a benchmark, setting by setting."""
        return self.questionnaire.questions(benchmark)

    def scoring(self, benchmark: str, *, protocol: str | None = None) -> Scoring:
        """Return how a protocol, by default the run's, scores a benchmark."""
        asked = self.questionnaire.settings(benchmark)
        return self._protocol(protocol).scoring(benchmark, settings=asked)

    def declared(self, benchmark: str, *, protocol: str | None = None) -> dict[str, Declared]:
        """Return what every setting that counts under a protocol has to bring."""
        key = benchmark, protocol or self.protocol
        if key not in self._declared:
            scoring = self.scoring(benchmark, protocol=protocol)
            self._declared[key] = self.questionnaire.declared(benchmark, scoring=scoring)
        return self._declared[key]

    @property
    def other_protocols(self) -> tuple[str, ...]:
        """The protocols that the run's gates do not read."""
        return tuple(name for name in PROTOCOLS if name != self.protocol)

    def _protocol(self, name: str | None) -> Protocol:
        return PROTOCOLS[name or self.protocol]

    # -- health --------------------------------------------------------------------------

    def require_whole(self, variant: Variant) -> None:
        """Raise BrokenError if the variant is too damaged to be judged (`engines.health`)."""
        if variant.name in self._checked:
            return
        with self._recorder.remembering_failure(variant):
            standard = self._standard_for(variant)
            health = self.health(variant)
            said = health and complaint(health, dense=standard)
            if said:
                raise BrokenError(f"{variant.name} is broken: {said}", subject=variant.name)
        self._checked.add(variant.name)

    def health(self, variant: Variant) -> Health | None:
        """Look at a variant, or at what was found before; None where there are no weights."""
        return self._recorder.health(variant)

    def _standard_for(self, variant: Variant) -> Health | None:
        """Return the health of the dense model a variant stands beside, if it can be had.

        None for that model itself, and for a further one (trust_references), which is another.
        """
        dense = self.dense
        if dense is None or variant.name in (dense.name, *self.references):
            return None
        try:
            if vocabularies_differ(*map(self.backend.vocabularies, (dense, variant))):
                return None
            found = self.health(dense)
        except TrustEvalError:
            return None  # its own tests say what is wrong with it
        return found if found is not None and math.isfinite(found.perplexity) else None

    # -- responses -----------------------------------------------------------------------

    def responses(self, variant: Variant, benchmark: str) -> list[Response]:
        """Return a variant's responses to `questions(benchmark)`, generating what is missing.

        A variant that could not be built or loaded, or that is broken, is not tried again: its
        error is raised anew.
        """
        self.require_whole(variant)
        responses: list[Response] = []
        by_setting: dict[str, list[Question]] = {}
        for question in self.questions(benchmark):
            by_setting.setdefault(question.sample.setting.name, []).append(question)
        for questions in by_setting.values():
            responses += self._recorder.responses(variant, questions)
        return responses

    # -- answers and scores --------------------------------------------------------------

    def judged(self, subject: Subject, benchmark: str, *, protocol: str | None = None) -> Sheet:
        """Return what a subject answered to `questions(benchmark)`, as a protocol reads it."""
        read_by = self._protocol(protocol)
        match subject:
            case Variant():
                sheet = self._readings.of_variant(subject, benchmark, read_by.extract)
            case Ensemble():
                self._refuse_mixed(subject)
                sheet = self._readings.of_ensemble(subject, benchmark, read_by.ballot)
        self._judged[subject.name, benchmark] = subject
        return sheet

    def _refuse_mixed(self, ensemble: Ensemble) -> None:
        if ensemble.name in self._checked:
            return
        members = {member.name: self.backend.vocabularies(member) for member in ensemble.members}
        refuse_mixed_vocabularies(ensemble.name, members)
        self._checked.add(ensemble.name)

    def score(
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
        """Measure a subject once on a whole benchmark, or on a subscore or setting of it."""
        key = subject.name, benchmark, metric, part or "", protocol or self.protocol
        if key not in self._measured:
            self._measured[key] = self.scoring(benchmark, protocol=protocol).measure(
                metric,
                self.judged(subject, benchmark, protocol=protocol),
                declared=self.declared(benchmark, protocol=protocol),
                part=part,
            )
        return self._measured[key]

    def evidence(
        self, gate: Gate, subject: Subject, *, reference: Subject | Baseline | str
    ) -> Evidence:
        """Gather what a gate decides by.

        `reference` is what the subject is compared with, or why there is none. One that cannot be
        had is an obstacle to the comparison, not an error.
        """
        compares = gate.compares(subject.name)
        found = gather(
            gate,
            self._by_gate(gate, subject),
            reference=self._standard(reference, subject, gate) if compares else None,
        )
        if isinstance(reference, Baseline) and found.comparison and not found.comparison.obstacle:
            note = reference.rereading(self.facts)
            found = replace(found, comparison=replace(found.comparison, note=note))
        return replace(found, noise=self._noise(gate)) if compares else found

    def _noise(self, gate: Gate) -> Comparison | None:
        """Compare the variant that is asked twice with itself."""
        if self._twin is None or self._asked_twice is None:
            return None
        first = self._by_gate(gate, self._asked_twice)
        self._recorder.close()  # at most one model in memory
        second = self._twin._by_gate(gate, self._asked_twice)
        self._twin.close()
        return gather(gate, second, reference=first).comparison

    def _by_gate(self, gate: Gate, subject: Subject) -> Measurement:
        return self.measured(subject, gate.benchmark, metric=gate.metric, part=gate.setting)

    def _standard(
        self, reference: Subject | Baseline | str, subject: Subject, gate: Gate
    ) -> Measurement | str:
        match reference:
            case str(why):
                return why
            case Baseline():
                accepted = self._accepted(reference, subject, gate.benchmark)
                if isinstance(accepted, str):
                    return accepted
                return self.scoring(gate.benchmark).measure(
                    gate.metric,
                    accepted,
                    declared=self.declared(gate.benchmark),
                    part=gate.setting,
                )
            case _:
                try:
                    return self._by_gate(gate, reference)
                except TrustEvalError as error:
                    return f"{reference.name} has no answers ({error})"

    def _accepted(self, baseline: Baseline, subject: Subject, benchmark: str) -> Sheet | str:
        """Return what was accepted of a subject; what another reader read is read anew once."""
        key = subject.name, benchmark
        if key not in self._standards:
            self._standards[key] = baseline.standard(
                subject.name,
                benchmark,
                roll=self.judged(subject, benchmark).roll,
                facts=self.facts,
                data=self.questionnaire.facts(benchmark),
            )
        return self._standards[key]

    def answered(self) -> AnsweredRun:
        """Return all that was judged here under the run's protocol, item by item."""
        sheets = {
            (subject.name, benchmark): self.judged(subject, benchmark)
            for (_, benchmark), subject in sorted(self._judged.items())
        }
        benchmarks = {benchmark for _, benchmark in sheets}
        variants = {key: who for key, who in self._judged.items() if isinstance(who, Variant)}
        return AnsweredRun(
            facts=self.facts,
            data={name: self.questionnaire.facts(name) for name in sorted(benchmarks)},
            identities={key: self._identity(subject) for key, subject in self._judged.items()},
            sheets=sheets,
            said={key: self._readings.said(who, key[1]) for key, who in variants.items()},
            grounds={key: self._readings.grounds(who, key[1]) for key, who in variants.items()},
            members={
                key: who.members for key, who in self._judged.items() if isinstance(who, Ensemble)
            },
        )

    def _identity(self, subject: Subject) -> Mapping[str, Any]:
        match subject:
            case Variant():
                return self._ran(subject)
            case Ensemble():
                return {VOTERS: {member.name: self._ran(member) for member in subject.members}}

    def _ran(self, variant: Variant) -> Mapping[str, Any]:
        """Return what decided a variant's responses, and what its tokenizer does, where known."""
        found = self.backend.tokenizing(variant)
        context = self._recorder.context(variant)
        return {**context, TOKENIZING: dict(found)} if found else context

    def partial_score(self, subject: Subject, benchmark: str) -> float | None:
        """Score a benchmark over the settings whose data is there, if others are missing."""
        missing = self.score(subject, benchmark).missing_settings
        if not missing:
            return None
        partial = self.scoring(benchmark).partial_score(
            self.judged(subject, benchmark), declared=self.declared(benchmark), missing=missing
        )
        return None if partial is None else partial.value

    def beside(self, subject: Subject, benchmark: str) -> dict[str, float | None]:
        """Measure what has to stand beside a benchmark's score."""
        metrics = BENCHMARKS[benchmark].beside
        return {m: self.score(subject, benchmark, metric=m).value for m in metrics}

    def non_answer_rate(self, subject: Subject, benchmark: str) -> Score:
        """Measure what the run's protocol calls the non-answer rate."""
        return self.score(subject, benchmark, metric=self._protocol(None).non_answers)

    def notes(self, subject: Subject) -> Mapping[str, str]:
        """Return how a subject runs: weights, storage and dtype of a variant, a vote's members."""
        if subject.name not in self._notes:
            match subject:
                case Variant():
                    health = self.health(subject)
                    measured = {} if health is None else {"perplexity": f"{health.perplexity:.4g}"}
                    self._notes[subject.name] = {**self.backend.notes(subject), **measured}
                case Ensemble():
                    members = ", ".join(member.name for member in subject.members)
                    self._notes[subject.name] = {"vote over": members}
        return self._notes[subject.name]

    def dimension(self, benchmark: str) -> Dimension:
        """Return the dimension a benchmark measures."""
        return BENCHMARKS[benchmark].dimension
