"""A store as a Parquet table: a row per response; contexts, health checks and costs as metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from trusteval.errors import DataError
from trusteval.store.entries import (
    ContextEntry,
    CostEntry,
    Entry,
    HealthEntry,
    ResponseEntry,
    context_entry,
    cost_entry,
    health_entry,
    response_entry,
    to_fields,
)
from trusteval.system.bounded import MIB, loads, opened, shown_size

_CONTEXTS, _LOOKS, _COSTS = b"trusteval.contexts", b"trusteval.looks", b"trusteval.costs"
_PLACES: dict[type[Entry], bytes] = {
    ContextEntry: _CONTEXTS,
    HealthEntry: _LOOKS,
    CostEntry: _COSTS,
}
_READERS: dict[bytes, Callable[..., Entry]] = {
    _CONTEXTS: context_entry,
    _LOOKS: health_entry,
    _COSTS: cost_entry,
}
_ROWS_AT_ONCE, _ROWS_READ_AT_ONCE = 16_384, 256
_MOST_OF_A_PART, _LONGEST = 1024 * MIB, 4 * MIB
"""What a row group may unpack to, and a text hold; a part of ours has 16,384 responses."""
_COLUMNS = {
    **{"key": "string", "context": "string", "text": "string", "finish_reason": "string"},
    **{"n_prompt_tokens": "int64", "n_new_tokens": "int64", "recorded": "int64"},
}


def write_parquet(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries to a new file; responses have to come after all others."""
    import pyarrow
    from pyarrow import parquet

    kept: dict[bytes, list[dict[str, Any]]] = {place: [] for place in _PLACES.values()}
    left = iter(entries)
    first: ResponseEntry | None = None
    for entry in left:
        if isinstance(entry, ResponseEntry):
            first = entry
            break
        kept[_PLACES[type(entry)]].append(to_fields(entry))
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

    texts = [name for name, kind in _COLUMNS.items() if kind == "string"]
    try:
        with opened(path) as raw:
            table = parquet.ParquetFile(raw)
            yield from _kept(path, table.schema_arrow.metadata or {})
            _refuse_other(path, table)
            # One value that all rows share takes no room in a file: it is looked at before it does.
            file, number = parquet.ParquetFile(raw, read_dictionary=texts), 0
            for batch in file.iter_batches(_ROWS_READ_AT_ONCE, columns=list(_COLUMNS)):
                _refuse_long(path, batch)
                for fields in batch.to_pylist():
                    number += 1
                    yield response_entry(fields, place=f"{path}, row {number}")
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path} is no Parquet file of a store: {reason}") from error


def _refuse_other(path: Path, file: Any) -> None:
    """Raise DataError for another table, and for parts that are larger than any of ours."""
    names = file.schema_arrow.names
    if any(names.count(name) != 1 for name in _COLUMNS):
        raise DataError(f"{path}: expected the columns {', '.join(_COLUMNS)}, each once")
    for name, kind in _COLUMNS.items():
        found = file.schema_arrow.field(name).type
        if str(getattr(found, "value_type", found)) != kind:
            raise DataError(f"{path}: expected {kind} in the column {name}, got {found}")
    for part in range(file.num_row_groups):
        size = file.metadata.row_group(part).total_byte_size
        if not 0 <= size <= _MOST_OF_A_PART:
            raise DataError(
                f"{path}: row group {part} unpacks to more than {shown_size(_MOST_OF_A_PART)}"
            )


def _refuse_long(path: Path, batch: Any) -> None:
    """Raise DataError for a text that is longer than any that is kept."""
    import pyarrow.compute as compute

    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        texts = getattr(column, "dictionary", None)
        longest = None if texts is None else compute.max(compute.binary_length(texts)).as_py()
        if longest is not None and longest > _LONGEST:
            raise DataError(f"{path}: a {name} of more than {shown_size(_LONGEST)}")


def _kept(path: Path, metadata: Mapping[bytes, bytes]) -> Iterator[Entry]:
    # Files of earlier versions hold no costs.
    known = {_COSTS: b"[]", **metadata}
    for name, read in _READERS.items():
        place = f"{path}, metadata {name.decode()}"
        try:
            rows = loads(known.get(name, b""))
        except ValueError as error:
            raise DataError(f"{place}: expected JSON, got {error}") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{place}: expected a list of objects")
        for number, fields in enumerate(rows, start=1):
            yield read(fields, place=f"{place}, entry {number}")
