"""Builds what subjects found likely: log-probabilities of labels, and a section's cells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from tests.ensemble.polled import panels_about
from trusteval.ensemble.certainty import certainty
from trusteval.tables import Section
from trusteval.types import Answer, Label, LabelLogs, Setting

LETTERS = ("A", "B", "C", "D")
TOLD = "the server names no more than one"


def logs(*probabilities: float | None, labels: Sequence[str] = LETTERS) -> LabelLogs:
    """Return the logarithms of what an item's labels have; None is unknown."""
    unknown = TOLD if None in probabilities else ""
    return LabelLogs(
        tuple(labels), tuple(p if p is None else log(p) for p in probabilities), unknown
    )


def section_of(
    weighed: Mapping[str, Sequence[LabelLogs]],
    *,
    truths: Sequence[str] = (),
    said: Mapping[str, Sequence[Answer]] | None = None,
    asked: Sequence[Setting] = (),
) -> Section:
    """Return the section of a run in which everybody says A, unless `said` says otherwise."""
    rows = len(truths) or len(next(iter(weighed.values())))
    texts = {**{name: [Label("A")] * rows for name in weighed}, **(said or {})}
    right = truths or ["A"] * rows
    return certainty(panels_about(right, texts, asked=asked, weighed=weighed))


def rows_of(section: Section, table: str) -> list[dict[str, Any]]:
    """Return a table's rows, further ones too, by the names of its columns."""
    (found,) = (one for one in section.tables if one.name == table)
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in (*found.rows, *found.further)]


def row_of(section: Section, table: str, **key: str) -> dict[str, Any]:
    """Return the only row of a table that has these cells."""
    (row,) = (
        row
        for row in rows_of(section, table)
        if all(row[name] == value for name, value in key.items())
    )
    return row
