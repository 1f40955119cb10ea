"""Lays every clean row beside its perturbed one: what an attack's success is a ratio of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import AnswerTable, Flags
from trusteval.errors import UndefinedError
from trusteval.metrics.aggregation import AttackSuccess


@dataclass(frozen=True, slots=True, eq=False)
class Attack:
    """One setting's clean rows, which are right, and of which of these the attack succeeded.

    `weight` is what the rows weigh together, in either sum of the ratio.
    """

    clean: AnswerTable
    right: Flags
    succeeded: Flags
    weight: float


def attacks(formula: AttackSuccess, rows: Mapping[str, AnswerTable]) -> list[Attack]:
    """Return the attacks of the settings that have clean rows.

    Raises UndefinedError without any, or where a row that is right has no perturbed one.
    """
    names = [name for name in formula.settings if len(rows.get(formula.clean(name), ()))]
    if not names:
        raise UndefinedError(formula.nothing)
    total = sum(formula.weights[name] for name in names)
    n = sum(len(rows[formula.clean(name)]) for name in names)
    found = []
    for name in names:
        clean, right, succeeded = _pair(formula, name, rows)
        weight = len(clean) / n
        if formula.twins:
            if not right.any():
                raise UndefinedError(f"{formula.nothing} in {name}")
            weight = formula.weights[name] / total / float(right.mean())
        found.append(Attack(clean, right, succeeded, weight))
    return found


def _pair(
    formula: AttackSuccess, setting: str, rows: Mapping[str, AnswerTable]
) -> tuple[AnswerTable, Flags, Flags]:
    """Return clean rows, which are right, and of which of these something holds when perturbed."""
    by_unit = setting in formula.twins
    perturbed, clean = rows[setting], rows[formula.clean(setting)]
    if by_unit:  # of true labels that are attacked at all
        clean = clean.only(np.isin(clean.target, perturbed.target))
    place = {name: index for index, name in enumerate(_names(perturbed, by_unit=by_unit))}
    names, right = _names(clean, by_unit=by_unit), clean.correct
    alone = [
        name
        for name, holds in zip(names, right.tolist(), strict=True)
        if holds and name not in place
    ]
    if alone:
        raise UndefinedError(f"clean items without a perturbed one: {alone[:3]}")
    beside = formula.holds(perturbed)[[place.get(name, 0) for name in names]]
    return clean, right, right & beside


def _names(rows: AnswerTable, *, by_unit: bool) -> Sequence[str]:
    """Name the rows so that a clean one is called as its perturbed one."""
    samples = (row.sample for row in rows)
    return [sample.unit if by_unit else sample.id for sample in samples]
