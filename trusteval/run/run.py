"""A checked request: who is judged, by which gates, on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trusteval.audit.people import PeopleLabels
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.gates.gate import BASELINE, Gate, LeftOut, Rival, family_size, row_sentences
from trusteval.gates.shipped import STANDS_IN
from trusteval.protocols import PROTOCOLS
from trusteval.run.options import Options
from trusteval.run.subjects import dense_variant
from trusteval.run.vote_checks import chains_themselves
from trusteval.suite.origin import Origin
from trusteval.suite.profiles import Profile
from trusteval.suite.questions import Questionnaire
from trusteval.tracking.baseline import Baseline
from trusteval.tracking.run_facts import GateFacts, PromptFacts, RunFacts, Sampling
from trusteval.types import DENSE, Ensemble, Subject, Unavailable, Undecided, Variant, Verdict

RECORDED_ONLY = "recorded answers alone are judged: no model is asked, loaded or built"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was asked to do, once it is known that it can be done.

    `benchmarks` are recorded, in the order of the table, and judged where a gate asks. `left_out`
    are rows of the shipped gates.toml that hold nobody here, `without_row` says of whom it has no
    row on which benchmarks. `labels` are what people said of texts.
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
    labels: PeopleLabels | None = None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (*self.loaded, *self.ensembles)

    @property
    def loaded(self) -> tuple[Variant, ...]:
        """Who answers for itself; an ensemble is voted from some of them."""
        return (*self.variants, *self.references)

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
                if not PROTOCOLS[self.options.protocol].scores(name):
                    found[name] = f"the protocol {self.options.protocol} does not score it"
                    continue
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

    def reference(self, gate: Gate) -> Subject | Baseline | Rival | Unavailable:
        """Return what a gate compares with, or why there is none.

        Where no subject is called dense, it is the model under test.
        """
        if gate.rival is not None:
            return gate.rival
        if gate.reference == BASELINE:
            return self.baseline or Unavailable(
                f"there is no {self.options.baseline}; `{self.options.accept_with}` makes one"
            )
        named = next((s for s in self.subjects if s.name == gate.reference), None)
        return named or dense_variant()

    @property
    def asked_twice(self) -> Variant | None:
        """The variant whose noise is measured, if one is."""
        return next((v for v in self.loaded if v.name == self.options.noise_floor), None)

    @property
    def unbreakable(self) -> tuple[str, ...]:
        """The gates that no answers can break."""
        return (
            *(f"gate {g.number} {g.id}" for g in self.gates if g.holds_nobody),
            *chains_themselves(self.gates, self.ensembles),
        )

    def notices(self) -> list[str]:
        """Say what is not judged, or cannot be, before any model runs."""
        said = [RECORDED_ONLY] * self.options.recorded_only
        said += [STANDS_IN] * self.options.gates_ship
        said += row_sentences(
            self.options.gates_name,
            left_out=map(str, self.left_out),
            without_row=self.without_row,
            unbreakable=self.unbreakable,
        )
        compared = [g.id for g in self.gates if g.is_relative and g.reference == BASELINE]
        if compared and self.baseline is None:
            remedy = (
                "this run is to become the first one"
                if self.options.accept
                else f"`{self.options.accept_with}` makes one"
            )
            said.append(
                f"there is no baseline {self.options.baseline} to compare with, so these rows "
                f"cannot be decided: {', '.join(dict.fromkeys(compared))}; {remedy}"
            )
        return said

    def facts(self) -> RunFacts:
        """Return what a reader must know to compare this run with another."""
        return RunFacts(
            model=self.options.model,
            engine=self.options.engine,
            profile=self.profile.name,
            sampling=Sampling(self.profile.seed),
            data=self.origin.description,
            protocol=self.options.protocol,
            reader=PROTOCOLS[self.options.protocol].reader_version,
            prompts=PromptFacts(Path(self.texts.origin).name, self.texts.sha256),
            remote_code=self.options.trust_remote_code,
            gates=GateFacts(
                self.options.gates_name,
                self.gates_sha256,
                tuple(map(str, self.left_out)),
                self.without_row,
                self.unbreakable,
            ),
            families={subject.name: self.family(subject.name) for subject in self.subjects},
        )


def _why_left_out(gates: int) -> str:
    if not gates:
        return "no gate asks (--trust-benchmarks=all records all)"
    return f"left out by --trust-benchmarks, gates not judged: {gates}"
