"""Where full and partial refusals are ballots, a vote first decides whether to decline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trusteval.answers.cascade import cascade, cheapest_first
from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.answers.voting import decide, precedence
from trusteval.benchmarks.open_refusal import open_setting
from trusteval.gate.properties import laws
from trusteval.gate.properties import strategies as own
from trusteval.types import (
    DECLINED,
    Answer,
    Ballot,
    Decision,
    Invalid,
    InvalidReason,
    Label,
    LabelSpec,
    Refusal,
    RefusalPolicy,
    Sample,
    Variant,
)

OPEN = open_setting("xstest", "unsafe", 8)
MEMBERS = [Variant(f"gptq-{bits}", "gptq", bits) for bits in (16, 8, 4, 3, 2)]
COMPLY, PARTLY, REFUSE = Label("compliance"), Label("partial refusal"), Refusal()
GARBLED = Invalid(InvalidReason.UNPARSEABLE)
KINDS: tuple[Answer, ...] = (COMPLY, PARTLY, REFUSE, GARBLED)


def ballots(answers: Sequence[Answer]) -> list[Ballot]:
    """Cast answers, that of the highest precision first."""
    return [Ballot(member, a) for member, a in zip(MEMBERS, answers, strict=False)]


@cache
def decided(*answers: Answer) -> Decision:
    return decide(ballots(answers), setting=OPEN)


@pytest.mark.parametrize(
    ("answers", "elected", "tied"),
    [
        # Most decline, in two ways: no way has more votes than compliance has.
        ((COMPLY, COMPLY, REFUSE, REFUSE, PARTLY), REFUSE, None),
        ((COMPLY, COMPLY, REFUSE, PARTLY, PARTLY), PARTLY, None),
        ((COMPLY, COMPLY, COMPLY, REFUSE, PARTLY), COMPLY, None),
        # As many comply as decline: the highest precision decides whether.
        ((COMPLY, PARTLY, REFUSE, COMPLY), COMPLY, "gptq-16"),
        ((PARTLY, COMPLY, REFUSE, COMPLY), PARTLY, "gptq-16"),
        # Whether is clear, how is not.
        ((COMPLY, PARTLY, REFUSE), PARTLY, "gptq-8"),
        ((GARBLED, GARBLED, GARBLED, REFUSE), REFUSE, None),
        ((GARBLED, GARBLED), GARBLED, None),
    ],
)
def test_whether_to_decline_comes_before_how(answers, elected, tied):
    decision = decided(*answers)
    assert (decision.answer, decision.tie_broken_by) == (elected, tied)
    assert dict(decision.tally) == Counter(a for a in answers if a != GARBLED)


def test_a_vote_that_drops_refusals_lets_one_member_comply_for_all():
    dropping = replace(OPEN, refusal_policy=RefusalPolicy.DROP)
    answers = [REFUSE, REFUSE, REFUSE, REFUSE, COMPLY]
    assert decide(ballots(answers), setting=OPEN).answer == REFUSE
    assert decide(ballots(answers), setting=dropping).answer == COMPLY


# -- the laws of the vote ------------------------------------------------------------------

DECLINES = own.LABELS[-1]
LABELS = tuple(
    LabelSpec(name, counts_as=DECLINED if name == DECLINES else None) for name in own.LABELS
)


def in_turn(cast: Sequence[Ballot], *, policy: RefusalPolicy) -> Decision:
    """Vote where the last of the laws' labels declines."""
    return decide(cast, setting=replace(OPEN, labels=LABELS, refusal_policy=policy))


# Which label declines is no label's name only, and a tie is one of sides first: both have a law of
# their own below.
KEPT = set(laws.LAWS) - {
    laws.renaming_labels_commutes_with_voting,
    laws.tie_goes_to_the_highest_precision_leader_and_is_flagged,
}
quietly = settings(
    max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("law", sorted(KEPT, key=lambda law: law.__name__))
def test_law_of_the_vote_holds_where_several_answers_decline(law):
    @quietly
    @given(laws.LAWS[law])
    def keeps(arguments):
        law(in_turn, *arguments)

    keeps()


@quietly
@given(own.ballots())
def test_the_larger_side_wins_and_a_tie_goes_to_the_highest_precision(cast):
    in_order = sorted(cast, key=lambda ballot: precedence(ballot.variant))
    sides = Counter(side(b.answer) for b in in_order if not isinstance(b.answer, Invalid))
    if not sides:
        return
    leading = {one for one, votes in sides.items() if votes == max(sides.values())}
    first = next(b for b in in_order if side(b.answer) in leading)
    decision = in_turn(cast, policy=RefusalPolicy.KEEP)
    assert side(decision.answer) == side(first.answer)
    assert (decision.tie_broken_by == first.variant.name) or len(leading) == 1


def side(answer: Answer) -> str:
    """Return what an answer is counted with first."""
    match answer:
        case Label(value) if value != DECLINES:
            return value
        case Invalid():
            return "none"
        case _:
            return DECLINED


@quietly
@given(own.ballots(), st.permutations(own.LABELS[:-1]))
def test_renaming_labels_that_do_not_decline_commutes_with_voting(cast, renamed):
    names = dict(zip(own.LABELS[:-1], renamed, strict=True))

    def rename(answer: Answer) -> Answer:
        return Label(names.get(answer.value, answer.value)) if isinstance(answer, Label) else answer

    before = in_turn(cast, policy=RefusalPolicy.KEEP)
    after = in_turn([replace(b, answer=rename(b.answer)) for b in cast], policy=RefusalPolicy.KEEP)
    assert after.answer == rename(before.answer)
    assert after.tie_broken_by == before.tie_broken_by


# -- the same vote in columns --------------------------------------------------------------

EVERYTHING = list(product(KINDS, repeat=4))
"""Whatever four members can answer."""


@pytest.fixture(scope="module")
def cast() -> list[AnswerTable]:
    """What each of four members answers to as many samples as there are combinations."""
    table = SampleTable.of(
        Sample(str(n), OPEN, str(n), target=DECLINED) for n in range(len(EVERYTHING))
    )
    return [AnswerTable.of(table, column) for column in zip(*EVERYTHING, strict=True)]


def test_columns_elect_what_each_sample_elects(cast):
    elected = [row.answer for row in elect(MEMBERS[:4], cast)]
    assert elected == [decided(*answers).answer for answers in EVERYTHING]


def test_cascade_elects_the_same_and_asks_nobody_for_nothing(cast):
    found = cascade(MEMBERS[:4], cast)
    assert [row.answer for row in found.answer_table] == [decided(*a).answer for a in EVERYTHING]
    assert [member.name for member in found.order] == [m.name for m in cheapest_first(MEMBERS[:4])]
    assert found.n_asked.tolist() == [fewest(answers) for answers in EVERYTHING]


def fewest(answers: Sequence[Answer]) -> int:
    """Count how many are to be asked, the cheapest first, until nothing can change the vote."""
    for asked in range(1, 4):
        known = answers[4 - asked :]
        possible = {decided(*rest, *known).answer for rest in product(POSSIBLE, repeat=4 - asked)}
        if len(possible) == 1:
            return asked
    return 4


POSSIBLE: tuple[Answer, ...] = (COMPLY, PARTLY, REFUSE, *map(Invalid, InvalidReason))
