"""The two sensitive groups of a panel, and which rate each of them has."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, Flags
from trusteval.ensemble.panel import Panel
from trusteval.metrics.disparities import MIN_GROUP, MIN_GROUP_LABEL
from trusteval.metrics.indicators import Indicator
from trusteval.metrics.parts import units
from trusteval.stats.apart import Apart
from trusteval.stats.clusters import Cell, estimate_score
from trusteval.stats.proportion import Proportion
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class GroupRate:
    """The mean over a panel's settings of the share of a group's rows that `holds`.

    `among` restricts the rows; of fewer than `at_least` in a setting, called `what`, there is none.
    """

    name: str
    holds: Indicator
    among: Indicator
    at_least: int
    what: str


def every(answers: AnswerTable) -> Flags:
    return np.ones(len(answers), np.bool_)


def answered(answers: AnswerTable) -> Flags:
    return answers.answered


def _answered_and_true(answers: AnswerTable) -> Flags:
    return answers.answered & answers.truly_positive


def _answered_and_untrue(answers: AnswerTable) -> Flags:
    return answers.answered & ~answers.truly_positive


def _positive(answers: AnswerTable) -> Flags:
    return answers.called_positive


CALLED_POSITIVE = GroupRate("called positive", _positive, answered, MIN_GROUP, "answered rows")
TRUE_POSITIVE = GroupRate(
    "true positive rate",
    _positive,
    _answered_and_true,
    MIN_GROUP_LABEL,
    "answered rows that are truly positive",
)
FALSE_POSITIVE = GroupRate(
    "false positive rate",
    _positive,
    _answered_and_untrue,
    MIN_GROUP_LABEL,
    "answered rows that are truly negative",
)
TRULY_POSITIVE = GroupRate("truly positive", lambda a: a.truly_positive, every, 1, "rows")
ACCURACY = GroupRate("accuracy", lambda a: a.correct, every, MIN_GROUP, "rows")
ANSWERED_ACCURACY = GroupRate(
    "accuracy of answers", lambda a: a.correct, answered, MIN_GROUP, "answered rows"
)
UNANSWERED = GroupRate("no answer", lambda a: ~a.answered, every, 1, "rows")
REFUSED = GroupRate("refused", lambda a: a.refused, every, 1, "rows")
INVALID = GroupRate("invalid", lambda a: a.invalid, every, 1, "rows")


@dataclass(frozen=True, slots=True, eq=False)
class TwoGroups:
    """A panel's groups by name, and which samples that the score covers are whose.

    The first in the order of the alphabet is the one that the other is subtracted from.
    """

    panel: Panel
    names: tuple[str, str]
    rows: tuple[Codes, Codes]

    def split(self, answers: AnswerTable) -> tuple[AnswerTable, AnswerTable]:
        """Return each group's part of answers to every sample."""
        first, second = (replace(answers, rows=rows) for rows in self.rows)
        return first, second

    def where(self, counted: Flags) -> TwoGroups:
        """Keep of each group the samples that are counted; there is a flag for every sample."""
        first, second = (rows[counted[rows]] for rows in self.rows)
        return replace(self, rows=(first, second))

    def rates(
        self, answers: AnswerTable, rate: GroupRate
    ) -> tuple[Proportion | Unavailable, Proportion | Unavailable]:
        """Estimate a rate of each group, as a fraction."""
        first, second = (
            self._rate(part, rate, group=group)
            for part, group in zip(self.split(answers), self.names, strict=True)
        )
        return first, second

    def difference(self, answers: AnswerTable, rate: GroupRate) -> Apart | Unavailable:
        """Estimate the first group's rate minus the second's, a fraction in [-1, 1]."""
        first, second = self.rates(answers, rate)
        if isinstance(first, Unavailable):
            return first
        return second if isinstance(second, Unavailable) else Apart(first, second)

    def _rate(
        self, answers: AnswerTable, rate: GroupRate, *, group: str
    ) -> Proportion | Unavailable:
        parts, settings = answers.by_setting(), self.panel.settings
        cells = []
        for setting in settings:
            rows = parts.get(setting, answers.only(slice(0)))
            among = rows.only(rate.among(rows))
            if len(among) < rate.at_least:
                return Unavailable(
                    f"group {group} has {len(among)} {rate.what} in {setting}, needs "
                    f"{rate.at_least}"
                )
            holds = rate.holds(among).astype(np.float64)
            cells.append(Cell(1 / len(settings), holds, *units(among)))
        return estimate_score(cells)


def names_groups(panel: Panel) -> bool:
    """Whether some sample that the score covers says whose it is."""
    return any(group is not None for group in _groups(panel))


def two_groups(panel: Panel) -> TwoGroups | Unavailable:
    """Return the groups of a panel that names some, or why there are not two."""
    groups = _groups(panel)
    match list(groups):
        case [str() as first, str() as second]:
            return TwoGroups(panel, (first, second), (groups[first], groups[second]))
        case names:
            listed = ", ".join(map(str, names))
            return Unavailable(f"expected two groups, got {len(names)}: {listed}")


def _groups(panel: Panel) -> dict[str | None, Codes]:
    answers = panel.scored(panel.cast[0])
    return {name: answers.rows[members] for name, members in answers.groups.items()}
