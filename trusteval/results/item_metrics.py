"""Which metrics are said item by item, and why the others cannot be compared so."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from trusteval.results.answered import Answered

Direction = Callable[[str], bool | None]
"""Whether higher is better of a metric; None where the tool does not say."""


def metrics_of(
    answers: Sequence[Answered], *, direction: Direction
) -> tuple[dict[str, bool], dict[str, str]]:
    """Return the metrics that all answers have in [0, 1], and of the others what is wrong."""
    usable: dict[str, bool] = {}
    unusable: dict[str, str] = {}
    for name in sorted({name for answer in answers for name in answer.values}):
        fault = _fault([answer.values[name] for answer in answers if name in answer.values])
        absent = sum(name not in answer.values for answer in answers)
        higher = direction(name)
        if absent:
            unusable[name] = f"{absent} of {len(answers)} answers lack it"
        elif fault:
            unusable[name] = fault
        elif higher is None:
            unusable[name] = "the results do not say whether higher is better"
        else:
            usable[name] = higher
    return usable, unusable


def _fault(values: Sequence[object]) -> str:
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if others := [value for value in values if not isinstance(value, int | float)]:
        return (
            f"not one number per item but {_kind(others[0])} ({len(others)} of {len(values)}): the "
            "tool computes it over all items"
        )
    if undefined := sum(not math.isfinite(number) for number in numbers):
        return f"{undefined} of {len(values)} answers have no finite number"
    if min(numbers) < 0 or max(numbers) > 1:
        return f"from {min(numbers):g} to {max(numbers):g}, expected 0 to 1"
    return ""


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "an object"
        case _:
            return "a text"
