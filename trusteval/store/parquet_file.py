"""A store as one Parquet table: a row per answer; contexts and looks are in its metadata."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from trusteval.errors import DataError
from trusteval.store.entries import (
    Answered,
    Described,
    Entry,
    Looked,
    answered,
    described,
    looked,
    to_fields,
)

_CONTEXTS, _LOOKS = b"trusteval.contexts", b"trusteval.looks"
_ROWS_AT_ONCE = 16_384
_COLUMNS = {
    **{"key": "string", "context": "string", "text": "string", "finish_reason": "string"},
    **{"n_prompt_tokens": "int64", "n_new_tokens": "int64", "recorded": "int64"},
}


def write_parquet(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries to a new file; contexts and looks have to come before the first answer."""
    import pyarrow
    from pyarrow import parquet

    kept: dict[bytes, list[dict[str, Any]]] = {_CONTEXTS: [], _LOOKS: []}
    left = iter(entries)
    first: Answered | None = None
    for entry in left:
        if isinstance(entry, Answered):
            first = entry
            break
        kept[_CONTEXTS if isinstance(entry, Described) else _LOOKS].append(to_fields(entry))
    schema = pyarrow.schema(
        [(name, pyarrow.type_for_alias(kind)) for name, kind in _COLUMNS.items()],
        metadata={name: json.dumps(rows, sort_keys=True) for name, rows in kept.items()},
    )
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        rows = [] if first is None else [to_fields(first)]
        while rows := [*rows, *map(to_fields, islice(left, _ROWS_AT_ONCE - len(rows)))]:
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            rows = []


def read_parquet(path: Path) -> Iterator[Entry]:
    """Yield a file's entries; raises DataError naming the row of the first that is malformed."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            yield from _kept(path, file.schema_arrow.metadata or {})
            absent = [name for name in _COLUMNS if name not in file.schema_arrow.names]
            if absent:
                raise DataError(f"{path}: expected the columns {', '.join(_COLUMNS)}")
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(_COLUMNS)):
                for fields in batch.to_pylist():
                    number += 1
                    yield answered(fields, place=f"{path}, row {number}")
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path} is no Parquet file of a store: {reason}") from error


def _kept(path: Path, metadata: dict[bytes, bytes]) -> Iterator[Described | Looked]:
    for name, read in ((_CONTEXTS, described), (_LOOKS, looked)):
        place = f"{path}, metadata {name.decode()}"
        try:
            rows = json.loads(metadata.get(name, b""))
        except ValueError as error:
            raise DataError(f"{place}: expected JSON, got {error}") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{place}: expected a list of objects")
        for number, fields in enumerate(rows, start=1):
            yield read(fields, place=f"{place}, entry {number}")
