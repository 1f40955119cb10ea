"""Expands packed layers to dense weights, exactly as the packed kernel multiplies them.

A dense weight is scale[g] * (q - zero[g]) for the group g of its input channel (Frantar et al.
2022; Lin et al. 2023). Values are packed as a little-endian stream of bits, which covers 2, 3, 4
and 8 bit alike; trusteval.checkpoints.packed_layout has the shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from trusteval.checkpoints.header import TensorInfo
from trusteval.checkpoints.packed_layout import PARTS, PackedLayer, n_groups
from trusteval.checkpoints.quantization import Layout, Quantization

if TYPE_CHECKING:
    import torch

_AWQ_PLACES = (0, 4, 1, 5, 2, 6, 3, 7)
"""Where AutoAWQ's GEMM puts each of eight neighbouring 4-bit values within a word."""


def expanded_tensors(
    tensors: Mapping[str, TensorInfo],
    layers: Iterable[PackedLayer],
    quantization: Quantization,
    *,
    device: str = "cpu",
) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield every tensor by name, with a float32 weight [out, in] in place of a packed layer."""
    packed = {f"{layer.name}.{part}" for layer in layers for part in PARTS}
    for name, tensor in read_tensors(tensors, [name for name in tensors if name not in packed]):
        yield name, tensor.to(device)
    for layer in layers:
        names = [f"{layer.name}.{part}" for part in PARTS if f"{layer.name}.{part}" in tensors]
        parts = {
            name.rpartition(".")[2]: tensor.to(device)
            for name, tensor in read_tensors(tensors, names)
        }
        yield f"{layer.name}.weight", expand_layer(parts, layer, quantization)


def read_tensors(
    tensors: Mapping[str, TensorInfo], names: Iterable[str]
) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield tensors by name, each file opened once."""
    from safetensors import safe_open

    by_file: dict[str, list[str]] = {}
    for name in names:
        by_file.setdefault(str(tensors[name].file), []).append(name)
    for file, wanted in by_file.items():
        with safe_open(file, framework="pt") as opened:
            for name in wanted:
                yield name, opened.get_tensor(name)


def expand_layer(
    parts: Mapping[str, torch.Tensor], layer: PackedLayer, quantization: Quantization
) -> torch.Tensor:
    """Return a layer's dense weight, float32 [out, in]."""
    import torch

    q, zeros, scales = unpacked(parts, layer, quantization)
    if layer.has_groups:
        groups = parts["g_idx"].long()
    else:
        size = layer.in_features if quantization.group_size == -1 else quantization.group_size
        groups = torch.arange(layer.in_features, device=q.device) // size
    return (scales.float()[groups] * (q - zeros[groups])).T.contiguous()


def unpacked(
    parts: Mapping[str, torch.Tensor], layer: PackedLayer, quantization: Quantization
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return values [in, out], zero points [groups, out] and scales [groups, out]."""
    bits, n_in, n_out = quantization.bits, layer.in_features, layer.out_features
    qweight, qzeros, scales = (parts[part] for part in PARTS[:3])
    match quantization.layout:
        case Layout.GPTQ | Layout.GPTQ_V2:
            zeros = true_zeros(qzeros, layer, quantization)
            return unpack(qweight, bits, n_in), zeros, scales
        case Layout.GEMM:
            q, zeros = (unpack(packed.T, bits, n_out).T for packed in (qweight, qzeros))
            return in_order(q, bits), in_order(zeros, bits), scales
        case Layout.GEMV:
            groups = n_groups(n_in, quantization)
            q = unpack(qweight.T, bits, n_in)
            return q, unpack(qzeros.T, bits, groups), scales.T[:groups]


def true_zeros(
    qzeros: torch.Tensor, layer: PackedLayer, quantization: Quantization
) -> torch.Tensor:
    """Unpack GPTQ's zero points [groups, out]; the classic layout stores them minus one.

    A zero point of 0 has been taken below zero there, and every writer reads it back otherwise:
    gptqmodel subtracts from whole words and borrows; AutoGPTQ 0.7 wraps around, but at 3 bit and
    under act-order it reads 2^bits.
    """
    bits, most = quantization.bits, (1 << quantization.bits) - 1
    by_gptqmodel = quantization.writer.startswith("gptqmodel")
    if quantization.layout is not Layout.GPTQ:
        return unpack(qzeros.T, bits, layer.out_features).T
    if by_gptqmodel and bits != 3:
        ones = sum(1 << place for place in range(0, 32, bits))
        return unpack((qzeros.long() + ones).T, bits, layer.out_features).T
    zeros = unpack(qzeros.T, bits, layer.out_features).T + 1
    grouped_act_order = quantization.act_order and quantization.group_size != -1
    wraps = by_gptqmodel or not (bits == 3 or grouped_act_order)
    return zeros & most if wraps else zeros


def in_order(values: torch.Tensor, bits: int) -> torch.Tensor:
    """Put the columns that GEMM interleaves, at 4 bit only, in their natural order."""
    return values[:, _places(values, _AWQ_PLACES)] if bits == 4 else values


def interleaved(values: torch.Tensor, bits: int) -> torch.Tensor:
    """Put columns in GEMM's order: the inverse of `in_order`."""
    inverse = tuple(_AWQ_PLACES.index(place) for place in range(len(_AWQ_PLACES)))
    return values[:, _places(values, inverse)] if bits == 4 else values


def _places(values: torch.Tensor, order: tuple[int, ...]) -> torch.Tensor:
    import torch

    blocks = torch.arange(0, values.shape[1], len(order), device=values.device)
    return (blocks[:, None] + torch.tensor(order, device=values.device)).flatten()


def unpack(packed: torch.Tensor, bits: int, count: int) -> torch.Tensor:
    """Unpack int32 [words, n] to int64 [count, n], the first value in the lowest bits."""
    import torch

    words = packed.long() & 0xFFFFFFFF
    words = torch.cat([words, torch.zeros_like(words[:1])])
    offsets = torch.arange(count, device=packed.device) * bits
    word, shift = offsets // 32, (offsets % 32)[:, None]
    both = words[word] | (words[word + 1] << 32)
    return (both >> shift) & ((1 << bits) - 1)


def pack(values: torch.Tensor, bits: int) -> torch.Tensor:
    """Pack int64 [count, n] to int32 [words, n]: the inverse of `unpack`."""
    import torch

    count = values.shape[0]
    offsets = torch.arange(count, device=values.device) * bits
    words = values.new_zeros(-(-count * bits // 32) + 1, values.shape[1])
    shifted = values << (offsets % 32)[:, None]
    words.index_add_(0, offsets // 32, shifted & 0xFFFFFFFF)
    words.index_add_(0, offsets // 32 + 1, shifted >> 32)
    low = words[:-1]
    return torch.where(low >= 1 << 31, low - (1 << 32), low).to(torch.int32)
