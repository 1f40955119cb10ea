"""Which layers of a checkpoint are packed, and whether their shapes are what its config says.

AutoGPTQ: qweight [in * bits / 32, out], qzeros [groups, out * bits / 32], scales [groups, out],
g_idx [in]. AutoAWQ's GEMM: qweight [in, out * bits / 32], zeros and scales alike, no g_idx. Its
GEMV is turned by 90 degrees: qweight [out, in * bits / 32], scales [out, groups, perhaps padded].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.checkpoints.header import TensorInfo
from trusteval.checkpoints.quantization import Layout, Quantization
from trusteval.errors import ModelError

PARTS = ("qweight", "qzeros", "scales", "g_idx")
_TYPES = {
    "qweight": ("I32",),
    "qzeros": ("I32",),
    "scales": ("F16", "BF16", "F32"),
    "g_idx": ("I32", "I64"),
}


@dataclass(frozen=True, slots=True)
class PackedLayer:
    """A quantized linear layer, `name` without its parts; stands for a weight [out, in]."""

    name: str
    in_features: int
    out_features: int
    has_groups: bool


def packed_layers(
    tensors: Mapping[str, TensorInfo], quantization: Quantization
) -> list[PackedLayer]:
    """Return every packed layer, in the order of names.

    Raises ModelError where tensors are missing, or their shapes disagree with each other or
    with `quantization`.
    """
    names = sorted({name.removesuffix(".qweight") for name in tensors if name.endswith(".qweight")})
    if not names:
        file = next(iter(tensors.values())).file if tensors else "the checkpoint"
        raise ModelError(f"{file} holds no quantized layer; its config says {quantization}")
    return [_layer(name, tensors, quantization) for name in names]


def _layer(name: str, tensors: Mapping[str, TensorInfo], quantization: Quantization) -> PackedLayer:
    parts = {part: tensors[f"{name}.{part}"] for part in PARTS if f"{name}.{part}" in tensors}
    file = parts["qweight"].file
    lacking = [part for part in PARTS[:3] if part not in parts]
    if lacking:
        raise ModelError(f"{file}: layer {name} lacks {', '.join(lacking)}")
    known = all(info.dtype in _TYPES[part] for part, info in parts.items())
    if not known or any(len(parts[part].shape) != 2 for part in PARTS[:3]):
        raise ModelError(f"{file}: layer {name} is packed in a way trusteval does not know")
    shapes = {part: info.shape for part, info in parts.items()}
    in_features, out_features, fits = _read(shapes, quantization)
    if not fits:
        shown = ", ".join(f"{part} {list(shape)}" for part, shape in shapes.items())
        raise ModelError(
            f"{file}: config and tensors disagree; layer {name} has {shown}, which is not "
            f"{quantization}"
        )
    return PackedLayer(name, in_features, out_features, has_groups="g_idx" in parts)


def _read(
    shapes: Mapping[str, tuple[int, ...]], quantization: Quantization
) -> tuple[int, int, bool]:
    """Return in and out features, and whether all shapes fit."""
    qweight, qzeros, scales = (shapes[part] for part in PARTS[:3])
    bits = quantization.bits
    match quantization.layout:
        case Layout.GPTQ | Layout.GPTQ_V2:
            in_features, out_features = qweight[0] * 32 // bits, scales[1]
            groups = n_groups(in_features, quantization)
            # Padded to whole words, so that the last word may hold fewer values.
            fits = (
                qweight == (_words(in_features, bits), out_features)
                and scales == (groups, out_features)
                and qzeros == (groups, _words(out_features, bits))
                and shapes.get("g_idx", (in_features,)) == (in_features,)
            )
        case Layout.GEMM:
            in_features, out_features = qweight[0], scales[1]
            groups = n_groups(in_features, quantization)
            fits = (
                qweight == (in_features, _words(out_features, bits))
                and scales == (groups, out_features)
                and qzeros == (groups, _words(out_features, bits))
            )
        case Layout.GEMV:
            in_features, out_features = qweight[1] * 32 // bits, qweight[0]
            groups = n_groups(in_features, quantization)
            fits = (
                scales[0] == qzeros[0] == out_features
                and scales[1] >= groups
                and qzeros[1] == _words(scales[1], bits)
            )
    return in_features, out_features, fits


def n_groups(in_features: int, quantization: Quantization) -> int:
    """Return how many groups share the input channels."""
    size = quantization.group_size
    return 1 if size == -1 else -(-in_features // size)


def _words(values: int, bits: int) -> int:
    return -(-values * bits // 32)
