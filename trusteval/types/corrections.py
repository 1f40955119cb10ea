"""A value corrected for the errors of the judge that counted it, and how often it errs."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.types.scores import Interval


@dataclass(frozen=True, slots=True)
class JudgeErrors:
    """How often a judge is right, in percent: of the `n_true` rows that count, of the other ones.

    `where` names the part of the benchmark that it is about. One that `is_pooled` was counted on
    other settings' rows too, because that part has too few.
    """

    where: str
    sensitivity: float
    n_true: int
    specificity: float
    n_false: int
    is_pooled: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What a metric would be if the judge never erred, in points, or why that is not known.

    `judged` is what it is by the judge alone, over `n_judged` answers. `by_people` says that the
    errors are counted against labels of people; else the run's own reader stands in for them, and
    whether that one errs is not known. Of the `n_labels` of people, `n_unused` were given to other
    texts than these, or the judge has no reading of them. `of_reference` are the errors on the
    reference's answers, where it is a drop from it. One that `is_clipped` lay outside of what a
    metric can be.
    """

    metric: str
    value: float | None = None
    interval: Interval | None = None
    judged: float | None = None
    n_judged: int = 0
    errors: tuple[JudgeErrors, ...] = ()
    of_reference: tuple[JudgeErrors, ...] = ()
    by_people: bool = False
    n_labels: int = 0
    n_unused: int = 0
    is_clipped: bool = False
    undefined: str | None = None
