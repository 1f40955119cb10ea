"""Attention over packed tokens: many prompts in one row, what they share attended to once.

The tokens of all prompts stand one behind the other, so that no matrix multiplication sees
padding. Every token attends to its family's shared prefix and to its own prompt; the two are
computed apart and joined by their log-sum-exps, which is exact (Hydragen, arXiv 2402.05099; the
joining is that of FlashAttention, arXiv 2205.14135, section 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from trusteval.errors import EngineError

if TYPE_CHECKING:
    import torch

IMPLEMENTATION = "trusteval_packed"
_ROUND = 32
_MOST_SCORES = 2**25
"""How many scores are in memory at once where no kernel keeps them out of it."""


class Packing(Protocol):
    """Where the tokens of one forward pass belong."""

    def attend(
        self,
        layer: int,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        attention: LayerAttention,
    ) -> torch.Tensor:
        """Return what tokens attend to: (tokens, heads, head size).

        `queries` are (heads, tokens, head size), `keys` and `values` the same with fewer heads.
        """
        ...


@dataclass(frozen=True, slots=True)
class LayerAttention:
    """A layer's scale of scores, and how many positions back it sees (None: all)."""

    scale: float
    window: int | None = None


@dataclass(frozen=True, slots=True)
class SharedPrefix:
    """The keys and values of a shared prefix, per layer (heads, at least `length`, size).

    What stands behind `length` is padding: kernels are up to four times as fast on round lengths.
    """

    length: int
    keys: Sequence[torch.Tensor]
    values: Sequence[torch.Tensor]


def padded(tokens: torch.Tensor) -> torch.Tensor:
    """Pad (heads, tokens, size) to a round number of tokens."""
    import torch

    return torch.nn.functional.pad(tokens, (0, 0, 0, -tokens.shape[1] % _ROUND))


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring tokens (or rows) `start` to `stop` that hang on the same prefix."""

    start: int
    stop: int
    prefix: SharedPrefix


def install() -> None:
    """Make the attention known to transformers; doing so again changes nothing."""
    from transformers import AttentionInterface

    AttentionInterface.register(IMPLEMENTATION, _attention)


def _attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    packing: Packing,
    scaling: float,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """What transformers calls in each layer; refuses what it does not compute."""
    unknown = [n for n in ("softcap", "s_aux", "head_mask") if others.get(n) is not None]
    if unknown or attention_mask is not None or not getattr(module, "is_causal", True):
        raise EngineError(f"packed attention lacks what {type(module).__name__} asks for")
    layer = LayerAttention(scaling, sliding_window)
    attended = packing.attend(module.layer_idx, query[0], key[0], value[0], layer)
    return attended[None], None


def attend(
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    *,
    scale: float,
    causal: bool = False,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return attention and the log-sum-exp of its scores.

    `queries` (batch, heads, n, size), `keys` and `values` (batch, fewer heads, m, size); `mask` is
    added to the scores. The result has the shape of `queries`, the log-sum-exp lacks the size.
    """
    import torch

    if queries.device.type == "cpu":
        attended, total = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            queries, keys, values, 0.0, causal, attn_mask=mask, scale=scale
        )
        return attended, total
    return attend_plainly(queries, keys, values, scale=scale, causal=causal, mask=mask)


def attend_plainly(
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    *,
    scale: float,
    causal: bool,
    mask: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """`attend` in matrix products, some queries at a time: for devices without a kernel here."""
    import torch

    step = max(1, _MOST_SCORES // (queries.shape[0] * queries.shape[1] * keys.shape[2]))
    groups = queries.shape[1] // keys.shape[1]
    keys, values = (x.repeat_interleave(groups, 1) for x in (keys, values))
    attended, totals = [], []
    for start in range(0, queries.shape[2], step):
        some = queries[:, :, start : start + step]
        seen = start + some.shape[2] if causal else keys.shape[2]
        scores = (some @ keys[:, :, :seen].transpose(-1, -2)).float() * scale
        if causal:
            shape = (some.shape[2], seen)
            later = torch.ones(shape, dtype=torch.bool, device=some.device).triu(start + 1)
            scores.masked_fill_(later, -torch.inf)
        if mask is not None:
            scores += mask[..., start : start + step, :seen] if mask.shape[-2] > 1 else mask
        total = scores.logsumexp(-1)
        weights = (scores - total[..., None]).exp().to(values.dtype)
        attended.append(weights @ values[:, :, :seen])
        totals.append(total)
    return torch.cat(attended, 2), torch.cat(totals, 2)


def attend_to_prefixes(
    queries: torch.Tensor,
    spans: Sequence[Span],
    own: torch.Tensor,
    own_total: torch.Tensor,
    *,
    layer: int,
    attention: LayerAttention,
    positions: torch.Tensor,
) -> torch.Tensor:
    """Join attention to shared prefixes with that to a prompt's own tokens.

    `queries` (heads, tokens, size), `own` (tokens, heads, size), `own_total` (tokens, heads), at
    `positions` (tokens). Returns the shape of `own`.
    """
    if not spans:
        return own
    joined = own.clone()
    for span in spans:
        part = slice(span.start, span.stop)
        keys, values = (x[layer][None] for x in (span.prefix.keys, span.prefix.values))
        heads, n, size = queries[:, part].shape
        # The heads that share keys stand side by side: one long row of queries per key head.
        folded = queries[:, part].reshape(1, keys.shape[1], -1, size)
        mask = _mask(span.prefix, positions[part], attention, like=keys)
        if mask is not None and len(mask) > 1:
            mask = mask.repeat(heads // keys.shape[1], 1)
        shared, total = attend(folded, keys, values, scale=attention.scale, mask=mask)
        shared = shared.reshape(heads, n, size).transpose(0, 1)
        total = total.reshape(heads, n).transpose(0, 1)
        weight = (own_total[part] - total).sigmoid().to(own.dtype)[..., None]
        joined[part] = shared.lerp(own[part], weight)
    return joined


def _mask(
    prefix: SharedPrefix, positions: torch.Tensor, attention: LayerAttention, *, like: torch.Tensor
) -> torch.Tensor | None:
    """Hide padding, and what lies before the window of queries at `positions`.

    Returns (queries or 1, keys), or None where there is nothing to hide.
    """
    import torch

    steps = torch.arange(like.shape[2], device=like.device)
    hidden = (steps >= prefix.length)[None]
    if attention.window is not None and int(positions.max()) >= attention.window:
        hidden = hidden | (positions[:, None] - steps >= attention.window)
    elif like.shape[2] == prefix.length:
        return None
    return hide(hidden, dtype=like.dtype)


def hide(hidden: torch.Tensor, *, dtype: torch.dtype) -> torch.Tensor:
    """Return a mask to add to scores, zero but where keys are `hidden`.

    It is finite: a query that sees nothing gets numbers, and a log-sum-exp that weighs nothing.
    """
    import torch

    never = torch.finfo(dtype).min / 2
    return torch.zeros(hidden.shape, dtype=dtype, device=hidden.device).masked_fill_(hidden, never)
