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
"""Schema 4 lacks the tables of _ADDED: a file that may be written gets them when it is opened."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999: no calendar goes on."""
_FIRST = {
    "contexts": """(
        number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, description TEXT NOT NULL)""",
    "responses": """(
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, text TEXT NOT NULL,
        finish_reason TEXT NOT NULL, n_prompt_tokens INTEGER NOT NULL,
        n_new_tokens INTEGER NOT NULL, recorded INTEGER NOT NULL,
        checksum INTEGER NOT NULL) WITHOUT ROWID""",
    "health": """(
        key BLOB PRIMARY KEY, context INTEGER NOT NULL, found TEXT NOT NULL,
        recorded INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID""",
    "leases": """(
        unit TEXT PRIMARY KEY, owner TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID""",
}
_ADDED = {
    "costs": """(
        context INTEGER NOT NULL, key BLOB NOT NULL, marks BLOB NOT NULL, measured TEXT NOT NULL,
        recorded INTEGER NOT NULL, checksum INTEGER NOT NULL,
        PRIMARY KEY (context, key)) WITHOUT ROWID""",
}
_TABLES = {**_FIRST, **_ADDED}
# OR IGNORE would also leave out, without a word, a row that lacks a value.
INSERT_RESPONSE = (
    "INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
INSERT_HEALTH = "INSERT INTO health VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
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


def health_row(key: bytes, context: int, found: str, *, recorded: int) -> tuple[Any, ...]:
    """Lay out a row of `health`; `found` is the health check as JSON."""
    return (key, context, found, recorded, health_checksum(key, context, found))


def health_checksum(key: bytes, context: int, found: str) -> int:
    """Return a number that a health check read from a damaged page does not match."""
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
    """Make the tables that a file lacks, one process at a time.

    Raises StoreError for another version's file and for a database of something else, both left
    as they are.
    """
    if _is_whole(database):
        return
    database.execute("PRAGMA journal_mode=WAL")
    with database.writing():
        if _is_whole(database):  # another process was faster
            return
        for name, columns in _TABLES.items():
            database.execute(f"CREATE TABLE IF NOT EXISTS {name} {columns}")
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def refuse_new(database: Database) -> None:
    """Raise StoreError for a file without tables, which cannot get them where it is."""
    if _is_new(database):
        raise StoreError(
            f"response store {database.path} is empty and cannot be written; copy it to a file "
            "that can, and name that by --trust-store"
        )


def has_table(database: Database, name: str) -> bool:
    """Whether a file has a table: one of an earlier schema that is only read lacks some."""
    return ("table", name) in _contents(database)


def _is_whole(database: Database) -> bool:
    """Whether a file has all tables; raises StoreError as `_is_new` does."""
    if _is_new(database) or _version(database) < SCHEMA_VERSION:
        return False
    return all(has_table(database, name) for name in _ADDED)


def _is_new(database: Database) -> bool:
    """Whether a file has no tables yet; raises StoreError for one that is not of our schemas."""
    version = _version(database)
    if version in _TAKEN:
        _refuse_foreign(database)
        return False
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"response store {database.path} has schema {version}, this trusteval writes "
            f"{SCHEMA_VERSION}; use another --trust-store"
        )
    tables = {name for kind, name in _contents(database) if kind == "table"}
    if tables and not {"contexts", "responses"} <= tables <= _TABLES.keys():
        raise StoreError(
            f"{database.path} is a database of something else (it holds "
            f"{', '.join(sorted(tables)[:3])}); use another --trust-store"
        )
    if tables:
        raise StoreError(
            f"response store {database.path} has schema {version}, this trusteval reads and writes "
            f"{SCHEMA_VERSION}; move the file away or name another by --trust-store, and what it "
            "holds is asked for again"
        )
    return True


def _version(database: Database) -> int:
    return int(database.execute("PRAGMA user_version")[0][0])


def _contents(database: Database) -> list[tuple[str, str]]:
    """Return the kind and name of whatever a file has but indexes."""
    return database.execute("SELECT type, name FROM sqlite_master WHERE type != 'index'")


def _refuse_foreign(database: Database) -> None:
    """Raise StoreError for a file with what computes or acts where ours has only tables."""
    found = _contents(database)
    ours = {("table", name) for name in _TABLES}
    odd = [f"the {kind} {name}" for kind, name in found if (kind, name) not in ours]
    odd += [f"no table {name}" for name in sorted(_FIRST) if ("table", name) not in found]
    for _, name in sorted(found) if not odd else ():
        columns = database.execute(f"PRAGMA table_xinfo({name})")
        odd += [f"the computed column {name}.{column[1]}" for column in columns if column[6]]
    if odd:
        raise StoreError(
            f"{database.path} is no response store of trusteval (it has {odd[0]:.80}); use another "
            "--trust-store"
        )
