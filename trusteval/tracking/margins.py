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


def _ours() -> dict[str, str]:
    return {benchmark.name: benchmark.dimension for benchmark in BENCHMARKS.values()}


def read_margins(given: Sequence[str], *, dimensions: Mapping[str, str] | None = None) -> Margins:
    """Read the values of --max-drop; a dimension stands for its benchmarks, the last one counts.

    `dimensions` are those of what can be named, by default of our benchmarks. Raises UsageError for
    what is no margin, or of no benchmark.
    """
    of_all = _ours() if dimensions is None else dimensions
    every, of = DEFAULT, dict[str, float]()
    for text in given:
        name, named, points = text.rpartition("=")
        if not named:
            every = _points(points)
            continue
        about = [one for one, dimension in of_all.items() if name in (one, dimension)]
        if not about:
            known = [*of_all, *dict.fromkeys(map(str, of_all.values()))]
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
