"""Which way every metric is better: what tells the right side of a limit from the wrong one."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Which values of a metric one hopes for; the words are those of messages."""

    HIGHER_IS_BETTER = "higher is better"
    LOWER_IS_BETTER = "lower is better"


_HIGHER, _LOWER = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER

OF_GATES: dict[str, Direction] = {
    "score": _HIGHER,
    # shares of rows
    "accuracy": _HIGHER,
    "balanced_accuracy": _HIGHER,
    "correct_or_abstained": _HIGHER,
    "refusal_rate": _LOWER,
    "invalid_rate": _LOWER,
    "non_answer_rate": _LOWER,
    "false_positive_rate": _LOWER,
    # shares of shares
    "answered_accuracy": _HIGHER,
    "labelled_accuracy": _HIGHER,
    "attack_success_rate": _LOWER,
    # gaps between groups
    "fairness": _HIGHER,
    "demographic_parity_difference": _LOWER,
    "equalized_odds_difference": _LOWER,
    "non_answer_gap": _LOWER,
}
"""Every metric that a gate can name. A refusal counts against a subject: none is a gain."""
OF_PROTOCOLS: dict[str, Direction] = {
    "accuracy_refused_as_negative": _HIGHER,
    "answered_accuracy_or_zero": _HIGHER,
    "attempted_false_positive_rate": _LOWER,
    "demographic_parity_difference_unguarded": _LOWER,
    "equalized_odds_difference_unguarded": _LOWER,
    "demographic_parity_difference_refused_as_negative": _LOWER,
    "equalized_odds_difference_refused_as_negative": _LOWER,
}
"""The reference protocols' own forms of them."""
DIRECTIONS = {**OF_GATES, **OF_PROTOCOLS}
