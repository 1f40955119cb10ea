"""Brings a subject and a benchmark together: recorded responses, judged answers, scores.

The only orchestrator. Responses come from the store; what is missing is generated once, under a
lease, by whoever needs it first. An ensemble is voted from its members' answers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Question
from trusteval.checkpoints.vocabulary import refuse_mixed_vocabularies, vocabularies_differ
from trusteval.engines.engine import Backend, Engine
from trusteval.errors import BrokenError, EngineError, PromptError, TrustEvalError
from trusteval.health import complaint, health_key
from trusteval.metrics import SCORE
from trusteval.progress import ProgressBar, no_progress
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Protocol
from trusteval.questionnaire import Questionnaire
from trusteval.readings import Readings
from trusteval.scoring import Scoring
from trusteval.sheet import Sheet
from trusteval.store import AskedPrompts, ResponseStore, digest
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

_POLL_SECONDS = 0.2


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
        progress: ProgressBar = no_progress,
    ) -> None:
        self.backend = backend
        self.store = store
        self.questionnaire = questionnaire
        self.protocol = protocol
        self.dense = dense
        self.progress = progress
        self._contexts: dict[str, Mapping[str, object]] = {}
        self._asked: dict[tuple[str, str, int], AskedPrompts] = {}
        self._readings = Readings(
            samples=lambda benchmark: [q.sample for q in self.questions(benchmark)],
            responses=self.responses,
        )
        self._declared: dict[tuple[str, str], dict[str, Declared]] = {}
        self._scores: dict[tuple[str, ...], Score] = {}
        self._notes: dict[str, Mapping[str, str]] = {}
        self._broken: dict[str, TrustEvalError] = {}
        self._checked: set[str] = set()
        self._loaded: tuple[str, Engine] | None = None

    def close(self) -> None:
        """Free the model."""
        if self._loaded is not None:
            self._loaded[1].close()
            self._loaded = None

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
        """Raise BrokenError if the variant is too damaged to be judged (trusteval.health)."""
        if variant.name in self._broken:
            raise self._broken[variant.name]
        if variant.name in self._checked:
            return
        with self._remembering_failure(variant):
            standard = self._standard_for(variant)
            health = self.health(variant)
            said = health and complaint(health, dense=standard or health)
            if said:
                raise BrokenError(f"{variant.name} is broken: {said}", subject=variant.name)
        self._checked.add(variant.name)

    def health(self, variant: Variant) -> Health | None:
        """Look at a variant, or at what was found before; None where there are no weights."""
        context = self._context(variant)
        key = health_key(digest(context))
        while True:
            recorded = self.store.get_health(key)
            if recorded is not None:
                return recorded
            with self.store.lease(key) as ours:
                if ours and self.store.get_health(key) is None:
                    found = self._engine(variant).examine()
                    if found is None:
                        return None
                    self.store.put_health(key, context, found)
                    continue
            time.sleep(_POLL_SECONDS)

    def _standard_for(self, variant: Variant) -> Health | None:
        """Return the health of the dense model a variant was made from, if it can be had."""
        dense = self.dense
        if dense is None or variant.method == dense.method:
            return None
        try:
            if vocabularies_differ(*map(self.backend.vocabularies, (dense, variant))):
                return None
            return self.health(dense)
        except TrustEvalError:
            return None  # its own tests say what is wrong with it

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
            responses += self._obtain(variant, questions)
        return responses

    def _obtain(self, variant: Variant, questions: Sequence[Question]) -> list[Response]:
        setting = questions[0].sample.setting
        context = digest(self._context(variant))
        asked = setting.id, questions[0].sample.id, len(questions)
        if asked not in self._asked:
            self._asked[asked] = AskedPrompts.of([question.prompt for question in questions])
        keys = self._asked[asked].keys(context, max_new_tokens=setting.max_new_tokens)
        unit = digest(keys)
        while True:
            recorded = self.store.get(keys)
            if len(recorded) == len(set(keys)):
                return [recorded[key] for key in keys]
            with self.store.lease(unit) as ours:
                if ours:
                    # Somebody may have finished between the look and the lease.
                    self._generate(variant, questions, keys, self.store.get(keys))
                    continue
            time.sleep(_POLL_SECONDS)

    def _generate(
        self,
        variant: Variant,
        questions: Sequence[Question],
        keys: Sequence[str],
        recorded: Mapping[str, Response],
    ) -> None:
        done = {index for index, key in enumerate(keys) if key in recorded}
        if len(done) == len(keys):
            return
        setting = questions[0].sample.setting
        engine = self._engine(variant)
        batches = engine.generate(
            [question.prompt for question in questions],
            max_new_tokens=setting.max_new_tokens,
            done=frozenset(done),
        )
        try:
            with self.progress(f"{variant.name} on {setting.id}", len(keys)) as advance:
                for batch in batches:
                    answered = {keys[index]: response for index, response in batch.items()}
                    self.store.put(self._context(variant), answered)
                    done |= batch.keys()
                    advance(len(done))
        except PromptError as error:
            item = questions[error.index].sample.id
            raise EngineError(f"{setting.id}, item {item}: {error}") from error

    def _context(self, variant: Variant) -> Mapping[str, object]:
        if variant.name not in self._contexts:
            with self._remembering_failure(variant):
                self._contexts[variant.name] = self.backend.context(variant)
        return self._contexts[variant.name]

    def _engine(self, variant: Variant) -> Engine:
        if self._loaded is not None and self._loaded[0] == variant.name:
            return self._loaded[1]
        self.close()
        with self._remembering_failure(variant):
            engine = self.backend.open(variant)
        self._loaded = variant.name, engine
        return engine

    @contextmanager
    def _remembering_failure(self, variant: Variant) -> Iterator[None]:
        try:
            yield
        except TrustEvalError as error:
            self._broken[variant.name] = error
            raise

    # -- answers and scores --------------------------------------------------------------

    def judged(self, subject: Subject, benchmark: str, *, protocol: str | None = None) -> Sheet:
        """Return what a subject answered to `questions(benchmark)`, as a protocol reads it."""
        read_by = self._protocol(protocol)
        match subject:
            case Variant():
                return self._readings.of_variant(subject, benchmark, read_by.extract)
            case Ensemble():
                self._refuse_mixed(subject)
                return self._readings.of_ensemble(subject, benchmark, read_by.ballot)

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
        metric: str = SCORE,
        part: str | None = None,
        protocol: str | None = None,
    ) -> Score:
        """Score a subject on a whole benchmark, or on a subscore or setting of it."""
        key = subject.name, benchmark, metric, part or "", protocol or self.protocol
        if key not in self._scores:
            self._scores[key] = self.scoring(benchmark, protocol=protocol).measure(
                metric,
                self.judged(subject, benchmark, protocol=protocol),
                declared=self.declared(benchmark, protocol=protocol),
                part=part,
            )
        return self._scores[key]

    def partial_score(self, subject: Subject, benchmark: str) -> float | None:
        """Score a benchmark over the settings whose data is there, if others are missing."""
        if not self.score(subject, benchmark).missing_settings:
            return None
        partial = self.scoring(benchmark).partial_score(
            self.judged(subject, benchmark), declared=self.declared(benchmark)
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
