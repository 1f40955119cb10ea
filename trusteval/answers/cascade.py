"""Asks an ensemble's members one after the other, and no further once the vote is settled.

It is settled when the remaining members cannot change its answer, whatever they say: any label of
the setting, a refusal, anything invalid. Members that give a non-answer are out of the vote
(`trusteval.answers.voting`), so the answer may stay as it stands; and nothing serves a rival better
than the votes of all that remain. The vote is therefore settled exactly when no rival, with all of
those, would stand above the leader: more votes, then a voter of higher precision. Where several
answers decline and are counted together first, a rival that declines as the leader does has to pass
it, any other to pass all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, Flags, SampleTable
from trusteval.answers.voting import declines_together, is_admissible, precedence
from trusteval.errors import VoteError
from trusteval.types import (
    Answer,
    Invalid,
    InvalidReason,
    Label,
    Refusal,
    Setting,
    Variant,
)

_NON_ANSWERS: tuple[Answer, ...] = (Refusal(), *map(Invalid, InvalidReason))


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """What was decided for every sample, and how many members of `order` were asked."""

    order: tuple[Variant, ...]
    answer_table: AnswerTable
    n_asked: Codes

    def was_asked(self, member: Variant) -> Flags:
        """Whether a member was asked about each sample; raises ValueError for no member."""
        return np.asarray(self.n_asked > self.order.index(member))


def cheapest_first(members: Sequence[Variant]) -> tuple[Variant, ...]:
    """Order members by precision, the lowest first."""
    return tuple(sorted(members, key=precedence, reverse=True))


def cascade(
    members: Sequence[Variant],
    cast: Sequence[AnswerTable],
    *,
    order: Sequence[Variant] | None = None,
) -> Cascade:
    """Ask members in an order, the cheapest first, until each sample's vote is settled.

    `cast` are the members' ballots, in the order of `members`, all of one sample table. The answers
    equal those of the full vote; that a text was contradictory is not passed on. Raises VoteError
    if there is no member, one is there twice, or `order` names others.
    """
    asked = cheapest_first(members) if order is None else tuple(order)
    _refuse_unlawful(members, asked)
    of_member = dict(zip((member.name for member in members), cast, strict=True))
    ranked = [member.name for member in sorted(members, key=precedence)]
    ranks = [ranked.index(member.name) for member in asked]
    standing = _Standing(cast[0].sample_table, cast, n_members=len(members))
    n_asked = np.full(standing.n_rows, len(asked))
    decided = np.zeros(standing.n_rows, np.int64)
    is_open = np.ones(standing.n_rows, np.bool_)
    for place, member in enumerate(asked):
        standing.add(of_member[member.name], rank=ranks[place])
        leader = standing.leader()
        ends = is_open & standing.is_settled(leader, remaining=ranks[place + 1 :])
        n_asked[ends], decided[ends] = place + 1, leader[ends]
        is_open &= ~ends
    answers = AnswerTable.among(cast[0].sample_table, standing.answers, decided)
    return Cascade(asked, answers, n_asked)


class _Standing:
    """How every possible answer to every sample stands: a row per sample, a column per answer."""

    def __init__(
        self, sample_table: SampleTable, cast: Sequence[AnswerTable], *, n_members: int
    ) -> None:
        settings = _settings(sample_table)
        declared = [Label(spec.value) for setting in settings for spec in setting.labels]
        given = [answer for answer_table in cast for answer in answer_table.answers]
        self.answers: tuple[Answer, ...] = tuple(dict.fromkeys([*declared, *given, *_NON_ANSWERS]))
        self.n_rows = len(sample_table.samples)
        self._number = {answer: number for number, answer in enumerate(self.answers)}
        self._n_members = n_members
        shape = self.n_rows, len(self.answers)
        self._votes = np.zeros(shape, np.int64)
        self._best = np.full(shape, n_members)
        """The rank of the first voter of an answer; the highest precision has rank 0."""
        admits = np.array(
            [[is_admissible(a, s.refusal_policy) for a in self.answers] for s in settings], np.bool_
        )
        awaits = np.array([[_awaits(s, a) for a in self.answers] for s in settings], np.bool_)
        self._is_admitted = admits.reshape(-1, shape[1])[sample_table.setting]
        self._is_awaited = awaits.reshape(-1, shape[1])[sample_table.setting]
        joins = np.array(
            [[declines_together(a, setting=s) for a in self.answers] for s in settings], np.bool_
        )
        self._is_joined = joins.reshape(-1, shape[1])[sample_table.setting]

    def add(self, ballots: AnswerTable, *, rank: int) -> None:
        """Count the ballots of the member of a rank."""
        number = np.array([self._number[answer] for answer in ballots.answers], np.int64)
        at = np.arange(self.n_rows), number[ballots.code]
        self._votes[at] += 1
        self._best[at] = np.minimum(self._best[at], rank)

    def leader(self) -> Codes:
        """Return the number of the answer that would be elected now."""
        whether, how = self._heights(0, first=self._n_members)
        in_turn = whether * (how.max(initial=0) + 1) + how
        return np.asarray(np.where(self._electorate(), in_turn, -1).argmax(axis=1))

    def is_settled(self, leader: Codes, *, remaining: Sequence[int]) -> Flags:
        """Whether the leader is elected whatever the members of the remaining ranks answer."""
        if not remaining:
            return np.ones(self.n_rows, np.bool_)
        rows = np.arange(self.n_rows)
        is_rival = self._is_awaited | (self._votes > 0) & self._is_admitted
        nobody_can = ~is_rival.any(axis=1)
        is_rival[nobody_can] = ~self._is_admitted[nobody_can]
        is_rival[rows, leader] = False
        alike = self._is_joined & self._is_joined[rows, leader][:, np.newaxis]
        # A non-answer leads only while nobody is admitted, however many give it.
        is_low = ~self._is_admitted[rows, leader] & ~nobody_can
        reached = [
            np.where(is_low, -1, heights[rows, leader])[:, np.newaxis]
            for heights in self._heights(0, first=self._n_members)
        ]
        hoped = self._heights(len(remaining), first=min(remaining))
        passes = np.where(alike, hoped[1] > reached[1], hoped[0] > reached[0])
        return np.asarray(~(is_rival & passes).any(axis=1))

    def _heights(self, more: int, *, first: int) -> tuple[Codes, Codes]:
        """Return numbers in the order in which answers stand, had each `more` votes.

        The first number counts all that decline together where the setting does, the second each
        answer alone. `first` is the best rank among those votes. No two answers have the same first
        voter.
        """
        best: Codes = np.minimum(self._best, first)
        votes = self._votes + more
        together = np.where(self._is_joined, self._votes, 0).sum(axis=1, keepdims=True) + more
        their_best = np.where(self._is_joined, best, first).min(axis=1, keepdims=True)
        return (
            self._height(
                np.where(self._is_joined, together, votes),
                np.where(self._is_joined, their_best, best),
            ),
            self._height(votes, best),
        )

    def _height(self, votes: Codes, best: Codes) -> Codes:
        height: Codes = votes * (self._n_members + 1) + self._n_members - best
        return height

    def _electorate(self) -> Flags:
        """Whether each answer may be elected now: admitted ones, all others if there is none."""
        seen = self._votes > 0
        someone: Flags = np.asarray((seen & self._is_admitted).any(axis=1))
        return np.asarray(seen & (self._is_admitted == someone[:, np.newaxis]))


def _settings(sample_table: SampleTable) -> list[Setting]:
    """Return the settings of a sample table, in the order of its numbers for them."""
    named = {sample.setting.name: sample.setting for sample in sample_table.samples}
    return [named[name] for name in sample_table.settings]


def _awaits(setting: Setting, answer: Answer) -> bool:
    """Whether somebody who was not asked yet may give an answer that is admitted."""
    if isinstance(answer, Label):
        return answer.value in {spec.value for spec in setting.labels}
    return is_admissible(answer, setting.refusal_policy)


def _refuse_unlawful(members: Sequence[Variant], order: Sequence[Variant]) -> None:
    if not members:
        raise VoteError("a vote needs at least one member, got none")
    names = sorted(member.name for member in members)
    if len(set(names)) < len(names):
        raise VoteError(f"every member votes once; got {', '.join(names)}")
    if sorted(member.name for member in order) != names:
        got = ", ".join(member.name for member in order) or "none"
        raise VoteError(f"a cascade asks every member once: {', '.join(names)}; got {got}")
