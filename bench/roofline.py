"""What this machine multiplies at most, and how much a workload's reading has to multiply."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from trusteval.engines.local.batching import find_families


def matmul_peak(*, dtype: str, device: str, seconds: float = 1.0) -> float:
    """Measure the fastest large matrix product, in floating point operations per second."""
    import torch

    n = 8192 if device.startswith("cuda") else 1536
    left, right = torch.randn(2, n, n, device=device).to(getattr(torch, dtype))
    best, stop = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < stop:
        started = time.perf_counter()
        product = left @ right
        _ = product[0, 0].item()  # waits for the device
        best = max(best, 2 * n**3 / (time.perf_counter() - started))
    return best


def reading_operations(model: Any, encoded: Sequence[Sequence[int]]) -> float:
    """Count the operations that reading prompts needs, shared beginnings once.

    Multiplications and additions of the linear layers, of attention over what each token sees,
    and of one token's logits per prompt.
    """
    config = model.config.get_text_config()
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    linear = sum(
        p.numel() for name, p in model.named_parameters() if p.ndim == 2 and ".layers." in name
    )
    spans: set[tuple[tuple[int, ...], int, int]] = set()
    for family in find_families(encoded):
        cuts = (0, *family.cuts)
        first = encoded[family.rows[0]]
        spans |= {(tuple(first[:stop]), start, stop) for start, stop in pairwise(cuts)}
        spans |= {((*encoded[row], -row), family.shared, len(encoded[row])) for row in family.rows}
    tokens = sum(stop - start for _, start, stop in spans)
    seen = sum((stop * (stop + 1) - start * (start + 1)) / 2 for _, start, stop in spans)
    attention = 4 * config.num_hidden_layers * heads * size * seen
    logits = 2 * config.vocab_size * config.hidden_size * len(encoded)
    return 2 * linear * tokens + attention + logits
