"""The responses and health checks of a store, found by the hash of everything that decided them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trusteval.errors import StoreError, UsageError
from trusteval.store.costs import RecordedCosts, insert_effort, recorded_costs, replace_load
from trusteval.store.database import Database, can_be_written, damaged, opening
from trusteval.store.keys import address
from trusteval.store.leases import Leases
from trusteval.store.measured import written
from trusteval.store.schema import (
    INSERT_HEALTH,
    INSERT_RESPONSE,
    found_row,
    prepare,
    prepare_to_read,
    response_row,
    this_second,
)
from trusteval.store.stored import read_health, read_response
from trusteval.system.as_declared import (
    context_as_declared,
    health_as_declared,
    response_as_declared,
)
from trusteval.system.digests import canonical_json, digest
from trusteval.system.locking import file_lock
from trusteval.types import Effort, Health, Load, Response

_KEYS_AT_ONCE = 500


class ResponseStore:
    """The responses in one SQLite file; safe to share between processes.

    Keys are sha256 digests, 64 hexadecimal digits. A file that is there and cannot be written is
    only read. Raises StoreError where the file cannot be read or written, DiskSpaceError where
    there is no room.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with opening(path):
            self.is_writable = not path.is_file() or can_be_written(path)
        self.database = self._opened() if self.is_writable else Database.read_only(path)
        if not self.is_writable:
            prepare_to_read(self.database)
        self._leases = Leases(self.database)

    def _opened(self) -> Database:
        path = self.path
        with opening(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Two processes that turn a new file to WAL at once find it locked, timeout or not.
            with file_lock(path.with_name(f"{path.name}.lock")):
                database = Database(path)
                prepare(database)
                return database

    def close(self) -> None:
        self.database.close()

    def get(self, keys: Sequence[str]) -> dict[str, Response]:
        """Return the responses that are recorded, by key.

        Raises StoreError for a row that is not as it was written: it is never a response.
        """
        found: dict[str, Response] = {}
        columns = "key, context, checksum, text, finish_reason, n_prompt_tokens, n_new_tokens"
        for key, context, expected, *answered in self.rows("responses", columns, keys):
            response = read_response(key, context, answered, expected)
            if response is None:
                raise damaged(self.path, f"answer {key.hex()[:12]} is not as it was recorded")
            found[key.hex()] = response
        return found

    def rows(self, table: str, columns: str, keys: Sequence[str]) -> Iterator[Any]:
        """Yield the rows of a table that are recorded under these keys."""
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = [bytes.fromhex(key) for key in keys[start : start + _KEYS_AT_ONCE]]
            marks = ",".join("?" * len(some))
            yield from self.database.execute(
                f"SELECT {columns} FROM {table} WHERE key IN ({marks})", some
            )

    def put(self, context: Mapping[str, Any], responses: Mapping[str, Response]) -> None:
        """Record responses in one transaction; one that is there already is left as it is.

        Raises StoreError, with nothing recorded, for what could not be read back as it was given.
        """
        now = this_second()
        with self.refusing():
            described = context_as_declared(context)
            declared = [(address(key), response_as_declared(r)) for key, r in responses.items()]
        with self.database.writing():
            number = self.number(described)
            self.database.execute_many(
                INSERT_RESPONSE,
                (
                    response_row(
                        key,
                        number,
                        (r.text, r.finish_reason.value, r.n_prompt_tokens, r.n_new_tokens),
                        recorded=now,
                    )
                    for key, r in declared
                ),
            )

    def put_effort(self, context: Mapping[str, Any], keys: Collection[str], effort: Effort) -> None:
        """Record what the answers under some keys, at least one, took together."""
        with self.refusing():
            addresses, described = list(map(address, keys)), context_as_declared(context)
            measured = written(effort)
        with self.database.writing():
            number = self.number(described)
            insert_effort(self.database, number, addresses, measured, recorded=this_second())

    def put_load(self, context: Mapping[str, Any], key: str, load: Load) -> None:
        """Record what a load took, or what is known of the load of that key by now."""
        with self.refusing():
            place, described = address(key), context_as_declared(context)
            measured = written(load)
        with self.database.writing():
            number = self.number(described)
            replace_load(self.database, number, place, measured, recorded=this_second())

    def costs(self, context: str) -> RecordedCosts:
        """Return what was measured of a context, which is named by its digest."""
        return recorded_costs(self.database, context)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Word what may not be recorded in one line."""
        try:
            yield
        except ValueError as error:
            raise StoreError(f"response store {self.path}: nothing recorded: {error}") from error

    def get_health(self, key: str) -> Health | None:
        """Return what the health check of a variant found, if it is recorded."""
        rows = self.database.execute(
            "SELECT key, context, found, checksum FROM health WHERE key = ?", (bytes.fromhex(key),)
        )
        if not rows:
            return None
        health = read_health(*rows[0])
        if health is None:
            raise damaged(self.path, f"look {key[:12]} is not as it was recorded")
        return health

    def put_health(self, key: str, context: Mapping[str, Any], health: Health) -> None:
        """Record what the health check of a variant found; raises as `put` does."""
        with self.refusing():
            place, described = address(key), context_as_declared(context)
            declared = health_as_declared(health)
        with self.database.writing():
            self.insert_health(place, self.number(described), declared, recorded=this_second())

    def insert_health(self, key: bytes, context: int, health: Health, *, recorded: int) -> None:
        """Record a health check inside a transaction, by the number of its context."""
        row = found_row(key, context, canonical_json(asdict(health)), recorded=recorded)
        self.database.execute(INSERT_HEALTH, row)

    def __len__(self) -> int:
        return int(self.database.execute("SELECT count(*) FROM responses")[0][0])

    @contextmanager
    def lease(self, unit: str) -> Iterator[bool]:
        """Claim a work unit; yields False if somebody else who is alive holds it."""
        with self._leases.hold(unit) as ours:
            yield ours

    def holder(self, unit: str) -> str | None:
        """Name the process that holds a work unit and is alive, if one does."""
        return self._leases.holder(unit)

    def number(self, context: Mapping[str, Any]) -> int:
        """Return the number that rows name a context by; inside a transaction, as it may be new."""
        address = bytes.fromhex(digest(context))
        self.database.execute(
            "INSERT OR IGNORE INTO contexts (digest, description) VALUES (?, ?)",
            (address, canonical_json(context)),
        )
        rows = self.database.execute("SELECT number FROM contexts WHERE digest = ?", (address,))
        return int(rows[0][0])


def existing_store(path: Path) -> ResponseStore:
    """Open a store that has to be there; raises UsageError if it is not."""
    if not path.is_file():
        raise UsageError(f"no response store at {path}; name the file with --store")
    return ResponseStore(path)
