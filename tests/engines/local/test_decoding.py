"""Packed decoding gives the tokens of transformers' own generation, whatever runs together."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from trusteval.checkpoints.loading import load_model
from trusteval.engines.local import attention
from trusteval.engines.local.batching import Limits, plan_batches, rows_of
from trusteval.engines.local.decoding import Decoder, PlainDecoder
from trusteval.engines.local.engine import HFEngine
from trusteval.engines.local.memory import plan_memory
from trusteval.engines.local.packed_decoder import PackedDecoder

NEW = 7
STOPS = frozenset(range(1, 300, 6))
"""Several, so that rows of random weights end at different times."""


@pytest.fixture(scope="module", params=["llama", "gemma"])
def model(request: pytest.FixtureRequest, tiny_llama: Path, tiny_gemma: Path) -> Any:
    """Grouped heads, and a model with sliding windows of 64 tokens in one of its layers."""
    directory = {"llama": tiny_llama, "gemma": tiny_gemma}[request.param]
    return load_model(directory, dtype="float32")[0]


def _prompts(prefixes: tuple[int, ...], *, rows: int, longest: int, seed: int) -> list[list[int]]:
    """Make prompts over shared prefixes of these lengths, each nested in the one before."""
    chance = random.Random(seed)

    def tokens(n: int) -> list[int]:
        return [chance.randrange(50, 250) for _ in range(n)]

    shared: list[list[int]] = [[]]
    for length in prefixes:
        shared.append([*shared[-1], *tokens(length)])
    return [[*chance.choice(shared), *tokens(chance.randint(1, longest))] for _ in range(rows)]


def _generated(model: Any, tokens: list[int]) -> list[int]:
    import torch

    ids = torch.tensor([tokens])
    new = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=NEW,
        do_sample=False,
        eos_token_id=sorted(STOPS),
        pad_token_id=1,
    )
    return [int(token) for token in new[0, len(tokens) :]]


def _decoded(decoder: Decoder, encoded: list[list[int]], limits: Limits) -> list[list[int]]:
    new: dict[int, list[int]] = {}
    for batch in plan_batches(encoded, new_tokens=NEW, limits=limits):
        answers = decoder.answer(encoded, batch, max_new_tokens=NEW)
        new |= zip(rows_of(batch), answers, strict=True)
    return [new[row] for row in range(len(encoded))]


@pytest.mark.parametrize(
    ("prefixes", "longest"),
    [((), 30), ((30,), 20), ((30, 50), 20), ((150, 40), 10), ((), 200), ((20,), 150)],
    ids=["none", "one", "nested", "past-the-window", "long", "own-past-the-window"],
)
@pytest.mark.parametrize(
    ("limits", "threads"), [(Limits(128, 10**6), 3), (Limits(5, 10**6), 1), (Limits(128, 400), 2)]
)
def test_packed_answers_are_those_of_one_by_one_generation(
    model: Any, prefixes: tuple[int, ...], longest: int, limits: Limits, threads: int
) -> None:
    encoded = _prompts(prefixes, rows=24, longest=longest, seed=len(prefixes))
    decoder = PackedDecoder(model, stops=STOPS, tokens_at_once=100, threads=threads)
    expected = [_generated(model, tokens) for tokens in encoded]
    assert _decoded(decoder, encoded, limits) == expected
    assert len({len(answer) for answer in expected}) > 1, "rows ended at different times"


def test_plain_answers_are_those_of_one_by_one_generation(model: Any) -> None:
    encoded = _prompts((30,), rows=24, longest=90, seed=5)
    decoder = PlainDecoder(model, stops=STOPS)
    expected = [_generated(model, tokens) for tokens in encoded]
    assert _decoded(decoder, encoded, Limits(128, 10**6)) == expected


def test_passes_side_by_side_leave_torch_its_threads(model: Any) -> None:
    import torch

    before = torch.get_num_threads()
    decoder = PackedDecoder(model, stops=STOPS, tokens_at_once=10, threads=2)
    _decoded(decoder, _prompts((), rows=8, longest=9, seed=1), Limits(8, 999))
    assert torch.get_num_threads() == before


def test_model_is_left_as_it_was_found(model: Any) -> None:
    before = model.config._attn_implementation
    decoder = PackedDecoder(model, stops=STOPS, tokens_at_once=100)
    _decoded(decoder, [[60, 61]], Limits(1, 99))
    assert model.config._attn_implementation == before != attention.IMPLEMENTATION


def test_plain_attention_of_other_devices_is_the_kernels_of_a_processor() -> None:
    import torch

    torch.manual_seed(0)
    queries = torch.randn(2, 6, 700, 16)
    keys, values = torch.randn(2, 2, 2, 700, 16)
    hidden = torch.rand(2, 1, 1, 700) < 0.5
    for how in ({"causal": True, "mask": None}, {"causal": False, "mask": None}, {"causal": False}):
        mask = attention.hide(hidden, dtype=queries.dtype)
        given = {"scale": 0.3, "mask": mask, **how}
        kernel = attention.attend(queries, keys, values, **given)
        plain = attention.attend_plainly(queries, keys, values, **given)
        for expected, found in zip(kernel, plain, strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_model_that_cannot_be_packed_is_decoded_plainly(tiny_llama: Path) -> None:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    assert isinstance(HFEngine(model, tokenizer, name="tiny").decoder, PackedDecoder)
    model._supports_attention_backend = False
    assert isinstance(HFEngine(model, tokenizer, name="tiny").decoder, PlainDecoder)


def test_model_whose_positions_depend_on_the_batch_is_decoded_plainly(tiny_llama: Path) -> None:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    model.config.rope_parameters = {"rope_type": "longrope", "rope_theta": 1e4}
    assert isinstance(HFEngine(model, tokenizer, name="tiny").decoder, PlainDecoder)


def test_model_that_answers_otherwise_when_packed_is_decoded_plainly(tiny_llama: Path) -> None:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    forward = model.forward

    def without_positions(*arguments: Any, position_ids: Any = None, **inputs: Any) -> Any:
        return forward(*arguments, **inputs)

    model.forward = without_positions
    assert isinstance(HFEngine(model, tokenizer, name="tiny").decoder, PlainDecoder)


def test_memory_follows_from_the_budget(model: Any) -> None:
    small, large = plan_memory(model, budget=2**20), plan_memory(model, budget=2**30)
    assert small.limits(8).tokens < large.limits(8).tokens
    per_token = 2 * 2 * model.config.num_key_value_heads * model.config.head_dim * 4
    assert large.limits(8).tokens * per_token <= 2**30
    tiny = plan_memory(model, budget=1)
    assert (tiny.limits(8).rows, tiny.tokens_at_once) == (1, 1)


def test_long_prompts_leave_the_cache_less_until_they_run_one_by_one(model: Any) -> None:
    plan = plan_memory(model, budget=2**26)
    lengths = [8, plan.tokens_at_once, 2 * plan.tokens_at_once, 4 * plan.tokens_at_once]
    held = [plan.limits(longest).tokens for longest in lengths]
    assert held[0] == held[1] > held[2] > held[3]
    endless = plan.limits(2**26)
    assert (endless.rows, endless.tokens) == (1, 2**26)
