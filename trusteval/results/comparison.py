"""Two runs that another tool recorded, beside each other: the tasks of both, metric by metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trusteval.gates.wording import describe_counts
from trusteval.metrics.metric import Metric
from trusteval.results.confounds import Difference, confound_lines, differences_of
from trusteval.results.flips import answered_otherwise, flips_of, knows_answers, moves_of
from trusteval.results.measuring import earned_metric, measure_items
from trusteval.results.metrics import compared_metrics, why_not
from trusteval.results.pairing import Paired, pair_items
from trusteval.results.tool_run import Task, ToolRun
from trusteval.stats.composition import stuart_maxwell
from trusteval.suite.sampling import SEED
from trusteval.tracking.change import Conclusion, Limits, decide
from trusteval.tracking.comparison import BenchmarkComparison, Pair, drop_between
from trusteval.tracking.margins import Margins
from trusteval.types import Score, Unavailable


def compare_tool_runs(
    first: ToolRun,
    second: ToolRun,
    *,
    margins: Margins,
    metric: str | None = None,
    shared_only: bool = False,
) -> list[BenchmarkComparison]:
    """Compare every task of either run, by the metric that is asked or by the task's first.

    Both are of one tool. A regression is judged at 0.05 over all the comparisons.
    """
    asked = {
        name: compared_metrics(
            (run.tasks[name] for run in (first, second) if name in run.tasks), asked=metric
        )
        for name in dict.fromkeys((*first.tasks, *second.tasks))
    }
    pairs = {name: _paired(first, second, name, shared_only=shared_only) for name in asked}
    lines = confound_lines(_differing(first, second, pairs))
    family = sum(map(len, asked.values()))
    return [
        replace(comparison, confounds=lines.get(name, ()))
        for name, metrics in asked.items()
        for comparison in _of_task(
            first, second, name, metrics, pairs[name], Limits(margins.on(name), max(1, family))
        )
    ]


def _paired(
    first: ToolRun, second: ToolRun, name: str, *, shared_only: bool
) -> Paired | Unavailable:
    for run, which in ((first, "first"), (second, "second")):
        if name not in run.tasks:
            return Unavailable(f"the {which} run did not ask it")
    return pair_items(first.tasks[name].items, second.tasks[name].items, shared_only=shared_only)


def _differing(
    first: ToolRun, second: ToolRun, pairs: Mapping[str, Paired | Unavailable]
) -> dict[str, tuple[Difference, ...]]:
    return {
        name: differences_of(
            first, second, before=first.tasks[name], after=second.tasks[name], paired=paired
        )
        for name, paired in pairs.items()
        if isinstance(paired, Paired)
    }


def _of_task(
    first: ToolRun,
    second: ToolRun,
    name: str,
    metrics: Sequence[str],
    paired: Paired | Unavailable,
    limits: Limits,
) -> Iterator[BenchmarkComparison]:
    subject = Pair(first.model, second.model).name
    nothing = BenchmarkComparison(name, subject, Conclusion.NOT_COMPARABLE, limits)
    if isinstance(paired, Unavailable):
        yield replace(nothing, why=paired.why)
        return
    before, after = first.tasks[name], second.tasks[name]
    if not metrics:
        yield replace(nothing, why=f"no metric of its items; {_unusable(before, after)}")
    for called in metrics:
        metric = shared_metric(called, before, after)
        if isinstance(metric, Unavailable):
            yield replace(nothing, why=metric.why)
        else:
            yield _measured(metric, paired, nothing)


def shared_metric(name: str, before: Task, after: Task) -> Metric | Unavailable:
    """Return a metric that both runs have of a task, or say which has it not."""
    for task, which in ((before, "first"), (after, "second")):
        if name not in task.metrics:
            return Unavailable(f"the {which} run has no {name}: {why_not(name, task)}")
    is_better_high = before.metrics[name]
    if after.metrics[name] is not is_better_high:
        return Unavailable(f"of {name} higher is better in one run and lower in the other")
    return earned_metric(name, is_better_high=is_better_high)


def _unusable(*tasks: Task) -> str:
    whys = {metric: why for task in tasks for metric, why in task.unusable.items()}
    return "; ".join(f"{metric}: {why}" for metric, why in whys.items()) or "it has none"


def _measured(metric: Metric, paired: Paired, nothing: BenchmarkComparison) -> BenchmarkComparison:
    before, after = (measure_items(metric, items) for items in (paired.before, paired.after))
    better, worse = (before, after) if metric.is_better_high else (after, before)
    drop, reach, why = drop_between(better, worse)
    otherwise = int(answered_otherwise(metric, paired).sum())
    change, p = decide(drop, nothing.limits, otherwise=otherwise, reach=reach)
    moves = moves_of(metric, paired)
    return replace(
        nothing,
        change=change,
        n=len(paired.after),
        otherwise=otherwise,
        reach=reach,
        before=before.score,
        after=after.score,
        drop=drop,
        p=p,
        flips=tuple(flips_of(metric, paired)),
        moves=moves,
        moved_p=None if moves is None else stuart_maxwell(moves, seed=SEED).p,
        why=why,
        is_better_high=metric.is_better_high,
        knows_answers=knows_answers(paired),
        notes=tuple(filter(None, (paired.left_out, _counts(before.score, after.score)))),
    )


def _counts(before: Score, after: Score) -> str:
    """Say how our reader read the answers, where it read any."""
    if not (before.counts.is_read or after.counts.is_read):
        return ""
    return f"{describe_counts(before)} before; {describe_counts(after)} after"
