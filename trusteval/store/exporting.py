"""Writes a store to a file: contexts and all that was recorded with them, of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import StoreError, UsageError
from trusteval.store.database import damaged
from trusteval.store.entries import (
    ContextEntry,
    CostEntry,
    Entry,
    HealthEntry,
    ProbabilitiesEntry,
    ResponseEntry,
)
from trusteval.store.jsonl_file import write_jsonl
from trusteval.store.parquet_file import write_parquet
from trusteval.store.responses import ResponseStore
from trusteval.store.stored import (
    is_time,
    read_cost,
    read_description,
    read_health,
    read_label_logs,
    read_response,
    shown_key,
)
from trusteval.system.files import real_path
from trusteval.system.replacing import half_written
from trusteval.types import Health

WRITERS: dict[str, Callable[[Path, Iterator[Entry]], None]] = {
    ".jsonl": write_jsonl,
    ".parquet": write_parquet,
}
_COLUMNS = {
    "responses": "key, context, recorded, checksum, text, finish_reason, n_prompt_tokens, "
    "n_new_tokens",
    "probabilities": "key, context, recorded, checksum, found",
}
_DEEPEST = 4
_DIGITS = "0123456789abcdef"


@dataclass(slots=True)
class Exported:
    """How much was written, and of a damaged store, how much could not be read."""

    responses: int = 0
    probabilities: int = 0
    unreadable_responses: int = 0
    unreadable_probabilities: int = 0
    unreadable_ranges: int = 0


def export_store(store: ResponseStore, out: Path, *, salvage: bool = False) -> Exported:
    """Write a store to `out`, whose suffix is one of WRITERS; nothing is left if it fails.

    `salvage` leaves out what cannot be read, where StoreError would be raised otherwise. Raises
    UsageError for a place that cannot be written.
    """
    if out.suffix not in WRITERS:
        raise UsageError(f"cannot export to {out}: its name has to end in {', '.join(WRITERS)}")
    exported, real = Exported(), real_path(out)
    try:
        with store.database.reading(), half_written(real) as (half, _):
            WRITERS[out.suffix](half, _entries(store, exported, salvage=salvage))
            half.replace(real)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
    return exported


def _entries(store: ResponseStore, exported: Exported, *, salvage: bool) -> Iterator[Entry]:
    digests: dict[int, str] = {}
    for number, address, description in _rows(store, "contexts", salvage=salvage):
        read = read_description(address, description)
        if read is not None:
            digests[number] = address.hex()
            yield ContextEntry(address.hex(), read)
        elif not salvage:
            raise damaged(store.path, f"context {shown_key(address)} is not as it was recorded")
    for key, number, found, recorded, expected in _rows(store, "health", salvage=salvage):
        health = read_health(key, number, found, expected)
        entry = _health_entry(key, digests.get(number), health, recorded)
        if entry is not None:
            yield entry
        elif not salvage:
            raise damaged(store.path, f"look {shown_key(key)} is not as it was recorded")
    yield from _cost_entries(store, digests, salvage=salvage)
    yield from _probabilities(store, exported, digests, salvage=salvage)
    yield from _responses(store, exported, digests, salvage=salvage)


def _probabilities(
    store: ResponseStore, exported: Exported, digests: Mapping[int, str], *, salvage: bool
) -> Iterator[Entry]:
    rows = _keyed(store, "probabilities", exported, salvage=salvage)
    for key, context, recorded, expected, found in rows:
        logs = read_label_logs(key, context, found, expected)
        if logs is None or context not in digests or not is_time(recorded):
            exported.unreadable_probabilities += 1
            if not salvage:
                what = f"probabilities {shown_key(key)} are not as they were recorded"
                raise damaged(store.path, what)
            continue
        exported.probabilities += 1
        yield ProbabilitiesEntry(key.hex(), digests[context], logs, recorded)


def _responses(
    store: ResponseStore, exported: Exported, digests: Mapping[int, str], *, salvage: bool
) -> Iterator[Entry]:
    rows = _keyed(store, "responses", exported, salvage=salvage)
    for key, context, recorded, expected, *answered in rows:
        response = read_response(key, context, answered, expected)
        if response is None or context not in digests or not is_time(recorded):
            exported.unreadable_responses += 1
            if not salvage:
                raise damaged(store.path, f"answer {shown_key(key)} is not as it was recorded")
            continue
        exported.responses += 1
        yield ResponseEntry(key.hex(), digests[context], response, recorded)


def _cost_entries(
    store: ResponseStore, digests: Mapping[int, str], *, salvage: bool
) -> Iterator[CostEntry]:
    for columns in _rows(store, "costs", salvage=salvage):
        row = read_cost(columns)
        if row is not None and row.context in digests:
            marks = b"".join(row.marks).hex()
            yield CostEntry(row.key.hex(), digests[row.context], marks, row.measured, row.recorded)
        elif not salvage:
            raise damaged(store.path, f"cost {shown_key(columns[1])} is not as it was recorded")


def _health_entry(
    key: bytes, context: str | None, health: Health | None, recorded: object
) -> HealthEntry | None:
    if context is None or health is None or not is_time(recorded):
        return None
    return HealthEntry(key.hex(), context, health, recorded)


def _rows(store: ResponseStore, table: str, *, salvage: bool) -> list[Any]:
    try:
        return store.database.execute(f"SELECT * FROM {table}")
    except StoreError:
        if salvage:
            return []
        raise


def _keyed(store: ResponseStore, table: str, exported: Exported, *, salvage: bool) -> Iterator[Any]:
    """Yield the rows of a table that has one for each answer."""
    if salvage:
        return _readable(store, table, "", exported)
    return store.database.stream(f"SELECT {_COLUMNS[table]} FROM {table}")


def _readable(store: ResponseStore, table: str, prefix: str, exported: Exported) -> Iterator[Any]:
    """Yield the rows whose keys begin with `prefix`, narrowing down what cannot be read.

    Keys are spread evenly, so that a damaged page spoils a narrow range of them.
    """
    if len(prefix) < _DEEPEST // 2:
        for digit in _DIGITS:
            yield from _readable(store, table, prefix + digit, exported)
        return
    ends = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
    asked = f"SELECT {_COLUMNS[table]} FROM {table} WHERE key BETWEEN ? AND ?"
    try:
        yield from store.database.execute(asked, ends)
    except StoreError:
        if len(prefix) == _DEEPEST:
            exported.unreadable_ranges += 1
            return
        for digit in _DIGITS:
            yield from _readable(store, table, prefix + digit, exported)
