"""How a checkpoint's weights are quantized: one value, read from every config its writers left.

AutoGPTQ, AutoAWQ and gptqmodel spell the same facts differently; nothing is written back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Layout(StrEnum):
    """How packed values lie in their tensors (trusteval.checkpoints.packed_weights).

    GPTQ stores zero points minus one, GPTQ_V2 as they are; GEMM and GEMV are AutoAWQ's.
    """

    GPTQ = "gptq"
    GPTQ_V2 = "gptq_v2"
    GEMM = "gemm"
    GEMV = "gemv"


_LAYOUTS = {"gptq": (Layout.GPTQ, Layout.GPTQ_V2), "awq": (Layout.GEMM, Layout.GEMV)}
_BITS = (2, 3, 4, 8)


@dataclass(frozen=True, slots=True)
class Quantization:
    """Weight-only quantization as a checkpoint declares it.

    `group_size` input channels share a scale, -1 for one per output channel; `writer` is the
    library and version that the config names, if any.
    """

    method: str
    bits: int
    group_size: int
    symmetric: bool
    act_order: bool
    layout: Layout
    writer: str = ""

    def __str__(self) -> str:
        group = "per channel" if self.group_size == -1 else f"group {self.group_size}"
        zeros = "symmetric" if self.symmetric else "asymmetric"
        order = ", act-order" if self.act_order else ""
        return f"{self.method} {self.bits} bit, {group}, {zeros}{order}"


def read_quantization(config: Mapping[str, Any]) -> Quantization:
    """Normalise a quantization config.

    Raises ValueError, in words that follow a file's name, for what trusteval cannot read.
    """
    method = str(config.get("quant_method") or config.get("method") or _guessed(config)).lower()
    if method not in _LAYOUTS:
        raise ValueError(f"is quantized with {method!r}; trusteval reads {', '.join(_LAYOUTS)}")
    bits = _integer(config, "bits", "w_bit")
    if bits not in _BITS:
        raise ValueError(f"is quantized at {bits} bit; trusteval reads {_BITS}")
    group_size = _integer(config, "group_size", "q_group_size")
    if group_size != -1 and group_size < 1:
        raise ValueError(f"has group size {group_size}; expected -1 or a positive number")
    _refuse_mixed(config)
    symmetric = config.get("sym", not config.get("zero_point", True) if method == "awq" else True)
    return Quantization(
        method=method,
        bits=bits,
        group_size=group_size,
        symmetric=bool(symmetric),
        act_order=bool(config.get("desc_act", False)),
        layout=_layout(config, method),
        writer=_writer(config),
    )


def _guessed(config: Mapping[str, Any]) -> str:
    """AutoAWQ's first files name neither method nor bits, but w_bit; AutoGPTQ's no method."""
    return "awq" if "w_bit" in config else "gptq"


def _layout(config: Mapping[str, Any], method: str) -> Layout:
    known = _LAYOUTS[method]
    named = config.get("checkpoint_format") or config.get("format") or config.get("version")
    name = str(named or known[0]).lower()
    if name not in list(known):
        raise ValueError(f"stores {method} as {name!r}; trusteval reads {', '.join(known)}")
    return Layout(name)


def _refuse_mixed(config: Mapping[str, Any]) -> None:
    """Modules may be left dense ("-:" patterns), but not be quantized in another way."""
    dynamic = config.get("dynamic") or {}
    other = [str(pattern) for pattern in dynamic if not str(pattern).startswith("-:")]
    if other:
        raise ValueError(
            f"quantizes some layers otherwise (dynamic: {', '.join(other[:3])}); trusteval reads "
            "one bit width and group size throughout"
        )


def _writer(config: Mapping[str, Any]) -> str:
    meta = config.get("meta")
    quantizer = meta.get("quantizer") if isinstance(meta, dict) else None
    named = quantizer if isinstance(quantizer, list) else [quantizer]
    return str(next(iter(named), None) or "")


def _integer(config: Mapping[str, Any], *names: str) -> int:
    value = next((config[name] for name in names if config.get(name) is not None), None)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"has {names[0]} {value!r} in its quantization config; expected a number")
    return value
