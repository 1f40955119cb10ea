"""Judges what other tools recorded by rows of a gates file, as runs of trusteval are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.gates.evidence import Evidence, gather
from trusteval.gates.gate import Gate, family_size, row_sentences
from trusteval.gates.verdicts import decide
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import Metric
from trusteval.results.confounds import confound_lines, differences_of
from trusteval.results.dimensions import dimension_of
from trusteval.results.gateable import load_rows, metric_named
from trusteval.results.measuring import earned_metric, measure_items
from trusteval.results.metrics import why_not
from trusteval.results.pairing import Paired, pair_items
from trusteval.results.partial import missing_parts
from trusteval.results.tool_run import Item, Task, ToolRun
from trusteval.types import Level, Outcome, Unavailable, Undecided, Verdict

PASSES, FAILS, OPEN, APART = 0, 1, 3, 4
"""Exit codes, as `trusteval compare` has them."""


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A row and a run without a verdict, and why."""

    gate: Gate
    subject: str
    why: str

    @property
    def sentence(self) -> str:
        return f"{self.subject} on {self.gate.id}: {self.why}"


@dataclass(frozen=True, slots=True)
class Result:
    """A run of another tool, under the name that rows call it by."""

    name: str
    run: ToolRun


@dataclass(frozen=True, slots=True)
class Judging:
    """Results by name, the first the reference of rows that name none, and the rows on them.

    `origin` names the file of rows, `shared_only` compares the items that both have where other
    items are there too.
    """

    runs: Mapping[str, ToolRun]
    gates: tuple[Gate, ...]
    origin: str
    shared_only: bool = False

    @property
    def pairs(self) -> list[tuple[Gate, str]]:
        """Every row with every run that it holds."""
        return [(gate, name) for gate in self.gates for name in self.runs if gate.applies_to(name)]

    def result(self, name: str) -> Result:
        """Return the results of a name."""
        return Result(name, self.runs[name])

    @property
    def without_row(self) -> tuple[str, ...]:
        """Say which runs no row judges, or compares with, on which of their tasks."""
        said = []
        for name, run in self.runs.items():
            judged = {
                gate.benchmark
                for gate in self.gates
                if gate.applies_to(name) or (gate.is_relative and gate.reference == name)
            }
            if missing := [task for task in run.tasks if task not in judged]:
                said.append(f"{name} on {', '.join(missing)}")
        return tuple(said)

    @property
    def unbreakable(self) -> tuple[str, ...]:
        """The rows that no answers can break."""
        return tuple(f"gate {gate.number} {gate.id}" for gate in self.gates if gate.holds_nobody)

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Name the results that are partial, each with what the tool asked and is not there."""
        return [(name, line) for name, run in self.runs.items() for line in missing_parts(run)]

    @property
    def notes(self) -> list[str]:
        """Say what was left out of results, and why."""
        return [f"{name}: {note}" for name, run in self.runs.items() for note in run.notes]

    @property
    def notices(self) -> list[str]:
        """Say what is not judged, and what was left out."""
        return [
            *(f"INCOMPLETE {name}: {line}" for name, line in self.missing),
            *self.notes,
            *row_sentences(
                self.origin,
                left_out=(),
                without_row=self.without_row,
                unbreakable=self.unbreakable,
            ),
        ]

    def confounds(self) -> list[str]:
        """Say what besides the weights differs between the runs that rows compare."""
        said: dict[str, None] = {}
        compared = dict.fromkeys(
            (gate.reference, name, gate.benchmark)
            for gate, name in self.pairs
            if gate.compares(name)
        )
        for reference, name in dict.fromkeys((one, other) for one, other, _ in compared):
            tasks = [task for one, other, task in compared if (one, other) == (reference, name)]
            said |= dict.fromkeys(self._confounds(reference, name, tasks))
        return list(said)

    def _confounds(self, reference: str, name: str, tasks: Sequence[str]) -> list[str]:
        first, second = self.runs[reference], self.runs[name]
        differing = {
            task: differences_of(
                first, second, before=first.tasks[task], after=second.tasks[task], paired=paired
            )
            for task in tasks
            if isinstance(paired := self._paired(reference, name, task), Paired)
        }
        lines = confound_lines(differing)
        return [f"CONFOUND {name}: {line}" for of_task in lines.values() for line in of_task]

    def judge(self, gate: Gate, name: str) -> Verdict | NotJudged:
        """Judge a run by a row that holds it."""
        task = self.runs[name].tasks.get(gate.benchmark)
        if task is None:
            return NotJudged(gate, name, f"{self.runs[name].place} has no task {gate.benchmark}")
        called = metric_named(gate.metric, self._everybodys(gate.benchmark))
        if called not in task.metrics:
            return NotJudged(gate, name, f"no {called} there: {why_not(called, task)}")
        metric = earned_metric(called, is_better_high=task.metrics[called])
        evidence, notes = self._evidence(gate, name, task, metric)
        return decide(
            gate,
            evidence,
            subject=name,
            dimension=dimension_of(gate.benchmark),
            family=family_size(self.gates, name),
            notes=[*([f"score is {called}"] if called != gate.metric else []), *notes],
        )

    def _evidence(
        self, gate: Gate, name: str, task: Task, metric: Metric
    ) -> tuple[Evidence, list[str]]:
        """Return what a row decides by, and what else to say of it."""
        if not gate.compares(name):
            return gather(gate, measure_items(metric, task.items)), []
        paired = self._paired(gate.reference, name, gate.benchmark)
        if isinstance(paired, Unavailable):
            measured = measure_items(metric, task.items)
            return gather(gate, measured, reference=paired), []
        reference = self._measured_there(gate, metric, paired.before)
        measured = measure_items(metric, paired.after)
        notes = [paired.left_out] if paired.left_out else []
        if isinstance(reference, Measurement):
            notes.append(f"{gate.reference} {_value(reference)}")
        return gather(gate, measured, reference=reference), notes

    def _measured_there(
        self, gate: Gate, metric: Metric, items: Sequence[Item]
    ) -> Measurement | Unavailable:
        task = self.runs[gate.reference].tasks[gate.benchmark]
        if metric.name not in task.metrics:
            return Unavailable(f"no {metric.name} there: {why_not(metric.name, task)}")
        if task.metrics[metric.name] is not metric.is_better_high:
            return Unavailable(f"of {metric.name} the other side is better there")
        return measure_items(metric, items)

    def _paired(self, reference: str, name: str, task: str) -> Paired | Unavailable:
        first, second = self.runs[reference], self.runs[name]
        if first.tool != second.tool:
            return Unavailable(f"of two tools, {first.tool} and {second.tool}")
        if task not in first.tasks or task not in second.tasks:
            absent = reference if task not in first.tasks else name
            return Unavailable(f"{absent} was not asked {task}")
        return pair_items(
            first.tasks[task].items,
            second.tasks[task].items,
            names=(reference, name),
            shared_only=self.shared_only,
        )

    def _everybodys(self, task: str) -> list[Task]:
        return [run.tasks[task] for run in self.runs.values() if task in run.tasks]


def judging_of(
    text: str, *, origin: str, runs: Mapping[str, ToolRun], shared_only: bool = False
) -> Judging:
    """Return what rows of a gates file are to judge; raises UsageError for what cannot be.

    `origin` is the file's path, which messages name whole.
    """
    if not runs:
        raise UsageError("no results to judge; name a folder or log, the reference first")
    gates = load_rows(text, origin=origin, runs=runs)
    return Judging(runs, gates, Path(origin).name, shared_only)


def exit_code(found: Sequence[Verdict | NotJudged], *, is_partial: bool = False) -> int:
    """Return 1 for a blocking row that fails, else 4 where one cannot be judged, else 3, else 0.

    Rows that only warn change nothing, but where no verdict can be had. `is_partial` says that
    results hold fewer items than were asked, of which nobody knows the others.
    """
    verdicts = [one for one in found if isinstance(one, Verdict) and one.level is Level.BLOCK]
    if any(one.outcome is Outcome.FAIL for one in verdicts):
        return FAILS
    is_judged = all(isinstance(one, Verdict) for one in found) and not is_partial
    if not is_judged or any(one.undecided is Undecided.NEVER for one in verdicts):
        return APART
    return PASSES if all(one.outcome is Outcome.PASS for one in verdicts) else OPEN


def _value(measured: Measurement) -> str:
    value = measured.score.value
    return "undefined" if value is None else f"{value:.1f}"
