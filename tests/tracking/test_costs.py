"""Costs travel with a run's answers: through files, parts and workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import RIGHT, N, rewrite, run_of, write_run
from trusteval.errors import TrackingError
from trusteval.tracking.answered_run import AnsweredRun, joined, only_parts
from trusteval.tracking.answers_file import NAME, read_answers
from trusteval.types import Cost, MemoryKind

MEASURED = Cost(
    n_answers=N,
    n_prompt_tokens=700,
    n_new_tokens=60,
    n_measured=40,
    wall_seconds=1.25,
    processor_seconds=2.5,
    load_seconds=3.0,
    loaded_bytes=5 * 2**30,
    peak_bytes=6 * 2**30,
    memory_kind=MemoryKind.DEVICE,
    machines=("a box", "another"),
)
DENSE, OTHER = ("dense", "mmlu"), ("gptq-4", "mmlu")


@pytest.fixture
def run() -> AnsweredRun:
    """Two subjects, of the second of which no time is known."""
    run = run_of({"dense": [RIGHT] * N, "gptq-4": [RIGHT] * N})
    return replace(run, costs={DENSE: MEASURED, OTHER: Cost(N)})


def test_costs_come_back_from_a_file(run: AnsweredRun, tmp_path: Path) -> None:
    assert read_answers(write_run(tmp_path, run) / NAME).costs == run.costs


def test_file_of_before_has_none(run: AnsweredRun, tmp_path: Path) -> None:
    path = write_run(tmp_path, replace(run, costs={})) / NAME
    assert "cost" not in str(run_of({"dense": [RIGHT] * N}).to_document(with_texts=True))
    assert read_answers(path).costs == {}


def test_parts_and_workers_keep_their_costs(run: AnsweredRun) -> None:
    assert only_parts(run, [OTHER]).costs == {OTHER: Cost(N)}
    workers = [only_parts(run, [OTHER]), only_parts(run, [DENSE])]
    assert joined(workers).costs == run.costs


@pytest.mark.parametrize(
    "wrong",
    [
        {"wall_seconds": -1.0},
        {"wall_seconds": "1"},
        {"peak_bytes": 1.5},
        {"memory_kind": "disk"},
        {"machines": "a box"},
        {"n_measured": N + 1},
        {"n_answers": None},
    ],
)
def test_cost_that_is_none_is_refused_in_one_line(
    run: AnsweredRun, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    path = write_run(tmp_path, run) / NAME
    rewrite(path, lambda d: d["subjects"]["dense"]["mmlu"]["cost"].update(wrong))
    with pytest.raises(TrackingError, match="holds no answers of this version") as refused:
        read_answers(path)
    assert "\n" not in str(refused.value)
