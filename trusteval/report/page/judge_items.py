"""Items that a judge reads otherwise, with what was said to them, if that is kept."""

from __future__ import annotations

from collections.abc import Mapping

from trusteval.printable import shortened
from trusteval.tables import Cell, Column, Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import item_name
from trusteval.types import Unavailable

_ITEM = 2
"""The column of the item's name, after benchmark and subject."""
_MOST = 600
"""Characters of an answer that are shown."""


def with_texts(items: Table, answers: AnsweredRun | Unavailable) -> Table:
    """Return the table of items with a column more: what the subject said."""
    keys = dict.fromkeys((str(row[1]), str(row[0])) for row in items.rows)
    said = {key: _said(key, answers) for key in keys}
    rows = tuple(
        (*row, _shown(said[str(row[1]), str(row[0])], str(row[_ITEM]))) for row in items.rows
    )
    return Table(
        items.name, items.title, (*items.columns, Column("answer")), rows, notes=items.notes
    )


def _said(
    key: tuple[str, str], answers: AnsweredRun | Unavailable
) -> Mapping[str, str] | Unavailable:
    """Return what a subject said to a benchmark, by item."""
    if isinstance(answers, Unavailable):
        return answers
    found, said = answers.answer_tables.get(key), answers.said.get(key)
    if found is None or said is None:
        return Unavailable("a vote says nothing itself")
    samples = found.sample_table.samples
    return {item_name(sample): said.at(row).text for row, sample in enumerate(samples)}


def _shown(said: Mapping[str, str] | Unavailable, item: str) -> Cell:
    match said:
        case Unavailable():
            return said
        case _:
            text = said.get(item, "")
            return shortened(text, most=_MOST) or Unavailable("nothing was said to it")
