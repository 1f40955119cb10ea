"""Which rows of a sheet something holds of: what rates are the shares of (docs/method.md)."""

from __future__ import annotations

from collections.abc import Callable

from trusteval.answers.table import Flags, Sheet

Indicator = Callable[[Sheet], Flags]
"""Says of each row whether something holds."""


def correct(sheet: Sheet) -> Flags:
    return sheet.correct


def refused(sheet: Sheet) -> Flags:
    return sheet.refused


def invalid(sheet: Sheet) -> Flags:
    return sheet.invalid


def answered(sheet: Sheet) -> Flags:
    return sheet.answered


def unanswered(sheet: Sheet) -> Flags:
    return ~sheet.answered


def attempted(sheet: Sheet) -> Flags:
    return ~sheet.refused


def correct_or_abstained(sheet: Sheet) -> Flags:
    return sheet.correct | sheet.refused


def correct_if_refusal_is_no(sheet: Sheet) -> Flags:
    return sheet.correct | (sheet.refused & ~sheet.truly_positive)


def truly_positive(sheet: Sheet) -> Flags:
    return sheet.truly_positive


def called_positive(sheet: Sheet) -> Flags:
    return sheet.called_positive


def called_opposite(sheet: Sheet) -> Flags:
    return sheet.answered & ~sheet.correct


def positive_called_opposite(sheet: Sheet) -> Flags:
    return sheet.truly_positive & called_opposite(sheet)


def positive_attempted(sheet: Sheet) -> Flags:
    return sheet.truly_positive & ~sheet.refused
