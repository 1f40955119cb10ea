"""Writes a llama's checkpoint as AutoGPTQ, AutoAWQ and gptqmodel do, one whole number at a time.

Rounds to nearest and shares no code with trusteval.checkpoints, so that the two check each other.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
GEMM_ORDER = (0, 2, 4, 6, 1, 3, 5, 7)
"""Which of eight neighbouring columns AutoAWQ's GEMM puts into each field of a word."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How to quantize, and for which reader: "gptq", "gptq_v2", "gemm" or "gemv"."""

    layout: str
    bits: int
    group_size: int = 32
    symmetric: bool = True
    act_order: bool = False

    def __str__(self) -> str:
        group = "channelwise" if self.group_size == -1 else f"g{self.group_size}"
        order = "-actorder" if self.act_order else ""
        return f"{self.layout}-{self.bits}-{group}{'' if self.symmetric else '-asym'}{order}"

    @property
    def is_awq(self) -> bool:
        return self.layout in ("gemm", "gemv")


@dataclass(frozen=True, slots=True)
class Rounded:
    """A layer's numbers: values [in, out], zeros and scales [groups, out], groups [in]."""

    values: Ints
    zeros: Ints
    scales: npt.NDArray[np.float16]
    groups: Ints

    @property
    def weight(self) -> Floats:
        """What the numbers mean, [out, in]."""
        distance = (self.values - self.zeros[self.groups]).astype(np.float32)
        return (self.scales.astype(np.float32)[self.groups] * distance).T


def write_packed_llama(dense: Path, directory: Path, packing: Packing) -> dict[str, Floats]:
    """Write the dense llama's quantized twin; return the weight that each packed layer stands for.

    Like AutoGPTQ, the classic layout adds a bias of zeros and a config beside config.json.
    """
    from safetensors.numpy import load_file, save_file

    random = np.random.default_rng(0)
    shutil.copytree(dense, directory, ignore=shutil.ignore_patterns("*.safetensors"))
    tensors: dict[str, npt.NDArray[np.generic]] = {}
    weights = {}
    for name, tensor in load_file(dense / "model.safetensors").items():
        layer = name.removesuffix(".weight")
        if not layer.endswith("_proj"):
            tensors[name] = tensor
            continue
        numbers = rounded(tensor, packing, random)
        weights[name] = numbers.weight
        for part, packed in packed_parts(numbers, packing).items():
            tensors[f"{layer}.{part}"] = np.ascontiguousarray(packed)
    save_file(tensors, directory / weights_name(packing), metadata={"format": "pt"})
    declared = quantization_config(packing)
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    write_json(directory / "config.json", {**config, "quantization_config": declared})
    if not packing.is_awq:
        write_json(directory / "quantize_config.json", declared)
    return weights


def rounded(weight: Floats, packing: Packing, random: np.random.Generator) -> Rounded:
    """Round a weight [out, in] to the nearest numbers; act-order permutes the groups."""
    columns, bits = weight.T, packing.bits
    inputs, most = len(columns), (1 << bits) - 1
    groups = np.arange(inputs) // (inputs if packing.group_size == -1 else packing.group_size)
    if packing.act_order:
        groups = random.permutation(groups)
    members = [columns[groups == group] for group in range(groups.max() + 1)]
    if packing.symmetric:
        low = np.stack([-np.abs(member).max(axis=0) for member in members])
        high = -low
    else:
        low = np.stack([member.min(axis=0) for member in members])
        high = np.stack([member.max(axis=0) for member in members])
    scales = ((high - low) / most).astype(np.float16)
    steps = scales.astype(np.float32)
    middle = np.full(low.shape, 1 << (bits - 1))
    # The classic layout cannot tell a zero point of 0 from its neighbours.
    zeros = middle if packing.symmetric else np.clip(np.round(-low / steps), 1, most).astype(int)
    values = np.round(columns / steps[groups]).astype(int) + zeros[groups]
    return Rounded(np.clip(values, 0, most), zeros, scales, groups)


def packed_parts(numbers: Rounded, packing: Packing) -> dict[str, npt.NDArray[np.generic]]:
    bits, groups = packing.bits, numbers.groups.astype(np.int32)
    match packing.layout:
        case "gptq":
            outputs = numbers.values.shape[1]
            return {
                "qweight": packed_rows(numbers.values.T, bits).T,
                "qzeros": packed_rows(numbers.zeros - 1, bits),
                "scales": numbers.scales,
                "g_idx": groups,
                "bias": np.zeros(outputs, np.float16),
            }
        case "gptq_v2":
            return {
                "qweight": packed_rows(numbers.values.T, bits).T,
                "qzeros": packed_rows(numbers.zeros, bits),
                "scales": numbers.scales,
                "g_idx": groups,
            }
        case "gemm":
            return {
                "qweight": packed_rows(gemm_order(numbers.values, bits), bits),
                "qzeros": packed_rows(gemm_order(numbers.zeros, bits), bits),
                "scales": numbers.scales,
            }
        case "gemv":
            n_groups, outputs = numbers.zeros.shape
            multiple = {32: 4, 64: 2}.get(packing.group_size, 1)
            words = math.ceil(math.ceil(n_groups / 8) / multiple) * multiple
            padding = ((0, 0), (0, 8 * words - n_groups))
            return {
                "qweight": packed_rows(numbers.values.T, bits),
                "qzeros": packed_rows(np.pad(numbers.zeros.T, padding), bits),
                "scales": np.pad(numbers.scales.T, padding),
            }
    raise ValueError(packing.layout)


def gemm_order(values: Ints, bits: int) -> Ints:
    """Reorder the columns as AutoAWQ does; gptqmodel keeps the natural order at other widths."""
    if bits != 4:
        return values
    blocks = range(0, values.shape[1], len(GEMM_ORDER))
    return values[:, [start + column for start in blocks for column in GEMM_ORDER]]


def packed_rows(values: Ints, bits: int) -> npt.NDArray[np.int32]:
    """Pack each row into 32-bit words."""
    return np.stack([packed_words(row, bits) for row in values.tolist()])


def packed_words(values: Iterable[int], bits: int) -> npt.NDArray[np.int32]:
    """Pack values into 32-bit words: one long number, the first value in its lowest bits."""
    listed = list(values)
    number = sum(value << (bits * place) for place, value in enumerate(listed))
    n_words = -(-len(listed) * bits // 32)
    return np.frombuffer(number.to_bytes(4 * n_words, "little"), dtype="<i4")


def weights_name(packing: Packing) -> str:
    if packing.is_awq:
        return "model.safetensors"
    return f"gptq_model-{packing.bits}bit-{packing.group_size}g.safetensors"


def quantization_config(packing: Packing) -> dict[str, object]:
    """Return what AutoGPTQ 0.7.1, gptqmodel or AutoAWQ 0.2.9 write into config.json."""
    if packing.is_awq:
        return {
            "bits": packing.bits,
            "group_size": packing.group_size,
            "modules_to_not_convert": None,
            "quant_method": "awq",
            "version": packing.layout,
            "zero_point": not packing.symmetric,
        }
    legacy = {
        "damp_percent": 0.01,
        "is_marlin_format": False,
        "model_file_base_name": weights_name(packing).removesuffix(".safetensors"),
        "model_name_or_path": None,
        "static_groups": False,
        "true_sequential": True,
    }
    return {
        "bits": packing.bits,
        "desc_act": packing.act_order,
        "group_size": packing.group_size,
        "quant_method": "gptq",
        "sym": packing.symmetric,
        **(legacy if packing.layout == "gptq" else {"checkpoint_format": packing.layout}),
    }


def write_json(path: Path, values: Mapping[str, object]) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
