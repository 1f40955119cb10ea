"""Any rule over any of a panel's members, decided once per combination of all their ballots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.ensembles import combinations, decide_by, elect
from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.answers.voting import Rule
from trusteval.types import Variant


@dataclass(frozen=True, slots=True, eq=False)
class Electorate:
    """Members and what they cast on one sample per combination of ballots and refusal policy.

    `of_row` says which combination each sample of the sample table has.
    """

    sample_table: SampleTable
    members: tuple[Variant, ...]
    cast: tuple[AnswerTable, ...]
    of_row: Codes

    @classmethod
    def of(cls, members: Sequence[Variant], cast: Sequence[AnswerTable]) -> Electorate:
        """Find the different combinations of ballots."""
        whole = cast[0].sample_table
        alike = combinations(whole, cast)
        _, first, of_row = np.unique(alike, return_index=True, return_inverse=True)
        part = SampleTable.of(whole.samples[row] for row in first.tolist())
        return cls(
            whole,
            tuple(members),
            tuple(AnswerTable(part, c.answers, c.code[first], np.arange(len(first))) for c in cast),
            of_row,
        )

    def elect(self, names: Sequence[str]) -> AnswerTable:
        """Return what some of the members elect."""
        pairs = zip(self.members, self.cast, strict=True)
        chosen = [(one, cast) for one, cast in pairs if one.name in names]
        return self._everywhere(elect([one for one, _ in chosen], [cast for _, cast in chosen]))

    def decide(self, rule: Rule) -> AnswerTable:
        """Return what a rule makes of all members' ballots."""
        return self._everywhere(decide_by(rule, members=self.members, cast=self.cast))

    def _everywhere(self, decided: AnswerTable) -> AnswerTable:
        code = decided.code[self.of_row]
        return AnswerTable(self.sample_table, decided.answers, code, np.arange(len(code)))
