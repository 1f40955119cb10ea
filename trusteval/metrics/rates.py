"""Shares of judged rows: which rows hold, among which, divided by what.

Refused and invalid answers stay in every denominator unless a name says otherwise. Definitions in
docs/method.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trusteval.answers.table import Flags, Sheet

Indicator = Callable[[Sheet], Flags]
"""Says of each row whether something holds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of rows that `holds`; `by_label` averages over the true labels instead.

    `among` restricts the rows.
    """

    holds: Indicator
    by_label: bool = False
    among: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """The rate of `holds` divided by the rate of `given`.

    Of nothing it has no value, for the reason `nothing`, or the one a reference gives it.
    """

    holds: Indicator
    given: Indicator
    nothing: str
    value_of_nothing: float | None = None


def _correct(sheet: Sheet) -> Flags:
    return sheet.correct


def _refused(sheet: Sheet) -> Flags:
    return sheet.refused


def _invalid(sheet: Sheet) -> Flags:
    return sheet.invalid


def _answered(sheet: Sheet) -> Flags:
    return sheet.answered


def _attempted(sheet: Sheet) -> Flags:
    return ~sheet.refused


def _positive(sheet: Sheet) -> Flags:
    return sheet.truly_positive


def _called_opposite(sheet: Sheet) -> Flags:
    return sheet.answered & ~sheet.correct


RATES: dict[str, Rate] = {
    "accuracy": Rate(_correct),
    "balanced_accuracy": Rate(_correct, by_label=True),
    "correct_or_abstained": Rate(lambda sheet: sheet.correct | sheet.refused),
    "accuracy_refused_as_negative": Rate(
        lambda sheet: sheet.correct | (sheet.refused & ~sheet.truly_positive)
    ),
    "refusal_rate": Rate(_refused),
    "invalid_rate": Rate(_invalid),
    "non_answer_rate": Rate(lambda sheet: ~sheet.answered),
    "false_positive_rate": Rate(_called_opposite, among=_positive),
}
RATIOS: dict[str, Ratio] = {
    "answered_accuracy": Ratio(_correct, given=_attempted, nothing="every answer is a refusal"),
    "answered_accuracy_or_zero": Ratio(
        _correct, given=_attempted, nothing="", value_of_nothing=0.0
    ),
    "labelled_accuracy": Ratio(_correct, given=_answered, nothing="no answer carries a label"),
    "attempted_false_positive_rate": Ratio(
        lambda sheet: sheet.truly_positive & _called_opposite(sheet),
        given=lambda sheet: sheet.truly_positive & ~sheet.refused,
        nothing="every answer to a positive row is a refusal",
    ),
}
