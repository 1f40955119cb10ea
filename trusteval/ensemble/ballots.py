"""A panel's ballots as numbers, rows by members, and who wins any vote over some of them.

The vote's rule is `trusteval.answers.voting`; this is the same rule over whole columns, for what
asks about every subset of the members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trusteval.answers.table import AnswerTable, Codes, Flags
from trusteval.ensemble.panel import Panel
from trusteval.stats.design import Design
from trusteval.types import DECLINED, Invalid, InvalidReason, Label, Refusal, RefusalPolicy

NOBODY = -1
"""The winner of a vote in which no ballot was admitted."""
REFUSED = -1
_INVALID = {reason: -2 - place for place, reason in enumerate(InvalidReason)}


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """What each member cast on the rows that a panel's score covers, highest precision first.

    `codes` number labels from 0 on; refusals are -1, or the true label of samples to decline where
    there are any; invalid answers are lower, by reason; `admitted`
    says which ballots the vote takes, `right` which are the true label, whose code is `truth`.
    `joined` are the codes by which the vote decides first, where several answers decline.
    `n_labels` are those of each row's setting.
    """

    codes: Codes
    joined: Codes
    admitted: Flags
    right: Flags
    truth: Codes
    n_labels: Codes
    design: Design

    @property
    def n_members(self) -> int:
        return self.codes.shape[1]

    def where(self, rows: Flags) -> Ballots:
        """Keep some of the rows, at least one."""
        return Ballots(
            self.codes[rows],
            self.joined[rows],
            self.admitted[rows],
            self.right[rows],
            self.truth[rows],
            self.n_labels[rows],
            Design.of(int(rows.sum()), units=self.design.units[rows]),
        )

    def winners(self, members: Sequence[int]) -> Codes:
        """Return which member's ballot a vote over some of the members takes, row by row.

        It is the first, in the order of precedence, that cast what most admitted ballots say, of
        those that the vote decides for first; NOBODY where none is admitted. `members` are places,
        ascending.
        """
        joined, admitted = self.joined[:, members], self.admitted[:, members]
        leading = votes_of(joined, admitted).argmax(axis=1)[:, None]
        among = admitted & (joined == np.take_along_axis(joined, leading, axis=1))
        most = votes_of(self.codes[:, members], among).argmax(axis=1)
        first = np.asarray(members, np.int64)[most]
        return np.where(admitted.any(axis=1), first, NOBODY)

    def is_right(self, members: Sequence[int]) -> Flags:
        """Say on which rows a vote over some of the members is right; nobody is never."""
        if not members:
            return np.zeros(len(self.truth), np.bool_)
        winners = self.winners(members)
        taken = np.take_along_axis(self.right, np.maximum(winners, 0)[:, None], axis=1)[:, 0]
        return np.asarray(taken & (winners != NOBODY))


def votes_of(codes: Codes, admitted: Flags) -> Codes:
    """Count for each admitted ballot the admitted ones in its row that are equal, itself too."""
    votes = np.zeros(codes.shape, np.int64)
    for place in range(codes.shape[1]):
        same = (codes == codes[:, [place]]) & admitted & admitted[:, [place]]
        votes[:, place] = same.sum(axis=1)
    return votes


def ballots_of(panel: Panel) -> Ballots:
    """Number a panel's ballots; every row weighs the same, rows of one unit go together."""
    cast = [panel.scored(answers) for answers in panel.cast]
    table = panel.sample_table
    samples = [table.samples[row] for row in panel.rows.tolist()]
    keeps = np.array([s.setting.refusal_policy is RefusalPolicy.KEEP for s in samples], np.bool_)
    codes = np.column_stack([_codes(answers, panel) for answers in cast])
    declining = np.column_stack([answers.declined for answers in cast])
    return Ballots(
        codes=codes,
        joined=np.where(declining & keeps[:, None], _refusal(panel), codes),
        admitted=(codes >= 0) | ((codes == REFUSED) & keeps[:, None]),
        right=np.column_stack([answers.correct for answers in cast]),
        truth=cast[0].target,
        n_labels=np.array([len(s.setting.labels) for s in samples], np.int64),
        design=Design.of(len(samples), units=table.unit[panel.rows]),
    )


def label_names(panel: Panel) -> tuple[str, ...]:
    """Return the labels in the order of their codes: those that are some row's truth come first."""
    true = panel.sample_table.labels
    given = {a.value for one in panel.cast for a in one.answers if isinstance(a, Label)}
    weighed = {name for one in panel.probabilities.values() for name in one.labels}
    return (*true, *sorted((given | weighed) - set(true)))


def _codes(answers: AnswerTable, panel: Panel) -> Codes:
    """Number answers alike for all members."""
    known = {name: number for number, name in enumerate(label_names(panel))}

    def code(answer: object) -> int:
        match answer:
            case Label(value):
                return known[value]
            case Refusal():
                return _refusal(panel)
            case Invalid(reason):
                return _INVALID[reason]
        raise TypeError(f"expected an answer, got {answer!r}")

    numbers: npt.NDArray[np.int64] = np.array([code(a) for a in answers.answers], np.int64)
    return numbers[answers.code[answers.rows]]


def _refusal(panel: Panel) -> int:
    """Return the code of a refusal: that of the true label of samples to decline, if any are."""
    names = label_names(panel)
    return names.index(DECLINED) if DECLINED in names else REFUSED
