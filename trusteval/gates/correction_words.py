"""Words a correction for a judge's errors: the value, what the judge alone says, how often it errs.

A reader must not take it for more than it is: which truth the errors are counted against is said
with every number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trusteval.types import Correction, JudgeErrors

READER = "against the strict reader, not people"
_FEW = 2
"""So many parts of a benchmark are named; more are told together."""


def correction_words(told: Correction) -> str:
    """Word a correction: "score 61.2 corrected (90 % interval 55.0 to 67.4), ..."."""
    if told.value is None or told.interval is None:
        return f"{told.metric} cannot be corrected for the judge's errors: {told.undefined}"
    clipped = ", cut off at what it can be" if told.is_clipped else ""
    bounds = f"90 % interval {told.interval.low:.1f} to {told.interval.high:.1f}{clipped}"
    said = [
        f"{told.metric} corrected for the judge's errors {told.value:.1f} ({bounds})",
        f"{told.judged:.1f} by the judge alone on {told.n_judged} answers",
        *error_words(told.errors),
        *(f"of the reference, {words}" for words in error_words(told.of_reference)),
    ]
    return f"{', '.join(said)}, {standard_words(told)}"


def standard_words(told: Correction) -> str:
    """Say against what the judge's errors are counted."""
    used = told.n_labels - told.n_unused
    unused = f", {told.n_unused} more unused" if told.n_unused else ""
    return f"against {used} labels of people{unused}" if told.by_people else READER


def error_words(errors: Sequence[JudgeErrors]) -> Iterator[str]:
    """Word how often a judge is right, part by part; the range where there are many parts."""
    counted = {(e.sensitivity, e.n_true, e.specificity, e.n_false, e.is_pooled): e for e in errors}
    if len(counted) == 1 and errors:
        yield _words(errors[0])
    elif len(counted) <= _FEW:
        yield from (f"{e.where} {_words(e)}" for e in counted.values())
    else:
        yield (
            f"sensitivity {_range([e.sensitivity for e in errors], '.1f')} % "
            f"(n={_range([e.n_true for e in errors], 'd')}), "
            f"specificity {_range([e.specificity for e in errors], '.1f')} % "
            f"(n={_range([e.n_false for e in errors], 'd')}) in {len(errors)} parts"
            + (", some pooled over settings" if any(e.is_pooled for e in errors) else "")
        )


def _words(errors: JudgeErrors) -> str:
    pooled = " pooled over settings" if errors.is_pooled else ""
    return (
        f"sensitivity {errors.sensitivity:.1f} % (n={errors.n_true}), "
        f"specificity {errors.specificity:.1f} % (n={errors.n_false}){pooled}"
    )


def _range(values: Sequence[float], form: str) -> str:
    low, high = format(min(values), form), format(max(values), form)
    return low if low == high else f"{low} to {high}"
