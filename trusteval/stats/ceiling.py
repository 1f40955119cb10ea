"""What bounds a vote: the items that all members get wrong, and how their errors go together.

`right` is rows x members, true where a member gives the right label.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from trusteval.stats.association import associate, phi
from trusteval.stats.design import Design, Flags
from trusteval.stats.estimate import Complement
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined


def all_wrong(right: Flags, *, design: Design) -> Proportion:
    """Estimate beta, the share of rows that no member gets right."""
    return design.share(np.asarray(~right.any(axis=1)))


def oracle_accuracy(right: Flags, *, design: Design) -> Complement:
    """Estimate 1 - beta: no rule that picks a member's answer is right on more of the rows.

    Exact on the rows seen, with no assumption (arXiv 2606.27288).
    """
    return Complement(all_wrong(right, design=design))


@dataclass(frozen=True, slots=True)
class MeanCorrelation:
    """The mean of phi over pairs of members, in [-1, 1], and how many pairs have one."""

    value: float | Undefined
    pairs: int
    undefined: int


def mean_correlation(right: Flags, *, design: Design) -> MeanCorrelation:
    """Average the pairwise correlations of being right.

    Of three members with accuracy p each and correlation c of each pair, a majority is right
    with 3p^2 - 2p^3 - 3c(2p - 1)p(1 - p) - 2t, t being the mean of the product of the three
    deviations from p: correlation costs members that are better than 1/2.
    """
    columns = right.T.astype(np.int64)
    found = [associate(a, b, phi, design=design) for a, b in combinations(columns, 2)]
    values = [one.value for one in found if not isinstance(one, Undefined)]
    none = Undefined("no pair of members that are each sometimes right and sometimes wrong")
    mean = sum(values) / len(values) if values else none
    return MeanCorrelation(mean, len(found), len(found) - len(values))
