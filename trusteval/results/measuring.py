"""What another tool's task measures: each metric of its items, with counts of what our reader read.

What an item earned is the tool's word, what became of its answer our strict reader's: a truncated
answer that the tool gave credit for is counted as truncated all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.table import Codes
from trusteval.metrics.aggregation import WeightedSum
from trusteval.metrics.estimates import estimate
from trusteval.metrics.making import Earned
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import Direction, Metric
from trusteval.metrics.parts import RateParts
from trusteval.results.tool_run import Item
from trusteval.stats.clusters import Cell, Values, weighted_sum
from trusteval.stats.composition import STANDINGS, Standing
from trusteval.types import Answer, Counts, Interval, Invalid, InvalidReason, Refusal, Score

_SHARES = WeightedSum(())
"""The formula of a plain mean of items, which has no settings."""


def earned_metric(name: str, *, is_better_high: bool) -> Metric:
    """Return a tool's metric as gates and comparisons know metrics."""
    better = Direction.HIGHER_IS_BETTER if is_better_high else Direction.LOWER_IS_BETTER
    return Metric(name, better, Earned())


def measure_items(metric: Metric, items: Sequence[Item]) -> Measurement:
    """Measure a metric over items: its mean, in points, and the estimate of that as a fraction.

    The value is None without items, or where one did not earn a number in [0, 1].
    """
    counts = counts_of(items)
    y = earned(metric, items)
    outside = int(np.count_nonzero(~((y >= 0) & (y <= 1))))
    if not len(y) or outside:
        why = f"{outside} items earned no number from 0 to 1" if outside else "no items"
        return Measurement(metric, _SHARES, {}, Score(metric.name, None, counts, undefined=why))
    cell = Cell(1.0, y, np.arange(len(y)), np.zeros(len(y), np.int64))
    parts = RateParts(((cell,),))
    of_value = estimate(parts)
    interval = None if of_value is None else Interval(100 * of_value.low, 100 * of_value.high)
    score = Score(metric.name, 100 * weighted_sum(parts.cells), counts, interval)
    return Measurement(metric, _SHARES, {}, score, parts, of_value)


def earned(metric: Metric, items: Sequence[Item]) -> Values:
    """Return what each item earned."""
    return np.array([item.earned[metric.name] for item in items], np.float64)


def answer_of(item: Item) -> Answer | None:
    """Return how our reader read an item's responses, None where it read none.

    Of several epochs it is the reading that most of them have, the earliest of those that tie.
    """
    answers = [reading.answer for reading in item.readings]
    return max(answers, key=answers.count, default=None)


def counts_of(items: Sequence[Item]) -> Counts:
    """Count items by how their answers were read; `is_read` says that all of them were."""
    answers = [answer_of(item) for item in items]
    invalid = [answer.reason for answer in answers if isinstance(answer, Invalid)]
    return Counts(
        n=len(items),
        refused=sum(isinstance(answer, Refusal) for answer in answers),
        invalid={reason: invalid.count(reason) for reason in InvalidReason},
        is_read=None not in answers,
    )


def standings_of(metric: Metric, items: Sequence[Item]) -> Codes | None:
    """Number what became of each item: our reader says who answered, the tool who is right.

    None where some item was not read, or where one is partly right.
    """
    y, answers = earned(metric, items), [answer_of(item) for item in items]
    if None in answers or not np.isin(y, (0, 1)).all():
        return None
    best = 1.0 if metric.is_better_high else 0.0
    standings = np.full(len(items), STANDINGS.index(Standing.WRONG))
    standings[y == best] = STANDINGS.index(Standing.CORRECT)
    for kind, standing in ((Refusal, Standing.REFUSED), (Invalid, Standing.INVALID)):
        standings[[isinstance(answer, kind) for answer in answers]] = STANDINGS.index(standing)
    return standings
