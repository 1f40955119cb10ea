"""An ensemble against the best of its members, without choosing one by the data that judge it.

Ensemble minus best member is the smallest of the leads over the members, so that a claim about it
is one about all of them (beats the best) or any of them (is worse). A lead is the estimate of
ensemble minus member: `Pairs` or `estimate_difference` with the ensemble as the reference.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from trusteval.stats.clusters import Cell
from trusteval.stats.estimate import Estimate

Values = npt.NDArray[np.float64]


def p_beats_best(leads: Sequence[Estimate], *, margin: float = 0.0) -> float:
    """Return the p-value of "the ensemble leads every member by more than the margin".

    The largest of the members' p-values: no correction, since all have to be shown. Raises
    ValueError without a member, as do all of this module.
    """
    return max(lead.p_above(margin) for lead in leads)


def lead_over_best_lower_bound(leads: Sequence[Estimate]) -> float:
    """Return the one-sided 95 % lower bound of ensemble minus best member: the lowest of all."""
    return min(lead.low for lead in leads)


def p_worse_than_best(leads: Sequence[Estimate], *, margin: float = 0.0) -> float:
    """Return the p-value of "the ensemble is behind some member by more than the margin".

    The smallest of the members' p-values times their number (Bonferroni).
    """
    return min(1.0, len(leads) * min(lead.p_below(-margin) for lead in leads))


def cross_fitted_lead(
    ensemble: Sequence[Cell],
    members: Sequence[Sequence[Cell]],
    *,
    seed: int,
    repeats: int = 100,
) -> float:
    """Estimate ensemble minus best member without the bias of choosing the best by its own luck.

    Units are halved at random; the best member on one half (the mean of several, if they tie) is
    compared on the other, both ways round, averaged over the repeats. All cells describe the same
    rows. An estimate only: it has no interval, the spread of the repeats is no standard error, and
    a test made of it claims too often. Raises ValueError for fewer than two units.
    """
    if not members:
        raise ValueError("expected a member to compare with, got none")
    units, place = np.unique(np.concatenate([cell.units for cell in ensemble]), return_inverse=True)
    if len(units) < 2:
        raise ValueError(f"expected two units or more, to halve them, got {len(units)}")
    share = np.concatenate([np.full(len(cell.y), cell.share) for cell in ensemble])
    y = np.array([np.concatenate([cell.y for cell in cells]) for cells in (ensemble, *members)])
    weight = np.bincount(place, share)
    scores = np.array([np.bincount(place, share * of_one) for of_one in y])
    generator = np.random.default_rng(seed)
    leads = []
    for _ in range(repeats):
        order = generator.permutation(len(units))
        halves = order[: len(units) // 2], order[len(units) // 2 :]
        means = [scores[:, half].sum(axis=1) / weight[half].sum() for half in halves]
        leads += [_lead_over_chosen(*means), _lead_over_chosen(*means[::-1])]
    return float(np.mean(leads))


def _lead_over_chosen(choosing: Values, judging: Values) -> float:
    best = np.isclose(choosing[1:], choosing[1:].max(), rtol=0, atol=1e-12)
    return float(judging[0] - judging[1:][best].mean())
