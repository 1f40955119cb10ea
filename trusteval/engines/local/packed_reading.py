"""Single forward passes of a model over packed tokens: whole prompts, or the next token of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trusteval.engines.local.attention import Packing
from trusteval.engines.local.passes import Decode, KVCache, Prefill, Suffix, find_spans

if TYPE_CHECKING:
    import torch


def read_prompts(model: Any, prompts: Sequence[Suffix], *, cache: KVCache) -> torch.Tensor:
    """Read prompts in one pass, keep what they are in `cache`, return the logits after each."""
    import torch

    device = model.device
    lengths = torch.tensor([len(prompt.tokens) for prompt in prompts], device=device)
    ids = torch.tensor([t for prompt in prompts for t in prompt.tokens], device=device)
    positions = torch.cat(
        [
            torch.arange(p.prefix_length, p.prefix_length + len(p.tokens), device=device)
            for p in prompts
        ]
    )
    packing = Prefill(
        lengths=lengths,
        spans=find_spans(prompts, [len(prompt.tokens) for prompt in prompts]),
        positions=positions,
        cache=cache,
    )
    return _logits(model, ids, positions, packing, last=lengths.cumsum(0) - 1)


def read_next(
    model: Any,
    fed: Sequence[int],
    *,
    behind: Sequence[int],
    prompts: Sequence[Suffix],
    caches: Sequence[KVCache],
) -> torch.Tensor:
    """Read one more token of each row of `caches`, return the logits after it.

    `fed` are the tokens, `behind` how many others stand between the row's prompt and its token. A
    key and value of the same place are overwritten.
    """
    import torch

    device = model.device
    suffixes = [prompts[row] for cache in caches for row in cache.rows]
    places = [len(s.tokens) + more for s, more in zip(suffixes, behind, strict=True)]
    written = torch.tensor(places, device=device)
    positions = torch.tensor([s.prefix_length for s in suffixes], device=device) + written
    ids = torch.tensor(fed, device=device)
    spans = find_spans(suffixes, [1] * len(suffixes))
    packing = Decode(written=written, spans=spans, positions=positions, caches=caches)
    return _logits(model, ids, positions, packing, last=None)


def _logits(
    model: Any,
    ids: torch.Tensor,
    positions: torch.Tensor,
    packing: Packing,
    *,
    last: torch.Tensor | None,
) -> torch.Tensor:
    """Return the logits after the tokens at `last`, or after every token."""
    logits: torch.Tensor = model(
        input_ids=ids[None],
        position_ids=positions[None],
        use_cache=False,
        logits_to_keep=0 if last is None else last,
        packing=packing,
    ).logits[0]
    return logits
