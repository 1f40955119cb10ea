"""What a store's file holds, and how files of older versions become it.

Keys and digests are 32 bytes instead of 64 letters, and an answer names its context by a number:
half the size on disk. `recorded` is when, in seconds since 1970; `checksum` covers the row.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from trusteval.errors import DiskSpaceError, StoreError
from trusteval.store.database import Database, damaged

SCHEMA_VERSION = 3
_TABLES = (
    """CREATE TABLE contexts (
        number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, description TEXT NOT NULL)""",
    """CREATE TABLE responses (
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, text TEXT NOT NULL,
        finish_reason TEXT NOT NULL, n_prompt_tokens INTEGER NOT NULL,
        n_new_tokens INTEGER NOT NULL, recorded INTEGER NOT NULL,
        checksum INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE health (
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, found TEXT NOT NULL,
        recorded INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE leases (
        unit TEXT PRIMARY KEY, owner TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID""",
)
_KNOWN = {"contexts", "responses", "health", "leases"}
_OURS = {("table", name) for name in _KNOWN}
INSERT_RESPONSE = "INSERT OR IGNORE INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_HEALTH = "INSERT OR IGNORE INTO health VALUES (?, ?, ?, ?)"


def response_row(
    key: bytes, context: int, answered: Sequence[Any], *, recorded: int
) -> tuple[Any, ...]:
    """Lay out a row of `responses`; `answered` are text, reason, prompt and new tokens."""
    return (key, context, *answered, recorded, checksum(key, context, answered))


def checksum(key: bytes, context: int, answered: Sequence[Any]) -> int:
    """Return a number that a row read from a damaged page does not match."""
    text, reason, n_prompt_tokens, n_new_tokens = answered
    counted = f"{context} {reason} {n_prompt_tokens} {n_new_tokens} {text}"
    return zlib.crc32(counted.encode(), zlib.crc32(key))


def prepare(database: Database) -> None:
    """Make the tables of a new file, or those of an older version's file with all its answers.

    One process at a time. Raises StoreError for a newer version's file and for a database of
    something else.
    """
    if _found(database) is None:
        return
    database.execute("PRAGMA journal_mode=WAL")
    with database.writing():
        tables = _found(database)
        if tables is None:  # another process was faster
            return
        for table in tables:
            database.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        for table in _TABLES:
            database.execute(table)
        if tables:
            _move(database, tables)
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    if tables:
        with suppress(StoreError, DiskSpaceError):  # what was moved is as good, only larger
            database.compact()


def refuse_other_schema(database: Database) -> None:
    """Raise StoreError for a file of another version, which cannot be taken over where it is."""
    found = _found(database)
    if found is not None:
        raise StoreError(
            f"response store {database.path} is "
            f"{'of an older version' if found else 'empty'} and cannot be written; copy it to a "
            "file that can, and name that by --trust-store"
        )


def _found(database: Database) -> set[str] | None:
    """Return the tables to be moved, none of a new file; None where all is as it should be."""
    version = int(database.execute("PRAGMA user_version")[0][0])
    if version == SCHEMA_VERSION:
        _refuse_foreign(database)
        return None
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"response store {database.path} has schema {version}, this trusteval writes "
            f"{SCHEMA_VERSION}; use another --trust-store"
        )
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in rows}
    if tables and not {"contexts", "responses"} <= tables <= _KNOWN:
        raise StoreError(
            f"{database.path} is a database of something else (it holds "
            f"{', '.join(sorted(tables)[:3])}); use another --trust-store"
        )
    return tables


def _refuse_foreign(database: Database) -> None:
    """Raise StoreError for a file with what computes or acts where ours has only tables."""
    found = database.execute("SELECT type, name FROM sqlite_master WHERE type != 'index'")
    odd = [f"the {kind} {name}" for kind, name in found if (kind, name) not in _OURS]
    odd += [f"no table {name}" for kind, name in sorted(_OURS) if (kind, name) not in found]
    for name in sorted(_KNOWN) if not odd else ():
        columns = database.execute(f"PRAGMA table_xinfo({name})")
        odd += [f"the computed column {name}.{column[1]}" for column in columns if column[6]]
    if odd:
        raise StoreError(
            f"{database.path} is no response store of trusteval (it has {odd[0]:.80}); use another "
            "--trust-store"
        )


def _move(database: Database, tables: set[str]) -> None:
    """Take over the rows of schema 1 or 2, whose keys were text; they count as recorded now."""
    now = int(time.time())
    contexts = database.execute("SELECT context, description FROM old_contexts ORDER BY context")
    numbers = {context: number for number, (context, _) in enumerate(contexts, start=1)}

    def responses() -> Iterator[tuple[Any, ...]]:
        for key, context, *answered in database.stream("SELECT * FROM old_responses ORDER BY key"):
            yield response_row(bytes.fromhex(key), numbers[context], answered, recorded=now)

    try:
        database.execute_many(
            "INSERT INTO contexts VALUES (?, ?, ?)",
            ((numbers[c], bytes.fromhex(c), description) for c, description in contexts),
        )
        database.execute_many(INSERT_RESPONSE, responses())
        if "health" in tables:
            looks = database.stream("SELECT key, context, found FROM old_health")
            rows = ((bytes.fromhex(key), numbers[c], found, now) for key, c, found in looks)
            database.execute_many(INSERT_HEALTH, rows)
    except (ValueError, KeyError) as error:
        raise damaged(database.path, f"schema 2 has no such key: {error}") from error
    for table in tables:
        database.execute(f"DROP TABLE old_{table}")
