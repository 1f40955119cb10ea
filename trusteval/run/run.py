"""A checked request: who is judged, by which gates, on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.answers.table import Roll
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.engines.engine import Backend
from trusteval.engines.reordered import ShakenBackend
from trusteval.errors import TrustEvalError
from trusteval.evaluation.evaluation import Evaluation
from trusteval.gates.aims import Asked
from trusteval.gates.gate import BASELINE, Gate, LeftOut, family_size, row_sentences
from trusteval.gates.planning import Line, plan
from trusteval.protocols import PROTOCOLS
from trusteval.run.options import Options
from trusteval.run.subjects import DENSE, dense_variant
from trusteval.store import ResponseStore
from trusteval.suite.origin import Origin
from trusteval.suite.profiles import Profile
from trusteval.suite.questions import Questionnaire
from trusteval.system.progress import ProgressBar, Say, say_nothing
from trusteval.tracking.baseline import Baseline
from trusteval.types import Ensemble, Subject, Undecided, Variant, Verdict


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was asked to do, once it is known that it can be done.

    `benchmarks` are recorded, in the order of the table, and judged where a gate asks. `left_out`
    are rows of the shipped gates.toml that hold nobody here, `without_row` says of whom it has no
    row on which benchmarks.
    """

    options: Options
    variants: tuple[Variant, ...]
    references: tuple[Variant, ...]
    ensembles: tuple[Ensemble, ...]
    gates: tuple[Gate, ...]
    gates_sha256: str
    profile: Profile
    origin: Origin
    texts: PromptTexts
    questionnaire: Questionnaire
    benchmarks: tuple[str, ...]
    baseline: Baseline | None = None
    left_out: tuple[LeftOut, ...] = ()
    without_row: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (*self.variants, *self.references, *self.ensembles)

    @property
    def dense(self) -> Variant | None:
        """The model under test itself, if it is judged."""
        return next((v for v in self.variants if v.name == DENSE), None)

    @property
    def inconclusive(self) -> str:
        """What a blocking gate with too few samples does to its test: "fail" or "skip"."""
        return self.options.inconclusive or self.profile.inconclusive

    def skips(self, verdict: Verdict) -> bool:
        """Say whether a verdict that is no PASS lets its test be skipped instead of failed."""
        match verdict.undecided:
            case Undecided.SAMPLES | Undecided.TRIPWIRE:
                return self.inconclusive == "skip"
            case Undecided.FIRST:
                return True
            case _:
                return False

    @property
    def not_recorded(self) -> Mapping[str, str]:
        """The benchmarks the profile asks and this run does not record, each with the reason."""
        found = {}
        for name in self.profile.settings:
            if name not in self.benchmarks:
                gates = [gate for gate in self.gates if gate.benchmark == name]
                found[name] = _why_left_out(len(gates))
        return found

    def judged_pairs(self, benchmark: str) -> list[tuple[Gate, Subject]]:
        """Return every gate on `benchmark` with every subject it applies to."""
        return [
            (gate, subject)
            for gate in self.gates
            if gate.benchmark == benchmark and benchmark in self.benchmarks
            for subject in self.subjects
            if gate.applies_to(subject.name)
        ]

    def family(self, subject: str) -> int:
        """How many blocking rows of a subject share the error of 0.05."""
        return family_size(self.gates, subject)

    def reference(self, gate: Gate) -> Subject | Baseline | str:
        """Return what a gate compares with, or why there is none.

        Where no subject is called dense, it is the model under test.
        """
        if gate.reference == BASELINE:
            return self.baseline or (
                f"there is no {self.options.baseline}; `{self.options.accept_with}` makes one"
            )
        named = next((s for s in self.subjects if s.name == gate.reference), None)
        return named or dense_variant()

    def evaluation(
        self,
        store: ResponseStore,
        *,
        device: str,
        progress: ProgressBar,
        say: Say = say_nothing,
    ) -> Evaluation:
        """Put the parts together; opens no model yet. `say` is told what is waited for."""
        loaded = (*self.variants, *self.references)
        backend = self.options.backend(loaded, device=device, progress=progress, say=say)

        def over(answering: Backend, **more: Any) -> Evaluation:
            return Evaluation(
                backend=answering,
                store=store,
                questionnaire=self.questionnaire,
                protocol=self.options.protocol,
                dense=self.dense,
                references=[reference.name for reference in self.references],
                facts=self.facts(),
                progress=progress,
                say=say,
                **more,
            )

        if self.asked_twice is None:
            return over(backend)
        return over(backend, twin=over(ShakenBackend(backend)), asked_twice=self.asked_twice)

    @property
    def asked_twice(self) -> Variant | None:
        """The variant whose noise is measured, if one is."""
        loaded = (*self.variants, *self.references)
        return next((v for v in loaded if v.name == self.options.noise_floor), None)

    def plan(self) -> list[Line]:
        """Return what each limit can show of each subject, before any model runs.

        Of a benchmark whose data cannot be read it is said; its own tests say so too.
        """
        gates = [gate for gate in self.gates if gate.benchmark in self.benchmarks]
        names = dict.fromkeys(gate.benchmark for gate in gates)
        return plan(
            gates,
            self.subjects,
            asked={name: self._asked(name) for name in names},
            known={} if self.baseline is None else self.baseline.discordances(reference=DENSE),
            families={subject.name: self.family(subject.name) for subject in self.subjects},
        )

    def _asked(self, benchmark: str) -> Asked | str:
        """Return what is asked of a benchmark, or why nothing can be."""
        try:
            roll = Roll.of(q.sample for q in self.questionnaire.questions(benchmark))
        except TrustEvalError as error:
            return f"not planned: {error}"
        scoring = PROTOCOLS[self.options.protocol].scoring(
            benchmark, settings=self.questionnaire.settings(benchmark)
        )
        return Asked(roll, scoring, self.questionnaire.declared(benchmark, scoring=scoring))

    @property
    def unbreakable(self) -> tuple[str, ...]:
        """The gates that no answers can break."""
        return tuple(f"gate {g.number} {g.id}" for g in self.gates if g.holds_nobody)

    def notices(self) -> list[str]:
        """Say what is not judged, or cannot be, before any model runs."""
        said = row_sentences(
            self.options.gates.name,
            left_out=map(str, self.left_out),
            without_row=self.without_row,
            unbreakable=self.unbreakable,
        )
        compared = [g.id for g in self.gates if g.is_relative and g.reference == BASELINE]
        if compared and self.baseline is None:
            remedy = (
                "this run is to be accepted as the first"
                if self.options.accept
                else f"`{self.options.accept_with}` makes one"
            )
            said.append(
                f"there is no baseline {self.options.baseline} to compare with, so these rows "
                f"cannot be decided: {', '.join(dict.fromkeys(compared))}; {remedy}"
            )
        return said

    def facts(self) -> Mapping[str, object]:
        """Return what a reader must know to compare this run with another."""
        return {
            "model": self.options.model,
            "engine": self.options.engine,
            "profile": self.profile.name,
            "sampling_seed": self.profile.seed,
            "data": self.origin.description,
            "protocol": self.options.protocol,
            "reader": PROTOCOLS[self.options.protocol].reader_version,
            "prompts": {"origin": Path(self.texts.origin).name, "sha256": self.texts.sha256},
            "remote_code": self.options.trust_remote_code,
            "gates": {
                "origin": self.options.gates.name,
                "sha256": self.gates_sha256,
                "left_out": [str(row) for row in self.left_out],
                "without_row": list(self.without_row),
                "unbreakable": list(self.unbreakable),
            },
            "families": {subject.name: self.family(subject.name) for subject in self.subjects},
        }


def _why_left_out(gates: int) -> str:
    if not gates:
        return "no gate asks (--trust-benchmarks=all records all)"
    return f"left out by --trust-benchmarks, gates not judged: {gates}"
