"""Weighted votes and learned weights: laws, brute force, and the rules' own definitions."""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product
from math import log, prod

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trusteval.stats.weighted_vote import accuracy_weights, surprise_weights, weighted_vote

Row = list[int]
codes = st.integers(-2, 3)
sizes = st.integers(1, 5)
tables = sizes.flatmap(
    lambda m: st.lists(st.lists(codes, min_size=m, max_size=m), min_size=1, max_size=12)
)


def first_leader(row: Row) -> int:
    votes = [label for label in row if label >= 0]
    tally = Counter(votes)
    return next((label for label in votes if tally[label] == max(tally.values())), -1)


@given(tables, st.floats(0.1, 10))
@example([[0, 1, 1, 0]], 0.1)
@example([[-1, -2]], 1.0)
def test_equal_weights_are_the_majority_with_ties_to_the_first(
    found: list[Row], weight: float
) -> None:
    ballots = np.array(found)
    expected = [first_leader(row) for row in found]
    assert weighted_vote(ballots, np.full(ballots.shape[1], weight)).tolist() == expected


@given(tables, st.data())
def test_weight_above_the_sum_of_the_others_is_that_member_where_it_votes(
    found: list[Row], data: st.DataObject
) -> None:
    ballots = np.array(found)
    m = ballots.shape[1]
    weights = data.draw(st.lists(st.floats(0, 5), min_size=m, max_size=m))
    place = data.draw(st.integers(0, m - 1))
    weights[place] = sum(weights) + 0.1
    voting = ballots[:, place] >= 0
    elected = weighted_vote(ballots, weights)
    assert elected[voting].tolist() == ballots[voting, place].tolist()


@given(st.lists(codes, min_size=1, max_size=12), st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_three_copies_of_a_member_are_that_member(column: Row, weights: list[float]) -> None:
    elected = weighted_vote(np.array([column] * 3).T, weights)
    assert elected.tolist() == [max(code, -1) for code in column]


@given(tables, st.data())
def test_vote_elects_a_label_with_the_most_weight_that_somebody_gave(
    found: list[Row], data: st.DataObject
) -> None:
    ballots = np.array(found)
    m = ballots.shape[1]
    weights = data.draw(st.lists(st.floats(-2, 5), min_size=m, max_size=m))
    for row, elected in zip(found, weighted_vote(ballots, weights).tolist(), strict=True):
        sums: dict[int, float] = {}
        for code, weight in zip(row, weights, strict=True):
            if code >= 0:
                sums[code] = sums.get(code, 0.0) + weight
        assert elected == -1 if not sums else sums[elected] >= max(sums.values()) - 1e-6


def test_sums_that_differ_by_rounding_alone_are_a_tie() -> None:
    assert 0.1 + 0.2 > 0.3
    assert weighted_vote(np.array([[0, 1, 1]]), [0.3, 0.1, 0.2]).tolist() == [0]


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0, 3.0], [1.0, float("nan")], []])
def test_weights_must_be_one_finite_number_per_member(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="finite weight"):
        weighted_vote(np.array([[0, 1]]), weights)


def test_accuracy_weights_counted_by_hand() -> None:
    truth = np.array([0, 1, 2, 0])
    ballots = np.array([[0, 1, -1], [1, 2, -1], [2, 0, -2], [-1, 1, -1]])
    # 3 of 3, 0 of 4 and none: with one more ballot for each of three labels 4/6, 1/7 and 1/3.
    expected = [log(4 / 6 * 2 / (2 / 6)), log(1 / 7 * 2 / (6 / 7)), 0.0]
    assert accuracy_weights(ballots, truth, k=3).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("k", "right"), [(2, 1), (3, 4), (4, 7), (7, 12)])
def test_guessing_weighs_nothing_at_all(k: int, right: int) -> None:
    truth = np.arange(right * k) % k
    ballots = np.where(np.arange(right * k) < right, truth, (truth + 1) % k)[:, None]
    assert accuracy_weights(ballots, truth, k=k).tolist() == [0.0]


@settings(max_examples=40)
@given(st.integers(2, 4), st.lists(st.integers(0, 50), min_size=1, max_size=3))
def test_accuracy_weights_are_the_bayes_rule_of_independent_members(
    k: int, right: list[int]
) -> None:
    truth = np.zeros(50, np.int64)
    ballots = np.array([[0] * n + [1] * (50 - n) for n in right]).T
    weights = accuracy_weights(ballots, truth, k=k)
    p = [(n + 1) / (50 + k) for n in right]
    profiles = np.array(list(product(range(k), repeat=len(right))))
    for row, elected in zip(profiles.tolist(), weighted_vote(profiles, weights), strict=True):
        chances = {
            label: prod(
                x if code == label else (1 - x) / (k - 1) for code, x in zip(row, p, strict=True)
            )
            for label in row
        }
        assert chances[elected] == pytest.approx(max(chances.values()))


def _advantages(row: Row, ballots: list[Row], k: int) -> list[float]:
    """Inverse surprising popularity as defined, of labels shuffled in every possible way."""
    shuffled = [
        [order[code] for code in one] for one in ballots for order in permutations(range(k))
    ]
    m = len(row)

    def chance(one: int, s: int, other: int, a: int) -> float:
        given_a = [votes for votes in shuffled if votes[other] == a]
        return sum(votes[one] == s for votes in given_a) / len(given_a)

    return [
        row.count(s)
        - sum(
            sum(chance(one, s, other, a) for a in range(k) if a != row[other]) / (k - 1) / (m - 1)
            for one in range(m)
            for other in range(m)
            if other != one
        )
        for s in range(k)
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 3).flatmap(
        lambda k: st.tuples(
            st.just(k),
            st.lists(
                st.lists(st.integers(0, k - 1), min_size=3, max_size=3), min_size=1, max_size=5
            ),
        )
    )
)
@example((2, [[0, 1, 1], [0, 0, 0], [0, 1, 0]]))
def test_surprise_weights_vote_as_inverse_surprising_popularity_is_defined(
    found: tuple[int, list[Row]],
) -> None:
    k, rows = found
    weights = surprise_weights(np.array(rows), k=k)
    elected = weighted_vote(np.array(rows), weights)
    for row, label in zip(rows, elected.tolist(), strict=True):
        advantages = _advantages(row, rows, k)
        assert advantages[label] == pytest.approx(max(advantages))


@pytest.mark.parametrize(("k", "eighths"), [(2, (7, 6, 5)), (3, (6, 4, 4)), (5, (8, 4, 4, 4))])
def test_gain_over_the_majority_is_that_of_the_papers_second_theorem(
    k: int, eighths: tuple[int, ...]
) -> None:
    x = [n / 8 for n in eighths]
    m = len(x)
    unit = 8 * (k - 1)
    rows, counts = [], []
    for row in product(range(k), repeat=m):  # the truth is label 0
        chances = [n * (k - 1) if c == 0 else 8 - n for c, n in zip(row, eighths, strict=True)]
        rows.append(row)
        counts.append(prod(chances))
    assert sum(counts) == unit**m
    divisor = np.gcd.reduce(counts)
    ballots = np.repeat(np.array(rows), np.array(counts) // divisor, axis=0)
    weights = surprise_weights(ballots, k=k)
    gain = sum((weight - 1) * (p - 1 / k) for weight, p in zip(weights, x, strict=True))
    expected = sum(
        (k * x[i] - 1) * (k * x[j] - 1) ** 2 for i in range(m) for j in range(m) if i != j
    ) / ((m - 1) * k * (k - 1) ** 3)
    assert gain == pytest.approx(expected)


def test_members_who_never_vote_together_or_stand_alone_weigh_1() -> None:
    apart = np.array([[0, -1], [-1, 0]])
    assert surprise_weights(apart, k=2).tolist() == [1.0, 1.0]
    assert surprise_weights(np.array([[0], [1]]), k=2).tolist() == [1.0]


def test_one_label_is_no_choice() -> None:
    with pytest.raises(ValueError, match="2 labels"):
        surprise_weights(np.array([[0, 0]]), k=1)
    with pytest.raises(ValueError, match="2 labels"):
        accuracy_weights(np.array([[0, 0]]), np.array([0]), k=1)
