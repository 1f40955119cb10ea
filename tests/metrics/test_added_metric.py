"""A metric from outside is one more row of the table, and is measured once for all who ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bench.simulate import layouts
from bench.simulate.layout import Layout
from tests.gate_rows import toml
from trusteval.answers.table import AnswerTable, Flags
from trusteval.errors import GateError
from trusteval.gates.aims import Asked
from trusteval.gates.evidence import gather
from trusteval.gates.file import load_gates
from trusteval.gates.gate import Gate
from trusteval.gates.planning import plan
from trusteval.gates.verdicts import decide
from trusteval.metrics.disparities import demographic_parity_difference
from trusteval.metrics.making import Disparity, Gap, Rate, Ratio
from trusteval.metrics.metric import METRICS, SCORE, Direction, Metric
from trusteval.metrics.scoring import Scoring, Subscore
from trusteval.run.subjects import parse_variants
from trusteval.tracking.flips_reach import flips_reach
from trusteval.types import Dimension, Judged, Outcome

N = 300


class Counted:
    """Says which rows are wrong, and counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, answer_table: AnswerTable) -> Flags:
        self.times += 1
        return ~answer_table.correct


def half_parity(rows: Sequence[Judged]) -> float:
    return demographic_parity_difference(rows) / 2


def wrong(name: str = "error_rate", holds: Counted | None = None) -> Metric:
    return Metric(name, Direction.LOWER_IS_BETTER, Rate(holds or Counted()))


RATIO = Ratio(
    Counted(), given=lambda answer_table: answer_table.answered, nothing="no answer carries a label"
)
ADDED = (
    wrong(),
    Metric("answered_error_rate", Direction.LOWER_IS_BETTER, RATIO),
    Metric("half_parity", Direction.LOWER_IS_BETTER, Disparity(half_parity, (Gap(0.5),))),
)


def layout_with(metric: Metric) -> Layout:
    """Ask two groups, under a protocol whose table has the metric."""
    asked = layouts.fairness(N // 2, 1)
    scoring = replace(asked.scoring, table={**METRICS, metric.name: metric})
    return replace(asked, scoring=scoring)


def row(metric: Metric, **limits: str) -> str:
    named = {"benchmark": '"bench"', "metric": f'"{metric.name}"', "at_least": None}
    return toml(**{**named, **limits})


def gate(metric: Metric, **limits: str) -> Gate:
    table = {**METRICS, metric.name: metric}
    (loaded,) = load_gates(row(metric, **limits), origin="gates.toml", metrics=table)
    return loaded


def answers(layout: Layout, *, wrong_women: int) -> AnswerTable:
    """Return an answer table where some women are called yes who are not."""
    sample_table = layout.sample_table
    women = (sample_table.group == sample_table.groups.index("Female")) & (
        sample_table.target != sample_table.positive
    )
    right = np.ones(len(sample_table.samples), bool)
    right[np.flatnonzero(women)[:wrong_women]] = False
    return layout.answer_table(right)


# -- one row ---------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", ADDED, ids=lambda one: one.name)
def test_added_metric_is_scored_and_estimated(metric):
    layout = layout_with(metric)
    found = layout.measured(gate(metric, at_most="20"), answers(layout, wrong_women=30))
    assert found.score.metric == metric.name
    assert found.score.value == pytest.approx(10.0)  # 30 of 300, or half of 30 of 150 women
    assert found.estimate is not None
    assert 0 <= found.estimate.low < 0.1 < found.estimate.high


@pytest.mark.parametrize("metric", ADDED, ids=lambda one: one.name)
def test_added_metric_is_gated_on_its_side(metric):
    layout = layout_with(metric)
    for limits in ({"at_most": "20"}, {"max_rise": "20"}):
        asked = gate(metric, **limits)
        reference, few, many = (
            layout.measured(asked, answers(layout, wrong_women=n)) for n in (0, 3, 75)
        )
        outcomes = [
            decide(
                asked,
                gather(asked, subject, reference=reference),
                subject="gptq-4",
                dimension=Dimension.FAIRNESS,
            ).outcome
            for subject in (few, many)
        ]
        assert outcomes[0] is Outcome.PASS
        assert outcomes[1] is not Outcome.PASS


@pytest.mark.parametrize("metric", ADDED, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("limits", "meant"),
    [
        ({"max_drop": "3"}, "max_rise"),
        ({"at_least": "5"}, "at_most"),
        ({"detect_drop": "true"}, ""),
    ],
)
def test_added_metric_is_refused_on_the_wrong_side(metric, limits, meant):
    with pytest.raises(GateError, match=f"of {metric.name} lower is better.*{meant}"):
        gate(metric, **limits)


def test_metric_that_no_table_has_is_unknown():
    with pytest.raises(GateError, match="unknown metric 'error_rate'"):
        load_gates(row(wrong(), at_most="5"), origin="gates.toml")


def test_protocols_own_form_of_a_metric_is_named_by_no_gate():
    form = replace(wrong(), form_of="accuracy")
    with pytest.raises(GateError, match="unknown metric 'error_rate'"):
        gate(form, at_most="5")


@pytest.mark.parametrize("metric", ADDED, ids=lambda one: one.name)
@pytest.mark.parametrize("limits", [{"at_most": "20"}, {"max_rise": "20"}])
def test_added_metric_is_foreseen(metric, limits):
    layout = layout_with(metric)
    (four,) = parse_variants("gptq-4")
    (line,) = plan(
        [gate(metric, **limits)],
        [four],
        asked={"bench": Asked(layout.sample_table, layout.scoring, layout.declared)},
        known={},
        families={"gptq-4": 1},
    )
    assert line.figures is not None
    assert line.figures.can_pass


@pytest.mark.parametrize("metric", ADDED, ids=lambda one: one.name)
def test_sub_score_of_an_added_metric_is_better_its_way(metric):
    layout = layout_with(metric)
    (name,) = layout.scoring.settings
    scoring = Scoring(
        {"own": Subscore({name: metric.name}, complement=True)},
        shown={},
        table=layout.scoring.table,
    )
    answer_table = answers(layout, wrong_women=30)
    whole = scoring.measure(SCORE.name, answer_table, declared=layout.declared)
    assert whole.score.value == pytest.approx(90.0)
    assert not scoring.metric_of(SCORE.name, part="own").is_better_high
    assert scoring.metric_of(SCORE.name).is_better_high


def test_changes_reach_as_far_as_an_added_gap_can_move():
    layout = layout_with(ADDED[2])
    asked = gate(ADDED[2], at_most="20")
    before, after = (layout.measured(asked, answers(layout, wrong_women=n)) for n in (0, 30))
    assert flips_reach(before=before, after=after) == pytest.approx(0.5 * 30 / 150)


# -- once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Rate, lambda holds: Ratio(holds, lambda s: s.answered, "none")])
def test_what_is_measured_once_serves_every_gate_and_comparison(kind):
    holds = Counted()
    metric = Metric("error_rate", Direction.LOWER_IS_BETTER, kind(holds))
    layout = layout_with(metric)
    gates = [gate(metric, at_most="20"), gate(metric, max_rise="5"), gate(metric, max_rise="9")]
    reference, subject = (
        layout.measured(gates[0], answers(layout, wrong_women=n)) for n in (10, 12)
    )
    assert holds.times == 2
    for asked in gates:
        for other in (None, reference):
            evidence = gather(asked, subject, reference=other)
            assert evidence.estimate is subject.estimate
            decide(asked, evidence, subject="gptq-4", dimension=Dimension.FAIRNESS)
    assert holds.times == 2


def test_disparity_is_measured_once_for_its_value():
    asked_of: list[int] = []

    def counted(rows: Sequence[Judged]) -> float:
        asked_of.append(len(rows))
        return half_parity(rows)

    metric = Metric("half_parity", Direction.LOWER_IS_BETTER, Disparity(counted, (Gap(0.5),)))
    layout = layout_with(metric)
    asked = gate(metric, max_rise="5")
    reference, subject = (layout.measured(asked, answers(layout, wrong_women=n)) for n in (10, 12))
    gather(asked, subject, reference=reference)
    gather(asked, subject, reference=reference)
    assert asked_of == [N, N]
