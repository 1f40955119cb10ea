"""Changes to an SQLite file through SQLite, so that it is whole and says what it should not."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

_CELLS: tuple[Any, ...] = (
    *(None, 0, -1, 1, 7, 2**31, 2**62, 2**63 - 1, 1.5, float("inf"), "", "x", "\x1b[31m", "1"),
    *(b"", b"\x00" * 32, b"\xff" * 32, b"\xff\xfe", b"a" * 31, "end", "length", "{}", "[]", "null"),
    *('{"a": ' * 3000, '{"perplexity": NaN, "vocabulary_size": 1, "shortfall": 0}', "9" * 5000),
    *("\u202e", "x" * 100_000, "[" * 100_000),
)


def sqlite_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Put odd values into cells, undo what tables demand, or forge what a file says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        path.write_bytes(raw)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA writable_schema=ON")
            _change_database(connection, chance)
        finally:
            connection.close()
        return path.read_bytes()


def _change_database(connection: sqlite3.Connection, chance: random.Random) -> None:
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    table = chance.choice([name for (name,) in named])
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    column, kind = chance.choice(columns), chance.random()
    if kind < 0.7:
        with suppress(sqlite3.IntegrityError):
            connection.execute(
                f'UPDATE "{table}" SET "{column}" = ? WHERE rowid IN (SELECT rowid FROM "{table}" '
                "LIMIT 1)"
                if table == "contexts"
                else f'UPDATE "{table}" SET "{column}" = ?'
                f'WHERE "{columns[0]}" IN (SELECT "{columns[0]}" FROM "{table}" LIMIT 1)',
                (chance.choice(_CELLS),),
            )
    elif kind < 0.8:
        loosened = "replace(replace(sql, 'NOT NULL', ''), 'INTEGER', '')"
        connection.execute(f"UPDATE sqlite_master SET sql = {loosened} WHERE name = ?", (table,))
    elif kind < 0.85:
        connection.execute(f"PRAGMA user_version={chance.choice((0, 1, 2, 3, 4, 5, 99, -1))}")
    elif kind < 0.9:
        connection.execute(f'DROP TABLE "{table}"')
    elif kind < 0.95:
        connection.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "odd"')
    else:
        connection.execute(f'DELETE FROM "{table}"')
