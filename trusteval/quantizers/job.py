"""What one quantization takes, as it travels to the process that does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from trusteval.system.bounded import MIB, read_json
from trusteval.types import Recipe

_MOST = 128 * MIB
"""What a job may hold: the calibration texts."""
Advance = Callable[[int, int], None]
"""Called with (layers done, layers)."""


@dataclass(frozen=True, slots=True)
class Job:
    """Quantize the dense checkpoint by `recipe`, calibrated on `texts`, into the folder `out`."""

    dense: Path
    recipe: Recipe
    texts: tuple[str, ...]
    out: Path
    trust_remote_code: bool = False

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), default=str), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Job:
        values = read_json(path, most=_MOST)
        return cls(
            dense=Path(values["dense"]),
            recipe=Recipe(**values["recipe"]),
            texts=tuple(values["texts"]),
            out=Path(values["out"]),
            trust_remote_code=values["trust_remote_code"],
        )
