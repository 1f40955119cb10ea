"""A folder that is made once: whole or not at all, by one process at a time."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trusteval.errors import DiskSpaceError, UsageError

_GB = 10**9
_NO_SPACE = os.strerror(errno.ENOSPC)


def make_once(
    target: Path, *, marker: str, doing: str, make: Callable[[Path], Path], needs: int = 0
) -> None:
    """Make the folder `target`, unless the file `marker` in it says that it is complete.

    `make` gets a scratch folder and returns the finished one inside it, which is renamed.
    Processes that want the same target wait for the first; what it raises passes through and
    leaves nothing. `doing` begins the scratch folder's name. Raises UsageError for a place that
    cannot be written, DiskSpaceError if fewer than `needs` bytes are free or the disk runs full.
    """
    from filelock import FileLock

    target = target.absolute()
    if (target / marker).is_file():
        return
    lock = FileLock(_lock(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise UsageError(f"cannot write to {target.parent}: {error.strerror}") from error
    try:
        if (target / marker).is_file():
            return
        _remove_debris(target, doing)
        _refuse_full_disk(target, doing, needs)
        prefix = f".{doing}-{target.name}-"
        with (
            _explaining_full_disk(target, doing),
            tempfile.TemporaryDirectory(prefix=prefix, dir=target.parent) as scratch,
        ):
            make(Path(scratch)).rename(target)
    finally:
        lock.release()


@contextmanager
def _explaining_full_disk(target: Path, doing: str) -> Iterator[None]:
    """Raise DiskSpaceError for a disk that runs full; safetensors has an error of its own."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError) as error:
        if getattr(error, "errno", None) != errno.ENOSPC and _NO_SPACE not in str(error):
            raise
        raise DiskSpaceError(f"{doing} {target.name}: no space left in {target.parent}") from error


def _lock(target: Path) -> Path:
    return target.parent / f"{target.name}.lock"


def _remove_debris(target: Path, doing: str) -> None:
    """Remove what killed runs left: the scratch folders whose lock is ours, or nobody's."""
    from filelock import FileLock, Timeout

    shutil.rmtree(target, ignore_errors=True)
    for debris in target.parent.glob(f".{doing}-*"):
        name = debris.name.removeprefix(f".{doing}-").rpartition("-")[0]
        if name == target.name:
            shutil.rmtree(debris, ignore_errors=True)
            continue
        try:
            with FileLock(_lock(target.parent / name), timeout=0):
                shutil.rmtree(debris, ignore_errors=True)
        except Timeout:
            continue


def _refuse_full_disk(target: Path, doing: str, needs: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < needs:
        raise DiskSpaceError(
            f"{doing} {target.name} needs up to {needs / _GB:.2f} GB in {target.parent}, "
            f"{free / _GB:.2f} GB are free; make room or choose another place (TRUSTEVAL_CACHE)"
        )
