"""A panel's ballots as rules that weigh or learn take them, and what such a rule decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, Flags
from trusteval.ensemble.ballots import REFUSED, ballots_of, label_names
from trusteval.ensemble.panel import Panel
from trusteval.stats.crossfit import halves
from trusteval.stats.weighted_vote import NO_BALLOT, weighted_vote
from trusteval.types import DECLINED, Answer, Label, Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What a rule answers to every sample.

    `share` is that of the items which the rule itself decided, in [0, 1]; to the others it gives
    the vote's answer.
    """

    answers: AnswerTable
    share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Poll:
    """Who said what on the rows that a panel's score covers, highest precision first.

    `said` are all answers as numbers, `votes` those that may be elected, else NO_BALLOT; both
    number labels alike, and an electable refusal comes after all labels. `truth` are the true
    labels, `n_labels` those of each row's setting, `second` says which rows are in the second half
    of the units.
    """

    panel: Panel
    said: Codes
    votes: Codes
    truth: Codes
    n_labels: Codes
    second: Flags
    names: tuple[str, ...]

    @classmethod
    def of(cls, panel: Panel, *, seed: int) -> Poll:
        """Take a panel's poll; the seed is that of the halves."""
        ballots, names, table = ballots_of(panel), label_names(panel), panel.sample_table
        choices = np.where(ballots.joined == REFUSED, len(names), ballots.joined)
        return cls(
            panel=panel,
            said=ballots.joined,
            votes=np.where(ballots.admitted, choices, NO_BALLOT),
            truth=ballots.truth,
            n_labels=ballots.n_labels,
            second=halves(table.unit, table.stratum, seed=seed)[panel.rows],
            names=names,
        )

    @property
    def elected(self) -> Codes:
        """What the vote elects of `votes`."""
        return weighted_vote(self.votes, np.ones(self.votes.shape[1]))

    def by_labels(self) -> Iterator[tuple[int, Flags]]:
        """Yield each number of labels, and the rows of settings that have as many."""
        for k in np.unique(self.n_labels).tolist():
            yield k, self.n_labels == k

    def decided(self, codes: Codes, by_rule: Flags) -> Decided:
        """Return what a rule decides that elects a code per row, numbered as `votes` are.

        Where it elects nobody, or did not decide, the vote's answer stands.
        """
        choices: tuple[Answer, ...] = (*map(_answer, self.names), Refusal())
        vote = self.panel.vote
        code = vote.code.copy()
        taken = by_rule & (codes >= 0)
        code[self.panel.rows[taken]] = len(vote.answers) + codes[taken]
        answers = replace(vote, answers=(*vote.answers, *choices), code=code)
        return Decided(answers, float(by_rule.mean()))


def _answer(name: str) -> Answer:
    return Refusal() if name == DECLINED else Label(name)
