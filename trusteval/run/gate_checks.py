"""Checks gates against what a run asks and whom it judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import GateError, UsageError
from trusteval.gates.gate import BASELINE, Gate, LeftOut, Rival, matches
from trusteval.gates.limit_checks import check_sides
from trusteval.metrics.metric import SCORE, Metric
from trusteval.metrics.scoring import Scoring
from trusteval.protocols import PROTOCOLS
from trusteval.run.choices import check_one_of
from trusteval.run.vote_checks import check_votes, refuse_foregone
from trusteval.suggestion import meant
from trusteval.suite.profiles import Profile
from trusteval.types import DENSE, Dimension, Subject

_ALL = "all"
_NON_ANSWERS = "non_answer_rate"


def with_draws(profile: Profile, gates: Sequence[Gate]) -> Profile:
    """Ask the settings that gates draw for themselves, such as adult_raw's."""
    drawn = {
        name: tuple(dict.fromkeys(g.setting for g in gates if g.benchmark == name and g.setting))
        for name, benchmark in BENCHMARKS.items()
        if benchmark.draw is not None and not profile.is_demo
    }
    asked = {name: settings for name, settings in drawn.items() if settings}
    return replace(profile, settings={**profile.settings, **asked})


def chosen_benchmarks(
    asked: str | None,
    profile: Profile,
    gates: Sequence[Gate],
    *,
    held: Sequence[str],
    protocol: str,
) -> tuple[str, ...]:
    """Return the benchmarks to record, in the order of the table.

    By default those that a gate asks of one of `held`. Raises UsageError for one that is unknown,
    or that the profile does not ask or the protocol not score.
    """
    at_hand = scored_by(protocol, profile)
    if asked is None:
        gated = {g.benchmark for g in gates if any(g.applies_to(name) for name in held)}
        return tuple(name for name in at_hand if name in gated)
    named = [name.strip() for name in asked.split(",") if name.strip()]
    if named == [_ALL]:
        return at_hand
    if not named:
        raise UsageError(f"--trust-benchmarks names none; known: {_ALL}, {', '.join(at_hand)}")
    for name in named:
        check_one_of(name, (*at_hand, _ALL), f"--trust-benchmarks (profile {profile.name})")
    if _ALL in named:
        raise UsageError(f"--trust-benchmarks is {_ALL} or a list of names, got {asked!r}")
    return tuple(name for name in at_hand if name in named)


def scored_by(protocol: str, profile: Profile) -> tuple[str, ...]:
    """Return the benchmarks of a profile that a protocol scores, in the order of the table."""
    scores = PROTOCOLS[protocol].scores
    return tuple(name for name in BENCHMARKS if name in profile.settings and scores(name))


def check_gates(
    gates: Sequence[Gate],
    profile: Profile,
    judged: Sequence[Subject],
    *,
    protocol: str,
    origin: Path,
) -> None:
    """Raise GateError for a gate on what is not asked, of nobody, or decided by another.

    `judged` are those of the run, `origin` the file in messages.
    """
    subjects = [subject.name for subject in judged]
    decided: dict[tuple[str, str], int] = {}
    for gate in gates:
        where = f"{origin}, gate {gate.number} ({gate.id})"
        _check_benchmark(gate, profile, where=where)
        scoring = _check_part(gate, profile, protocol=protocol, where=where)
        _check_metric(gate, where=where)
        _check_subjects(gate, subjects, where=where)
        _check_reference(gate, subjects, where=where)
        check_votes(gate, judged, where=where)
        refuse_foregone(gate, scoring, profile.settings[gate.benchmark], where=where)
        _refuse_unheard_silence(gate, gates, subjects, scoring, where=where)
        _refuse_decided(gate, subjects, decided, where=where)


def _check_benchmark(gate: Gate, profile: Profile, *, where: str) -> None:
    if gate.benchmark in profile.settings:
        return
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
        f"{'' if known else meant(gate.benchmark, BENCHMARKS)}"
    )


def _check_part(gate: Gate, profile: Profile, *, protocol: str, where: str) -> Scoring:
    """Return how the benchmark is scored; refuses what it does not score, and limits against its
    metric's direction.
    """
    draw, asked = BENCHMARKS[gate.benchmark].draw, profile.settings[gate.benchmark]
    try:
        if gate.setting is not None and draw is not None:
            draw(gate.setting)
        scoring = PROTOCOLS[protocol].scoring(gate.benchmark, settings=asked)
        if gate.setting is not None:
            scoring.check_part(gate.setting, benchmark=gate.benchmark, asked=asked)
        scoring.check_about(gate.metric, part=gate.setting, asked=asked)
    except GateError as error:
        raise GateError(f"{where}: {error}") from error
    if gate.setting is not None:
        check_sides(gate, scoring.metric_of(gate.metric, part=gate.setting), where=where)
    return scoring


def _check_metric(gate: Gate, *, where: str) -> None:
    owners = [name for name, other in BENCHMARKS.items() if gate.metric in other.metrics]
    if owners and gate.benchmark not in owners:
        raise GateError(f"{where}: {gate.metric} is measured on {', '.join(owners)} only")
    if (why := BENCHMARKS[gate.benchmark].unfit.get(gate.metric)) is not None:
        raise GateError(f"{where}: {gate.metric} misleads on {gate.benchmark}: {why}")


def _check_subjects(gate: Gate, subjects: Sequence[str], *, where: str) -> None:
    for pattern in gate.subjects:
        if not any(matches(subject, pattern) for subject in subjects):
            drawn = any(fnmatchcase(subject, pattern) for subject in subjects)
            raise GateError(
                f"{where}: subjects {pattern!r} match none of this run's subjects "
                f"{', '.join(subjects)}; change the pattern or add the variant"
                f"{' (draws are matched by patterns with ~ only)' if drawn else ''}"
                f"{_meant_pattern(pattern, subjects)}"
            )


def _refuse_decided(
    gate: Gate, subjects: Sequence[str], decided: dict[tuple[str, str], int], *, where: str
) -> None:
    """Refuse a second row on one thing; `decided` holds the rows so far and takes this one."""
    for subject in filter(gate.applies_to, subjects):
        other = decided.setdefault((gate.id, subject), gate.number)
        if other != gate.number:
            raise GateError(
                f"{where}: gate {other} decides {gate.id} for {subject} already; give each "
                "subject one row per benchmark, setting and metric"
            )


def _meant_pattern(pattern: str, subjects: Sequence[str]) -> str:
    """Say which name, or the pattern of which names, a pattern was probably meant to be."""
    stems = [f"{subject.rpartition('-')[0]}-*" for subject in subjects if "-" in subject]
    return meant(pattern, stems if "*" in pattern else subjects)


def held_here(
    gates: Sequence[Gate], subjects: Sequence[str], *, protocol: str
) -> tuple[tuple[Gate, ...], tuple[LeftOut, ...]]:
    """Part the rows that hold somebody from those that hold nobody of this run.

    Nobody is held by a row on what the protocol does not score. Of patterns that match nobody a row
    that stays keeps none.
    """
    kept, left_out = [], []
    for gate in gates:
        if gate.benchmark in BENCHMARKS and not PROTOCOLS[protocol].scores(gate.benchmark):
            left_out.append(LeftOut(gate.number, gate.id, gate.subjects, unscored_by=protocol))
            continue
        matching = tuple(p for p in gate.subjects if any(matches(s, p) for s in subjects))
        here = replace(gate, subjects=matching)
        if any(map(here.applies_to, subjects)):
            kept.append(here)
        else:
            left_out.append(LeftOut(gate.number, gate.id, gate.subjects))
    return tuple(kept), tuple(left_out)


def judged_by_none(
    gates: Sequence[Gate], subjects: Sequence[str], *, asked: Sequence[str]
) -> tuple[str, ...]:
    """Say of whom no row judges which of the benchmarks asked."""
    said = []
    for subject in subjects:
        judged = {gate.benchmark for gate in gates if gate.applies_to(subject)}
        if missing := [benchmark for benchmark in asked if benchmark not in judged]:
            said.append(f"{subject} on {', '.join(missing)}")
    return tuple(said)


def _refuse_unheard_silence(
    gate: Gate, gates: Sequence[Gate], subjects: Sequence[str], scoring: Scoring, *, where: str
) -> None:
    """Refuse a row that a subject keeps best by saying nothing, unless another row hears that."""
    rewards = _rewarding_silence(gate, scoring)
    if rewards is None:
        return
    best = "is best at" if rewards.is_better_high else "has no"
    hearing = [g for g in gates if (g.benchmark, g.metric) == (gate.benchmark, _NON_ANSWERS)]
    for subject in filter(gate.applies_to, subjects):
        if not any(row.applies_to(subject) for row in hearing):
            raise GateError(
                f"{where}: a model that says nothing {best} {rewards.form_of or rewards.name}; "
                "add a row on "
                f"{gate.benchmark} {_NON_ANSWERS} (at_most or max_rise) for {subject} too"
            )


def _rewarding_silence(gate: Gate, scoring: Scoring) -> Metric | None:
    """Return the metric of a row that is kept best by saying nothing, None where there is none."""
    named = [scoring.metric_of(gate.metric), scoring.metric_of(SCORE.name, part=gate.setting)]
    found = [metric for metric in named if metric.rewards_silence]
    if gate.setting is None and gate.metric == SCORE.name:
        counted = [part for part in scoring.subscores.values() if part.share]
        made = [scoring.table[name] for part in counted for name in part.metrics.values()]
        found += made if all(metric.rewards_silence for metric in made) else []
    return found[0] if found else None


def _check_reference(gate: Gate, subjects: Sequence[str], *, where: str) -> None:
    """Refuse comparisons that cannot be: with nobody, of nobody, of gaps without groups."""
    if not gate.is_relative:
        return
    known = tuple(dict.fromkeys((DENSE, *subjects, BASELINE, *Rival)))
    check_one_of(gate.reference, known, f"{where}: reference")
    if not any(map(gate.applies_to, subjects)):
        raise GateError(f"{where}: it compares {gate.reference} with itself only")
    if (
        gate.gap_shift is not None
        and BENCHMARKS[gate.benchmark].dimension is not Dimension.FAIRNESS
    ):
        raise GateError(f"{where}: gap_shift compares groups, which {gate.benchmark} has none of")
