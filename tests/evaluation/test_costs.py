"""What a model's answers took is measured while they are made, and found again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.local.backend import HFBackend
from trusteval.engines.local.batching import fixed_batches
from trusteval.evaluation.parts import PART_SIZE
from trusteval.evaluation.recorder import Recorder
from trusteval.run.subjects import dense_variant
from trusteval.store import AskedPrompts, ResponseStore
from trusteval.system.digests import digest
from trusteval.types import (
    Cost,
    FinishReason,
    LabelSpec,
    MemoryKind,
    Message,
    Prompt,
    Response,
    Role,
    Sample,
    Setting,
    Variant,
)

DENSE = dense_variant()
SETTING = Setting("ethics", "zero_shot", (LabelSpec("yes"),), max_new_tokens=4, n_expected=None)


class Counting:
    """A backend and engine on no device of ours; it may stop after some batches."""

    at_once = 3

    def __init__(self, *, engine: str = "counting", stops_after: int | None = None) -> None:
        self._engine = engine
        self._left = stops_after

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {"engine": self._engine, "variant": variant.name}

    def open(self, variant: Variant) -> Counting:
        return self

    def close(self) -> None:
        pass

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        for batch in fixed_batches(len(prompts), done=done, rows=32):
            if self._left == 0:
                raise KeyboardInterrupt
            self._left = None if self._left is None else self._left - 1
            yield {index: Response("yes", FinishReason.END, 5, 2) for index in batch}


def _questions(count: int) -> list[Question]:
    return [
        Question(Sample(str(i), SETTING, str(i), "yes"), (Message(Role.USER, f"item {i}"),))
        for i in range(count)
    ]


def _cost(path: Path, backend: Any, count: int) -> Cost:
    """Return what answers cost that are asked for."""
    recorder = Recorder(backend, ResponseStore(path))
    try:
        asked = _questions(count)
        return recorder.cost(DENSE, [(asked, recorder.responses(DENSE, asked))])
    finally:
        recorder.close()
        recorder.store.close()


def _recorded(path: Path, count: int) -> Cost:
    """Return what those of some answers cost that are recorded."""
    store, context = ResponseStore(path), digest(Counting().context(DENSE))
    asked = AskedPrompts.of([question.prompt for question in _questions(count)])
    keys = asked.keys(context, max_new_tokens=SETTING.max_new_tokens)
    cost = store.costs(context).of(store.get(keys))
    store.close()
    return cost


def test_what_answers_took_is_found_again_without_asking(tmp_path: Path) -> None:
    path, count = tmp_path / "store.sqlite", PART_SIZE + 40
    first = _cost(path, Counting(), count)
    assert (first.n_answers, first.n_measured) == (count, count)
    assert (first.n_prompt_tokens, first.n_new_tokens) == (5 * count, 2 * count)
    assert first.wall_seconds is not None
    assert first.wall_seconds > 0
    assert _cost(path, Counting(), count) == first
    assert _recorded(path, count) == first


def test_run_that_goes_on_adds_what_was_missing(tmp_path: Path) -> None:
    path, count = tmp_path / "store.sqlite", PART_SIZE + 40
    with pytest.raises(KeyboardInterrupt):
        _cost(path, Counting(stops_after=3), count)
    begun = _recorded(path, count)
    assert (begun.n_answers, begun.n_measured) == (96, 96)
    whole = _cost(path, Counting(), count)
    assert (whole.n_answers, whole.n_measured) == (count, count)
    assert whole.wall_seconds is not None
    assert begun.wall_seconds is not None
    assert whole.wall_seconds > begun.wall_seconds


def test_model_that_runs_elsewhere_has_neither_memory_nor_processor_seconds(tmp_path: Path) -> None:
    cost = _cost(tmp_path / "store.sqlite", Counting(), 5)
    assert cost.machines == ("engine counting, 3 prompts at once",)
    assert cost.load_seconds is not None
    assert (cost.processor_seconds, cost.peak_bytes, cost.memory_kind) == (None, None, None)


@pytest.mark.parametrize("engine", ["scripted", "replay"])
def test_what_no_model_said_took_no_known_time(tmp_path: Path, engine: str) -> None:
    cost = _cost(tmp_path / "store.sqlite", Counting(engine=engine), 5)
    assert cost == Cost(5, n_prompt_tokens=25, n_new_tokens=10)


def test_model_in_this_process_is_measured_with_its_memory(
    tmp_path: Path, tiny_llama: Path
) -> None:
    backend = HFBackend.create(str(tiny_llama), device="cpu", dtype="float32", cache=tmp_path)
    cost = _cost(tmp_path / "store.sqlite", backend, 6)
    assert cost.n_measured == 6
    assert cost.memory_kind is MemoryKind.PROCESS
    assert cost.processor_seconds is not None
    assert cost.processor_seconds > 0
    assert cost.loaded_bytes is not None
    assert cost.peak_bytes is not None
    assert cost.peak_bytes >= cost.loaded_bytes >= 0
    (machine,) = cost.machines
    assert machine.endswith(" threads")
