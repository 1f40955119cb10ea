"""Which answers a person reads: a stratified sample, the contested ones first.

Every way to the answers is a path of names (reading, rule, subject, benchmark). A part that has
enough places gives one to each of its branches and shares the rest by the square roots of their
sizes (power allocation, Bankier 1988); a part with fewer places than branches is a stratum as it
stands, drawn systematically in the order of its paths, so that its answers have equal chances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from trusteval.stats.allocation import shared_by_roots

Names = tuple[str, ...]
CONTESTED, PLAIN = "contested", "plain"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Answers that were drawn with equal chances: `rows` of the `size` there are."""

    name: Names
    size: int
    rows: tuple[int, ...]

    @property
    def weight(self) -> float:
        """How many answers of the run each drawn one stands for."""
        return self.size / len(self.rows)


def draw(
    paths: Sequence[Names], *, contested: Sequence[bool], n: int, seed: int
) -> tuple[Stratum, ...]:
    """Draw `n` rows, at least 2, or all there are.

    Up to half of them, or whatever the other rows leave, are `contested`.
    """
    chance = Random(seed)
    hot = [row for row, is_contested in enumerate(contested) if is_contested]
    rest = [row for row, is_contested in enumerate(contested) if not is_contested]
    n_hot = min(len(hot), max(n // 2, n - len(rest)))
    n_rest = min(len(rest), n - n_hot)
    return (
        *_drawn(hot, paths, n_hot, name=(CONTESTED,), chance=chance),
        *_drawn(rest, paths, n_rest, name=(PLAIN,), chance=chance),
    )


def _drawn(
    rows: Sequence[int], paths: Sequence[Names], places: int, *, name: Names, chance: Random
) -> list[Stratum]:
    if not places:
        return []
    depth = len(name) - 1
    branches: dict[str, list[int]] = {}
    if depth < len(paths[rows[0]]):
        for row in rows:
            branches.setdefault(paths[row][depth], []).append(row)
    if not branches or places < len(branches):
        return [Stratum(name, len(rows), _systematic(rows, paths, places, chance=chance))]
    shares = shared_by_roots([len(branches[key]) for key in sorted(branches)], places)
    return [
        stratum
        for key, share in zip(sorted(branches), shares, strict=True)
        for stratum in _drawn(branches[key], paths, share, name=(*name, key), chance=chance)
    ]


def _systematic(
    rows: Sequence[int], paths: Sequence[Names], places: int, *, chance: Random
) -> tuple[int, ...]:
    """Take every k-th row from a random one on, paths in order and rows of one path shuffled."""
    order = chance.sample(rows, len(rows))
    order.sort(key=lambda row: paths[row])
    start, step = chance.random(), len(rows) / places
    return tuple(order[min(int((start + k) * step), len(rows) - 1)] for k in range(places))
