"""Adversarial robustness: DecodingTrust's AdvGLUE++, texts perturbed against three open models.

arXiv 2511.22483, section III-C. A cell is a source model and a task; cells have no published
sizes. Where only a subset of alpaca's texts is at hand, it stands in and is named.
"""

from __future__ import annotations

from typing import Any

from trusteval.benchmarks.advglue import (
    TASKS,
    hub_item,
    published_reading,
    read_task,
    task_setting,
)
from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.hub_dataset import Tables, decoding_trust, json_bytes
from trusteval.benchmarks.portion import Portion, Quota
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.shown import PUBLISHED_ACCURACY, STRICT_BALANCED
from trusteval.benchmarks.source import DataSource
from trusteval.metrics.scoring import Scoring, Subscore, over
from trusteval.types import Dimension, Setting

_FOLDER = "advglue_plus_plus"
_SOURCES = ("alpaca", "vicuna", "stable-vicuna")
_SUBSETS = {"alpaca": f"{_FOLDER}/derived/advglue_plus_plus_subset.json"}
_CELLS = {task: tuple(f"{model}/{task}" for model in _SOURCES) for task in TASKS}
_PERTURBED = tuple(cell for cells in _CELLS.values() for cell in cells)
_CLEAN = tuple(f"clean_{cell}" for cell in _PERTURBED)


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    model, _, task = setting.name.removeprefix("clean_").partition("/")
    name = f"{_FOLDER}/{model}.json"
    if model in _SUBSETS:
        name = source.first_of(name, substitute=_SUBSETS[model])
    return read_task(source.json_rows(name, task), task=task, setting=setting, texts=texts)


def _original_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the hub's tasks, apart by the model they were perturbed against."""
    models = {model: model for model in _SOURCES}
    cells: dict[str, dict[str, list[Any]]] = {
        model: {task: [] for task in TASKS} for model in models
    }
    for task, rows in zip(TASKS, tables, strict=True):
        for row in rows:
            item = hub_item(row, task)
            cells[row.one_of("model", models)][task].append(item)
            del item["model"]
    return {f"{_FOLDER}/{model}.json": json_bytes(tasks) for model, tasks in cells.items()}


_PUBLISHED = Scoring(
    every_label=False,
    subscores={task: Subscore(over(cells, "accuracy")) for task, cells in _CELLS.items()},
    context=over(_CLEAN, "accuracy"),
    shown=PUBLISHED_ACCURACY,
)
ADVGLUE_PLUS_PLUS = Benchmark(
    name="advglue_plus_plus",
    dimension=Dimension.ADVERSARIAL_ROBUSTNESS,
    settings=by_name(
        task_setting("advglue_plus_plus", name, task=name.rpartition("/")[2], n_expected=None)
        for name in (*_PERTURBED, *_CLEAN)
    ),
    load=_load,
    scorings={
        "strict": Scoring(
            subscores={
                task: Subscore(over(cells, "balanced_accuracy")) for task, cells in _CELLS.items()
            },
            context=over(_CLEAN, "balanced_accuracy"),
            shown=STRICT_BALANCED,
        ),
        "comptrust": _PUBLISHED,
        "decodingtrust": _PUBLISHED,
    },
    portions={
        "quick": Portion(
            _PERTURBED,
            quotas=tuple(Quota(cells, 48, most_rows=48) for cells in _CELLS.values()),
        ),
        "full": Portion((*_PERTURBED, *_CLEAN)),
    },
    metrics=("attack_success_rate",),
    beside=("attack_success_rate",),
    published_reading=published_reading,
    # Not verified: whether `original_*` is there for all rows of all tasks.
    hub=decoding_trust(
        (f"adv-glue-plus-plus/data/{task}.jsonl" for task in TASKS), _original_files
    ),
)
