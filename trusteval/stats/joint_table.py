"""The most that labels can teach: the best answer to every combination of the members' answers.

The Bayes rule of the joint table knows any correlation of the members; it needs labelled rows for
every combination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trusteval.stats.design import Codes, Flags


@dataclass(frozen=True, slots=True, eq=False)
class LookedUp:
    """A label's code for every row, and whether its combination of answers was learned from.

    Rows that were not have the label of the rule to fall back on.
    """

    labels: Codes
    learned: Flags


def look_up(answers: Codes, truth: Codes, *, on: Flags, otherwise: Codes) -> LookedUp:
    """Answer every row by the truth that is most frequent with its members' answers.

    `answers` are any whole numbers, rows x members, those for no label included; `truth` are
    labels' codes from 0 on, of which only the rows `on` are looked at, to learn from. `otherwise`
    is the rule to fall back on, a code per row: for combinations never learned from, and among
    equally frequent labels if it gives one of them (else the least). On the rows learned from no
    rule that sees only the answers is right more often. Raises ValueError where a truth to learn
    from is negative.
    """
    if (truth[on] < 0).any():
        raise ValueError(f"expected labels' codes from 0 on to learn from, got {truth[on].min()}")
    combination = _combinations(answers)
    labels = int(truth[on].max(initial=0)) + 1
    size = int(combination.max(initial=-1)) + 1
    cells = combination[on] * labels + truth[on]
    seen = np.bincount(cells, minlength=size * labels).reshape(size, labels)[combination]
    most = seen.max(axis=1, initial=0)
    learned = most > 0
    lawful = (otherwise >= 0) & (otherwise < labels)
    place = np.where(lawful, otherwise, 0)
    tied = lawful & (seen[np.arange(len(seen)), place] == most)
    found = np.where(tied | ~learned, otherwise, seen.argmax(axis=1))
    return LookedUp(found, learned)


def _combinations(answers: Codes) -> Codes:
    """Number the different rows, column by column so that no number grows beyond the rows'."""
    numbers = np.zeros(len(answers), np.int64)
    for column in answers.T:
        codes = np.unique(column, return_inverse=True)[1]
        pairs = numbers * (int(codes.max(initial=0)) + 1) + codes
        numbers = np.unique(pairs, return_inverse=True)[1]
    return numbers
