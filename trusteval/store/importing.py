"""Merges a file that was exported into a store: all of it or, of a malformed file, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from trusteval.errors import DataError, UsageError
from trusteval.store.database import Database
from trusteval.store.entries import (
    ContextEntry,
    CostEntry,
    Entry,
    HealthEntry,
    ProbabilitiesEntry,
    ResponseEntry,
)
from trusteval.store.jsonl_file import read_jsonl
from trusteval.store.measured import written
from trusteval.store.parquet_file import read_parquet
from trusteval.store.responses import ResponseStore
from trusteval.store.schema import (
    INSERT_COST,
    INSERT_PROBABILITIES,
    INSERT_RESPONSE,
    cost_row,
    found_row,
    response_row,
)
from trusteval.system.digests import canonical_json

READERS: dict[str, Callable[[Path], Iterator[Entry]]] = {
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}
# Rows wait where no other process sees them, so that the store is locked for the merge alone.
_INCOMING = """CREATE TEMP TABLE incoming (
    key BLOB PRIMARY KEY, context TEXT NOT NULL, text TEXT, finish_reason TEXT,
    n_prompt_tokens INTEGER, n_new_tokens INTEGER, recorded INTEGER NOT NULL, found TEXT
) WITHOUT ROWID"""
_RESPONSES = "SELECT count(*) FROM incoming WHERE found IS NULL"
_OTHERS = """SELECT count(*) FROM incoming AS new JOIN responses AS old ON old.key = new.key
    WHERE old.text IS NOT new.text OR old.finish_reason IS NOT new.finish_reason
    OR old.n_new_tokens IS NOT new.n_new_tokens"""
_NEW = """SELECT key, context, recorded, text, finish_reason, n_prompt_tokens, n_new_tokens
    FROM incoming WHERE found IS NULL AND key NOT IN (SELECT key FROM responses)"""
_NEW_PROBABILITIES = """SELECT key, context, found, recorded
    FROM incoming WHERE found IS NOT NULL AND key NOT IN (SELECT key FROM probabilities)"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file's responses; a conflicting one says another thing under its key."""

    responses: int
    added: int
    conflicting: int


def import_file(store: ResponseStore, path: Path) -> Imported:
    """Merge a file into a store; what is there already stays.

    Raises DataError naming the line or row that is malformed, UsageError for a file that is not
    there or of another kind.
    """
    if path.suffix not in READERS:
        raise UsageError(f"cannot import {path}: its name has to end in {', '.join(READERS)}")
    store.database.execute(_INCOMING)
    try:
        staged = _stage(store.database, path)
        with store.database.writing():
            return _merge(store, staged)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    finally:
        store.database.execute("DROP TABLE incoming")


@dataclass(frozen=True, slots=True)
class _Staged:
    """What a file holds beside responses, contexts by digest."""

    described: dict[str, ContextEntry] = field(default_factory=dict)
    checks: list[HealthEntry] = field(default_factory=list)
    costs: list[CostEntry] = field(default_factory=list)


def _stage(database: Database, path: Path) -> _Staged:
    """Put a file's responses aside, checked; return what else it holds."""
    staged = _Staged()
    count = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal count
        for entry in READERS[path.suffix](path):
            match entry:
                case ContextEntry(address):
                    staged.described[address] = entry
                    continue
                case ResponseEntry(key, context, said, recorded):
                    count += 1
                    counts = said.n_prompt_tokens, said.n_new_tokens
                    text = said.text, said.finish_reason.value
                    yield (bytes.fromhex(key), context, *text, *counts, recorded, None)
                case ProbabilitiesEntry(key, context, logs, recorded):
                    count += 1
                    found = canonical_json(asdict(logs))
                    yield (bytes.fromhex(key), context, *[None] * 4, recorded, found)
                case HealthEntry():
                    staged.checks.append(entry)
                case CostEntry():
                    staged.costs.append(entry)
            if entry.context not in staged.described:
                raise DataError(f"{path}: nothing describes the context {entry.context} before it")

    with database.reading():
        insert = "INSERT OR IGNORE INTO incoming VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        database.execute_many(insert, rows())
        database.execute("COMMIT")
    different = database.execute("SELECT count(*) FROM incoming")[0][0]
    if different != count:
        raise DataError(f"{path}: expected every key once, got {count - different} again")
    return staged


def _merge(store: ResponseStore, staged: _Staged) -> Imported:
    database = store.database
    numbers = {
        address: store.number(context.description) for address, context in staged.described.items()
    }
    responses = int(database.execute(_RESPONSES)[0][0])
    conflicting = int(database.execute(_OTHERS)[0][0])
    added = database.execute_many(
        INSERT_RESPONSE,
        (
            response_row(key, numbers[context], answered, recorded=recorded)
            for key, context, recorded, *answered in database.stream(_NEW)
        ),
    )
    database.execute_many(
        INSERT_PROBABILITIES,
        (
            found_row(key, numbers[context], found, recorded=recorded)
            for key, context, found, recorded in database.stream(_NEW_PROBABILITIES)
        ),
    )
    for check in staged.checks:
        key = bytes.fromhex(check.key)
        store.insert_health(key, numbers[check.context], check.found, recorded=check.recorded)
    database.execute_many(
        INSERT_COST,
        (
            cost_row(
                numbers[cost.context],
                bytes.fromhex(cost.key),
                bytes.fromhex(cost.marks),
                written(cost.measured),
                recorded=cost.recorded,
            )
            for cost in staged.costs
        ),
    )
    return Imported(responses, added, conflicting)
