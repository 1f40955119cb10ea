"""Answers of a vote's best member, chosen on items other than those it answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, Flags
from trusteval.ensemble.panel import Panel
from trusteval.stats.crossfit import halves
from trusteval.types import Declared, Unavailable


def chosen_on_other_half(panel: Panel, *, seed: int) -> AnswerTable | Unavailable:
    """Return what the member that scores best on one half of the units answers to the other."""
    chosen = members_chosen(panel, seed=seed)
    return chosen if isinstance(chosen, Unavailable) else answers_of(panel, chosen)


def members_chosen(panel: Panel, *, seed: int) -> Codes | Unavailable:
    """Return per sample which member scores best on the half of the units that it is not in.

    Of equals the one of highest precision is taken. A half on which no member has a score cannot
    choose.
    """
    table = panel.sample_table
    counted = np.zeros(len(table.samples), bool)
    counted[panel.rows] = True
    second = halves(table.unit, table.stratum, seed=seed)
    of_second, of_first = (_best(panel, half & counted) for half in (second, ~second))
    if of_second is None or of_first is None:
        return Unavailable("on one half of its items no member has a score to be chosen by")
    return np.where(second, of_first, of_second)


def answers_of(panel: Panel, members: Codes) -> AnswerTable:
    """Return what was answered by a member per sample, `members` counting from 0 in their order."""
    singles = [panel.singles[name] for name in panel.names]
    starts = np.cumsum([0, *(len(one.answers) for one in singles)])
    code = np.choose(
        members, [one.code + start for one, start in zip(singles, starts, strict=False)]
    )
    answers = tuple(answer for one in singles for answer in one.answers)
    return replace(singles[0], answers=answers, code=code)


def _best(panel: Panel, half: Flags) -> int | None:
    """Return which member scores best on some of the samples, None where none has a score."""
    if not half.any():
        return None
    part = at(panel, np.flatnonzero(half))
    scores = [part.measure(panel.singles[name]).score.value for name in panel.names]
    known = [place for place, value in enumerate(scores) if value is not None]
    return max(known, key=lambda place: (scores[place] or 0.0, -place), default=None)


def at(panel: Panel, rows: Codes) -> Panel:
    """Return a panel of some of its samples, scored as the whole is."""
    parts = replace(panel.cast[0], rows=rows).by_setting()
    declared = {name: Declared(len(part), part.targets) for name, part in parts.items()}
    return replace(panel, rows=rows, declared=declared)
