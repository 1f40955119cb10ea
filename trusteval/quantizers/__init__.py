"""The quantization methods trusteval builds with, one row each; heavy parts load on use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantizer:
    """A method: the bit widths it builds, and the "module:function" that builds one.

    The function takes a Job and writes a complete checkpoint; it runs in a process of its own.
    `symmetric` is what the method does unless a recipe says otherwise, `has_act_order` whether
    it can quantize channels in the order of their activations. `version` is raised when a recipe
    comes to give other weights, so that cached ones are built anew. `needs` names the package
    that builds, where trusteval does not bring it itself.
    """

    bits: tuple[int, ...]
    build: str
    symmetric: bool
    has_act_order: bool
    version: int
    needs: str | None = None


QUANTIZERS: dict[str, Quantizer] = {
    "gptq": Quantizer(
        bits=(8, 4, 3),
        build="trusteval.quantizers.gptq:build",
        symmetric=True,
        has_act_order=True,
        version=1,
        needs="gptqmodel",
    ),
    "awq": Quantizer(
        bits=(8, 4, 3),
        build="trusteval.quantizers.awq:build",
        symmetric=False,
        has_act_order=False,
        version=1,
        needs="gptqmodel",
    ),
}
