"""Ballots read from contradictory texts: counted where the protocol drops them, or the reverse.

The strict protocol makes no label of a text that holds two; the reference protocols' code takes one
of them all the same, which is the label that is counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.panel import Panel
from trusteval.protocols.comptrust import COMPTRUST
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import rows_in_order
from trusteval.types import Answer, Invalid, InvalidReason, Label, Unavailable

_DROPPED = Invalid(InvalidReason.CONTRADICTORY)


@dataclass(frozen=True, slots=True, eq=False)
class Recast:
    """Ballots with the contradictory ones turned over, and how many the score covers."""

    done: str
    ballots: int
    cast: tuple[AnswerTable, ...] | Unavailable


def turned_over(run: AnsweredRun, panel: Panel) -> Recast:
    """Count contradictory ballots as published code reads them, or drop those that are counted."""
    counted = [[_is_counted(answer) for answer in one.answers] for one in panel.cast]
    if any(map(any, counted)):
        n = sum(_rows(panel, one, flags) for one, flags in zip(panel.cast, counted, strict=True))
        cast = tuple(replace(one, answers=tuple(map(_dropped, one.answers))) for one in panel.cast)
        return Recast("dropped", n, cast)
    dropped = [[answer == _DROPPED for answer in one.answers] for one in panel.cast]
    n = sum(_rows(panel, one, flags) for one, flags in zip(panel.cast, dropped, strict=True))
    return Recast("counted", n, _read_anew(run, panel) if n else panel.cast)


def _rows(panel: Panel, cast: AnswerTable, flags: Sequence[bool]) -> int:
    return int(np.array(flags, bool)[cast.code[panel.rows]].sum())


def _is_counted(answer: Answer) -> bool:
    return isinstance(answer, Label) and answer.contradictory


def _dropped(answer: Answer) -> Answer:
    return _DROPPED if _is_counted(answer) else answer


def _read_anew(run: AnsweredRun, panel: Panel) -> tuple[AnswerTable, ...] | Unavailable:
    if BENCHMARKS[panel.benchmark].published_reading is None:
        return Unavailable(f"published code has no reading of {panel.benchmark} to take a label by")
    found = []
    for name, cast in zip(panel.names, panel.cast, strict=True):
        said = run.said.get((name, panel.benchmark))
        if said is None:
            return Unavailable(f"what {name} said is not recorded, and its answer has no label")
        rows = _rows_of(run, panel, name)
        if isinstance(rows, Unavailable):
            return rows
        answers = [cast.answers[code] for code in cast.code.tolist()]
        for place, answer in enumerate(answers):
            if answer == _DROPPED:
                sample = panel.sample_table.samples[place]
                answers[place] = COMPTRUST.ballot(sample, said.at(int(rows[place])))
        found.append(AnswerTable.of(panel.sample_table, answers))
    return tuple(found)


def _rows_of(run: AnsweredRun, panel: Panel, name: str) -> Codes | Unavailable:
    """Return which row of what a member said is about each sample of the panel."""
    answers = run.answer_tables[name, panel.benchmark]
    if answers.sample_table is panel.sample_table:
        return np.arange(len(answers.code))
    return rows_in_order(answers, panel.sample_table)
