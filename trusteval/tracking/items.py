"""What items are called and show in recorded runs; answers in the order of another run's items."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.types import Answer, Invalid, Label, Refusal, Sample, Unavailable

_REFUSED = "refused"
_INVALID = "invalid: "
_CONTRADICTORY = " (contradictory)"


def aligned(answer_table: AnswerTable, sample_table: SampleTable) -> AnswerTable | Unavailable:
    """Return a subject's answers in another table's order, or say how its items differ."""
    rows = rows_in_order(answer_table, sample_table)
    if isinstance(rows, Unavailable):
        return rows
    return AnswerTable(
        sample_table, answer_table.answers, answer_table.code[rows], np.arange(len(rows))
    )


def rows_in_order(answer_table: AnswerTable, sample_table: SampleTable) -> Codes | Unavailable:
    """Return which row of answers is about each sample of another table, or say how the
    items differ. Where an item is there twice, nobody can say which of its answers is meant.
    """
    for one in (answer_table.sample_table, sample_table):
        if (twice := repeated_item(one.samples)) is not None:
            return Unavailable(f"item {twice} is there twice")
    place = {
        item_name(answer_table.sample_table.samples[row]): row for row in answer_table.rows.tolist()
    }
    wanted = [item_name(sample) for sample in sample_table.samples]
    known = set(wanted)
    gone, new = [k for k in place if k not in known], [k for k in wanted if k not in place]
    if gone or new:
        said = [
            f"{len(keys)} only {when}, the first {keys[0]}"
            for keys, when in ((gone, "before"), (new, "now"))
            if keys
        ]
        return Unavailable(f"other items: {'; '.join(said)}")
    return np.fromiter((place[key] for key in wanted), np.int64, len(wanted))


def repeated_item(samples: Iterable[Sample]) -> str | None:
    """Return the first item that is there twice."""
    seen: set[str] = set()
    for name in map(item_name, samples):
        if name in seen:
            return name
        seen.add(name)
    return None


def shown_answer(answer: Answer) -> str:
    """Word an answer: its label, "refused", or why it is none."""
    match answer:
        case Label(value, contradictory):
            return f"{value}{_CONTRADICTORY if contradictory else ''}"
        case Refusal():
            return _REFUSED
        case Invalid(reason):
            return f"{_INVALID}{reason}"


def item_name(sample: Sample) -> str:
    """Return what an item is called in its benchmark: its setting and its id there."""
    return f"{sample.setting.name}/{sample.id}"


def shown_text(sample: Sample) -> str:
    """Return an item's own text in one line."""
    return " | ".join(" ".join(text.split()) for text in sample.fields.values())
