"""How a vote came to its answers: ballots, who was dropped and why, the tally, what broke a tie.

Items whose members cast the same are decided alike, so each such case is told once;
`trusteval.answers.voting` decides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.ensembles import combinations
from trusteval.answers.table import AnswerTable, Codes
from trusteval.answers.voting import decide, precedence
from trusteval.ensemble.panels import ballots_of
from trusteval.protocols import PROTOCOLS
from trusteval.report.browse.part import Part
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import aligned
from trusteval.types import Answer, Ballot, Decision, Refusal, Unavailable, Variant


@dataclass(frozen=True, slots=True)
class Case:
    """What the members cast, highest precision first, and what that came to."""

    ballots: tuple[Ballot, ...]
    decision: Decision

    @property
    def is_tie(self) -> bool:
        return self.decision.tie_broken_by is not None

    @property
    def disagrees(self) -> bool:
        """Whether two members cast different ballots; a refusal or invalid output is one."""
        return len({ballot.answer for ballot in self.ballots}) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Election:
    """A vote on a benchmark: the cases that occur, and which of them each item is."""

    members: tuple[Variant, ...]
    cases: tuple[Case, ...]
    case: Codes


def election_of(run: AnsweredRun, part: Part, members: Sequence[Variant]) -> Election | Unavailable:
    """Return how members elected the answers to a part's items, or why nobody can say."""
    if str(run.facts.protocol) not in PROTOCOLS:
        return Unavailable(f"this version knows no protocol {run.facts.protocol}")
    in_order = tuple(sorted(members, key=precedence))
    cast = ballots_of(run, in_order, part.benchmark)
    if isinstance(cast, Unavailable):
        return cast
    lined_up = [aligned(ballots, part.sample_table) for ballots in cast]
    usable = [ballots for ballots in lined_up if isinstance(ballots, AnswerTable)]
    if len(usable) < len(in_order):
        return Unavailable("its members answered other items")
    _, examples, case = np.unique(
        combinations(part.sample_table, usable), return_index=True, return_inverse=True
    )
    cases = [_case(part, in_order, usable, row) for row in examples.tolist()]
    return Election(in_order, tuple(cases), case.reshape(-1))


def why_dropped(answer: Answer) -> str:
    """Say why a ballot was not admitted."""
    if isinstance(answer, Refusal):
        return "a refusal does not vote in this setting"
    return "it carries no label"


def _case(part: Part, members: Sequence[Variant], cast: Sequence[AnswerTable], row: int) -> Case:
    ballots = tuple(
        Ballot(member, answers[row].answer) for member, answers in zip(members, cast, strict=True)
    )
    return Case(ballots, decide(ballots, setting=part.sample_table.samples[row].setting))
