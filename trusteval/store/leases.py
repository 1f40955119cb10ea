"""Who is producing what: a work unit is claimed with a lease whose owner shows signs of life."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from trusteval.errors import DiskSpaceError, StoreError
from trusteval.printable import printable
from trusteval.store.database import Database

LEASE_SECONDS = 60.0
"""A lease whose owner gave no sign of life for so long is free again."""

_OWNER = re.compile("(.*?):([0-9]{1,9}):.*")


class Leases:
    """The leases of one store, as one process sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"

    @contextmanager
    def hold(self, unit: str) -> Iterator[bool]:
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
            # A lease that cannot be given back expires; what the work said matters more.
            with suppress(StoreError, DiskSpaceError), self._database.writing():
                self._database.execute(
                    "DELETE FROM leases WHERE unit = ? AND owner = ?", (unit, self._owner)
                )

    def alive(self) -> list[str]:
        """Return who holds a lease and is alive."""
        held = self._database.execute("SELECT owner, seen FROM leases")
        return sorted({owner for owner, seen in held if _is_alive(owner, seen)})

    def holder(self, unit: str) -> str | None:
        """Name who holds a work unit and is alive, if anybody does."""
        held = self._database.execute("SELECT owner, seen FROM leases WHERE unit = ?", (unit,))
        return shown_owner(held[0][0]) if held and _is_alive(*held[0]) else None

    def _claim(self, unit: str) -> bool:
        with self._database.writing():
            held = self._database.execute("SELECT owner, seen FROM leases WHERE unit = ?", (unit,))
            if held and _is_alive(*held[0]):
                return False
            self._database.execute(
                "INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", (unit, self._owner, time.time())
            )
        return True

    def _renew(self, unit: str, done: threading.Event) -> None:
        with suppress(StoreError, DiskSpaceError):  # then the lease expires
            database = Database(self._database.path)
            try:
                while not done.wait(LEASE_SECONDS / 6):
                    database.execute(
                        "UPDATE leases SET seen = ? WHERE unit = ? AND owner = ?",
                        (time.time(), unit, self._owner),
                    )
            finally:
                database.close()


def shown_owner(owner: str) -> str:
    """Name the process that owns a lease."""
    named = _OWNER.fullmatch(owner)
    return f"process {named[2]} on {printable(named[1])}" if named else printable(owner)


def _is_alive(owner: object, seen: object) -> bool:
    """Whether an owner gave a sign of life; one that is none never does."""
    named = _OWNER.fullmatch(owner) if isinstance(owner, str) else None
    if named is None or not isinstance(seen, int | float):
        return False
    host, pid = named.groups()
    if abs(time.time() - seen) > LEASE_SECONDS:  # one from the future is another clock's
        return False
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(int(pid))


def _is_zombie(pid: int) -> bool:
    """Say whether a process is dead and only its parent has not noticed, as an xdist worker's."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[:1] == ["Z"]
