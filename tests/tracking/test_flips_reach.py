"""How far changed answers reach: never less than any of them, or all, could lower a score."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.metrics.aggregation import Term, WeightedSum
from trusteval.metrics.disparities import MIN_GROUP
from trusteval.metrics.measuring import Measurement, evaluate, measure
from trusteval.metrics.metric import METRICS, SCORE
from trusteval.tracking.flips_reach import flips_reach
from trusteval.types import Answer, Declared, Label, Refusal, Sample

INCOME = BENCHMARKS["adult"].setting("zero_shot_br_0.5")
PARITY, ODDS = "demographic_parity_difference", "equalized_odds_difference"
YES, NO, SILENT = Label("yes"), Label("no"), Refusal()
EACH = 2 * MIN_GROUP
ROLL = SampleTable.of(
    Sample(id=str(place), setting=INCOME, unit=str(place), target=target, group=group)
    for place, (target, group, _) in enumerate(
        product(("yes", "no"), ("Male", "Female"), range(EACH))
    )
)
DECLARED = {INCOME.name: Declared(len(ROLL.samples), frozenset())}


def formula(*metrics: str) -> WeightedSum:
    share = 1 / len(metrics)
    terms = (
        Term(INCOME.name, METRICS[m], share, complement=not METRICS[m].is_better_high)
        for m in metrics
    )
    return WeightedSum(tuple(terms))


def measured(sum_: WeightedSum, answers: list[Answer]) -> Measurement:
    return evaluate(SCORE, sum_, AnswerTable.of(ROLL, answers), declared=DECLARED)


def reach_and_drop(sum_: WeightedSum, before: list[Answer], after: list[Answer]):
    ours, its = measured(sum_, before), measured(sum_, after)
    return flips_reach(before=ours, after=its), [ours.score.value, its.score.value]


answer = st.sampled_from([YES, NO, SILENT])
changes = st.dictionaries(st.integers(0, len(ROLL.samples) - 1), answer, max_size=60)


@given(
    st.lists(st.booleans(), min_size=len(ROLL.samples), max_size=len(ROLL.samples)),
    changes,
    st.sampled_from(
        [
            *((PARITY,), (ODDS,), (PARITY, ODDS), ("fairness",), ("non_answer_gap",)),
            *(("accuracy",), ("balanced_accuracy",)),
        ]
    ),
    st.data(),
)
def test_no_part_of_what_changed_lowers_a_score_by_more(called, changed, metrics, data) -> None:
    before: list[Answer] = [YES if yes else NO for yes in called]
    whole = [changed.get(place, answer) for place, answer in enumerate(before)]
    reach, _ = reach_and_drop(formula(*metrics), before, whole)
    assert reach is not None
    some = data.draw(st.sets(st.sampled_from(sorted(changed)))) if changed else set()
    for kept in (set(changed), some):
        after = [changed[p] if p in kept else answer for p, answer in enumerate(before)]
        _, (first, second) = reach_and_drop(formula(*metrics), before, after)
        if first is not None and second is not None:
            assert first - second <= 100 * reach + 1e-9
            assert second - first <= 100 * reach + 1e-9


def test_nothing_changed_reaches_nowhere() -> None:
    same: list[Answer] = [YES] * len(ROLL.samples)
    assert reach_and_drop(formula(PARITY, ODDS), same, same)[0] == 0


def test_one_changed_row_of_a_group_reaches_what_its_rate_moves() -> None:
    before: list[Answer] = [YES] * len(ROLL.samples)
    reach, (first, second) = reach_and_drop(formula(PARITY, ODDS), before, [NO, *before[1:]])
    assert reach == pytest.approx(0.5 / (2 * EACH) + 0.5 / EACH)
    assert first - second == pytest.approx(100 * reach)


@pytest.mark.parametrize("metric", [f"{PARITY}_unguarded", "answered_accuracy"])
def test_nobody_can_say_how_far_a_quotient_or_a_reference_gap_reaches(metric) -> None:
    answer_table = AnswerTable.of(ROLL, [YES] * len(ROLL.samples))
    same = measure(METRICS[metric], answer_table, weights={INCOME.name: 1.0}, declared=DECLARED)
    assert same.score.value is not None
    assert flips_reach(before=same, after=same) is None


def test_nothing_reaches_from_no_row() -> None:
    nothing = AnswerTable.of(ROLL, [YES] * len(ROLL.samples)).only(slice(0))
    none = evaluate(SCORE, formula("accuracy"), nothing, declared=DECLARED)
    assert flips_reach(before=none, after=none) is None
