"""The results file of lm-evaluation-harness' layout: what a subject earned on every task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trusteval.report.exports.figures import Figure
from trusteval.report.exports.harness_samples import ACCURACY, NON_ANSWER, task_name
from trusteval.report.exports.private import file_stem, model_label, without_folders
from trusteval.report.exports.worth import worth
from trusteval.report.finished_run import FinishedRun


@dataclass(frozen=True, slots=True)
class Task:
    """What a samples file holds: items, right ones and non-answers; `sha256` is over its hashes."""

    benchmark: str
    n: int
    n_right: int
    n_non_answers: int
    sha256: str


def results_document(
    run: FinishedRun, subject: str, *, tasks: Sequence[Task], figures: Sequence[Figure]
) -> dict[str, Any]:
    """Return what results_DATE.json holds of a subject.

    Its metrics are means over items; the benchmarks' own scores, which weigh settings and may be
    undefined, stand under "trusteval" with what the run is worth.
    """
    facts, names = run.record.facts, [task_name(task.benchmark) for task in tasks]
    model = f"{model_label(run.record)}/{subject}"
    version = run.circumstances.versions.get("trusteval")
    return {
        "results": {
            task_name(task.benchmark): _earned(task, str(facts.protocol)) for task in tasks
        },
        "group_subtasks": {name: [] for name in names},
        "configs": {name: _config(name) for name in names},
        "versions": dict.fromkeys(names, version),
        "n-shot": {},
        "higher_is_better": {name: {ACCURACY: True, NON_ANSWER: False} for name in names},
        "n-samples": {
            task_name(task.benchmark): {"original": task.n, "effective": task.n} for task in tasks
        },
        "config": {"model": str(facts.engine), "model_args": {"pretrained": model}},
        "git_hash": run.circumstances.commit,
        "date": _seconds(run.circumstances.started),
        "model_source": str(facts.engine),
        "model_name": model,
        "model_name_sanitized": folder_name(run, subject),
        "task_hashes": {task_name(task.benchmark): task.sha256 for task in tasks},
        "trusteval": _ours(run, subject, figures),
    }


def folder_name(run: FinishedRun, subject: str) -> str:
    """Return what the folder of a subject is called: no name of theirs leads out of it."""
    model = model_label(run.record).replace("/", "__")
    return f"{file_stem(model)}__{file_stem(subject)}"


def _earned(task: Task, protocol: str) -> dict[str, Any]:
    return {
        "alias": task_name(task.benchmark),
        "sample_len": task.n,
        **_mean(ACCURACY, task.n_right, n=task.n, protocol=protocol),
        **_mean(NON_ANSWER, task.n_non_answers, n=task.n, protocol=protocol),
    }


def _mean(metric: str, count: int, *, n: int, protocol: str) -> dict[str, float | str]:
    """Return a mean and its standard error, as the harness has it: items are taken to be apart."""
    mean = count / n
    error = math.sqrt(mean * (1 - mean) / (n - 1)) if n > 1 else "N/A"
    return {f"{metric},{protocol}": mean, f"{metric}_stderr,{protocol}": error}


def _config(name: str) -> dict[str, Any]:
    metrics = ((ACCURACY, True), (NON_ANSWER, False))
    return {
        "task": name,
        "output_type": "generate_until",
        "repeats": 1,
        "metric_list": [
            {"metric": metric, "aggregation": "mean", "higher_is_better": higher}
            for metric, higher in metrics
        ],
    }


def _ours(run: FinishedRun, subject: str, figures: Sequence[Figure]) -> dict[str, Any]:
    facts, said = run.record.facts, worth(run)
    return {
        "subject": subject,
        "profile": facts.profile,
        "protocol": facts.protocol,
        "result": said.result,
        "may_ship": said.whole,
        "complete": said.is_complete,
        "caveats": list(said.notes),
        "scores": {
            one.line.benchmark: {
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "non_answer_rate": one.non_answer_rate,
                "undefined": None if one.undefined is None else without_folders(one.undefined),
                "gates": one.verdict,
            }
            for one in figures
        },
    }


def _seconds(moment: str | None) -> float | None:
    """Return a moment as seconds since 1970; None where it is not known."""
    try:
        return None if moment is None else datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return None
