"""What a vote could reach: the items that all members get wrong, and Condorcet's prediction.

Columns are members, highest precision first; `right` is true where a member gives the right
label, `voted` where it gives a label at all (a refusal or an invalid answer does not vote).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np

from trusteval.stats.association import associate, phi
from trusteval.stats.design import Design, Flags, Values
from trusteval.stats.estimate import Complement, Normal
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined


def all_wrong(right: Flags, *, design: Design) -> Proportion:
    """Estimate beta, the share of rows that no member gets right; `right` is rows x members."""
    return design.share(np.asarray(~right.any(axis=1)))


def oracle_accuracy(right: Flags, *, design: Design) -> Complement:
    """Estimate 1 - beta: no rule that picks a member's answer is right on more of the rows.

    Exact on the rows seen, with no assumption (arXiv 2606.27288).
    """
    return Complement(all_wrong(right, design=design))


def majority_accuracy(right: Sequence[float], wrong: Sequence[float] | None = None) -> float:
    """Return the chance that a majority of independent members is right, by enumeration.

    Member i is right with chance right[i], wrong with wrong[i] (the rest of 1 unless given) and
    does not vote otherwise; of a tie the first that votes decides; no vote at all is not right.
    Condorcet (1785) with unequal members, the distribution of right minus wrong votes built up
    member by member. All wrong votes are taken for one label, which holds with two labels; with
    more they may split, and the chance is at least this. Raises ValueError unless every member's
    chances are in [0, 1] and sum to at most 1.
    """
    against = [1 - p for p in right] if wrong is None else list(wrong)
    votes = list(zip(right, against, strict=True))
    if any(min(vote) < 0 or sum(vote) > 1 + 1e-9 for vote in votes):
        raise ValueError(f"expected chances with a sum of at most 1 per member, got {votes}")
    silent = [max(0.0, 1 - p - q) for p, q in votes]
    middle = len(votes)
    lead: Values = np.zeros(2 * middle + 1)
    lead[middle] = 1.0
    tied = 0.0
    for place in reversed(range(len(votes))):
        p, q = votes[place]
        tied += prod(silent[:place]) * p * float(lead[middle - 1])
        lead = silent[place] * lead + p * np.roll(lead, 1) + q * np.roll(lead, -1)
    return float(lead[middle + 1 :].sum()) + tied


@dataclass(frozen=True, slots=True)
class Condorcet:
    """A vote's accuracy as it would be with the members' own and independence, and as seen.

    `excess` estimates seen minus predicted, in [-1, 1]: below 0 where errors go together.
    """

    predicted: float
    seen: Proportion
    excess: Normal


def condorcet(right: Flags, voted: Flags, vote_right: Flags, *, design: Design) -> Condorcet:
    """Compare a vote's accuracy with `majority_accuracy` of its members.

    `right` and `voted` are rows x members, `vote_right` is per row. The prediction is linear in
    the chances of each member, so the error of the excess is that of a mean of influences.
    """
    wrong = voted & ~right
    p = [design.mean(column) for column in right.T]
    q = [design.mean(column) for column in wrong.T]
    seen, predicted = design.share(vote_right), majority_accuracy(p, q)
    influence: Values = np.where(vote_right, 1.0, 0.0) - seen.value
    for place in range(len(p)):
        none = _with(p, q, place, (0.0, 0.0))
        of_right = _with(p, q, place, (1.0, 0.0)) - none
        of_wrong = _with(p, q, place, (0.0, 1.0)) - none
        influence -= of_right * (right[:, place] - p[place])
        influence -= of_wrong * (wrong[:, place] - q[place])
    error = float(np.sqrt(design.variance(influence)))
    excess = Normal(seen.value - predicted, error, least=-1.0, most=1.0)
    return Condorcet(predicted, seen, excess)


@dataclass(frozen=True, slots=True)
class MeanCorrelation:
    """The mean of phi over pairs of members, in [-1, 1], and how many pairs have one."""

    value: float | Undefined
    pairs: int
    undefined: int


def mean_correlation(right: Flags, *, design: Design) -> MeanCorrelation:
    """Average the pairwise correlations of being right; `right` is rows x members.

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


def _with(
    right: Sequence[float], wrong: Sequence[float], place: int, chances: tuple[float, float]
) -> float:
    """Predict with one member's chances of being right and wrong replaced."""
    p, q = list(right), list(wrong)
    p[place], q[place] = chances
    return majority_accuracy(p, q)
