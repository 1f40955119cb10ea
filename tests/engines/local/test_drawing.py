"""Drawn answers: from the model's probabilities, and the same whatever runs beside them."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from trusteval.checkpoints.loading import load_model
from trusteval.engines.local.batching import Limits, plan_batches, rows_of
from trusteval.engines.local.decoding import Decoder, PlainDecoder, choose
from trusteval.engines.local.drawing import Lots, draw_tokens
from trusteval.engines.local.engine import HFEngine
from trusteval.engines.local.packed_decoder import PackedDecoder
from trusteval.errors import EngineError
from trusteval.types import Draw, Message, Prompt, Role

NEW = 6
STOPS = frozenset(range(1, 300, 6))
DRAW = Draw(0.8, 1)
ROOMY = Limits(128, 10**6)


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Any:
    return load_model(tiny_llama, dtype="float32")[0]


@pytest.fixture
def decoders(model: Any) -> list[Decoder]:
    return [
        PackedDecoder(model, stops=STOPS, tokens_at_once=100, threads=2),
        PlainDecoder(model, stops=STOPS),
    ]


def _prompts(rows: int, *, seed: int = 0) -> list[list[int]]:
    """Make prompts of different lengths, half of them with a long common beginning."""
    chance = random.Random(seed)
    shared = [chance.randrange(5, 50) for _ in range(30)]
    return [
        [*(shared if row % 2 else []), *chance.choices(range(5, 50), k=chance.randint(2, 20))]
        for row in range(rows)
    ]


def _drawn(
    decoder: Decoder, encoded: list[list[int]], draw: Draw | None, limits: Limits = ROOMY
) -> list[list[int]]:
    new: dict[int, list[int]] = {}
    for batch in plan_batches(encoded, new_tokens=NEW, limits=limits):
        answers = decoder.answer(encoded, batch, max_new_tokens=NEW, draw=draw)
        new |= zip(rows_of(batch), answers, strict=True)
    return [new[row] for row in range(len(encoded))]


def test_prompt_is_answered_alike_alone_in_batches_and_by_both_decoders(
    decoders: list[Decoder],
) -> None:
    encoded = _prompts(12)
    packed, plain = decoders
    alone = [_drawn(packed, [tokens], DRAW)[0] for tokens in encoded]
    assert _drawn(packed, encoded, DRAW) == alone
    assert _drawn(packed, encoded[::-1], DRAW)[::-1] == alone
    assert _drawn(packed, encoded, DRAW, Limits(5, 10**6)) == alone
    assert _drawn(plain, encoded, DRAW) == alone
    assert len({len(answer) for answer in alone}) > 1, "rows ended at different times"


def test_draws_differ_by_number_and_from_the_greedy_answer(decoders: list[Decoder]) -> None:
    encoded = _prompts(12)
    for decoder in decoders:
        said = [_drawn(decoder, encoded, draw) for draw in (None, DRAW, Draw(0.8, 2), Draw(0.9, 1))]
        assert len(set(map(str, said))) == 4


def test_near_temperature_zero_draws_are_greedy(decoders: list[Decoder]) -> None:
    encoded = _prompts(12)
    for decoder in decoders:
        assert _drawn(decoder, encoded, Draw(0.0001, 3)) == _drawn(decoder, encoded, None)


@pytest.mark.parametrize("temperature", [0.5, 1.5])
def test_first_tokens_are_as_frequent_as_the_softmax_says(model: Any, temperature: float) -> None:
    import torch
    from scipy.stats import chisquare

    decoder = PackedDecoder(model, stops=STOPS, tokens_at_once=100)
    prompt, n = _prompts(1)[0], 20_000
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([prompt])).logits[:, -1]
    lots = [Lots.of(prompt, Draw(temperature, number)) for number in range(1, n + 1)]
    drawn = choose(logits.expand(n, -1), lots)
    (batch,) = plan_batches([prompt], new_tokens=1, limits=ROOMY)
    first = [
        decoder.answer([prompt], batch, max_new_tokens=1, draw=Draw(temperature, number))[0]
        for number in range(1, 6)
    ]
    assert first == [[token] for token in drawn[:5]]
    expected = n * torch.softmax(logits[0].double() / temperature, -1)
    often = [token for token in range(len(expected)) if expected[token] >= 5]
    seen = Counter(drawn)
    observed = [seen[token] for token in often]
    likely = [float(expected[token]) for token in often]
    assert len(often) > 10
    result = chisquare([*observed, n - sum(observed)], [*likely, n - sum(likely)])
    assert result.pvalue > 0.001


def test_every_prompt_is_drawn_by_numbers_of_its_own() -> None:
    lots = [Lots.of(tokens, DRAW).next() for tokens in _prompts(50)]
    assert len(set(lots)) == 50


class _Fixed(Random):
    def __init__(self, number: float) -> None:
        super().__init__(0)
        self._number = number

    def random(self) -> float:
        return self._number


def test_tokens_of_no_probability_are_never_drawn() -> None:
    """Not even by the first and the last number that there is."""
    import torch

    never = -torch.inf
    logits = torch.tensor([[never, 0.0, never, 1.0, never]] * 2)
    lots = [Lots(1.0, _Fixed(0.0)), Lots(1.0, _Fixed(1 - 2**-53))]
    assert draw_tokens(logits, lots) == [3, 1]


def test_numbers_that_are_not_finite_are_refused() -> None:
    import torch

    lots = [Lots(1.0, Random(0))]
    with pytest.raises(EngineError, match="not finite"):
        choose(torch.tensor([[0.0, torch.nan]]), lots)


# -- the engine ----------------------------------------------------------------------------


def _asked(count: int) -> list[Prompt]:
    words = ["wrong", "not", "yes", "no", "film", "was", "good", "bad", "who"]
    chance = random.Random(3)
    return [
        (Message(Role.USER, " ".join(chance.choices(words, k=chance.randint(1, 20)))),)
        for _ in range(count)
    ]


def _said(engine: HFEngine, asked: list[Prompt], **how: Any) -> dict[int, str]:
    batches = engine.generate(asked, max_new_tokens=NEW, **how)
    return {index: said.text for batch in batches for index, said in batch.items()}


@pytest.fixture
def engine(tiny_llama: Path) -> HFEngine:
    model, tokenizer = load_model(tiny_llama, dtype="float32")
    return HFEngine(model, tokenizer, name="tiny")


def test_resumed_draw_goes_on_as_it_was(engine: HFEngine) -> None:
    asked = _asked(30)
    whole = _said(engine, asked, draw=DRAW)
    rest = _said(engine, asked, draw=DRAW, done=range(0, 30, 3))
    assert rest == {index: text for index, text in whole.items() if index % 3}
    (alone,) = _said(engine, [asked[7]], draw=DRAW).values()
    assert alone == whole[7]


def test_draws_do_not_ask_the_models_generation_config(engine: HFEngine) -> None:
    asked = _asked(10)
    before = _said(engine, asked, draw=DRAW)
    engine.model.generation_config.update(
        do_sample=True, top_k=1, top_p=0.01, temperature=0.01, repetition_penalty=9.0
    )
    assert _said(engine, asked, draw=DRAW) == before
    assert before != _said(engine, asked)
