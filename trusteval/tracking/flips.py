"""Items that two runs answered otherwise, and those that only one of the two has right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import AnswerTable
from trusteval.tracking.items import item_name, shown_answer, shown_text
from trusteval.types import Answer


@dataclass(frozen=True, slots=True)
class Flip:
    """An item that only one of the two has right, with what both said."""

    id: str
    text: str
    target: str
    before: str
    after: str
    lost: bool


def count_otherwise(before: AnswerTable, after: AnswerTable) -> int:
    """Count the items that were answered otherwise, right or wrong."""
    known: dict[tuple[type[Answer], str], int] = {}
    given = [
        np.array(
            [
                known.setdefault((type(a), shown_answer(a)), len(known))
                for a in answer_table.answers
            ],
            np.int64,
        )[answer_table.code[answer_table.rows]]
        for answer_table in (before, after)
    ]
    return int(np.count_nonzero(given[0] != given[1]))


def flips_of(before: AnswerTable, after: AnswerTable, texts: Mapping[str, str]) -> Iterator[Flip]:
    """Yield the items that changed between right and wrong; `texts` are the items' own."""
    for place in np.flatnonzero(before.correct != after.correct).tolist():
        old, new = before[place], after[place]
        item = item_name(new.sample)
        yield Flip(
            id=item,
            text=shown_text(new.sample) or texts.get(item, ""),
            target=new.sample.target,
            before=shown_answer(old.answer),
            after=shown_answer(new.answer),
            lost=old.correct,
        )
