"""What answers cost: seconds, tokens and memory, as far as they were measured.

None is what nobody measured; it is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MemoryKind(StrEnum):
    """Whose memory was measured.

    DEVICE is what torch held on GPUs, PROCESS what the process held resident, looked at twenty
    times a second; both less what was held before the model was loaded.
    """

    DEVICE = "device"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Effort:
    """What was spent on something.

    `wall_seconds` passed; this process computed for `processor_seconds`, on all its cores together:
    None where the model ran elsewhere. `machine` names what computed, however the model is held.
    """

    wall_seconds: float
    processor_seconds: float | None
    machine: str


@dataclass(frozen=True, slots=True)
class Memory:
    """The bytes that a model took when it was loaded, and the most it took until it went."""

    kind: MemoryKind
    loaded_bytes: int
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Load:
    """What loading a variant once took; `memory` is None of a model that runs elsewhere."""

    effort: Effort
    memory: Memory | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a variant's different answers to a benchmark cost.

    Tokens are those of all `n_answers`, None where an engine did not count them. Seconds are those
    of the `n_measured` answers whose time is known, on all `machines` together: None where it is
    known of none. The time of answers that were generated together is shared among them evenly.
    A load is not part of them: `load_seconds` and the bytes are those of the variant, whatever it
    was asked. They are the median load, and of each kind of bytes the largest.
    """

    n_answers: int
    n_prompt_tokens: int | None = None
    n_new_tokens: int | None = None
    n_measured: int = 0
    wall_seconds: float | None = None
    processor_seconds: float | None = None
    load_seconds: float | None = None
    loaded_bytes: int | None = None
    peak_bytes: int | None = None
    memory_kind: MemoryKind | None = None
    machines: tuple[str, ...] = ()
