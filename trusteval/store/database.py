"""One SQLite file in WAL mode, and every fault of it as one line that says what to do.

`synchronous=NORMAL` syncs the disk at checkpoints only: what is committed survives the death of any
process, and a power cut may cost the last seconds but never the file.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trusteval.errors import DiskSpaceError, StoreError, TrustEvalError
from trusteval.system.bounded import MIB, refuse_special
from trusteval.system.files import may_use

_WAIT_SECONDS = 60
_TIDYING_MILLISECONDS = 500
_PRIMARY_CODE = 0xFF
_FEWEST_FREE_BYTES = 1 << 20
_LONGEST_VALUE = 64 * MIB
"""What a value may hold; a response that is kept has 1 MiB at most."""


class Database:
    """A connection to the file at `path`, made if it is not there.

    Methods raise StoreError for a file that cannot be read or written, DiskSpaceError where there
    is no room for it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with explaining(path):
            self._connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
            _distrust(self._connection)
            self._connection.execute("PRAGMA synchronous=NORMAL")

    @classmethod
    def read_only(cls, path: Path) -> Database:
        """Open a file that is there and cannot be written; every change is a StoreError."""
        database = cls.__new__(cls)
        database.path = path
        with explaining(path):
            database._connection = _read_only_connection(path)
            _distrust(database._connection)
        return database

    def close(self) -> None:
        self._connection.close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a statement; returns its rows."""
        with explaining(self.path):
            return self._connection.execute(statement, values).fetchall()

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement; returns how many rows it changed."""
        with explaining(self.path):
            return self._connection.execute(statement, values).rowcount

    def execute_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run a statement for each row of values; returns how many rows it changed."""
        with explaining(self.path):
            return max(0, self._connection.executemany(statement, rows).rowcount)

    def stream(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows of a query without holding all of them."""
        with explaining(self.path):
            yield from self._connection.execute(statement, values)

    @property
    def n_bytes(self) -> int:
        """How large the file is, or will be once what was committed is moved into it."""
        pages, size = (self.execute(f"PRAGMA {what}")[0][0] for what in ("page_count", "page_size"))
        return int(pages) * int(size)

    def compact(self) -> None:
        """Give back the room of what was deleted; needs as much room as is left in use.

        Keys are random, so that what is deleted leaves half-filled pages and few empty ones: an
        incremental vacuum would find nothing.
        """
        self.execute("VACUUM")
        # Who reads just now keeps the file as large as it is until the next writer tidies up.
        self.execute(f"PRAGMA busy_timeout={_TIDYING_MILLISECONDS}")
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.execute(f"PRAGMA busy_timeout={1000 * _WAIT_SECONDS}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do everything inside, or nothing; other writers wait meanwhile."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the file, whatever others write meanwhile."""
        self.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.rollback()


def _distrust(connection: sqlite3.Connection) -> None:
    """Let a file that somebody else made run no functions and bring no value beyond all bounds."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.execute("PRAGMA trusted_schema=OFF")


def can_be_written(path: Path) -> bool:
    """Say whether this user may change the file at `path` and what SQLite keeps beside it."""
    return may_use(path.parent, os.W_OK | os.X_OK) and all(map(_is_free, _beside(path)))


def _is_free(file: Path) -> bool:
    """Say whether a file may be written or is not there; other processes make and remove it."""
    while not may_use(file, os.W_OK):
        if not file.exists():
            return True
        if not may_use(file, os.W_OK) and file.exists():
            return False
    return True


def _beside(path: Path) -> Iterator[Path]:
    """Yield the file and those that are kept beside it."""
    for end in ("", "-journal", "-wal", "-shm", ".lock"):
        yield path.with_name(f"{path.name}{end}")


def _read_only_connection(path: Path) -> sqlite3.Connection:
    """Open a file as it is, where SQLite cannot make the files beside it that WAL mode needs.

    Where somebody else is at it, those are there. Else nobody is, and the file does not change;
    what a process that died left beside it is read from a copy.
    """
    place = f"file:{quote(str(path.absolute()))}?mode=ro"
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    if not has_log:
        place += "&immutable=1"
    connection = sqlite3.connect(place, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if not has_log:
            raise
        return _copied(path, log)
    return connection


def _copied(path: Path, log: Path) -> sqlite3.Connection:
    """Return a copy in memory of a file and what is beside it."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with tempfile.TemporaryDirectory() as folder:
        for file in (path, log):
            shutil.copyfile(file, Path(folder) / file.name)
        with closing(sqlite3.connect(Path(folder) / path.name)) as whole:
            whole.backup(copy)
    copy.execute("PRAGMA query_only=1")
    return copy


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Word what goes wrong with the store at `path` in one line."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(path, error) from error
    except UnicodeDecodeError as error:  # of what SQLite says, which quotes the file
        raise damaged(path, "what SQLite finds in it is no text") from error
    except MemoryError as error:  # of a length that the file claims; nothing was taken
        raise damaged(path, "SQLite asks for more memory over it than there is") from error


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Word what keeps the store at `path` from being opened in one line.

    That it is a pipe, a device or a folder is found before anything waits for it.
    """
    try:
        for file in _beside(path):
            with suppress(FileNotFoundError):  # a journal may go meanwhile
                refuse_special(file.stat().st_mode, file)
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskSpaceError(_NO_ROOM.format(path)) from error
        raise StoreError(
            f"response store {path} cannot be opened: {_told(error, path)}; {_ELSEWHERE}"
        ) from error


def _told(error: OSError, path: Path) -> str:
    """Say what is wrong, and with which of the files beside the store."""
    if error.filename in (None, str(path)):
        return f"{error.strerror}"
    return f"{error.filename}: {error.strerror}"


def damaged(path: Path, how: str) -> StoreError:
    """Return the error of a file that may not be believed."""
    return StoreError(
        f"response store {path} is damaged ({how}); save what can be read with `trusteval store "
        f"export --salvage FILE --store={path}`, move the file away, and import FILE"
    )


_ELSEWHERE = "name another file by --trust-store, or another cache by TRUSTEVAL_CACHE"
_NO_ROOM = "no space left for the response store {}; make room: what is recorded in it is kept"


def _explained(path: Path, error: sqlite3.Error) -> TrustEvalError:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_NOTADB:
        return StoreError(f"response store {path} cannot be opened: {error}; use another file")
    if code == sqlite3.SQLITE_CORRUPT or str(error).startswith("Could not decode"):
        return damaged(path, str(error).partition(" with text")[0])
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(f"response store {path} cannot be written; {_ELSEWHERE}")
    # Without room SQLite's shared index cannot grow either, which it calls an I/O error.
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return DiskSpaceError(_NO_ROOM.format(path))
    return StoreError(f"response store {path}: {error}")


def _is_full(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free < _FEWEST_FREE_BYTES
