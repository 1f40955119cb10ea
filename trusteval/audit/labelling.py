"""What a person made of the drawn answers: a labelled table, matched with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trusteval.audit.card import answer_of, digest
from trusteval.audit.key import Key, KeyedAnswer, KeyedRow
from trusteval.audit.table import TableRow
from trusteval.errors import DataError
from trusteval.system.files import abbreviated
from trusteval.types import Answer, Invalid


@dataclass(frozen=True, slots=True)
class Compared:
    """A drawn answer and what a person made of it; `label` is None where they could not decide.

    `text` and `response` are what both read.
    """

    drawn: KeyedAnswer
    label: Answer | None
    setting: str
    item: str
    response: str

    @property
    def agrees(self) -> bool:
        """Whether a score would be the same: why an answer is none changes no score."""
        read, label = self.drawn.answer, self.label
        return read == label or (isinstance(read, Invalid) and isinstance(label, Invalid))

    @property
    def agrees_on_reason(self) -> bool:
        """Whether both also say the same of why an answer is none."""
        return self.drawn.answer == self.label


@dataclass(frozen=True, slots=True)
class Labelling:
    """Every drawn answer that has a label, in the order of the rows; how many have none yet."""

    key: Key
    compared: tuple[Compared, ...]
    unlabelled: int


def match(rows: Sequence[TableRow], key: Key, *, path: Path) -> Labelling:
    """Match the rows of a table with its key, in whatever order they are.

    Raises DataError, with the line, for a row that the key does not know, that is there twice or
    was edited, and for a label that its row does not allow.
    """
    labelled: dict[str, tuple[TableRow, str]] = {}
    seen: dict[str, int] = {}
    for row in rows:
        name = row.cells["row"].strip()
        where = f"{path}, line {row.line}"
        if name in seen:
            raise DataError(f"{where}: row {name} is on line {seen[name]} already; keep one")
        seen[name] = row.line
        label = _label(row, _known(row, key.rows, where=where), where=where)
        if label:
            labelled[name] = row, label
    return Labelling(
        key=key,
        compared=tuple(
            _compared(drawn, *labelled[drawn.row])
            for drawn in sorted(key.answers, key=lambda one: (one.row, one.subject))
            if drawn.row in labelled
        ),
        unlabelled=sum(drawn.row not in labelled for drawn in key.answers),
    )


def _known(row: TableRow, known: Mapping[str, KeyedRow], *, where: str) -> KeyedRow:
    name = row.cells["row"].strip()
    if name not in known:
        raise DataError(
            f"{where}: the key knows no row {abbreviated(name)}, but {next(iter(sorted(known)))} "
            "and its like; is this the key of another audit?"
        )
    if digest(row.cells) != known[name].digest:
        raise DataError(
            f"{where}: row {name} is not what was drawn; only the column label may change"
        )
    return known[name]


def _label(row: TableRow, known: KeyedRow, *, where: str) -> str:
    said = " ".join(row.cells["label"].split()).casefold()
    named = {allowed.casefold(): allowed for allowed in known.allowed}
    if said and said not in named:
        raise DataError(
            f"{where}: expected a label of {' | '.join(known.allowed)}, "
            f"got {abbreviated(row.cells['label'])}"
        )
    return named.get(said, "")


def _compared(drawn: KeyedAnswer, row: TableRow, label: str) -> Compared:
    return Compared(
        drawn=drawn,
        label=answer_of(label),
        setting=row.cells["setting"],
        item=row.cells["item"],
        response=row.cells["response"],
    )
