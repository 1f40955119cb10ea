"""The sanity gate: what is broken is said with its number, what is merely bad is judged."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from trusteval.checkpoints.loading import load_model
from trusteval.engines.health import MOST_SHORTFALL, MOST_TIMES_DENSE, complaint, health_text
from trusteval.engines.local.engine import HFEngine
from trusteval.store import ResponseStore
from trusteval.system.digests import digest
from trusteval.types import Health

DENSE = Health(perplexity=27.0, vocabulary_size=49_152, shortfall=0.0)


@pytest.mark.parametrize("perplexity", [27.0, 27.3, 55.0, MOST_TIMES_DENSE * 27.0])
def test_bad_is_not_broken(perplexity: float) -> None:
    assert complaint(replace(DENSE, perplexity=perplexity), dense=DENSE) is None


@pytest.mark.parametrize("perplexity", [math.inf, math.nan])
def test_perplexity_that_is_no_number_is_broken_even_for_the_dense_model(perplexity: float) -> None:
    health = replace(DENSE, perplexity=perplexity)
    said = f"perplexity {perplexity:.4g} on the fixed text is no finite number"
    assert complaint(health, dense=DENSE) == said
    assert complaint(health, dense=None) == said


def test_perplexity_far_from_dense_is_broken_with_both_numbers() -> None:
    assert complaint(replace(DENSE, perplexity=9 * 27.0), dense=DENSE) == (
        "perplexity 243 on the fixed text is 9.0 times the dense model's 27 (at most 4 times)"
    )


def test_three_bit_of_the_demo_is_bad_and_its_last_layer_at_random_is_broken() -> None:
    assert MOST_TIMES_DENSE > 1.6 * 55.16 / 27.29
    assert MOST_TIMES_DENSE < 4.47


def test_worse_than_guessing_is_broken_whatever_it_stands_beside() -> None:
    worse = Health(perplexity=600.0, vocabulary_size=512, shortfall=0.0)
    better = replace(worse, perplexity=40.0)
    said = "perplexity 600 on the fixed text is worse than guessing among its 512 tokens"
    for dense in (None, better, worse, replace(worse, perplexity=400.0)):
        assert str(complaint(worse, dense=dense)).startswith(said)
    assert complaint(replace(worse, perplexity=512.0), dense=None) is None
    assert complaint(better, dense=worse) is None


def test_engine_that_chooses_other_tokens_than_the_model_is_broken() -> None:
    assert complaint(replace(DENSE, shortfall=MOST_SHORTFALL), dense=DENSE) is None
    said = complaint(replace(DENSE, shortfall=0.4), dense=DENSE)
    assert "batched path chooses other tokens than a plain forward pass (by 40 %" in str(said)


def test_nan_health_is_recorded_and_read_back(tmp_path: Path) -> None:
    store = ResponseStore(tmp_path / "store.sqlite")
    for perplexity in (3.5, math.inf, math.nan):
        health = Health(perplexity=perplexity, vocabulary_size=9, shortfall=1.0)
        key = digest(str(perplexity))
        store.put_health(key, {"engine": "test"}, health)
        assert repr(store.get_health(key)) == repr(health)
    assert store.get_health(digest("unknown")) is None


def test_perplexity_is_that_of_transformers_own_loss(tiny_llama: Path) -> None:
    import torch

    model, tokenizer = load_model(tiny_llama, dtype="float32")
    ids = tokenizer(health_text(), return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        expected = math.exp(float(model(input_ids=ids, labels=ids).loss))
    found = HFEngine(model, tokenizer, name="tiny").check_health()
    assert found.perplexity == pytest.approx(expected, rel=1e-4)
    assert found.vocabulary_size == len(tokenizer)
    assert found.shortfall == pytest.approx(0.0, abs=1e-4)


def test_model_with_a_sliding_window_and_no_template_is_whole(tiny_gemma: Path) -> None:
    model, tokenizer = load_model(tiny_gemma, dtype="float32")
    assert HFEngine(model, tokenizer, name="tiny").check_health().shortfall == pytest.approx(
        0, abs=1e-4
    )


def test_engine_path_that_forgets_the_prompt_is_found(tiny_llama: Path) -> None:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    forward = model.forward

    def forgetful(*arguments, past_key_values=None, packing=None, **inputs):
        """Answer as a broken port does that loses its cache."""
        return forward(*arguments, **inputs)

    model.forward = forgetful
    found = HFEngine(model, tokenizer, name="forgetful").check_health()
    assert found.shortfall > MOST_SHORTFALL
