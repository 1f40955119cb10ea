"""What holds on GPUs and can be shown without one: placement, and batches that do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trusteval.checkpoints.loading import load_model
from trusteval.engines.local.engine import HFEngine
from trusteval.errors import EngineError
from trusteval.quantizers.building import worker_environment
from trusteval.system.machine import count_visible, worker_device
from trusteval.types import Message, Prompt, Response, Role


@pytest.mark.parametrize(
    ("present", "chosen", "count"),
    [
        (4, None, 4),
        (4, "0", 1),
        (4, "2, 3", 2),
        (4, "GPU-1a2b,GPU-3c4d,GPU-5e6f", 3),
        (4, "", 0),
        (4, "-1", 0),
        (4, "1,-1,2", 1),
        (0, "0,1", 0),
        (0, None, 0),
    ],
)
def test_gpus_are_counted_as_cuda_sees_them(present: int, chosen: str | None, count: int) -> None:
    assert count_visible(present, chosen=chosen) == count


@pytest.mark.parametrize(
    ("asked", "worker", "gpus", "device"),
    [
        ("auto", "gw0", 2, "cuda:0"),
        ("auto", "gw1", 2, "cuda:1"),
        ("cuda", "gw5", 2, "cuda:1"),
        ("cuda:3", "gw1", 4, "cuda:3"),
        ("cpu", "gw1", 4, "cpu"),
        ("auto", "gw1", 0, "auto"),
    ],
)
def test_worker_runs_on_the_gpu_of_its_number(
    asked: str, worker: str, gpus: int, device: str
) -> None:
    assert worker_device(asked, worker=worker, gpus=gpus) == device


@pytest.mark.parametrize(
    ("visible", "device", "expected"),
    [
        (None, "cuda:1", "1"),
        ("4,7", "cuda:1", "7"),
        ("4,7", "cuda", "4,7"),
        ("4,7", "cpu", ""),
        (None, "cuda", None),
    ],
)
def test_build_sees_the_gpu_of_its_worker_and_no_other(
    monkeypatch: pytest.MonkeyPatch, visible: str | None, device: str, expected: str | None
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert worker_environment(device).get("CUDA_VISIBLE_DEVICES") == expected


# -- out of memory -----------------------------------------------------------------------------


def _prompts(count: int) -> list[Prompt]:
    system = Message(Role.SYSTEM, "answer wrong or not wrong")
    return [(system, Message(Role.USER, "film was good " * (i % 5 + 1))) for i in range(count)]


def _answers(engine: HFEngine, count: int) -> dict[int, Response]:
    answers: dict[int, Response] = {}
    for batch in engine.generate(_prompts(count), max_new_tokens=4):
        answers |= batch
    return answers


@pytest.fixture
def small_memory(tiny_llama: Path):
    """Call with how many tokens fit into a pass: an engine on a device of that much memory."""
    import torch

    def open_engine(tokens: int, error: type[Exception] = torch.OutOfMemoryError) -> HFEngine:
        model, tokenizer = load_model(tiny_llama, dtype="float32")

        def refuse(module: Any, arguments: Any, inputs: dict[str, Any]) -> None:
            if inputs["input_ids"].numel() > tokens:
                raise error(
                    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 GB"
                )

        engine = HFEngine(model, tokenizer, name="tiny")
        model.register_forward_pre_hook(refuse, with_kwargs=True)
        return engine

    return open_engine


@pytest.mark.parametrize("tokens", [80, 200, 600])
def test_batch_that_does_not_fit_is_halved_until_it_does(small_memory, tokens: int) -> None:
    assert _answers(small_memory(tokens), 40) == _answers(small_memory(9999), 40)


def test_memory_of_a_processor_runs_out_in_its_own_words(small_memory) -> None:
    assert len(_answers(small_memory(100, RuntimeError), 20)) == 20


def test_single_prompt_that_does_not_fit_is_a_clear_error(tiny_llama: Path, small_memory) -> None:
    import torch

    model, tokenizer = load_model(tiny_llama, dtype="float32")

    def refuse(module: Any, arguments: Any, inputs: dict[str, Any]) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    model.register_forward_pre_hook(refuse, with_kwargs=True)
    engine = HFEngine(model, tokenizer, name="tiny")
    with pytest.raises(EngineError, match="tiny: out of memory on cpu with a single prompt of"):
        _answers(engine, 4)


def test_other_errors_are_not_taken_for_a_lack_of_memory(tiny_llama: Path) -> None:
    model, tokenizer = load_model(tiny_llama, dtype="float32")

    def fail(module: Any, arguments: Any) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    model.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        _answers(HFEngine(model, tokenizer, name="tiny"), 4)


def test_closed_engine_leaves_no_model_behind(tiny_llama: Path) -> None:
    import gc
    import weakref

    model, tokenizer = load_model(tiny_llama, dtype="float32")
    engine = HFEngine(model, tokenizer, name="tiny")
    _answers(engine, 4)
    alive = weakref.ref(model)
    del model
    engine.close()
    gc.collect()
    assert alive() is None
