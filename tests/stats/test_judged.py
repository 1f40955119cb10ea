"""Shares corrected for a judge's errors: the paper's interval, its laws, and what has no value."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.judged_worlds import cell, drawn_world, said
from trusteval.stats.estimate import Z
from trusteval.stats.judge_errors import Calibration, JudgedCell, Said, spread_over
from trusteval.stats.judged import Corrected, correct, correct_drop
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined

Counts = tuple[int, int]


def found(*cells: JudgedCell) -> Corrected:
    estimate = correct(cells)
    assert isinstance(estimate, Corrected), estimate
    return estimate


def dropped(reference: list[JudgedCell], subject: list[JudgedCell]) -> Corrected:
    estimate = correct_drop(reference, subject)
    assert isinstance(estimate, Corrected), estimate
    return estimate


def bounds_of_the_paper(judged: Counts, sensitivity: Counts, specificity: Counts) -> list[float]:
    """Return arXiv 2511.21140's interval, written from its formulas and with a 90 % quantile."""
    (yes, n), (right_1, m_1), (right_0, m_0) = judged, sensitivity, specificity
    p = (yes + Z * Z / 2) / (n + Z * Z)
    q_1, q_0 = (right_1 + 1) / (m_1 + 2), (right_0 + 1) / (m_0 + 2)
    share = (p + q_0 - 1) / (q_0 + q_1 - 1)
    of_q_1, of_q_0 = q_1 * (1 - q_1) / (m_1 + 2), q_0 * (1 - q_0) / (m_0 + 2)
    shift = 2 * Z * Z * (share * of_q_1 - (1 - share) * of_q_0)
    variance = p * (1 - p) / (n + Z * Z) + share**2 * of_q_1 + (1 - share) ** 2 * of_q_0
    reach = Z * sqrt(variance) / (q_0 + q_1 - 1)
    return [min(max(end, 0.0), 1.0) for end in (share + shift - reach, share + shift + reach)]


# -- one share -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judged", "sensitivity", "specificity"),
    [
        ((200, 400), (45, 50), (40, 50)),
        ((90, 100), (99, 100), (20, 25)),
        ((30, 300), (18, 20), (115, 120)),
        ((300, 300), (200, 200), (30, 31)),
    ],
)
def test_one_cell_has_the_papers_estimate_and_interval(
    judged: Counts, sensitivity: Counts, specificity: Counts
) -> None:
    one = found(cell(judged, sensitivity, specificity))
    q_1, q_0 = (right / n for right, n in (sensitivity, specificity))
    plain = (judged[0] / judged[1] + q_0 - 1) / (q_0 + q_1 - 1)
    assert one.plain == pytest.approx(plain, abs=1e-12)
    assert [one.low, one.high] == pytest.approx(
        bounds_of_the_paper(judged, sensitivity, specificity), abs=1e-12
    )


@pytest.mark.parametrize(
    ("judged", "sensitivity", "specificity"),
    [((200, 400), (90, 100), (85, 100)), ((120, 300), (55, 60), (110, 140))],
)
def test_interval_is_near_a_parametric_bootstraps(
    judged: Counts, sensitivity: Counts, specificity: Counts
) -> None:
    rng = np.random.default_rng(20261126)
    p, q_1, q_0 = (
        rng.binomial(n, right / n, 20_000) / n for right, n in (judged, sensitivity, specificity)
    )
    low, high = np.quantile((p + q_0 - 1) / (q_0 + q_1 - 1), [0.05, 0.95])
    one = found(cell(judged, sensitivity, specificity))
    assert [one.low, one.high] == pytest.approx([low, high], abs=0.012)


def test_perfect_judge_that_is_known_to_be_one_changes_nothing() -> None:
    one = found(cell((120, 200), (10**5, 10**5), (10**5, 10**5)))
    alone = Proportion(120, 200)
    assert one.value == pytest.approx(0.6, abs=1e-12)
    assert [one.low, one.high] == pytest.approx([alone.low, alone.high], abs=0.005)


shares = st.tuples(st.integers(20, 120), st.floats(0.0, 1.0)).map(
    lambda of: (round(of[0] * of[1]), of[0])
)
rights = st.tuples(st.integers(20, 120), st.floats(0.75, 1.0)).map(
    lambda of: (round(of[0] * of[1]), of[0])
)


@given(shares, rights, rights)
def test_what_does_not_hold_is_estimated_as_the_rest(
    judged: Counts, sensitivity: Counts, specificity: Counts
) -> None:
    one = correct([cell(judged, sensitivity, specificity)])
    other = correct([cell((judged[1] - judged[0], judged[1]), specificity, sensitivity)])
    if isinstance(one, Undefined) or isinstance(other, Undefined):
        assert one == other
        return
    assert other.value == pytest.approx(1 - one.value, abs=1e-9)
    assert [other.low, other.high] == pytest.approx([1 - one.high, 1 - one.low], abs=1e-9)


@given(shares, rights, rights)
def test_judge_that_says_yes_more_often_corrects_to_more(
    judged: Counts, sensitivity: Counts, specificity: Counts
) -> None:
    yes, n = judged
    assume(yes < n)
    less = correct([cell(judged, sensitivity, specificity)])
    more = correct([cell((yes + 1, n), sensitivity, specificity)])
    assume(isinstance(less, Corrected) and isinstance(more, Corrected))
    assert isinstance(less, Corrected)
    assert isinstance(more, Corrected)
    assert more.value >= less.value
    assert more.plain > less.plain


@pytest.mark.parametrize("of", ["sensitivity", "specificity", "judged"])
def test_fewer_rows_of_any_kind_widen_the_interval(of: str) -> None:
    many = {"judged": (240, 400), "sensitivity": (90, 100), "specificity": (80, 100)}
    yes, n = many[of]
    few = {**many, of: (yes // 5, n // 5)}
    wide, narrow = found(cell(**few)), found(cell(**many))
    assert wide.high - wide.low > narrow.high - narrow.low
    assert wide.value == pytest.approx(narrow.value, abs=1e-12)


def test_share_that_no_share_can_be_is_cut_off_and_says_so() -> None:
    one = found(cell((4, 100), (95, 100), (93, 100)))
    assert one.plain < 0
    assert (one.value, one.low, one.is_clipped) == (0.0, 0.0, True)
    assert not found(cell((40, 100), (95, 100), (93, 100))).is_clipped


@pytest.mark.parametrize(
    ("sensitivity", "specificity"),
    [((50, 100), (50, 100)), ((20, 100), (10, 100)), ((4, 5), (3, 6))],
)
def test_judge_no_better_than_a_coin_gives_no_estimate(
    sensitivity: Counts, specificity: Counts
) -> None:
    coin = cell((40, 100), sensitivity, specificity)
    good = cell((40, 100), (95, 100), (95, 100))
    for none in (correct([coin]), correct_drop([good], [coin]), correct_drop([coin], [good])):
        assert isinstance(none, Undefined)
        assert "coin" in none.reason


def test_judge_that_says_what_no_truth_explains_gives_no_estimate() -> None:
    none = correct([cell((0, 300), (95, 100), (60, 100))])
    assert isinstance(none, Undefined)
    assert "more or less often" in none.reason


def test_p_values_and_bounds_agree() -> None:
    one = found(cell((200, 400), (45, 50), (40, 50)))
    assert one.p_above(one.low) == pytest.approx(0.05, abs=1e-6)
    assert one.p_below(one.high) == pytest.approx(0.05, abs=1e-6)


# -- sums, units, samples ------------------------------------------------------------------


def test_sum_of_cells_that_are_one_share_is_that_share() -> None:
    whole = found(cell((200, 400), (90, 100), (160, 200)))
    halves = [cell((100, 200), (45, 50), (80, 100), weight=0.5, place=place) for place in (1, 2)]
    sum_ = found(*halves)
    assert sum_.value == pytest.approx(whole.value, abs=1e-12)
    assert [sum_.low, sum_.high] == pytest.approx([whole.low, whole.high], abs=1e-9)


def test_rows_of_one_unit_are_no_more_evidence_than_one() -> None:
    one = cell((50, 100), (45, 50), (40, 50))
    twice = replace(
        one,
        said=Said(*(np.tile(of, 2) for of in (one.said.yes, one.said.weights, one.said.units))),
    )
    assert [found(twice).low, found(twice).high] == pytest.approx(
        [found(one).low, found(one).high], abs=1e-12
    )


def test_sample_stands_for_all_rows_by_what_the_reader_makes_of_them() -> None:
    like = np.arange(100) < 60
    drawn = np.concatenate([np.arange(10), np.arange(60, 70)])
    agreeing = spread_over(
        np.arange(100),
        drawn=drawn,
        yes=like[drawn],
        weights=np.where(like[drawn], 6.0, 4.0),
        like=like,
    )
    assert agreeing.share == pytest.approx(0.6, abs=1e-12)
    assert agreeing.yes.tolist() == like.astype(float).tolist()
    half = spread_over(
        np.arange(100),
        drawn=drawn,
        yes=np.tile([True, False], 10),
        weights=np.where(like[drawn], 6.0, 4.0),
        like=like,
    )
    assert half.share == pytest.approx(0.5, abs=1e-12)
    assert float(half.yes.var()) > float(agreeing.yes.var())


def test_all_rows_read_are_what_the_judge_says_of_them() -> None:
    yes = np.arange(8) % 3 == 0
    whole = spread_over(
        np.arange(8), drawn=np.arange(8), yes=yes, weights=np.ones(8), like=np.arange(8) < 4
    )
    assert whole.yes == pytest.approx(yes.astype(float))


# -- drops ---------------------------------------------------------------------------------


def test_drop_corrects_each_side_for_errors_of_its_own() -> None:
    dense = [cell((320, 400), (95, 100), (90, 100))]
    broken = [cell((220, 400), (70, 100), (80, 100))]
    drop = dropped(dense, broken)
    assert drop.plain == pytest.approx(found(*dense).plain - found(*broken).plain, abs=1e-12)
    assert drop.low < drop.value < drop.high


def test_turning_a_drop_round_turns_its_interval_round() -> None:
    one, other = [cell((300, 400), (95, 100), (90, 100))], [cell((250, 400), (85, 100), (80, 100))]
    there, back = dropped(one, other), dropped(other, one)
    assert back.value == pytest.approx(-there.value, abs=1e-12)
    assert [back.low, back.high] == pytest.approx([-there.high, -there.low], abs=1e-9)


def test_same_answers_drop_by_nothing_and_that_is_known_well() -> None:
    same = [cell((300, 400), (90, 100), (80, 100))]
    drop = dropped(same, same)
    assert drop.value == 0
    assert -0.02 < drop.low < 0 < drop.high < 0.02


# -- coverage ------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_bounds_miss_the_truth_about_as_often_as_they_say(share: float) -> None:
    rng = np.random.default_rng(21)
    missed = {"low": 0, "high": 0}
    for _ in range(300):
        world = drawn_world(
            rng, share=share, n=300, n_labels=120, sensitivity=0.9, specificity=0.85
        )
        assert world is not None
        one = found(world)
        missed["low"] += one.low > share
        missed["high"] += one.high < share
    assert max(missed.values()) <= 27  # 15 expected of 300; more has a chance of 0.2 %


# -- mistakes ------------------------------------------------------------------------------


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="as many of everything"):
        Said(np.ones(2), np.ones(3), np.arange(2))
    with pytest.raises(ValueError, match="as many of everything"):
        Calibration.of(said(1, 2), np.array([True, True]))
