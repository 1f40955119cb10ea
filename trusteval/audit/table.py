"""The table that is labelled: audit.csv, written for spreadsheets and read back from them.

A cell that a spreadsheet would take for a formula, a number, a date or a truth value begins with
an apostrophe; one that begins with an apostrophe gets another, so that reading restores them all.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trusteval.audit.card import SHOWN, Card
from trusteval.errors import DataError, UsageError
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.files import decode

NAME = "audit.csv"
COLUMNS = ("row", *SHOWN, "label", "allowed")
_BYTE_ORDER_MARK = "\ufeff"
# What opens a formula, in full width too, and blanks that spreadsheets drop before it.
_FORMULA = (*"=+-@\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n", "'")
_PLAIN_NUMBER = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_REINTERPRETED = re.compile(
    r"true|false|(?=.*\d)(?:[\d\s.,:;/%()$\u20ac\u00a3+-]|e(?=[\d+-])|[ap]m?\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)+",
    re.IGNORECASE | re.DOTALL,
)
_SHORT = 40
_MOST = 64 * MIB
"""What a table may hold: a hundred answers, or some thousands, with what was asked."""
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table that was read: the line it begins on, and its cells."""

    line: int
    cells: Mapping[str, str]


def table_text(cards: Mapping[str, Card]) -> str:
    """Lay out cards, by the names of their rows, with empty labels.

    The byte order mark tells spreadsheets that it is UTF-8.
    """
    lines = [head_line(), *("".join(halves(row, card)) for row, card in cards.items())]
    return _BYTE_ORDER_MARK + "".join(f"{line}\r\n" for line in lines)


def head_line() -> str:
    """Return the line of column names."""
    return ",".join(map(_quoted, COLUMNS))


def halves(row: str, card: Card) -> tuple[str, str]:
    """Return a row up to its label and from there on: the label goes between, as it is."""
    before = [row, *(card.shown[column] for column in SHOWN)]
    return ",".join(map(_quoted, before)) + ",", "," + _quoted(" | ".join(card.allowed))


def read_table(path: Path) -> list[TableRow]:
    """Read a table as any spreadsheet saves it.

    Raises UsageError for a place that cannot be read, DataError with the line for what is no table.
    """
    try:
        text = decode(read_bytes(path, most=_MOST), path=path).removeprefix(_BYTE_ORDER_MARK)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    limit = csv.field_size_limit(len(text) + 1)
    try:
        return list(_rows(text, path=path))
    finally:
        csv.field_size_limit(limit)


def _rows(text: str, *, path: Path) -> Iterator[TableRow]:
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(_DELIMITERS, key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().casefold() for name in next(lines, [])]
        missing = [column for column in (*SHOWN, "row", "label") if column not in names]
        if missing:
            raise DataError(
                f"{path}, line 1: expected columns {', '.join(COLUMNS)}, got none named "
                f"{', '.join(missing)}"
            )
        line = lines.line_num + 1
        for cells in lines:
            if any(cells):
                if len(cells) < len(names):
                    raise DataError(
                        f"{path}, line {line}: expected {len(names)} cells, got {len(cells)}"
                    )
                named = zip(names, map(_unguarded, cells), strict=False)
                yield TableRow(line, dict(named))
            line = lines.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {lines.line_num}: no CSV: {error}") from error


def _quoted(cell: str) -> str:
    return '"' + _guarded(cell).replace('"', '""') + '"'


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or _is_reinterpreted(cell) else cell


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")


def _is_reinterpreted(cell: str) -> bool:
    """Whether a spreadsheet may change a text into a number, a date or a truth value."""
    text = cell.strip()
    if len(text) > _SHORT or _PLAIN_NUMBER.fullmatch(text):
        return False
    return _REINTERPRETED.fullmatch(text) is not None
