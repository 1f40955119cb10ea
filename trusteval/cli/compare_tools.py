"""`trusteval compare` of what other tools recorded: a folder or log beside another of that tool."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.cli.json_file import write_json
from trusteval.errors import UsageError
from trusteval.system.printing import say

if TYPE_CHECKING:
    from trusteval.results.tool_run import ToolRun
    from trusteval.tracking.comparison import BenchmarkComparison


def tool_places(asked: argparse.Namespace) -> list[Path]:
    """Return the RUNs that another tool recorded."""
    from trusteval.results.sources import is_tool_run

    named = [Path(run) for run in (asked.before, asked.after) if run is not None]
    return [place for place in named if is_tool_run(place)]


def compare_tools(asked: argparse.Namespace, places: Sequence[Path]) -> int:
    """Compare two RUNs, of which another tool recorded `places`, as runs of ours are compared."""
    from trusteval.results.sources import read_tool_run

    if asked.reader or asked.after is None:
        raise UsageError("compare takes two RUNs; --reader is about a run of trusteval")
    if len(places) == 1:
        ours = asked.after if Path(asked.before) == places[0] else asked.before
        _refuse_no_run(ours)
        why = f"{ours} is a run of trusteval, {places[0]} is what another tool recorded"
        return _tell(asked, (), [], lines=[f"not comparable: {why}"])
    runs = [read_tool_run(place) for place in places]
    if len({run.tool for run in runs}) > 1:
        said = " and ".join(f"{run.tool} ({run.place})" for run in runs)
        return _tell(asked, runs, [], lines=[f"not comparable: of two tools, {said}"])
    return _compare(asked, runs)


def _refuse_no_run(named: str) -> None:
    """Raise TrackingError for what is no run of trusteval either."""
    from trusteval.tracking.selection import is_store, select
    from trusteval.tracking.store_selection import Asking

    if not is_store(named):
        select(named, Asking())


def _compare(asked: argparse.Namespace, runs: Sequence[ToolRun]) -> int:
    from trusteval.results.comparison import compare_tool_runs
    from trusteval.results.dimensions import dimension_of
    from trusteval.results.metrics import refuse_unknown_metric
    from trusteval.tracking.comparison_lines import comparison_lines
    from trusteval.tracking.margins import read_margins

    tasks = list(dict.fromkeys(name for run in runs for name in run.tasks))
    dimensions = {name: str(dimension_of(name)) for name in tasks}
    margins = read_margins(asked.max_drop, dimensions=dimensions)
    refuse_unknown_metric(asked.metric, runs)
    for name in asked.benchmark:
        if name not in (*dimensions, *dimensions.values()):
            raise UsageError(f"no run asked {name!r}; asked: {', '.join(tasks) or 'nothing'}")
    kept = [one for one in tasks if not asked.benchmark or _is_named(one, dimensions, asked)]
    first, second = (_of_tasks(run, kept) for run in runs)
    found = compare_tool_runs(
        first, second, margins=margins, metric=asked.metric, shared_only=asked.shared
    )
    notes = [
        f"{which} run: {note}"
        for which, run in zip(("first", "second"), runs, strict=True)
        for note in run.notes
    ]
    told = [*_incomplete(runs), *notes, *comparison_lines(found, flips=asked.flips)]
    return _tell(asked, runs, found, lines=told)


def _incomplete(runs: Sequence[ToolRun]) -> list[str]:
    """Say which runs hold less than was asked."""
    from trusteval.results.partial import missing_parts

    which = zip(("first", "second"), runs, strict=False)
    return [f"INCOMPLETE {one} run: {line}" for one, run in which for line in missing_parts(run)]


def _is_named(task: str, dimensions: dict[str, str], asked: argparse.Namespace) -> bool:
    return task in asked.benchmark or dimensions[task] in asked.benchmark


def _of_tasks(run: ToolRun, names: Iterable[str]) -> ToolRun:
    return replace(run, tasks={name: run.tasks[name] for name in names if name in run.tasks})


def _tell(
    asked: argparse.Namespace,
    runs: Sequence[ToolRun],
    found: Sequence[BenchmarkComparison],
    *,
    lines: Iterable[str],
) -> int:
    from trusteval.tracking.change import Limits
    from trusteval.tracking.comparison_lines import comparison_document, exit_code
    from trusteval.tracking.margins import read_margins

    say(lines)
    every = read_margins([text for text in asked.max_drop if "=" not in text]).every
    limits = Limits(every, max((one.limits.family for one in found), default=1))
    named = zip(("before", "after"), runs, strict=False)
    told = {which: _described(run) for which, run in named}
    cut_short = bool(_incomplete(runs))
    document = comparison_document(found, limits=limits, runs=told, cut_short=cut_short)
    write_json(asked.json, document)
    return exit_code(found, cut_short=cut_short)


def _described(run: ToolRun) -> dict[str, Any]:
    return {
        "named": str(run.place),
        "facts": {"tool": run.tool, "version": run.version, **run.facts},
        "subjects": [run.model],
        "tasks": {name: dict(task.facts) for name, task in run.tasks.items()},
        "not_per_item": {
            name: dict(task.unusable) for name, task in run.tasks.items() if task.unusable
        },
        "left_out": [*run.gaps, *run.notes],
    }
