"""Which rows of an answer table something holds of: what rates are shares of (docs/method.md)."""

from __future__ import annotations

from collections.abc import Callable

from trusteval.answers.table import AnswerTable, Flags

Indicator = Callable[[AnswerTable], Flags]
"""Says of each row whether something holds."""


def correct(answer_table: AnswerTable) -> Flags:
    return answer_table.correct


def wrong(answer_table: AnswerTable) -> Flags:
    return ~answer_table.correct


def refused(answer_table: AnswerTable) -> Flags:
    return answer_table.refused


def invalid(answer_table: AnswerTable) -> Flags:
    return answer_table.invalid


def answered(answer_table: AnswerTable) -> Flags:
    return answer_table.answered


def unanswered(answer_table: AnswerTable) -> Flags:
    return ~answer_table.answered


def attempted(answer_table: AnswerTable) -> Flags:
    return ~answer_table.refused


def correct_or_abstained(answer_table: AnswerTable) -> Flags:
    return answer_table.correct | answer_table.refused


def correct_if_refusal_is_no(answer_table: AnswerTable) -> Flags:
    return answer_table.correct | (answer_table.refused & ~answer_table.truly_positive)


def truly_positive(answer_table: AnswerTable) -> Flags:
    return answer_table.truly_positive


def called_positive(answer_table: AnswerTable) -> Flags:
    return answer_table.called_positive


def called_opposite(answer_table: AnswerTable) -> Flags:
    return answer_table.answered & ~answer_table.correct


def not_called_opposite(answer_table: AnswerTable) -> Flags:
    return ~called_opposite(answer_table)


def positive_called_opposite(answer_table: AnswerTable) -> Flags:
    return answer_table.truly_positive & called_opposite(answer_table)


def positive_attempted(answer_table: AnswerTable) -> Flags:
    return answer_table.truly_positive & ~answer_table.refused
