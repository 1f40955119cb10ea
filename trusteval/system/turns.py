"""Lets one process at a time change a folder's files; a process that dies lets go.

The lock is the system's, on a hidden file that is there only while somebody holds it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = ".trusteval.lock"
_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)
_PAUSE = 0.02
_FLAGS = os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def alone_in(folder: Path, *, patience: float) -> Iterator[None]:
    """Wait for this process's turn in a folder, at most `patience` seconds.

    Raises TimeoutError after that, another OSError where no file can be made or locked there.
    """
    deadline = time.monotonic() + patience
    place = folder / NAME
    while (handle := _try_to_hold(place)) is None:
        if time.monotonic() >= deadline:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), str(place))
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        with suppress(OSError):
            place.unlink()
        os.close(handle)


def hold(handle: int, *, patience: float) -> None:
    """Lock an open file until it is closed; raises TimeoutError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not _is_locked(handle):
        if time.monotonic() >= deadline:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        time.sleep(_PAUSE)


def _try_to_hold(place: Path) -> int | None:
    """Return the handle of the locked file; None while another process has it."""
    try:
        handle = os.open(place, os.O_RDWR | _FLAGS, 0o666)
    except PermissionError:  # another user's, who was killed: it can be locked all the same
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if _is_locked(handle) and _is_at(place, handle):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True


def _is_at(place: Path, handle: int) -> bool:
    """Whether the locked file still has its name: who held it before has removed it by now."""
    try:
        there = place.lstat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(handle))
