"""Keeps every recorded response: content-addressed, crash-safe, shared by many writers.

One SQLite file in WAL mode. A response is found by the hash of everything that decided it
(weights, tokenizer, rendered messages, decoding, kernel), never by a name. Work units are
claimed with a lease whose owner shows signs of life; a dead owner's lease expires.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trusteval.errors import StoreError
from trusteval.store.keys import canonical_json, digest
from trusteval.types import FinishReason, Health, Response

SCHEMA_VERSION = 2
LEASE_SECONDS = 60.0
"""A lease whose owner gave no sign of life for so long is free again."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contexts (
    context TEXT PRIMARY KEY, description TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS responses (
    key TEXT PRIMARY KEY, context TEXT NOT NULL, text TEXT NOT NULL,
    finish_reason TEXT NOT NULL, n_prompt_tokens INTEGER NOT NULL,
    n_new_tokens INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS health (
    key TEXT PRIMARY KEY, context TEXT NOT NULL, found TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
    unit TEXT PRIMARY KEY, owner TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID;
"""


class ResponseStore:
    """The responses in one SQLite file; safe to share between processes.

    Raises StoreError where the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        from filelock import FileLock

        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Two processes that turn a new file to WAL at once find it locked, timeout or not.
            with FileLock(path.with_name(f"{path.name}.lock")):
                self._connection = self._connect()
                self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"response store {path} cannot be opened: {error}") from error

    def close(self) -> None:
        self._connection.close()

    def get(self, keys: Sequence[str]) -> dict[str, Response]:
        """Return the responses that are recorded, by key."""
        found: dict[str, Response] = {}
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            marks = ",".join("?" * len(some))
            rows = self._execute(
                "SELECT key, text, finish_reason, n_prompt_tokens, n_new_tokens "
                f"FROM responses WHERE key IN ({marks})",
                some,
            )
            for key, text, reason, n_prompt, n_new in rows:
                found[key] = Response(text, FinishReason(reason), n_prompt, n_new)
        return found

    def put(self, context: Mapping[str, Any], responses: Mapping[str, Response]) -> None:
        """Record responses in one transaction; one that is there already is left as it is."""
        with self._writing():
            self._put_context(context)
            for key, response in responses.items():
                self._execute(
                    "INSERT OR IGNORE INTO responses VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        *(key, digest(context), response.text, response.finish_reason.value),
                        *(response.n_prompt_tokens, response.n_new_tokens),
                    ),
                )

    def get_health(self, key: str) -> Health | None:
        """Return what a look at a variant found, if it is recorded."""
        rows = self._execute("SELECT found FROM health WHERE key = ?", (key,))
        return Health(**json.loads(rows[0][0])) if rows else None

    def put_health(self, key: str, context: Mapping[str, Any], health: Health) -> None:
        """Record what a look at a variant found."""
        with self._writing():
            self._put_context(context)
            self._execute(
                "INSERT OR IGNORE INTO health VALUES (?, ?, ?)",
                (key, digest(context), canonical_json(asdict(health))),
            )

    def _put_context(self, context: Mapping[str, Any]) -> None:
        self._execute(
            "INSERT OR IGNORE INTO contexts VALUES (?, ?)",
            (digest(context), canonical_json(context)),
        )

    def __len__(self) -> int:
        return int(self._execute("SELECT count(*) FROM responses")[0][0])

    # -- leases --------------------------------------------------------------------------

    @contextmanager
    def lease(self, unit: str) -> Iterator[bool]:
        """Claim a work unit; yields False if somebody else who is alive holds it.

        The claim is renewed in the background and given back at the end.
        """
        if not self._claim(unit):
            yield False
            return
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(unit, done), daemon=True)
        renewing.start()
        try:
            yield True
        finally:
            done.set()
            renewing.join()
            with self._writing():
                self._execute(
                    "DELETE FROM leases WHERE unit = ? AND owner = ?", (unit, self._owner)
                )

    def _claim(self, unit: str) -> bool:
        with self._writing():
            held = self._execute("SELECT owner, seen FROM leases WHERE unit = ?", (unit,))
            if held and _is_alive(*held[0]):
                return False
            self._execute(
                "INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", (unit, self._owner, time.time())
            )
        return True

    def _renew(self, unit: str, done: threading.Event) -> None:
        connection = self._connect()
        try:
            while not done.wait(LEASE_SECONDS / 6):
                connection.execute(
                    "UPDATE leases SET seen = ? WHERE unit = ? AND owner = ?",
                    (time.time(), unit, self._owner),
                )
        finally:
            connection.close()

    # -- the database --------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    def _prepare(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == SCHEMA_VERSION:
            return
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"response store {self.path} has schema {version}, this trusteval writes "
                f"{SCHEMA_VERSION}; use another --trust-store"
            )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)
        self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._execute("COMMIT")

    def _execute(self, statement: str, values: Iterable[Any] = ()) -> list[Any]:
        try:
            return self._connection.execute(statement, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"response store {self.path}: {error}") from error


def _is_alive(owner: str, seen: float) -> bool:
    host, pid, _ = owner.split(":", 2)
    if time.time() - seen > LEASE_SECONDS:
        return False
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
