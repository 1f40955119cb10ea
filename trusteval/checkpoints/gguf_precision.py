"""Says how precise a .gguf file is by its tensors, whatever it is called.

llama.cpp writes another kind where a row does not fill a kind's blocks, and embeddings more
precisely: a small model called Q4_K_M may hold six bits per weight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from trusteval.checkpoints.checkpoint import DENSE_BITS
from trusteval.checkpoints.gguf_file import whole_gguf
from trusteval.checkpoints.gguf_header import GGUFHeader

_FAR = 0.5
"""Bits per weight by which a file may differ from what it is called before that is said."""


@dataclass(frozen=True, slots=True)
class GGUFPrecision:
    """Bits per weight of a file's quantized matrices, scales included; 16 where it has none.

    `called` is the file type of its header ("" if it has none), `called_bits` those of a block of
    the kind that this names, None where it names none.
    """

    bits: float
    is_quantized: bool
    called: str
    called_bits: float | None

    @property
    def method(self) -> str:
        return "gguf" if self.is_quantized else "dense"

    def __str__(self) -> str:
        if not self.is_quantized:
            return "no quantized weights"
        said = f"{self.bits:.2f} bits per weight"
        if not self.called:
            return said
        is_far = self.called_bits is not None and abs(self.bits - self.called_bits) > _FAR
        return f"{said}, {'though its' if is_far else 'its'} file type says {self.called}"


def gguf_precision(file: Path) -> GGUFPrecision:
    """Measure a .gguf file by the tensors that its header declares.

    Raises ModelError if it is none, is one part of several, is shorter than it declares, or the
    package gguf is not installed.
    """
    header = whole_gguf(file)
    from gguf import GGML_QUANT_SIZES

    blocks = {int(kind): size for kind, size in GGML_QUANT_SIZES.items()}
    weights, n_bytes = 0, 0
    for tensor in header.tensors:
        values, size = blocks[tensor.kind]
        if values > 1:  # floats and whole numbers stand alone
            weights += math.prod(tensor.shape)
            n_bytes += math.prod(tensor.shape) // values * size
    called = _called(header)
    bits = 8 * n_bytes / weights if weights else float(DENSE_BITS)
    return GGUFPrecision(bits, weights > 0, called, _bits_of(called))


def _called(header: GGUFHeader) -> str:
    from gguf import LlamaFileType

    number = header.integer("general.file_type")
    if number is None:
        return ""
    known = {kind.value: kind.name for kind in LlamaFileType}
    return known.get(number, str(number)).removeprefix("MOSTLY_").removeprefix("ALL_")


def _bits_of(called: str) -> float | None:
    """Return the bits per weight of a block of the kind that a file type is named after."""
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    blocks = {kind.name: GGML_QUANT_SIZES[kind] for kind in GGMLQuantizationType}
    values, size = blocks.get(called) or blocks.get(called.rpartition("_")[0]) or (0, 0)
    return 8 * size / values if values else None
