"""What a run was asked to do: options read and checked, before anything heavy is touched."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.origin import Origin, demo_origin, find_origin
from trusteval.benchmarks.prompts import PromptTexts, load_prompt_texts
from trusteval.checkpoints.vocabulary import refuse_mixed_vocabularies, vocabularies
from trusteval.engines import ENGINES
from trusteval.engines.engine import Backend
from trusteval.engines.routing import create_backend
from trusteval.engines.shaken import ShakenBackend
from trusteval.errors import GateError, TrustEvalError, UsageError
from trusteval.evaluation import Evaluation
from trusteval.gates import BASELINE, Gate, family_size
from trusteval.gates_file import load_gates
from trusteval.machine import cache_directory
from trusteval.preflight import Doubt, preflight
from trusteval.profiles import PROFILES, Profile, find_profile
from trusteval.progress import ProgressBar, no_progress
from trusteval.protocols import PROTOCOLS
from trusteval.questionnaire import Questionnaire
from trusteval.sheet import Roll
from trusteval.store import ResponseStore
from trusteval.subjects import (
    DENSE,
    dense_variant,
    parse_ensembles,
    parse_references,
    parse_variants,
    refuse_unserved,
)
from trusteval.tracking.baseline import Baseline, read_baseline
from trusteval.types import Dimension, Ensemble, Storage, Subject, Variant

_DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True, slots=True)
class Options:
    """The --trust-* options as typed; paths are resolved."""

    model: str
    variants: str
    ensembles: str
    references: str
    profile: str
    protocol: str
    engine: str
    data: Path | None
    gates: Path
    storage: str
    device: str
    dtype: str
    prompts: Path | None
    calibration: Path | None
    inconclusive: str | None
    trust_remote_code: bool
    concurrency: int = 16
    baseline: Path | None = None
    accept: bool = False
    regression: str | None = None
    noise_floor: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A checked request: who is judged, by which gates, on what."""

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
    baseline: Baseline | None = None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (*self.variants, *self.references, *self.ensembles)

    @property
    def dense(self) -> Variant | None:
        """The model under test itself, if it is judged."""
        return next((v for v in self.variants if v.name == DENSE), None)

    @property
    def inconclusive(self) -> str:
        """What an INCONCLUSIVE blocking gate does to its test: "fail" or "skip"."""
        return self.options.inconclusive or self.profile.inconclusive

    @property
    def benchmarks(self) -> tuple[str, ...]:
        """The benchmarks the profile asks, in the order of the table."""
        return tuple(name for name in BENCHMARKS if name in self.profile.settings)

    def judged_pairs(self, benchmark: str) -> list[tuple[Gate, Subject]]:
        """Return every gate on `benchmark` with every subject it applies to."""
        return [
            (gate, subject)
            for gate in self.gates
            if gate.benchmark == benchmark
            for subject in self.subjects
            if gate.applies_to(subject.name)
        ]

    @property
    def family(self) -> int:
        """How many blocking gates and subjects share the error of 0.05."""
        return family_size(self.gates, (subject.name for subject in self.subjects))

    def reference(self, gate: Gate) -> Subject | Baseline | str:
        """Return what a gate compares with, or why there is none.

        Where no subject is called dense, it is the model under test.
        """
        if gate.reference == BASELINE:
            return self.baseline or (
                f"there is no {_last_two(self.options.baseline)}; `pytest --trust-accept` makes one"
            )
        named = next((s for s in self.subjects if s.name == gate.reference), None)
        return named or dense_variant()

    def evaluation(self, store: ResponseStore, *, device: str, progress: ProgressBar) -> Evaluation:
        """Put the parts together; opens no model yet."""
        backend = _backend(
            self.options,
            variants=(*self.variants, *self.references),
            device=device,
            progress=progress,
        )

        def over(answering: Backend, **more: Any) -> Evaluation:
            return Evaluation(
                backend=answering,
                store=store,
                questionnaire=self.questionnaire,
                protocol=self.options.protocol,
                dense=self.dense,
                facts=self.facts(),
                progress=progress,
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

    def doubts(self) -> list[Doubt]:
        """Return the gates that this profile's samples cannot resolve, before any model runs.

        Benchmarks whose data cannot be read are left out; their own tests say so.
        """
        pairs = [pair for name in self.benchmarks for pair in self.judged_pairs(name)]
        pairs = [(gate, s) for gate, s in pairs if gate.compares(s.name)]
        rolls: dict[str, Roll] = {}
        for name in dict.fromkeys(gate.benchmark for gate, _ in pairs):
            with suppress(TrustEvalError):
                rolls[name] = Roll.of(q.sample for q in self.questionnaire.questions(name))
        protocol = PROTOCOLS[self.options.protocol]
        scorings = {
            name: protocol.scoring(name, settings=self.questionnaire.settings(name))
            for name in rolls
        }
        return preflight(
            pairs,
            rolls=rolls,
            scorings=scorings,
            declared={
                name: self.questionnaire.declared(name, scoring=scoring)
                for name, scoring in scorings.items()
            },
            known={} if self.baseline is None else self.baseline.discordances(reference=DENSE),
        )

    def facts(self) -> Mapping[str, object]:
        """Return what a reader must know to compare this run with another."""
        return {
            "model": self.options.model,
            "engine": self.options.engine,
            "profile": self.profile.name,
            "sampling_seed": self.profile.seed,
            "data": self.origin.description,
            "protocol": self.options.protocol,
            "prompts": {"origin": Path(self.texts.origin).name, "sha256": self.texts.sha256},
            "remote_code": self.options.trust_remote_code,
            "gates": {"origin": self.options.gates.name, "sha256": self.gates_sha256},
            "family": self.family,
        }


def prepare_run(options: Options) -> Run:
    """Check every option and gate against each other.

    Raises UsageError (or a subclass) for the first mistake; loads no model and no data.
    """
    _one_of(options.engine, tuple(ENGINES), "--trust-engine")
    _one_of(options.storage, ("auto", *Storage), "--trust-storage")
    _one_of(options.dtype, _DTYPES, "--trust-dtype")
    if options.inconclusive is not None:
        _one_of(options.inconclusive, ("fail", "skip"), "--trust-inconclusive")
    _one_of(options.protocol, tuple(PROTOCOLS), "--trust-protocol")
    profile = find_profile(options.profile)
    variants = parse_variants(options.variants)
    if not variants:
        raise UsageError("--trust-variants names no variant; for example dense,gptq-8,gptq-4")
    references = parse_references(options.references)
    ensembles = parse_ensembles(options.ensembles, variants=variants, references=references)
    asked = (*variants, *references)
    if options.noise_floor is not None:
        _one_of(
            options.noise_floor, tuple(variant.name for variant in asked), "--trust-noise-floor"
        )
    if options.engine == "openai":
        refuse_unserved(asked)
    # Refuses a missing model, script or recording, and a key that cannot be.
    _backend(options, variants=asked, device=options.device)
    if options.engine == "hf":
        for ensemble in ensembles:
            _refuse_other_tokenizers(ensemble, options.model)
    text, sha256 = _read_gates(options.gates)
    rows = load_gates(text, origin=str(options.gates))
    for number, gate in enumerate(rows, start=1):
        for name in gate.profiles:
            _one_of(name, tuple(PROFILES), f"{options.gates}, gate {number}: profiles")
    gates = tuple(gate for gate in rows if gate.is_for(profile.name))
    if not gates:
        raise GateError(f"{options.gates} holds no gate for profile {profile.name}")
    profile = _with_draws(profile, gates)
    judged: tuple[Subject, ...] = (*variants, *references, *ensembles)
    names = [subject.name for subject in judged]
    _check_gates(gates, profile, names, protocol=options.protocol, origin=options.gates)
    cache = cache_directory()
    origin = demo_origin() if profile.is_demo else find_origin(options.data, cache=cache)
    texts = load_prompt_texts(options.prompts)
    return Run(
        options=options,
        variants=variants,
        references=references,
        ensembles=ensembles,
        gates=gates,
        gates_sha256=sha256,
        profile=profile,
        origin=origin,
        texts=texts,
        questionnaire=Questionnaire(profile, origin, texts=texts),
        baseline=_baseline(options, gates),
    )


def _last_two(path: Path | None) -> str:
    """Name a file so that the same run says the same on every machine."""
    return "baseline" if path is None else "/".join(path.parts[-2:])


def _baseline(options: Options, gates: Sequence[Gate]) -> Baseline | None:
    """Read what was accepted, where this run looks at it; a damaged file ends the run at once."""
    if options.baseline is None or not options.baseline.exists():
        return None
    wanted = options.accept or any(gate.is_relative for gate in gates)
    return read_baseline(options.baseline) if wanted else None


def _backend(
    options: Options,
    *,
    variants: Sequence[Variant],
    device: str,
    progress: ProgressBar = no_progress,
) -> Backend:
    return create_backend(
        options.engine,
        options.model,
        variants=variants,
        concurrency=options.concurrency,
        device=device,
        dtype=options.dtype,
        storage=options.storage,
        calibration=options.calibration,
        trust_remote_code=options.trust_remote_code,
        progress=progress,
    )


def _refuse_other_tokenizers(ensemble: Ensemble, model: str) -> None:
    """Compare the members that are on disk already; an evaluation compares all."""
    places = {
        m.name: Path(model).expanduser() if m.path is None else m.path
        for m in ensemble.members
        if m.served is None
    }
    cache = cache_directory()
    refuse_mixed_vocabularies(
        ensemble.name, {name: vocabularies(place, cache=cache) for name, place in places.items()}
    )


def _read_gates(path: Path) -> tuple[str, str]:
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8"), hashlib.sha256(raw).hexdigest()
    except (OSError, UnicodeDecodeError) as error:
        raise GateError(f"gates cannot be read from {path}: {error}") from error


def _with_draws(profile: Profile, gates: Sequence[Gate]) -> Profile:
    """Ask the settings that gates draw for themselves, such as adult_raw's."""
    drawn = {
        name: tuple(dict.fromkeys(g.setting for g in gates if g.benchmark == name and g.setting))
        for name, benchmark in BENCHMARKS.items()
        if benchmark.draw is not None and not profile.is_demo
    }
    asked = {name: settings for name, settings in drawn.items() if settings}
    return replace(profile, settings={**profile.settings, **asked})


def _check_gates(
    gates: Sequence[Gate],
    profile: Profile,
    subjects: Sequence[str],
    *,
    protocol: str,
    origin: Path,
) -> None:
    decided: dict[tuple[str, str], int] = {}
    for number, gate in enumerate(gates, start=1):
        where = f"{origin}, gate {number} ({gate.id})"
        if gate.benchmark not in profile.settings:
            known = BENCHMARKS.get(gate.benchmark)
            if known is not None and known.draw is not None and not profile.is_demo:
                raise GateError(
                    f"{where}: a gate on {gate.benchmark} names its draw as setting, for example "
                    "per_group_1000_gap_0.5"
                )
            what = "unknown" if known is None else f"profile {profile.name} does not ask"
            raise GateError(
                f"{where}: {what} benchmark {gate.benchmark!r}; "
                f"profile {profile.name} asks {', '.join(profile.settings)}"
            )
        benchmark = BENCHMARKS[gate.benchmark]
        try:
            asked = profile.settings[gate.benchmark]
            if gate.setting is not None and benchmark.draw is not None:
                benchmark.draw(gate.setting)
            if gate.setting is not None:
                scoring = PROTOCOLS[protocol].scoring(gate.benchmark, settings=asked)
                scoring.check_part(gate.setting, benchmark=gate.benchmark, asked=asked)
        except GateError as error:
            raise GateError(f"{where}: {error}") from error
        special = {m for other in BENCHMARKS.values() for m in other.metrics}
        if gate.metric in special and gate.metric not in benchmark.metrics:
            owners = ", ".join(b.name for b in BENCHMARKS.values() if gate.metric in b.metrics)
            raise GateError(f"{where}: {gate.metric} is measured on {owners} only")
        for pattern in gate.subjects:
            if not any(fnmatchcase(subject, pattern) for subject in subjects):
                raise GateError(
                    f"{where}: subjects {pattern!r} match none of this run's subjects "
                    f"{', '.join(subjects)}; change the pattern or add the variant"
                )
        _check_reference(gate, subjects, where=where)
        for subject in filter(gate.applies_to, subjects):
            other = decided.setdefault((gate.id, subject), number)
            if other != number:
                raise GateError(
                    f"{where}: gate {other} decides {gate.id} for {subject} already; give each "
                    "subject one row per benchmark, setting and metric"
                )


def _check_reference(gate: Gate, subjects: Sequence[str], *, where: str) -> None:
    """Refuse comparisons that cannot be: with nobody, of nobody, of gaps without groups."""
    if not gate.is_relative:
        return
    known = (*dict.fromkeys((DENSE, *subjects)), BASELINE)
    _one_of(gate.reference, known, f"{where}: reference")
    if not any(map(gate.applies_to, subjects)):
        raise GateError(f"{where}: it compares {gate.reference} with itself only")
    if (
        gate.gap_shift is not None
        and BENCHMARKS[gate.benchmark].dimension is not Dimension.FAIRNESS
    ):
        raise GateError(f"{where}: gap_shift compares groups, which {gate.benchmark} has none of")


def _one_of(value: str, known: tuple[str, ...], option: str) -> None:
    if value not in known:
        close = get_close_matches(value, known, n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        raise UsageError(f"{option} is one of {', '.join(known)}; got {value!r}{meant}")
