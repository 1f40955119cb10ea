"""Checks a loaded model before it is judged: perplexity on a fixed text, and a smoke run.

The smoke run answers a few prompts by the engine's own way (shared prefix, padding, batch) and
asks whether one plain forward pass would have chosen the same tokens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from trusteval.engines.health import PROMPTS, health_text
from trusteval.types import Health, Prompt


class Checked(Protocol):
    """What is checked: a model, its tokenizer, and the engine's way to an answer."""

    model: Any
    tokenizer: Any

    def encode(self, prompts: Sequence[Prompt]) -> list[list[int]]: ...

    def begin_answers(self, encoded: Sequence[Sequence[int]]) -> list[list[int]]: ...


def check_health(engine: Checked) -> Health:
    """Measure perplexity and, where it is a number, how the engine's path compares."""
    perplexity = _perplexity(engine)
    return Health(
        perplexity=perplexity,
        vocabulary_size=int(engine.model.config.get_text_config().vocab_size),
        shortfall=find_shortfall(engine) if math.isfinite(perplexity) else 1.0,
    )


def _perplexity(engine: Checked) -> float:
    """Return exp of the mean negative log-likelihood per token, the first token given."""
    import torch

    ids = engine.tokenizer(health_text(), return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        logits = engine.model(input_ids=ids.to(engine.model.device)).logits[0, :-1].float()
        targets = ids[0, 1:].to(logits.device)
        loss = float(torch.nn.functional.cross_entropy(logits, targets))
    return math.exp(loss) if loss < 700 else loss * math.inf  # exp overflows; NaN stays NaN


def find_shortfall(engine: Checked) -> float:
    """Return how far the engine's tokens lie below a plain pass's best (`types.Health`)."""
    import torch

    encoded = engine.encode(PROMPTS)
    worst = 0.0
    for tokens, answer in zip(encoded, engine.begin_answers(encoded), strict=True):
        ids = torch.tensor([[*tokens, *answer[:-1]]], device=engine.model.device)
        with torch.inference_mode():
            logits = engine.model(input_ids=ids).logits[0, len(tokens) - 1 :].float()
        for given, chosen in zip(logits, answer, strict=True):
            best, least = float(given.max()), float(given.min())
            if not math.isfinite(best - least):
                return 1.0  # NaN is larger than nothing: it would pass for no shortfall
            worst = max(worst, (best - float(given[chosen])) / max(best - least, 1e-6))
    return worst
