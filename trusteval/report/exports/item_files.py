"""Rows of items as CSV that a spreadsheet opens safely, and as Parquet with types.

Both are written row by row, or some at a time: a full run has half a million.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from typing import Any, BinaryIO

from trusteval.report.exports.item_rows import ItemRow

COLUMNS = tuple(one.name for one in fields(ItemRow))
CSV_BEGINS = ",".join(COLUMNS).encode()
PARQUET_BEGINS = b"PAR1"
_FLAGS = ("contradictory", "correct", "truncated")
_ROWS_AT_ONCE = 16_384
_ACTED_ON = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")  # noqa: RUF001
"""With what a cell begins that a spreadsheet would take for a formula, and the sign against it."""
_values = attrgetter(*COLUMNS)


def write_csv(file: BinaryIO, rows: Iterable[ItemRow]) -> None:
    """Write rows as CSV of RFC 4180 in UTF-8.

    A cell that a spreadsheet would act on, or that begins with ', has one ' before it. What is
    None is an empty cell.
    """
    text = io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cell, _values(row)) for row in rows)
    text.detach()


def write_parquet(file: BinaryIO, rows: Iterable[ItemRow], *, facts: Mapping[str, Any]) -> None:
    """Write rows as Parquet; `facts` become the file's metadata."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema(
        [(name, pyarrow.bool_() if name in _FLAGS else pyarrow.string()) for name in COLUMNS],
        metadata={"trusteval": json.dumps(facts, sort_keys=True)},
    )
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in _batches(rows):
            columns = [
                list(map(_encodable, column)) for column in zip(*map(_values, some), strict=True)
            ]
            writer.write_table(pyarrow.table(columns, schema=schema))


def _batches(rows: Iterable[ItemRow]) -> Iterator[list[ItemRow]]:
    left = iter(rows)
    while some := list(islice(left, _ROWS_AT_ONCE)):
        yield some


def _cell(value: str | bool | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_ACTED_ON) else value


def _encodable(value: str | bool | None) -> str | bool | None:
    """Write half a surrogate pair, which UTF-8 cannot hold, as its escape."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode(errors="backslashreplace").decode()
