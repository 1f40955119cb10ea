"""What a store's file holds, and how files of older versions become it.

Keys and digests are 32 bytes instead of 64 letters, and a response names its context by a number:
half the size on disk. `recorded` is when, in seconds since 1970; `checksum` covers what the row
says and of what, not when.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from trusteval.errors import DiskSpaceError, StoreError
from trusteval.store.database import Database, damaged

SCHEMA_VERSION = 4
_UNCHECKED_LOOKS = 3
"""The version whose health checks carried no checksum; all else is as it is now."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999: no calendar goes on."""
_HEALTH = """CREATE TABLE health (
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, found TEXT NOT NULL,
        recorded INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID"""
_TABLES = (
    """CREATE TABLE contexts (
        number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, description TEXT NOT NULL)""",
    """CREATE TABLE responses (
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, text TEXT NOT NULL,
        finish_reason TEXT NOT NULL, n_prompt_tokens INTEGER NOT NULL,
        n_new_tokens INTEGER NOT NULL, recorded INTEGER NOT NULL,
        checksum INTEGER NOT NULL) WITHOUT ROWID""",
    _HEALTH,
    """CREATE TABLE leases (
        unit TEXT PRIMARY KEY, owner TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID""",
)
_KNOWN = {"contexts", "responses", "health", "leases"}
_OURS = {("table", name) for name in _KNOWN}
# OR IGNORE would also leave out, without a word, a row that lacks a value.
INSERT_RESPONSE = (
    "INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
INSERT_HEALTH = "INSERT INTO health VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
_NEVER = -1
"""The checksum of nothing: what was damaged before it got one stays damaged."""


def response_row(
    key: bytes, context: int, answered: Sequence[Any], *, recorded: int
) -> tuple[Any, ...]:
    """Lay out a row of `responses`; `answered` are text, reason, prompt and new tokens."""
    return (key, context, *answered, recorded, response_checksum(key, context, answered))


def response_checksum(key: bytes, context: int, answered: Sequence[Any]) -> int:
    """Return a number that a row read from a damaged page does not match."""
    text, reason, n_prompt_tokens, n_new_tokens = answered
    counted = f"{context} {reason} {n_prompt_tokens} {n_new_tokens} {text}"
    return zlib.crc32(counted.encode(), zlib.crc32(key))


def health_row(key: bytes, context: int, found: str, *, recorded: int) -> tuple[Any, ...]:
    """Lay out a row of `health`; `found` is the health check as JSON."""
    return (key, context, found, recorded, health_checksum(key, context, found))


def health_checksum(key: bytes, context: int, found: str) -> int:
    """Return a number that a health check read from a damaged page does not match."""
    return zlib.crc32(f"{context} {found}".encode(), zlib.crc32(key))


def this_second() -> int:
    """Return the time as rows hold it, whatever a clock that is wrong says."""
    return int(min(max(time.time(), 0), LAST_SECOND))


def prepare(database: Database) -> None:
    """Make the tables of a new file, or those of an older version's file with all its responses.

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
        version = _version(database)
        if version == _UNCHECKED_LOOKS:
            _add_look_checksums(database)
        else:
            _move_all(database, tables)
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    if tables and version < _UNCHECKED_LOOKS:
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
    version = _version(database)
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


def _version(database: Database) -> int:
    return int(database.execute("PRAGMA user_version")[0][0])


def _add_look_checksums(database: Database) -> None:
    """Take over the health checks of schema 3; what is none gets a checksum that never fits."""
    database.execute("ALTER TABLE health RENAME TO old_health")
    database.execute(_HEALTH)
    looks = database.execute("SELECT key, context, found, recorded FROM old_health")
    database.execute_many(INSERT_HEALTH, (_with_checksum(*look) for look in looks))
    database.execute("DROP TABLE old_health")


def _with_checksum(key: Any, context: Any, found: Any, recorded: Any) -> tuple[Any, ...]:
    if isinstance(key, bytes) and isinstance(context, int) and isinstance(found, str):
        return health_row(key, context, found, recorded=recorded)
    return (key, context, found, recorded, _NEVER)


def _move_all(database: Database, tables: set[str]) -> None:
    """Make the tables of this version, and take over what schema 1 or 2 holds."""
    for table in tables:
        database.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for table in _TABLES:
        database.execute(table)
    if tables:
        _move(database, tables)


def _move(database: Database, tables: set[str]) -> None:
    """Take over the rows of schema 1 or 2, whose keys were text; they count as recorded now."""
    now = this_second()
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
            rows = (
                _with_checksum(bytes.fromhex(key), numbers[c], found, now)
                for key, c, found in looks
            )
            database.execute_many(INSERT_HEALTH, rows)
    except (ValueError, KeyError) as error:
        raise damaged(database.path, f"schema 2 has no such key: {error}") from error
    for table in tables:
        database.execute(f"DROP TABLE old_{table}")
