"""The one table of metrics: what each is made of, which way it is better, what is estimated of it.

Gates, scores, estimates, the planner and comparisons read a metric's row and decide nothing by its
name. A further metric is a further row: give a `Scoring` and `load_gates` a table that has it. What
the metrics of arXiv 2511.22483, section III-B, mean: docs/method.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from trusteval.metrics import disparities as gap
from trusteval.metrics import indicators as row
from trusteval.metrics.making import (
    Attack,
    Composite,
    Disparity,
    Gap,
    Making,
    Rate,
    Ratio,
)
from trusteval.stats.shifts import ShiftForm


class Direction(StrEnum):
    """Which values of a metric one hopes for; the words are those of messages."""

    HIGHER_IS_BETTER = "higher is better"
    LOWER_IS_BETTER = "lower is better"


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table.

    `form_of` is the metric whose own form a reference protocol has here: gates name that one.
    `shifts` are the rates between groups whose shift `gap_shift` asks about. `rewards_silence` says
    that whoever says nothing is best at it, `of_members` that it is one of a vote, measured of what
    the oracle over its members answers.
    """

    name: str
    direction: Direction
    made: Making
    shifts: tuple[ShiftForm, ...] = ()
    form_of: str | None = None
    rewards_silence: bool = False
    of_members: bool = False

    @property
    def is_better_high(self) -> bool:
        return self.direction is Direction.HIGHER_IS_BETTER

    @property
    def is_disparity(self) -> bool:
        return isinstance(self.made, Disparity)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The gaps that it is estimated by, none if it is no disparity."""
        return self.made.gaps if isinstance(self.made, Disparity) else ()


def table(rows: Iterable[Metric]) -> dict[str, Metric]:
    """Index metrics by their names."""
    return {metric.name: metric for metric in rows}


def gated(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """Keep the metrics that a gate can name; a protocol may have its own form of one."""
    return {name: metric for name, metric in metrics.items() if metric.form_of is None}


# -- the table -----------------------------------------------------------------------------

_HIGH, _LOW = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER
_SELECTION = (ShiftForm.SELECTION,)
_ODDS = (ShiftForm.TRUE_POSITIVE, ShiftForm.FALSE_POSITIVE)
_NO_ANSWER = "every answer is a refusal"

SCORE = Metric("score", _HIGH, Composite(), shifts=tuple(ShiftForm))
METRICS: dict[str, Metric] = table(
    (
        SCORE,
        # shares of rows
        Metric("accuracy", _HIGH, Rate(row.correct)),
        Metric("balanced_accuracy", _HIGH, Rate(row.correct, by_label=True)),
        Metric("correct_or_abstained", _HIGH, Rate(row.correct_or_abstained)),
        Metric("refusal_rate", _LOW, Rate(row.refused)),
        Metric("invalid_rate", _LOW, Rate(row.invalid)),
        Metric("non_answer_rate", _LOW, Rate(row.unanswered)),
        Metric(
            "false_positive_rate",
            _LOW,
            Rate(row.called_opposite, among=row.truly_positive),
            rewards_silence=True,
        ),
        Metric(
            "positive_recall",
            _HIGH,
            Rate(row.correct, among=row.truly_positive),
            form_of="accuracy",
        ),
        Metric("withstood_rate", _HIGH, Rate(row.not_called_opposite), rewards_silence=True),
        Metric("all_wrong_rate", _LOW, Rate(row.wrong), of_members=True),
        # shares of shares
        Metric("answered_accuracy", _HIGH, Ratio(row.correct, row.attempted, _NO_ANSWER)),
        Metric(
            "labelled_accuracy",
            _HIGH,
            Ratio(row.correct, row.answered, "no answer carries a label"),
        ),
        Metric("attack_success_rate", _LOW, Attack()),
        # gaps between groups
        Metric(
            "fairness",
            _HIGH,
            Disparity(gap.fairness, (Gap(0.5), Gap(0.5, odds=True))),
            shifts=tuple(ShiftForm),
        ),
        Metric(
            "demographic_parity_difference",
            _LOW,
            Disparity(gap.demographic_parity_difference, (Gap(),)),
            shifts=_SELECTION,
        ),
        Metric(
            "equalized_odds_difference",
            _LOW,
            Disparity(gap.equalized_odds_difference, (Gap(odds=True),)),
            shifts=_ODDS,
        ),
        Metric("non_answer_gap", _LOW, Disparity(gap.non_answer_gap, (Gap(of_silence=True),))),
        Metric(
            "bias_gap",
            _LOW,
            Disparity(gap.label_gap, (Gap(of_labels=True),)),
            rewards_silence=True,
        ),
        # the protocols' own forms of them
        Metric(
            "turned_rate",
            _LOW,
            Attack(row.called_opposite),
            form_of="attack_success_rate",
            rewards_silence=True,
        ),
        Metric(
            "called_opposite_rate",
            _LOW,
            Rate(row.called_opposite),
            form_of="attack_success_rate",
            rewards_silence=True,
        ),
        Metric(
            "accuracy_refused_as_negative",
            _HIGH,
            Rate(row.correct_if_refusal_is_no),
            form_of="accuracy",
        ),
        Metric(
            "answered_accuracy_or_zero",
            _HIGH,
            Ratio(row.correct, row.attempted, _NO_ANSWER, value_of_nothing=0.0),
            form_of="answered_accuracy",
        ),
        Metric(
            "attempted_false_positive_rate",
            _LOW,
            Ratio(
                row.positive_called_opposite,
                row.positive_attempted,
                "every answer to a positive row is a refusal",
            ),
            form_of="false_positive_rate",
            rewards_silence=True,
        ),
        Metric(
            "demographic_parity_difference_unguarded",
            _LOW,
            Disparity(gap.demographic_parity_difference_unguarded),
            shifts=_SELECTION,
            form_of="demographic_parity_difference",
        ),
        Metric(
            "equalized_odds_difference_unguarded",
            _LOW,
            Disparity(gap.equalized_odds_difference_unguarded),
            shifts=_ODDS,
            form_of="equalized_odds_difference",
        ),
        Metric(
            "demographic_parity_difference_refused_as_negative",
            _LOW,
            Disparity(gap.demographic_parity_difference_refused_as_negative),
            shifts=_SELECTION,
            form_of="demographic_parity_difference",
        ),
        Metric(
            "equalized_odds_difference_refused_as_negative",
            _LOW,
            Disparity(gap.equalized_odds_difference_refused_as_negative),
            shifts=_ODDS,
            form_of="equalized_odds_difference",
        ),
    )
)
"""A refusal counts against a subject: none is a gain."""
