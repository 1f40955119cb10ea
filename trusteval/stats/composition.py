"""Where a subject's answers moved against its reference's, among four standings.

The test that anything moved on balance is a tripwire: it says that something changed, never that
nothing did (docs/statistics.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]

DRAWS = 9_999
"""How many permutations a p-value is made of, so that it is a multiple of 1 / 10,000."""
_SAME = 1e-9


class Standing(StrEnum):
    """What became of a sample; exactly one holds."""

    CORRECT = "correct"
    WRONG = "wrong"
    REFUSED = "refused"
    INVALID = "invalid"


STANDINGS = tuple(Standing)
"""What codes and the rows and columns of a table of moves are numbered by."""


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """The standings of the same rows under a reference and under a subject.

    Both are indices into STANDINGS; `units` numbers the unit each row descends from. Raises
    ValueError unless all three have the same length and every code is an index.
    """

    reference: Codes
    subject: Codes
    units: Codes

    def __post_init__(self) -> None:
        lengths = [len(codes) for codes in (self.reference, self.subject, self.units)]
        if len(set(lengths)) > 1:
            raise ValueError(f"expected a standing by each and a unit per row, got {lengths}")
        codes = np.concatenate([self.reference, self.subject])
        if not np.isin(codes, range(len(STANDINGS))).all():
            raise ValueError(f"expected codes of {', '.join(STANDINGS)}, 0 to {len(STANDINGS) - 1}")

    @property
    def table(self) -> Codes:
        """How many rows moved from each standing (rows) to each (columns)."""
        k = len(STANDINGS)
        return np.bincount(self.reference * k + self.subject, minlength=k * k).reshape(k, k)


@dataclass(frozen=True, slots=True)
class StuartMaxwell:
    """The statistic of marginal homogeneity, at least 0, and its p-value by permutation."""

    statistic: float
    p: float


def stuart_maxwell(moves: Moves, *, seed: int, draws: int = DRAWS) -> StuartMaxwell:
    """Test whether the standings are distributed alike under the reference and the subject.

    Stuart 1955 (Biometrika 42:412) and Maxwell 1970: W = x' S^+ x, x the differences of the
    standings' counts and S their covariance were each unit as likely to have moved the other way,
    the sum of x_i x_i' over units i. Under that, whole units are swapped with probability 1/2;
    p = (1 + how many draws reach W) / (1 + draws). Without any move p is 1.
    """
    moved = _net_moves(moves)
    if not len(moved):
        return StuartMaxwell(0.0, 1.0)
    inverse = np.linalg.pinv((moved.T @ moved).astype(float), hermitian=True)
    ways, repeats = _repeats_of(moved)
    forward = np.random.default_rng(seed).binomial(repeats, 0.5, (draws, len(repeats)))
    observed = float(_statistic(moved.sum(axis=0), inverse))
    drawn = _statistic((2 * forward - repeats) @ ways, inverse)
    reaching = np.count_nonzero(drawn >= observed * (1 - _SAME) - _SAME)
    return StuartMaxwell(observed, (1 + int(reaching)) / (1 + draws))


def _net_moves(moves: Moves) -> Codes:
    """Return, for each unit that moved on balance, how many rows each standing lost by it."""
    one = np.eye(len(STANDINGS), dtype=np.int64)
    of_rows = one[moves.reference] - one[moves.subject]
    _, place = np.unique(moves.units, return_inverse=True)
    of_units = np.zeros((place.max(initial=-1) + 1, len(STANDINGS)), np.int64)
    np.add.at(of_units, place, of_rows)
    return of_units[of_units.any(axis=1)]


def _repeats_of(moved: Codes) -> tuple[Codes, Codes]:
    """Return the different ways of moving, a way and its opposite being one, and their counts.

    Swapping units of one way changes nothing but how many of them go forward: a binomial number.
    """
    first = np.take_along_axis(moved, (moved != 0).argmax(axis=1)[:, None], axis=1)
    return np.unique(moved * np.sign(first), axis=0, return_counts=True)


def _statistic(x: Codes, inverse: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    statistics: npt.NDArray[np.float64] = np.sum((x @ inverse) * x, axis=-1)
    return statistics
