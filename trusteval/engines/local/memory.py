"""How much memory a run may take beside the weights, and what fits into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trusteval.engines.local.batching import Limits
from trusteval.engines.local.threads import thread_count
from trusteval.system.machine import total_memory

_SHARE = {"cuda": 0.4, "cpu": 1 / 12}
_LEAST = 2**30
_CACHE_SHARE, _PASSES_SHARE, _LOGITS_SHARE = 0.7, 0.2, 0.1
_SLACK = 1.7
"""What a forward pass takes beside what is live, measured on 4,000 tokens side by side."""
_USABLE = 0.8
"""The rest is what allocators keep of what was freed."""
_ROWS = {"cuda": 256, "cpu": 128}
_TOKENS_AT_ONCE = {"cuda": 16_384, "cpu": 2_048}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a budget in bytes is divided; `threads` forward passes run side by side.

    `per_cached` and `per_token` are the bytes that a token takes in the key-value cache and in a
    forward pass; `rows` and `tokens_at_once` are the most of a batch and of a pass, unless a
    single prompt is longer.
    """

    budget: int
    per_cached: int
    per_token: int
    rows: int
    tokens_at_once: int
    threads: int

    def limits(self, longest: int) -> Limits:
        """Return what batches are held to where the longest prompt has so many tokens.

        Long prompts leave the cache less; where two do not fit, prompts run one by one.
        """
        passes = self.threads * self.per_token * max(self.tokens_at_once, longest)
        cache = min(_CACHE_SHARE * self.budget, (1 - _LOGITS_SHARE) * self.budget - passes)
        if cache < 2 * longest * self.per_cached:
            return Limits(rows=1, tokens=longest)
        return Limits(rows=self.rows, tokens=int(cache / self.per_cached))


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
    budget = int(_USABLE * budget)
    width = model.dtype.itemsize
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    key_heads = getattr(config, "num_key_value_heads", None) or heads
    per_cached = 2 * config.num_hidden_layers * key_heads * size * width
    # In a layer live, at most: the stream twice, gate, up and their product, and four copies of
    # queries, keys and values around the attention.
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    live = 2 * config.hidden_size + 3 * inner + 4 * (heads + 2 * key_heads) * size
    per_token = int(_SLACK * width * live)
    kind = model.device.type
    rows = _ROWS.get(kind, _ROWS["cpu"])
    per_row = 2 * width * config.vocab_size  # logits, and whether they are finite
    rows = max(1, min(rows, int(_LOGITS_SHARE * budget / per_row)))
    threads = thread_count(kind)
    tokens = _TOKENS_AT_ONCE.get(kind, _TOKENS_AT_ONCE["cpu"])
    most = int(_PASSES_SHARE * budget / per_token / threads)
    return Plan(
        budget=budget,
        per_cached=per_cached,
        per_token=per_token,
        rows=rows,
        tokens_at_once=max(1, min(tokens, most)),
        threads=threads,
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether a library's error is a lack of memory."""
    import torch

    # On a CPU torch raises a plain RuntimeError that names its allocator.
    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error)


def free_memory() -> None:
    """Give back what was freed and is still held."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
