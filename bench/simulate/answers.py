"""The model that answers are drawn from, the same for every simulation.

Each row has a uniform number u. It decides both answers: below `lost` only the reference is right,
from there to `right` both are, then for `gained` only the subject is, above that neither. A row
takes its unit's u with probability sqrt(correlation) and one of its own otherwise, so that
any two rows of an item correlate by `correlation` in either's answers and in their difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """How often the reference is right, by how much less the subject, how often they differ.

    All are fractions, or one for each row; a discordance below |drop| is raised to it.
    """

    right: float | Values
    drop: float | Values = 0.0
    discordance: float = 0.0

    @property
    def lost(self) -> float | Values:
        return (np.maximum(self.discordance, np.abs(self.drop)) + self.drop) / 2

    @property
    def gained(self) -> float | Values:
        return (np.maximum(self.discordance, np.abs(self.drop)) - self.drop) / 2


def uniform(units: Codes, *, correlation: float, random: np.random.Generator) -> Values:
    """Draw each row's number; `units` are the numbers of the rows' units."""
    own = random.random(len(units))
    if correlation == 0:
        return own
    of_items = random.random(int(units.max()) + 1)
    shared = random.random(len(units)) < np.sqrt(correlation)
    return np.where(shared, of_items[units], own)


def answers(truth: Truth, u: Values) -> tuple[Flags, Flags]:
    """Return where the reference and where the subject is right."""
    reference = u < truth.right
    subject = (reference & (u >= truth.lost)) | (~reference & (u < truth.right + truth.gained))
    return np.asarray(reference), np.asarray(subject)
