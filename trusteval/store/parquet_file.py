"""A store as a Parquet table: a row per response, or per response's probabilities.

Contexts, health checks and costs are metadata. The column `found`, which earlier versions did not
write, is JSON: the probabilities of a row that has no text.
"""

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
    ProbabilitiesEntry,
    ResponseEntry,
    context_entry,
    cost_entry,
    health_entry,
    probabilities_entry,
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
_FOUND = {"found": "string"}


def write_parquet(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries to a new file; those that are rows have to come after all others."""
    import pyarrow
    from pyarrow import parquet

    kept: dict[bytes, list[dict[str, Any]]] = {place: [] for place in _PLACES.values()}
    left = iter(entries)
    first: list[dict[str, Any]] = []
    for entry in left:
        if isinstance(entry, ResponseEntry | ProbabilitiesEntry):
            first = [_row(entry)]
            break
        kept[_PLACES[type(entry)]].append(to_fields(entry))
    schema = pyarrow.schema(
        [(name, pyarrow.type_for_alias(kind)) for name, kind in (_COLUMNS | _FOUND).items()],
        metadata={name: json.dumps(rows, sort_keys=True) for name, rows in kept.items()},
    )
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while rows := [*first, *map(_row, islice(left, _ROWS_AT_ONCE - len(first)))]:
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            first = []


def _row(entry: Entry) -> dict[str, Any]:
    fields = to_fields(entry)
    return {**fields, "found": json.dumps(fields["found"])} if "found" in fields else fields


def read_parquet(path: Path) -> Iterator[Entry]:
    """Yield a file's entries; raises DataError naming the row of the first that is malformed."""
    import pyarrow
    from pyarrow import parquet

    try:
        with opened(path) as raw:
            table = parquet.ParquetFile(raw)
            yield from _kept(path, table.schema_arrow.metadata or {})
            columns = _COLUMNS | (_FOUND if "found" in table.schema_arrow.names else {})
            _refuse_other(path, table, columns)
            texts = [name for name, kind in columns.items() if kind == "string"]
            # One value that all rows share takes no room in a file: it is looked at before it does.
            file, number = parquet.ParquetFile(raw, read_dictionary=texts), 0
            for batch in file.iter_batches(_ROWS_READ_AT_ONCE, columns=list(columns)):
                _refuse_long(path, batch)
                for fields in batch.to_pylist():
                    number += 1
                    yield _entry(fields, place=f"{path}, row {number}")
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path} is no Parquet file of a store: {reason}") from error


def _entry(fields: Mapping[str, Any], *, place: str) -> Entry:
    if fields.get("found") is None:
        return response_entry(fields, place=place)
    try:
        return probabilities_entry({**fields, "found": loads(fields["found"])}, place=place)
    except ValueError as error:
        raise DataError(f"{place}: expected JSON under 'found', got {error}") from error


def _refuse_other(path: Path, file: Any, columns: Mapping[str, str]) -> None:
    """Raise DataError for another table, and for parts that are larger than any of ours."""
    names = file.schema_arrow.names
    if any(names.count(name) != 1 for name in columns):
        raise DataError(f"{path}: expected the columns {', '.join(columns)}, each once")
    for name, kind in columns.items():
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
