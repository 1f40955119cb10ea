"""What people said of texts, found again in another run: labels are of a text and who gave it.

A label holds for the same response of the same subject to the same item, by the digest of all that
its labeller was shown; where the response is another, nobody has labelled it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trusteval.answers.judged_tables import DrawnAnswers
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable
from trusteval.audit.card import card_of, digest
from trusteval.audit.key import NAME, read_key
from trusteval.audit.labelling import Labelling, match
from trusteval.audit.table import read_table
from trusteval.errors import DataError
from trusteval.printable import printable
from trusteval.types import Answer


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text by the digest of what was shown of it, its label, and how many it was drawn for."""

    setting: str
    item: str
    digest: str
    answer: Answer
    weight: float


@dataclass(frozen=True, slots=True)
class PeopleLabels:
    """Labels of people by subject and benchmark."""

    texts: Mapping[tuple[str, str], Sequence[LabelledText]]

    @property
    def subjects(self) -> list[str]:
        """Whose texts are labelled."""
        return sorted({subject for subject, _ in self.texts})

    def n_given(self, subject: str, benchmark: str) -> int:
        """Return how many labels there are, whatever texts they are of."""
        return len(self.texts.get((subject, benchmark), ()))

    def found(
        self, subject: str, benchmark: str, *, read: AnswerTable, said: ResponseTable
    ) -> DrawnAnswers | None:
        """Return the rows whose texts are labelled, with the labels; None where there are none."""
        texts = {one.digest: one for one in self.texts.get((subject, benchmark), ())}
        items = {(one.setting, one.item) for one in texts.values()}
        of_row: dict[int, LabelledText] = {}
        for row in read.rows.tolist():
            sample = read.sample_table.samples[row]
            if (sample.setting.name, printable(sample.id)) in items:
                card = card_of(sample, said.at(row), is_cut=bool(said.cut[row]))
                if (one := texts.get(digest(card.shown))) is not None:
                    of_row[row] = one
        if not of_row:
            return None
        labels = [one.answer for one in of_row.values()]
        which = np.zeros(len(read.sample_table.samples), np.int64)
        which[list(of_row)] = np.arange(len(labels))
        answers = AnswerTable.among(read.sample_table, labels, which).only(np.array([*of_row]))
        return DrawnAnswers(answers, np.array([one.weight for one in of_row.values()]))


def read_people(paths: Iterable[Path]) -> PeopleLabels:
    """Read labelled tables, each with its key beside it.

    Raises UsageError for what cannot be read, DataError for a table that is none, belongs to
    another key, has no label, or labels a text otherwise than another does.
    """
    texts: dict[tuple[str, str], dict[str, LabelledText]] = {}
    for path in paths:
        labelling = match(read_table(path), read_key(path.parent / NAME), path=path)
        if all(one.label is None for one in labelling.compared):
            raise DataError(f"{path} has no label: fill in its column label")
        for key, text in _texts(labelling):
            known = texts.setdefault(key, {}).setdefault(text.digest, text)
            if known.answer != text.answer:
                raise DataError(
                    f"{path}: {key[0]} on {key[1]}/{text.setting} item {text.item} is labelled "
                    "otherwise in another table: settle on one, or leave one out"
                )
    return PeopleLabels({key: tuple(of.values()) for key, of in texts.items()})


def _texts(labelling: Labelling) -> Iterable[tuple[tuple[str, str], LabelledText]]:
    key = labelling.key
    for one in labelling.compared:
        if one.label is not None:
            drawn = one.drawn
            yield (
                (drawn.subject, drawn.benchmark),
                LabelledText(
                    one.setting,
                    one.item,
                    key.rows[drawn.row].digest,
                    one.label,
                    key.strata[drawn.stratum].weight,
                ),
            )
