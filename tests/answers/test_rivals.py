"""The fallback chain and the oracle keep their laws, whatever the members answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import setting
from trusteval.answers.ensembles import elect
from trusteval.answers.fallback import fall_back
from trusteval.answers.oracle import oracle
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.errors import VoteError
from trusteval.gate.properties.strategies import LABELS, answers, variants
from trusteval.types import (
    Answer,
    Invalid,
    InvalidReason,
    Label,
    Refusal,
    RefusalPolicy,
    Sample,
    Variant,
)

Cast = tuple[list[Variant], list[AnswerTable]]
DROPPING = setting("dropping", labels=LABELS)
KEEPING = replace(setting("keeping", labels=LABELS), refusal_policy=RefusalPolicy.KEEP)


@st.composite
def casts(draw: st.DrawFn, *, most: int = 5) -> Cast:
    """Draw members and what each answers to all samples of one table."""
    members = draw(st.lists(variants, min_size=1, max_size=most, unique_by=lambda v: v.name))
    asked = draw(
        st.lists(
            st.tuples(st.sampled_from([DROPPING, KEEPING]), st.sampled_from(LABELS)), max_size=8
        )
    )
    sample_table = SampleTable.of(
        Sample(id=str(n), setting=of, unit=str(n), target=target)
        for n, (of, target) in enumerate(asked)
    )
    return members, [AnswerTable.of(sample_table, [draw(answers) for _ in asked]) for _ in members]


def said(table: AnswerTable) -> list[Answer]:
    return [row.answer for row in table]


def may_vote(answer: Answer, sample: Sample) -> bool:
    is_kept = sample.setting.refusal_policy is RefusalPolicy.KEEP
    return isinstance(answer, Label) or (is_kept and isinstance(answer, Refusal))


@given(casts(most=1))
def test_chain_and_oracle_of_one_member_are_that_member(drawn: Cast) -> None:
    members, cast = drawn
    assert said(fall_back(members, cast)) == said(cast[0])
    assert said(oracle(cast)) == said(cast[0])


@given(casts())
def test_chain_answers_as_the_most_precise_member_that_may_vote(drawn: Cast) -> None:
    members, cast = drawn
    by_precision = sorted(
        zip(members, cast, strict=True),
        key=lambda pair: (-pair[0].bits, pair[0].method, pair[0].seed, pair[0].name),
    )
    elected = elect(members, cast)
    for place, row in enumerate(fall_back(members, cast)):
        of_members = [table[place].answer for _, table in by_precision]
        admitted = [answer for answer in of_members if may_vote(answer, row.sample)]
        assert row.answer == (admitted[0] if admitted else elected[place].answer)


@given(casts(most=2))
def test_chain_of_two_is_their_vote(drawn: Cast) -> None:
    """Two members agree, or tie, which goes to the highest precision."""
    assert said(fall_back(*drawn)) == said(elect(*drawn))


@given(casts())
def test_chain_is_independent_of_the_order_of_members(drawn: Cast) -> None:
    members, cast = drawn
    assert said(fall_back(members[::-1], cast[::-1])) == said(fall_back(members, cast))


@given(casts())
def test_oracle_is_right_exactly_where_some_member_is(drawn: Cast) -> None:
    _, cast = drawn
    known = oracle(cast)
    assert known.correct.tolist() == [
        any(table[place].correct for table in cast) for place in range(len(known))
    ]
    wrong = [row.answer for row in known if not row.correct]
    assert wrong == [cast[0][place].answer for place, row in enumerate(known) if not row.correct]


Pick = Callable[[Sequence[Variant], Sequence[AnswerTable]], AnswerTable]


@pytest.mark.parametrize("pick", [elect, fall_back])
@given(drawn=casts())
def test_no_rule_that_picks_an_answer_beats_the_oracle(pick: Pick, drawn: Cast) -> None:
    members, cast = drawn
    known = oracle(cast).correct
    for table in (*cast, pick(members, cast)):
        assert not (table.correct & ~known).any()


def test_oracle_keeps_whether_the_right_label_was_contradictory() -> None:
    sample_table = SampleTable.of([Sample(id="0", setting=DROPPING, unit="0", target="wrong")])
    cast = [
        AnswerTable.of(sample_table, [Invalid(InvalidReason.EMPTY)]),
        AnswerTable.of(sample_table, [Label("wrong", contradictory=True)]),
    ]
    assert oracle(cast).counts.n_invalid == 1


@pytest.mark.parametrize(
    "decide", [lambda: elect([], []), lambda: fall_back([], []), lambda: oracle([])]
)
def test_nobody_decides_nothing(decide: Callable[[], AnswerTable]) -> None:
    with pytest.raises(VoteError, match="at least one"):
        decide()


def test_variant_that_answers_twice_is_refused() -> None:
    sample_table = SampleTable.of([Sample(id="0", setting=DROPPING, unit="0", target="wrong")])
    twice = [Variant("gptq-8", "gptq", 8)] * 2
    with pytest.raises(VoteError, match="gptq-8"):
        fall_back(twice, [AnswerTable.of(sample_table, [Label("wrong")])] * 2)
