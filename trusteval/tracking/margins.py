"""The margins of `trusteval compare` as typed: POINTS for all, NAME=POINTS for a benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import UsageError
from trusteval.suggestion import meant

DEFAULT = 3.0


@dataclass(frozen=True, slots=True)
class Margins:
    """What a score may drop, points: of the benchmarks `of` names, and of every other."""

    every: float = DEFAULT
    of: Mapping[str, float] = field(default_factory=dict)

    def on(self, benchmark: str) -> float:
        """Return the margin of a benchmark."""
        return self.of.get(benchmark, self.every)


def read_margins(given: Sequence[str]) -> Margins:
    """Read the values of --max-drop; a dimension stands for its benchmarks, the last one counts.

    Raises UsageError for what is no margin, or of no benchmark.
    """
    every, of = DEFAULT, dict[str, float]()
    for text in given:
        name, named, points = text.rpartition("=")
        if not named:
            every = _points(points)
            continue
        about = [b.name for b in BENCHMARKS.values() if name in (b.name, b.dimension)]
        if not about:
            known = [*BENCHMARKS, *dict.fromkeys(str(b.dimension) for b in BENCHMARKS.values())]
            raise UsageError(
                f"--max-drop: no benchmark is called {name!r}; known: {', '.join(known)}"
                f"{meant(name, known)}"
            )
        of |= dict.fromkeys(about, _points(points))
    return Margins(every, of)


def _points(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        raise UsageError(f"--max-drop is POINTS or NAME=POINTS, got {text!r}") from None
    if not 0 < points <= 100:
        raise UsageError(f"--max-drop is in points, above 0 to 100, got {points}")
    return points
