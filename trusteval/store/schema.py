"""What a store's file holds; a file of another version, or of something else, is left alone.

Keys and digests are 32 bytes instead of 64 letters, and a response names its context by a number:
half the size on disk. `recorded` is when, in seconds since 1970; `checksum` covers what the row
says and of what, not when.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from typing import Any

from trusteval.errors import StoreError
from trusteval.store.database import Database

SCHEMA_VERSION = 5
_TAKEN = (4, SCHEMA_VERSION)
"""Files of these schemas are taken, whatever they lack of _ADDED."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999: no calendar goes on."""
_FOUND = """(
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, found TEXT NOT NULL,
        recorded INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID"""
_FIRST = {
    "contexts": """(
        number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, description TEXT NOT NULL)""",
    "responses": """(
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, text TEXT NOT NULL,
        finish_reason TEXT NOT NULL, n_prompt_tokens INTEGER NOT NULL,
        n_new_tokens INTEGER NOT NULL, recorded INTEGER NOT NULL,
        checksum INTEGER NOT NULL) WITHOUT ROWID""",
    "health": _FOUND,
    "leases": """(
        unit TEXT PRIMARY KEY, owner TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID""",
}
_ADDED = {
    "costs": """(
        context INTEGER NOT NULL, key BLOB NOT NULL, marks BLOB NOT NULL, measured TEXT NOT NULL,
        recorded INTEGER NOT NULL, checksum INTEGER NOT NULL,
        PRIMARY KEY (context, key)) WITHOUT ROWID""",
    "probabilities": _FOUND,
}
_TABLES = _FIRST | _ADDED
# OR IGNORE would also leave out, without a word, a row that lacks a value.
INSERT_RESPONSE = (
    "INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
INSERT_HEALTH = "INSERT INTO health VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
INSERT_PROBABILITIES = (
    "INSERT INTO probabilities VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
_INSERT_COST = "INSERT INTO costs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (context, key) DO"
INSERT_COST = f"{_INSERT_COST} NOTHING"
REPLACE_COST = (
    f"{_INSERT_COST} UPDATE SET measured = excluded.measured, checksum = excluded.checksum"
)


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


def found_row(key: bytes, context: int, found: str, *, recorded: int) -> tuple[Any, ...]:
    """Lay out a row of `health` or `probabilities`; `found` is what it holds as JSON."""
    return (key, context, found, recorded, found_checksum(key, context, found))


def found_checksum(key: bytes, context: int, found: str) -> int:
    """Return a number that such a row read from a damaged page does not match."""
    return zlib.crc32(f"{context} {found}".encode(), zlib.crc32(key))


def cost_row(
    context: int, key: bytes, marks: bytes, measured: str, *, recorded: int
) -> tuple[Any, ...]:
    """Lay out a row of `costs`; `measured` is what was measured as JSON."""
    checksum = cost_checksum(context, key, marks, measured)
    return (context, key, marks, measured, recorded, checksum)


def cost_checksum(context: int, key: bytes, marks: bytes, measured: str) -> int:
    """Return a number that a cost read from a damaged page does not match."""
    return zlib.crc32(f"{context} {measured}".encode(), zlib.crc32(marks, zlib.crc32(key)))


def this_second() -> int:
    """Return the time as rows hold it, whatever a clock that is wrong says."""
    return int(min(max(time.time(), 0), LAST_SECOND))


def prepare(database: Database) -> None:
    """Make the tables that a file lacks, one process at a time: of a new or an older one.

    Raises StoreError for a file of a schema that is not taken and for a database of something else,
    both left as they are.
    """
    if not _lacking(database):
        return
    database.execute("PRAGMA journal_mode=WAL")
    with database.writing():
        for name in _lacking(database):  # another process may have been faster
            database.execute(f"CREATE TABLE {name} {_TABLES[name]}")
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def prepare_to_read(database: Database) -> None:
    """Let empty tables of this connection stand in for those that an older file lacks.

    Raises StoreError as `prepare` does, and for a file without any tables.
    """
    lacking = _lacking(database)
    if len(lacking) == len(_TABLES):
        raise StoreError(
            f"response store {database.path} is empty and cannot be written; copy it to a file "
            "that can, and name that by --trust-store"
        )
    if lacking:
        database.execute("PRAGMA query_only=0")  # of a copy in memory; the file stays read-only
        database.execute("PRAGMA temp_store=MEMORY")
        for name in lacking:
            database.execute(f"CREATE TEMP TABLE {name} {_TABLES[name]}")
        database.execute("PRAGMA query_only=1")


def _lacking(database: Database) -> list[str]:
    """Return the tables that a file lacks, all of a new one.

    Raises StoreError for a file that is not of a schema that is taken.
    """
    version = int(database.execute("PRAGMA user_version")[0][0])
    contents = _contents(database)
    tables = {name for kind, name in contents if kind == "table"}
    if version in _TAKEN:
        _refuse_foreign(database, contents)
        return [name for name in _ADDED if name not in tables]
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"response store {database.path} has schema {version}, this trusteval writes "
            f"{SCHEMA_VERSION}; use another --trust-store"
        )
    if tables and not {"contexts", "responses"} <= tables <= _TABLES.keys():
        raise StoreError(
            f"{database.path} is a database of something else (it holds "
            f"{', '.join(sorted(tables)[:3])}); use another --trust-store"
        )
    if tables:
        raise StoreError(
            f"response store {database.path} has schema {version}, this trusteval reads "
            f"{' and '.join(map(str, _TAKEN))}; move the file away or name another by "
            "--trust-store, and what it holds is asked for again"
        )
    return list(_TABLES)


def _contents(database: Database) -> list[tuple[str, str]]:
    """Return the kind and name of whatever a file has but indexes."""
    return database.execute("SELECT type, name FROM sqlite_master WHERE type != 'index'")


def _refuse_foreign(database: Database, contents: Sequence[tuple[str, str]]) -> None:
    """Raise StoreError for a file with what computes or acts where ours has only tables."""
    ours = {("table", name) for name in _TABLES}
    odd = [f"the {kind} {name}" for kind, name in contents if (kind, name) not in ours]
    odd += [f"no table {name}" for name in _FIRST if ("table", name) not in contents]
    for _, name in sorted(contents) if not odd else ():
        columns = database.execute(f"PRAGMA table_xinfo({name})")
        odd += [f"the computed column {name}.{column[1]}" for column in columns if column[6]]
    if odd:
        raise StoreError(
            f"{database.path} is no response store of trusteval (it has {odd[0]:.80}); use another "
            "--trust-store"
        )
