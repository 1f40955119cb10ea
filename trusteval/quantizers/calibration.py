"""The texts a quantizer observes activations on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, read_text

_SAMPLES = 128
_MOST = 64 * MIB
"""What a calibration text may hold; a few hundred paragraphs are used."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Texts to draw from; `origin` names them in reports."""

    origin: str
    texts: tuple[str, ...]

    def draw(self, seed: int) -> list[str]:
        """Draw half of the texts, at most 128, so that another seed draws others."""
        count = min(_SAMPLES, max(1, len(self.texts) // 2))
        return random.Random(seed).sample(self.texts, count)


def load_calibration(path: Path | None = None) -> Calibration:
    """Read calibration texts, separated by blank lines; without a path the shipped ones."""
    resource = files("trusteval.demo") / "data" / "calibration.txt"
    try:
        text = read_text(path, most=_MOST) if path else resource.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"calibration text {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"calibration text {path} is not valid UTF-8: {error}") from error
    texts = tuple(part.strip() for part in text.split("\n\n") if part.strip())
    if len(texts) < 2:
        raise UsageError(
            f"calibration text {path}: expected paragraphs separated by blank lines, "
            f"got {len(texts)}"
        )
    return Calibration(str(path) if path else "shipped slice", texts)
