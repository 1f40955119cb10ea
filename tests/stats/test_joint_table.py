"""The joint table's rule: no rule that sees only the answers is right more often."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.joint_table import look_up
from trusteval.stats.weighted_vote import weighted_vote

rows = st.lists(
    st.tuples(st.integers(-1, 1), st.integers(-1, 1), st.integers(0, 1)), min_size=1, max_size=20
)


def everywhere(n: int) -> np.ndarray:
    return np.ones(n, bool)


@settings(max_examples=30, deadline=None)
@given(rows)
def test_no_rule_of_the_answers_is_right_more_often_where_it_learned(
    found: list[tuple[int, int, int]],
) -> None:
    table = np.array(found)
    answers, truth = table[:, :2], table[:, 2]
    vote = weighted_vote(answers, [1, 1])
    told = look_up(answers, truth, on=everywhere(len(found)), otherwise=vote)
    right = int((told.labels == truth).sum())
    combinations = sorted({(a, b) for a, b, _ in found})
    for rule in product((0, 1), repeat=len(combinations)):
        says = dict(zip(combinations, rule, strict=True))
        assert right >= sum(says[a, b] == t for a, b, t in found)
    assert told.learned.all()


@given(rows, st.data())
def test_rows_are_answered_by_what_was_learned_from_the_others(
    found: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    n = len(found)
    table = np.array(found)
    on = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    otherwise = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)))
    told = look_up(table[:, :2], table[:, 2], on=on, otherwise=otherwise)
    for place, (a, b, _) in enumerate(found):
        truths = Counter(
            t for (x, y, t), use in zip(found, on, strict=True) if use and (x, y) == (a, b)
        )
        best = [label for label in sorted(truths) if truths[label] == max(truths.values())]
        given = int(otherwise[place])
        expected = given if given in best or not best else best[0]
        assert told.labels[place] == expected
        assert told.learned[place] == bool(truths)


def test_answers_of_many_members_and_any_codes_are_told_apart() -> None:
    chance = np.random.default_rng(0)
    answers = chance.choice([-(10**12), -1, 0, 10**12], (500, 12))
    truth = np.arange(500) % 7
    told = look_up(answers, truth, on=everywhere(500), otherwise=np.full(500, -1))
    assert told.labels.tolist() == truth.tolist()


def test_what_is_not_learned_from_is_not_looked_at() -> None:
    answers, otherwise = np.array([[0], [0], [1]]), np.array([5, 5, 5])
    on = np.array([True, False, False])
    for hidden in (0, 3, -9):
        told = look_up(answers, np.array([2, hidden, hidden]), on=on, otherwise=otherwise)
        assert told.labels.tolist() == [2, 2, 5]
        assert told.learned.tolist() == [True, True, False]


def test_truth_without_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 on"):
        look_up(np.array([[0]]), np.array([-1]), on=everywhere(1), otherwise=np.array([0]))
