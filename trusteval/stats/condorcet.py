"""Condorcet's prediction: how often a majority of independent members is right, and was.

Members are in order, highest precision first. One gives the right label, a wrong one, or none (a
refusal or an invalid answer does not vote).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trusteval.stats.design import Design, Flags, Values
from trusteval.stats.estimate import Normal
from trusteval.stats.proportion import Proportion
from trusteval.stats.weighted_vote import NO_BALLOT, weighted_vote

_RIGHT, _WRONG, _NONE = range(3)


def majority_accuracy(
    right: Sequence[float], wrong: Sequence[float] | None = None, *, labels: int = 2
) -> float:
    """Return the chance that a majority of independent members is right, by enumeration.

    Member i is right with chance right[i], wrong with wrong[i] (the rest of 1 unless given) and
    does not vote otherwise; of a tie the first member with a leading label decides; no vote at
    all is not right. Condorcet (1785) with unequal members. Of `labels` labels the wrong ones are
    equally likely: with 2 all wrong votes are for one, with more they split, and a majority is
    right more often. Raises ValueError unless every member's chances are in [0, 1] and sum to at
    most 1, and there is a member and at least 2 labels.
    """
    against = [1 - p for p in right] if wrong is None else list(wrong)
    chances = np.array([(p, q, 1 - p - q) for p, q in zip(right, against, strict=True)])
    if not (chances >= -1e-9).all():
        raise ValueError(f"expected chances with a sum of at most 1, got {chances.tolist()}")
    return float(_contract(_chance_to_win(len(chances), labels), chances))


@dataclass(frozen=True, slots=True)
class Condorcet:
    """A vote's accuracy as it would be with the members' own and independence, and as seen.

    `excess` estimates seen minus predicted, in [-1, 1]: below 0 where errors go together more
    than by chance.
    """

    predicted: float
    seen: Proportion
    excess: Normal


def condorcet(
    right: Flags, voted: Flags, vote_right: Flags, *, design: Design, labels: int = 2
) -> Condorcet:
    """Compare a vote's accuracy with `majority_accuracy` of its members, over rows of one k.

    `right` and `voted` are rows x members, true where a member gives the right label and any;
    `vote_right` is per row, `labels` is k. Predicted for fewer labels than there are, a positive
    excess says nothing. The prediction is linear in each member's chances, so that the error of
    the excess is that of a mean of influences.
    """
    outcome = np.where(right, _RIGHT, np.where(voted, _WRONG, _NONE))
    chances = np.array([[design.mean(column == one) for one in range(3)] for column in outcome.T])
    table = _chance_to_win(len(chances), labels)
    seen, predicted = design.share(vote_right), float(_contract(table, chances))
    influence = np.where(vote_right, 1.0, 0.0) - seen.value
    for place in range(len(chances)):
        given = _contract(np.moveaxis(table, place, -1), np.delete(chances, place, axis=0))
        influence -= given[outcome[:, place]] - predicted
    error = float(np.sqrt(design.variance(influence)))
    return Condorcet(predicted, seen, Normal(seen.value - predicted, error, least=-1.0, most=1.0))


def _contract(table: Values, chances: Values) -> Values:
    """Average a table over the outcomes of its first members."""
    for own in chances:
        table = np.tensordot(own, table, axes=1)
    return table


@lru_cache(maxsize=64)
def _chance_to_win(members: int, labels: int) -> Values:
    """Return the chance that the vote is right, by who is right, wrong or silent: 3 x 3 x ..."""
    if members < 1 or labels < 2:
        raise ValueError(f"expected a member and 2 labels at least, got {members} and {labels}")
    profiles, chances = zip(*_profiles(members, labels), strict=True)
    ballots = np.array(profiles, np.int64).reshape(-1, members)
    outcomes = np.where(ballots == 0, _RIGHT, np.where(ballots > 0, _WRONG, _NONE))
    won = weighted_vote(ballots, np.ones(members)) == 0
    table: Values = np.zeros((3,) * members)
    np.add.at(table, tuple(outcomes.T), won * np.array(chances))
    table.setflags(write=False)
    return table


def _profiles(members: int, labels: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield the members' ballots, 0 being right, and the chance of their wrong labels.

    Wrong labels are numbered in order of appearance: others are as likely and vote alike.
    """
    if members == 0:
        yield (), 1.0
        return
    for ballots, chance in _profiles(members - 1, labels):
        used = max((0, *ballots))
        for ballot in (0, NO_BALLOT):
            yield (*ballots, ballot), chance
        for ballot in range(1, used + 1):
            yield (*ballots, ballot), chance / (labels - 1)
        if used < labels - 1:
            yield (*ballots, used + 1), chance * (labels - 1 - used) / (labels - 1)
