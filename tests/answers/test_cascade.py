"""A cascade gives the full vote's answer, and asks nobody once that is settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trusteval.answers.cascade import cascade, cheapest_first
from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.answers.voting import vote
from trusteval.errors import VoteError
from trusteval.types import (
    Answer,
    Ballot,
    Invalid,
    InvalidReason,
    Label,
    LabelSpec,
    Refusal,
    RefusalPolicy,
    Sample,
    Setting,
    Variant,
)

NON_ANSWERS: list[Answer] = [Refusal(), *map(Invalid, InvalidReason)]
BITS = (16, 8, 4, 3, 2)
MEMBERS = [Variant(f"q{bits}", "gptq", bits) for bits in BITS]
A, B, EMPTY = Label("a"), Label("b"), Invalid(InvalidReason.EMPTY)


def setting(labels: Sequence[str], policy: RefusalPolicy) -> Setting:
    specs = tuple(map(LabelSpec, labels))
    name = f"{len(labels)} labels, {policy}"
    return Setting("bench", name, specs, 4, n_expected=None, refusal_policy=policy)


def tables(asked: Sequence[Setting], rows: Sequence[Sequence[Answer]]) -> list[AnswerTable]:
    """Return a table per member; `rows` are the members' answers to each sample."""
    sample_table = SampleTable.of(
        Sample(str(n), one, str(n), target="a") for n, one in enumerate(asked)
    )
    return [AnswerTable.of(sample_table, column) for column in zip(*rows, strict=True)]


def completions(
    said: Sequence[Answer], remaining: int, possible: Sequence[Answer]
) -> Iterator[Sequence[Answer]]:
    return ([*said, *rest] for rest in product(possible, repeat=remaining))


def fewest(order: Sequence[Variant], said: Sequence[Answer], asked: Setting) -> int:
    """Count by brute force how many have to be asked until every completion elects the same."""
    possible = [*(Label(spec.value) for spec in asked.labels), *NON_ANSWERS]
    for n in range(1, len(order) + 1):
        outcomes = {
            vote(list(map(Ballot, order, every)), policy=asked.refusal_policy).answer
            for every in completions(said[:n], len(order) - n, possible)
        }
        if len(outcomes) == 1:
            return n
    raise AssertionError("the full vote has two outcomes")


@st.composite
def votes(draw: st.DrawFn) -> tuple[Setting, list[Variant], list[Variant], list[Answer]]:
    """A setting, members, an order in which they are asked, and what each of them answers."""
    most = draw(st.sampled_from([2, 3, 4, 5]))
    labels = "abcd"[: draw(st.integers(0, 4 if most < 4 else 2))]
    asked = setting(labels, draw(st.sampled_from(RefusalPolicy)))
    members = draw(st.permutations(MEMBERS))[:most]
    # Labels more often than their share, so that votes are close.
    answers = st.sampled_from([*map(Label, labels)] * 3 + NON_ANSWERS)
    said = draw(st.lists(answers, min_size=most, max_size=most))
    return asked, members, draw(st.permutations(members)), said


@settings(max_examples=150, deadline=None)
@given(votes())
@example((setting("ab", RefusalPolicy.DROP), MEMBERS[:3], MEMBERS[:3][::-1], [A, A, B]))
@example((setting("ab", RefusalPolicy.DROP), MEMBERS[:2], MEMBERS[:2], [A, B]))
@example((setting("a", RefusalPolicy.DROP), MEMBERS[:3], MEMBERS[:3], [EMPTY, EMPTY, A]))
@example((setting("", RefusalPolicy.DROP), MEMBERS[:3], MEMBERS[:3], [EMPTY, EMPTY, Refusal()]))
@example((setting("", RefusalPolicy.KEEP), MEMBERS[:2], MEMBERS[:2], [EMPTY, Refusal()]))
def test_cascade_stops_at_the_first_settled_moment_with_the_full_votes_answer(
    case: tuple[Setting, list[Variant], list[Variant], list[Answer]],
) -> None:
    asked, members, order, said = case
    cast = tables([asked], [said])
    found = cascade(members, cast, order=order)
    of_member = dict(zip(members, said, strict=True))
    in_order = [of_member[member] for member in order]
    assert [row.answer for row in found.answer_table] == [
        row.answer for row in elect(members, cast)
    ]
    assert found.n_asked.tolist() == [fewest(order, in_order, asked)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_row_goes_its_own_way(data: st.DataObject) -> None:
    kinds = [setting(labels, policy) for labels in ("", "a", "abc") for policy in RefusalPolicy]
    asked = data.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=12))
    rows = [
        data.draw(
            st.tuples(
                *[st.sampled_from([Label(s.value) for s in one.labels] * 2 + NON_ANSWERS)] * 5
            )
        )
        for one in asked
    ]
    order = data.draw(st.permutations(MEMBERS))
    whole = cascade(MEMBERS, tables(asked, rows), order=order)
    alone = [
        cascade(MEMBERS, tables([one], [row]), order=order)
        for one, row in zip(asked, rows, strict=True)
    ]
    assert whole.n_asked.tolist() == [one.n_asked[0] for one in alone]
    assert [row.answer for row in whole.answer_table] == [
        row.answer for one in alone for row in one.answer_table
    ]


def test_who_was_asked_is_told_and_the_cheapest_come_first() -> None:
    asked = [setting("ab", RefusalPolicy.DROP)] * 2
    cast = tables(asked, [[A, A, A], [A, B, A]])
    found = cascade(MEMBERS[:3], cast)
    assert found.order == cheapest_first(MEMBERS[:3]) == tuple(MEMBERS[2::-1])
    assert found.n_asked.tolist() == [2, 3]
    assert found.was_asked(MEMBERS[0]).tolist() == [False, True]
    assert found.was_asked(MEMBERS[2]).all()


def test_label_that_a_setting_lacks_keeps_nothing_open() -> None:
    few, many = (
        cascade(MEMBERS[:3], tables([setting(labels, RefusalPolicy.DROP)], [[EMPTY, A, A]]))
        for labels in ("a", "ab")
    )
    assert (few.n_asked.tolist(), many.n_asked.tolist()) == ([1], [2])


@pytest.mark.parametrize(
    ("members", "order", "said"),
    [
        ([], None, "at least one member"),
        ([MEMBERS[0], MEMBERS[0]], None, "every member votes once; got q16, q16"),
        (MEMBERS[:2], MEMBERS[:1], "asks every member once: q16, q8; got q16"),
        (MEMBERS[:2], MEMBERS[1:3], "asks every member once: q16, q8; got q8, q4"),
    ],
)
def test_unlawful_cascade_is_refused(
    members: list[Variant], order: list[Variant] | None, said: str
) -> None:
    cast = tables([setting("ab", RefusalPolicy.DROP)], [[A, B]])[: len(members)]
    with pytest.raises(VoteError, match=said):
        cascade(members, cast, order=order)


def test_no_samples_need_nobody() -> None:
    found = cascade(MEMBERS[:2], [AnswerTable.of(SampleTable.of([]), [])] * 2)
    assert len(found.answer_table) == len(found.n_asked) == 0


def test_large_tables_agree_with_the_vote() -> None:
    generator = np.random.default_rng(18)
    possible = [*map(Label, "abcd"), *NON_ANSWERS]
    rows = generator.choice(len(possible), size=(3000, 5), p=[0.4, 0.2, 0.1, 0.1] + [0.04] * 5)
    asked = [setting("abcd", RefusalPolicy.KEEP)] * len(rows)
    cast = tables(asked, [[possible[code] for code in row] for row in rows])
    found = cascade(MEMBERS, cast)
    assert [row.answer for row in found.answer_table] == [
        row.answer for row in elect(MEMBERS, cast)
    ]
    assert 2 < found.n_asked.mean() < 5
