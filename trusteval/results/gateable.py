"""Which rows of a gates file can be judged on what other tools recorded; refuses the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trusteval.errors import GateError
from trusteval.gates.file import Gateable, load_gates
from trusteval.gates.gate import BASELINE, Gate, Rival, matches
from trusteval.metrics.metric import SCORE, Metric
from trusteval.results.measuring import earned_metric
from trusteval.results.metrics import compared_metrics
from trusteval.results.tool_run import Task, ToolRun
from trusteval.suggestion import meant
from trusteval.types import DENSE


def load_rows(text: str, *, origin: str, runs: Mapping[str, ToolRun]) -> tuple[Gate, ...]:
    """Parse a gates file whose benchmarks are the tasks of `runs`, the first being the reference.

    Raises GateError, naming what is known, for a task or metric that no run has, for what belongs
    to runs of trusteval, and for subjects that are no run.
    """
    gates = load_gates(text, origin=origin, benchmarks=_gateable(runs))
    first = next(iter(runs))
    here = tuple(
        replace(gate, reference=first) if _is_default(gate, runs) else gate for gate in gates
    )
    decided: dict[tuple[str, str], int] = {}
    for gate in here:
        where = f"{origin}, gate {gate.number} ({gate.id})"
        _refuse_what_is_ours(gate, where=where)
        _check_names(gate, list(runs), where=where)
        for subject in filter(gate.applies_to, runs):
            if (other := decided.setdefault((gate.id, subject), gate.number)) != gate.number:
                raise GateError(f"{where}: gate {other} decides {gate.id} for {subject} already")
    return here


def metric_named(name: str, tasks: Sequence[Task]) -> str:
    """Return what the tool calls a row's metric: "score" is the one that tasks are compared by."""
    is_its_own = any(name in task.metrics for task in tasks)
    return name if is_its_own or name != SCORE.name else compared_metrics(tasks)[0]


def _gateable(runs: Mapping[str, ToolRun]) -> dict[str, Gateable]:
    named: dict[str, list[Task]] = {}
    for run in runs.values():
        for task in run.tasks.values():
            named.setdefault(task.name, []).append(task)
    return {name: Gateable(_metrics(tasks), _unusable(tasks)) for name, tasks in named.items()}


def _metrics(tasks: Sequence[Task]) -> dict[str, Metric]:
    ways = {name: is_high for task in tasks for name, is_high in task.metrics.items()}
    found = {name: earned_metric(name, is_better_high=is_high) for name, is_high in ways.items()}
    compared = compared_metrics(tasks)
    if len(compared) == 1:
        found.setdefault(SCORE.name, replace(found[compared[0]], name=SCORE.name))
    return found


def _unusable(tasks: Sequence[Task]) -> dict[str, str]:
    whys = {name: why for task in tasks for name, why in task.unusable.items()}
    compared = compared_metrics(tasks)
    if len(compared) > 1:
        whys.setdefault(SCORE.name, f"it may be any of {', '.join(compared)}; name one")
    return whys


def _is_default(gate: Gate, runs: Mapping[str, ToolRun]) -> bool:
    """Whether a row means the first run, which is called otherwise."""
    return gate.is_relative and gate.reference == DENSE and DENSE not in runs


def _refuse_what_is_ours(gate: Gate, *, where: str) -> None:
    """Refuse what a row says of trusteval's own runs: settings, profiles, groups, baselines."""
    if gate.setting is not None:
        raise GateError(f"{where}: tasks of other tools have no setting, got {gate.setting!r}")
    if gate.profiles:
        raise GateError(f"{where}: profiles are of runs of trusteval; other results have none")
    if gate.min_group is not None:
        raise GateError(f"{where}: min_group is about groups, which {gate.benchmark} has none of")
    if gate.is_relative and gate.reference in (BASELINE, *Rival):
        raise GateError(
            f"{where}: reference {gate.reference!r} is of runs of trusteval; name one of these"
        )


def _check_names(gate: Gate, names: Sequence[str], *, where: str) -> None:
    for pattern in gate.subjects:
        if not any(matches(name, pattern) for name in names):
            raise GateError(
                f"{where}: subjects {pattern!r} match none of {', '.join(names)}"
                f"{meant(pattern, names)}; name results as NAME=PLACE"
            )
    if gate.is_relative and gate.reference not in names:
        raise GateError(
            f"{where}: reference is one of {', '.join(names)}; got {gate.reference!r}"
            f"{meant(gate.reference, names)}"
        )
    if not any(map(gate.applies_to, names)):
        raise GateError(
            f"{where}: it compares {gate.reference} with itself only; name a second RUN"
        )
