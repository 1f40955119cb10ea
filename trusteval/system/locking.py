"""A lock file that is nobody's link: what a link names would be opened, and emptied, by locking."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


def file_lock(path: Path, *, timeout: float = -1) -> BaseFileLock:
    """Return the lock whose file is `path`, to be acquired.

    Raises OSError naming the file where a link, folder or pipe is in its place.
    """
    from filelock import FileLock

    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OSError(errno.EEXIST, f"{path.name} is in the way, which is no lock file", str(path))
    return FileLock(os.fspath(path), timeout=timeout)
