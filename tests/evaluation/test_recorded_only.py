"""A run that judges recorded answers alone: it opens no engine, and says what the store lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.health import health_key
from trusteval.engines.local.backend import HFBackend
from trusteval.errors import UnrecordedError, VariantError
from trusteval.evaluation.recorder import Recorder
from trusteval.run.configure import prepare_run
from trusteval.run.options import Options
from trusteval.run.subjects import dense_variant, parse_variants
from trusteval.store import ResponseStore, response_key
from trusteval.system.digests import digest
from trusteval.types import (
    FinishReason,
    Health,
    LabelSpec,
    Message,
    Response,
    Role,
    Sample,
    Setting,
    Variant,
)

DENSE = dense_variant()
SETTING = Setting("ethics", "zero_shot", (LabelSpec("yes"),), max_new_tokens=4, n_expected=None)
HEALTH = Health(perplexity=20.0, vocabulary_size=100, shortfall=0.0)
CONTEXT = {"engine": "closed", "device": "cuda", "versions": {"torch": "2.6"}}
GATES = '[[gate]]\nbenchmark = "ethics"\nmetric = "score"\nat_least = 1.0\nwhy = "so"\n'


@dataclass
class Closed:
    """A backend that describes itself, and counts how often somebody opens it."""

    described: Mapping[str, Any] = field(default_factory=lambda: dict(CONTEXT))
    tokens: Mapping[str, str] = field(default_factory=dict)
    opened: int = 0

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return self.described

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return self.tokens

    def open(self, variant: Variant) -> Any:
        self.opened += 1
        raise AssertionError("a model is loaded")


def questions(count: int) -> list[Question]:
    return [
        Question(Sample(str(i), SETTING, str(i), "yes"), (Message(Role.USER, f"item {i}"),))
        for i in range(count)
    ]


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    """Three answers of the context above."""
    store = ResponseStore(tmp_path / "s.sqlite")
    address = digest(CONTEXT)
    keys = [response_key(address, q.prompt, max_new_tokens=4) for q in questions(3)]
    store.put(CONTEXT, {key: Response("yes", FinishReason.END, 3, 1) for key in keys})
    return store


def asking_nobody(backend: Closed, store: ResponseStore) -> Recorder:
    return Recorder(backend, store, asks=False)  # type: ignore[arg-type]


def refusal(backend: Closed, store: ResponseStore, *, count: int = 3) -> str:
    with pytest.raises(UnrecordedError) as refused:
        asking_nobody(backend, store).responses(DENSE, questions(count))
    assert backend.opened == 0
    return str(refused.value)


def test_what_is_recorded_is_read_and_nothing_opened(store: ResponseStore) -> None:
    backend = Closed()
    said = asking_nobody(backend, store).responses(DENSE, questions(3))
    assert [response.text for response in said] == ["yes"] * 3
    assert asking_nobody(backend, store).health(DENSE) is None
    assert backend.opened == 0


def test_missing_answers_are_counted(store: ResponseStore) -> None:
    said = refusal(Closed(), store, count=5)
    assert "lacks 2 of 5 answers of dense to ethics/zero_shot" in said
    assert "comes nearest" not in said


def test_answers_of_another_context_are_named_by_what_differs(store: ResponseStore) -> None:
    other = {**CONTEXT, "device": "cpu", "versions": {"torch": "2.7"}}
    said = refusal(Closed(other), store)
    assert "lacks 3 of 3" in said
    assert said.endswith(
        "nearest differs: device cuda there, cpu here; versions torch 2.6 there, 2.7 here"
    )


def test_nearest_of_several_contexts_is_named(store: ResponseStore) -> None:
    store.put({"engine": "other"}, {digest(0): Response("no", FinishReason.END, 1, 1)})
    said = refusal(Closed({**CONTEXT, "device": "cpu"}), store)
    assert said.endswith("nearest differs: device cuda there, cpu here")


def test_empty_store_is_said_to_be_empty(tmp_path: Path) -> None:
    said = refusal(Closed(), ResponseStore(tmp_path / "empty.sqlite"))
    assert said.endswith("nothing is recorded in it")


def test_variant_with_weights_is_not_judged_without_a_look(store: ResponseStore) -> None:
    backend = Closed(tokens={"tokenizer.json": "1a"})
    with pytest.raises(UnrecordedError, match="holds no look at dense"):
        asking_nobody(backend, store).health(DENSE)
    store.put_health(health_key(digest(CONTEXT)), CONTEXT, HEALTH)
    assert asking_nobody(backend, store).health(DENSE) == HEALTH
    assert backend.opened == 0


def test_variant_that_was_never_built_is_not_built(tiny_llama: Path, tmp_path: Path) -> None:
    backend = HFBackend.create(str(tiny_llama), device="cpu", cache=tmp_path, builds=False)
    (four,) = parse_variants("gptq-4")
    with pytest.raises(VariantError, match=r"gptq-4 is not built in .* name its checkpoint as"):
        backend.context(four)
    assert not (tmp_path / "checkpoints").exists()


def test_device_of_the_answers_need_not_be_there(tiny_llama: Path, tmp_path: Path) -> None:
    gates = tmp_path / "gates.toml"
    gates.write_text(GATES, encoding="utf-8")
    asked = Options(
        model=str(tiny_llama), variants="dense", gates=gates, device="cuda", recorded_only=True
    )
    assert prepare_run(asked).options.device == "cuda"
