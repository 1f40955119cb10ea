"""How much memory a run may take beside the weights, and what fits into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trusteval.engines.batching import Limits
from trusteval.engines.crew import crew_size
from trusteval.machine import total_memory

_SHARE = {"cuda": 0.4, "cpu": 1 / 12}
_LEAST = 2**30
_CACHE_SHARE = 0.7
_ROWS = {"cuda": 256, "cpu": 128}
_TOKENS_AT_ONCE = {"cuda": 16_384, "cpu": 2_048}


@dataclass(frozen=True, slots=True)
class Plan:
    """What batches are held to, and `crew` forward passes side by side, each."""

    limits: Limits
    tokens_at_once: int
    crew: int


def default_budget(device: str) -> int:
    """Return the bytes a run may take beside the weights: a share of what the device has.

    Of what it has, not of what is free, so that batches are the same in every run.
    """
    kind = device.partition(":")[0]
    share = _SHARE.get(kind, _SHARE["cpu"])
    return max(_LEAST, int(share * total_memory(device)))


def describe_budget(device: str) -> str:
    """Word the budget for reports; on a GPU without asking it."""
    if device.startswith("cuda"):
        return f"{100 * _SHARE['cuda']:.0f} % of the GPU's beside the weights"
    return f"{default_budget(device) / 2**30:.1f} GiB beside the weights"


def plan_memory(model: Any, *, budget: int) -> Plan:
    """Divide a budget in bytes between the key-value cache and a forward pass.

    Raises nothing: a model too large for its budget gets batches of one prompt.
    """
    config = model.config.get_text_config()
    width = model.dtype.itemsize
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    key_heads = getattr(config, "num_key_value_heads", None) or heads
    per_cached = 2 * config.num_hidden_layers * key_heads * size * width
    # In a layer live, at most: the stream twice, gate, up and their product, and four copies of
    # queries, keys and values around the attention.
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    per_token = width * (2 * config.hidden_size + 3 * inner + 4 * (heads + 2 * key_heads) * size)
    kind = model.device.type
    rows = _ROWS.get(kind, _ROWS["cpu"])
    per_row = 2 * width * config.vocab_size  # logits, and whether they are finite
    rows = max(1, min(rows, int(0.1 * budget / per_row)))
    crew = crew_size(kind)
    tokens = _TOKENS_AT_ONCE.get(kind, _TOKENS_AT_ONCE["cpu"])
    return Plan(
        limits=Limits(rows=rows, tokens=int(_CACHE_SHARE * budget / per_cached)),
        tokens_at_once=max(1, min(tokens, int(0.2 * budget / per_token / crew))),
        crew=crew,
    )
