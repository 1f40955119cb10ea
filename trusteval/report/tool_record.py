"""What rows found of other tools' results, as the record of a run: its files, words and schema."""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.gates.gate import family_size
from trusteval.metrics.measuring import Measurement
from trusteval.report.ledger import Ending, FailedTest
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine
from trusteval.report.unjudged import Asked, Cause, Unjudged
from trusteval.results.dimensions import dimension_of
from trusteval.results.judging import Judging, NotJudged
from trusteval.results.measuring import earned_metric, measure_items
from trusteval.results.metrics import compared_metrics
from trusteval.results.tool_run import Task, ToolRun
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.run_facts import GateFacts, RunFacts
from trusteval.types import Unavailable, Verdict

NOT_KEPT = Unavailable("what another tool recorded is not kept here; trusteval compare shows it")
_AS_RECORDED = "as recorded"
"""What was asked and how it was read is the other tool's choice."""


def tool_record(
    judging: Judging,
    found: Sequence[Verdict | NotJudged],
    *,
    gates_sha256: str,
    unjudged: Sequence[Unjudged] = (),
    ending: Ending = Ending.FINISHED,
    failed_tests: Sequence[FailedTest] = (),
) -> RunRecord:
    """Return what was decided, what was not, and the scores of every task of every result."""
    missing = [
        *(_unjudged(one) for one in found if isinstance(one, NotJudged)),
        *(Unjudged(name, Cause.ERROR, line) for name, line in judging.missing),
    ]
    return RunRecord(
        facts=_facts(judging, gates_sha256),
        subjects=list(judging.runs),
        scores=[
            line
            for name, run in judging.runs.items()
            for task in run.tasks.values()
            if (line := _score_line(name, run, task)) is not None
        ],
        verdicts=[one for one in found if isinstance(one, Verdict)],
        invariants=(),
        unjudged=[*missing, *unjudged],
        ending=ending,
        failed_tests=failed_tests,
        doubts=[*judging.confounds(), *judging.notes],
    )


def asked_of(judging: Judging) -> list[Asked]:
    """Return every row and result that is to be judged."""
    return [
        Asked(gate.id, name, gate.benchmark, dimension_of(gate.benchmark), gate.level)
        for gate, name in judging.pairs
    ]


def _unjudged(one: NotJudged) -> Unjudged:
    benchmark, level = one.gate.benchmark, one.gate.level
    return Unjudged(
        one.subject, Cause.ERROR, one.why, one.gate.id, benchmark, dimension_of(benchmark), level
    )


def _facts(judging: Judging, gates_sha256: str) -> RunFacts:
    first = next(iter(judging.runs.values()))
    gates = GateFacts(judging.origin, gates_sha256, (), judging.without_row, judging.unbreakable)
    families = {name: family_size(judging.gates, name) for name in judging.runs}
    return RunFacts(
        model=first.model,
        engine=f"{first.tool} {first.version}",
        profile=_AS_RECORDED,
        protocol=_AS_RECORDED,
        gates=gates,
        families=families,
    )


def _score_line(name: str, run: ToolRun, task: Task) -> ScoreLine | None:
    """Return a task's score, that it is compared by, with its other metrics beside it."""
    measured = [
        measure_items(earned_metric(called, is_better_high=task.metrics[called]), task.items)
        for called in dict.fromkeys((*compared_metrics([task]), *task.metrics))
    ]
    if not measured:
        return None
    first, *others = measured
    counts = first.score.counts
    return ScoreLine(
        task.name,
        dimension_of(task.name),
        name,
        first.score,
        non_answer_rate=_non_answers(first) if counts.is_read else None,
        data=DataFacts(rows={task.name: len(task.items)}),
        beside={other.score.metric: other.score.value for other in others},
        notes={"model": run.model, "recorded by": f"{run.tool} {run.version}"},
    )


def _non_answers(measured: Measurement) -> float:
    counts = measured.score.counts
    return 100 * (counts.refused + counts.n_invalid) / max(1, counts.n)
