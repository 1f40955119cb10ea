"""The quantization methods trusteval builds with, one row each; heavy parts load on use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantizer:
    """A method: the bit widths it builds, and the "module:function" that builds one.

    The function takes (dense directory, recipe, calibration texts, output directory) and writes
    a complete checkpoint; it runs in a process of its own.
    """

    bits: tuple[int, ...]
    build: str


QUANTIZERS: dict[str, Quantizer] = {
    "gptq": Quantizer(bits=(8, 4, 3), build="trusteval.quantizers.gptq:build"),
}
