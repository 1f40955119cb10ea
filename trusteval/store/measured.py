"""What was measured as plain values, and back: what answers took, or what a load did."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from trusteval.printable import printable
from trusteval.system.as_declared import MOST
from trusteval.system.digests import canonical_json
from trusteval.types import Effort, Load, Memory, MemoryKind

_LONGEST = 500
"""How many characters may name a machine."""
Measured = Effort | Load


def written(measured: Measured) -> str:
    """Return what was measured as JSON; raises ValueError for what is no measurement."""
    fields = asdict(measured)
    measured_of(fields)
    return canonical_json(fields)


def measured_of(fields: Mapping[str, Any]) -> Measured:
    """Read what was measured; raises ValueError, KeyError or TypeError for what is none."""
    if "effort" not in fields:
        return _effort(fields)
    memory = fields["memory"]
    return Load(_effort(fields["effort"]), None if memory is None else _memory(memory))


def short_name(machine: str) -> str:
    """Return the name of a machine as it may be kept: one printable line."""
    return printable(machine)[:_LONGEST]


def _effort(fields: Mapping[str, Any]) -> Effort:
    machine, processor = fields["machine"], fields["processor_seconds"]
    if not isinstance(machine, str) or machine != short_name(machine):
        raise ValueError("expected a machine's name in one short line")
    return Effort(
        wall_seconds=_seconds(fields["wall_seconds"]),
        processor_seconds=None if processor is None else _seconds(processor),
        machine=machine,
    )


def _memory(fields: Mapping[str, Any]) -> Memory:
    return Memory(
        MemoryKind(fields["kind"]),
        loaded_bytes=_bytes(fields["loaded_bytes"]),
        peak_bytes=_bytes(fields["peak_bytes"]),
    )


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("expected seconds")
    if not 0 <= value < MOST or math.isnan(value):
        raise ValueError(f"expected seconds of at least 0, got {value}")
    return float(value)


def _bytes(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        raise ValueError("expected a number of bytes")
    return value
