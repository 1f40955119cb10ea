"""A rule that knows the group: fairlearn's thresholds on the members' vote shares.

Beyond the paper. For each group the share of valid ballots that must be positive is learned on one
half of the units and decides the other half (Hardt, Price and Srebro 2016, arXiv 1610.02413).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from importlib.util import find_spec

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, Flags
from trusteval.ensemble.groups import TwoGroups
from trusteval.metrics.disparities import MIN_GROUP, MIN_GROUP_LABEL
from trusteval.metrics.parts import units
from trusteval.stats.clusters import Values
from trusteval.stats.crossfit import cross_fit, halves
from trusteval.types import Label, Unavailable

SEED = 0
"""Draws the halves, and the answers where a rule leaves it to chance."""


class Parity(StrEnum):
    """What a rule is to make equal, in fairlearn's words."""

    DEMOGRAPHIC = "demographic_parity"
    ODDS = "equalized_odds"


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Items that the vote answers, with what the rule may see of each; one place per item.

    `share` is the part of the valid ballots that is positive, in [0, 1]; `first_group` and `true`
    say whose the item is and whether it is truly positive.
    """

    items: AnswerTable
    share: Values
    first_group: Flags
    true: Flags

    def too_few(self, learned_from: Flags, *, names: tuple[str, str]) -> Unavailable | None:
        """Say which group has too few items to learn a threshold from, if one has."""
        for name, members in zip(names, (self.first_group, ~self.first_group), strict=True):
            mine = learned_from & members
            for what, flags, needed in (
                ("", mine, MIN_GROUP),
                (" that are truly positive", mine & self.true, MIN_GROUP_LABEL),
                (" that are truly negative", mine & ~self.true, MIN_GROUP_LABEL),
            ):
                if (n := int(flags.sum())) < needed:
                    return Unavailable(
                        f"a half has {n} voted items of group {name}{what} to learn from, needs "
                        f"{needed}"
                    )
        return None


def decide_by_threshold(groups: TwoGroups, parity: Parity) -> AnswerTable | Unavailable:
    """Return what the rule answers to every sample: one rule for all settings.

    Where the vote is silent, so is the rule. Unavailable without fairlearn, and where a half has
    too few items of a group to learn from.
    """
    if find_spec("fairlearn") is None:
        return Unavailable("fairlearn is not installed: pip install 'trusteval[fair]'")
    scored = _scored(groups)
    items = scored.items
    samples = items.sample_table.samples
    if any(len(samples[row].setting.labels) != 2 for row in items.rows.tolist()):
        return Unavailable("it takes settings of two labels")
    second = halves(*units(items), seed=SEED)
    for half in (second, ~second):
        if too_few := scored.too_few(half, names=groups.names):
            return too_few
    called = cross_fit(partial(_called, scored, parity), second)
    answers = [row.answer for row in groups.panel.vote]
    for row, positive in zip(items.rows.tolist(), called.tolist(), strict=True):
        answers[row] = Label(samples[row].setting.labels[0 if positive else 1].value)
    return AnswerTable.of(items.sample_table, answers)


def _scored(groups: TwoGroups) -> Scored:
    panel = groups.panel
    vote = panel.scored(panel.vote)
    items = vote.only(vote.answered)
    cast = [replace(ballots, rows=items.rows) for ballots in panel.cast]
    valid = np.sum([ballots.answered for ballots in cast], axis=0)
    positive = np.sum([ballots.called_positive for ballots in cast], axis=0)
    return Scored(
        items, positive / valid, np.isin(items.rows, groups.rows[0]), items.truly_positive
    )


def _called(scored: Scored, parity: Parity, learned_from: Flags) -> Codes:
    """Learn from some items; return for each whether the rule calls it positive, as 1 or 0."""
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.isotonic import IsotonicRegression

    as_it_is = IsotonicRegression().fit([0.0, 1.0], [0.0, 1.0])
    rule = ThresholdOptimizer(
        estimator=as_it_is, constraints=parity.value, prefit=True, predict_method="predict"
    )
    share, group = scored.share[:, None], scored.first_group
    rule.fit(
        share[learned_from],
        scored.true[learned_from],
        sensitive_features=group[learned_from],
    )
    return np.asarray(rule.predict(share, sensitive_features=group, random_state=SEED), np.int64)
