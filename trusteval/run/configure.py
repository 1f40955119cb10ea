"""Checks what a run is asked to do, before anything heavy is touched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.checkpoints.vocabulary import refuse_mixed_vocabularies, vocabularies
from trusteval.errors import GateError, UsageError
from trusteval.gates.file import load_gates
from trusteval.gates.gate import Gate, LeftOut
from trusteval.gates.shipped import is_shipped
from trusteval.run.backend import backend_of
from trusteval.run.choices import check_choices, check_one_of
from trusteval.run.gate_checks import (
    check_gates,
    chosen_benchmarks,
    held_here,
    judged_by_none,
    scored_by,
    with_draws,
)
from trusteval.run.judge import judge_of
from trusteval.run.labels import labels_of
from trusteval.run.options import Options
from trusteval.run.run import Run
from trusteval.run.subjects import (
    parse_ensembles,
    parse_references,
    parse_variants,
    refuse_unserved,
)
from trusteval.suite.origin import demo_origin, find_origin
from trusteval.suite.profiles import PROFILES, Profile, find_profile
from trusteval.suite.questions import Questionnaire
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.files import with_home
from trusteval.system.machine import cache_directory, refusal_of_device
from trusteval.tracking.baseline import Baseline, read_baseline
from trusteval.types import Ensemble, Subject, Variant

_MOST_GATES = MIB
"""What gates.toml may hold; the shipped one has 16 KiB."""


def prepare_run(options: Options) -> Run:
    """Check every option and gate against each other.

    Raises UsageError (or a subclass) for the first mistake; loads no model and no data.
    """
    check_choices(options)
    profile = find_profile(options.profile)
    judged = _judged(options)
    asked = (*judged.variants, *judged.references)
    if options.noise_floor is not None:
        check_one_of(
            options.noise_floor, tuple(variant.name for variant in asked), "--trust-noise-floor"
        )
    if options.engine == "openai":
        refuse_unserved(asked)
    if options.engine == "hf" and not options.recorded_only:
        _refuse_missing_device(options.device)
    backend_of(options, asked)  # refuses what cannot be opened
    judge_of(options)
    if options.engine == "hf":
        for ensemble in judged.ensembles:
            _refuse_other_tokenizers(ensemble, options.model)
    return _run(options, profile, judged)


def prepare_plan(options: Options) -> Run:
    """Check the gates against whom they judge, as a run does, and no more: nobody is asked."""
    return _run(options, find_profile(options.profile), _judged(options))


@dataclass(frozen=True, slots=True)
class _Judged:
    variants: tuple[Variant, ...]
    references: tuple[Variant, ...]
    ensembles: tuple[Ensemble, ...]


def _judged(options: Options) -> _Judged:
    variants = parse_variants(options.variants)
    if not variants:
        raise UsageError("--trust-variants names no variant; for example dense,gptq-8,gptq-4")
    references = parse_references(options.references)
    ensembles = parse_ensembles(options.ensembles, variants=variants, references=references)
    return _Judged(variants, references, ensembles)


def _run(options: Options, profile: Profile, judged: _Judged) -> Run:
    raw = read_gates(options.gates)
    gates = _rows(raw, options.gates, profile=profile.name)
    variants, references, ensembles = judged.variants, judged.references, judged.ensembles
    subjects: tuple[Subject, ...] = (*variants, *references, *ensembles)
    names = [subject.name for subject in subjects]
    left_out: tuple[LeftOut, ...] = ()
    without_row: tuple[str, ...] = ()
    if not options.gates_are_named and is_shipped(raw):
        gates, left_out = held_here(gates, names, protocol=options.protocol)
        if not gates:
            raise GateError(
                f"{options.gates} holds no gate for any of {', '.join(names)}; write your own "
                "rows and name their file: --trust-gates=FILE"
            )
        without_row = judged_by_none(gates, names, asked=scored_by(options.protocol, profile))
    else:  # whoever wrote the rows knows whom they name; what draws is asked besides
        draws = [variant.name for variant in variants if variant.draw is not None]
        without_row = judged_by_none(gates, draws, asked=scored_by(options.protocol, profile))
    profile = with_draws(profile, gates)
    check_gates(gates, profile, subjects, protocol=options.protocol, origin=options.gates)
    if profile.is_demo:
        origin = demo_origin()
    else:
        origin = find_origin(options.data, cache=cache_directory())
    texts = load_prompt_texts(options.prompts)
    return Run(
        options=options,
        variants=variants,
        references=references,
        ensembles=ensembles,
        gates=gates,
        gates_sha256=hashlib.sha256(raw).hexdigest(),
        profile=profile,
        origin=origin,
        texts=texts,
        questionnaire=Questionnaire(profile, origin, texts=texts),
        baseline=_baseline(options, gates),
        benchmarks=chosen_benchmarks(
            options.benchmarks, profile, gates, held=names, protocol=options.protocol
        ),
        left_out=left_out,
        without_row=without_row,
        labels=labels_of(options, subjects=names),
    )


def _refuse_missing_device(device: str) -> None:
    why = refusal_of_device(device)
    if why is not None:
        raise UsageError(f"--trust-device: {why}")


def _baseline(options: Options, gates: Sequence[Gate]) -> Baseline | None:
    """Read what was accepted, where this run looks at it; a damaged file ends the run at once."""
    if options.baseline is None or not options.baseline.exists():
        return None
    wanted = options.accept or any(gate.is_relative for gate in gates)
    if not wanted:
        return None
    return replace(read_baseline(options.baseline), accept_with=options.accept_with)


def _refuse_other_tokenizers(ensemble: Ensemble, model: str) -> None:
    """Compare the members that are on disk already; an evaluation compares all."""
    places = {
        m.name: with_home(model) if m.path is None else m.path
        for m in ensemble.members
        if m.served is None
    }
    cache = cache_directory()
    refuse_mixed_vocabularies(
        ensemble.name, {name: vocabularies(place, cache=cache) for name, place in places.items()}
    )


def read_gates(path: Path) -> bytes:
    """Return what a file of gates holds; raises GateError where it cannot be read."""
    try:
        return read_bytes(path, most=_MOST_GATES)
    except OSError as error:
        raise GateError(f"gates cannot be read from {path}: {error.strerror}") from error


def gates_text(raw: bytes, path: Path) -> str:
    """Return the text of a file of gates; raises GateError where it is none."""
    try:
        return raw.decode("utf-8-sig")  # an editor's byte order mark is no part of the text
    except UnicodeDecodeError as error:
        raise GateError(f"gates cannot be read from {path}: {error}") from error


def _rows(raw: bytes, path: Path, *, profile: str) -> tuple[Gate, ...]:
    """Return the rows that a profile judges; those of the others are checked too."""
    rows = load_gates(gates_text(raw, path), origin=str(path))
    for gate in rows:
        for name in gate.profiles:
            check_one_of(name, tuple(PROFILES), f"{path}, gate {gate.number}: profiles")
    gates = tuple(gate for gate in rows if gate.is_for(profile))
    if not gates:
        raise GateError(f"{path} holds no gate for profile {profile}")
    return gates
