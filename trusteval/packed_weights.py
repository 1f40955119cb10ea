"""Expands packed GPTQ weights to dense ones, exactly as the packed kernel multiplies them.

A layer stores qweight int32 [in * bits / 32, out], qzeros int32 [groups, out * bits / 32],
scales [groups, out] and g_idx int32 [in]; its dense weight is
scale[g] * (q - zero[g]), transposed to [out, in]. Values are packed as a little-endian stream of
bits, which covers 2, 3, 4 and 8 bit alike. Frantar et al. 2022, in AutoGPTQ's layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_SUFFIX = ".qweight"


def expand_gptq(
    tensors: Iterable[tuple[str, torch.Tensor]],
    *,
    bits: int,
    zeros_off_by_one: bool,
    dtype: torch.dtype,
) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the checkpoint's tensors with every packed layer replaced by its dense weight.

    `zeros_off_by_one` is true of the classic format, which stores zero - 1.
    """
    waiting: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors:
        layer, _, part = name.rpartition(".")
        if part not in ("qweight", "qzeros", "scales", "g_idx"):
            yield name, tensor.to(dtype) if tensor.is_floating_point() else tensor
            continue
        parts = waiting.setdefault(layer, {})
        parts[part] = tensor
        if len(parts) == 4:
            del waiting[layer]
            yield f"{layer}.weight", _dense(parts, bits, zeros_off_by_one).to(dtype)
    if waiting:
        layer, parts = next(iter(waiting.items()))
        raise ValueError(f"{layer} holds {', '.join(sorted(parts))} only")


def _dense(parts: dict[str, torch.Tensor], bits: int, zeros_off_by_one: bool) -> torch.Tensor:
    import torch

    q = _unpack(parts["qweight"], bits)
    zeros = _unpack(parts["qzeros"].T, bits).T
    if zeros_off_by_one:
        zeros = (zeros + 1) & ((1 << bits) - 1)
    groups = parts["g_idx"].long()
    scales = parts["scales"].to(torch.float32)
    return (scales[groups] * (q - zeros[groups])).T.contiguous()


def _unpack(packed: torch.Tensor, bits: int) -> torch.Tensor:
    """Unpack int32 [words, n] to int64 [words * 32 / bits, n], first value in the lowest bits."""
    import torch

    words = packed.long() & 0xFFFFFFFF
    words = torch.cat([words, torch.zeros_like(words[:1])])
    offsets = torch.arange(packed.shape[0] * 32 // bits, device=packed.device) * bits
    word, shift = offsets // 32, (offsets % 32)[:, None]
    both = words[word] | (words[word + 1] << 32)
    return (both >> shift) & ((1 << bits) - 1)
