"""A folder that is made once: whole or not at all, by one process at a time."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trusteval.errors import DiskSpaceError, PlaceError
from trusteval.system.locking import file_lock
from trusteval.system.replacing import half_written

_GB = 10**9
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_SPACE = os.strerror(errno.ENOSPC)


def make_once(
    target: Path, *, marker: str, doing: str, make: Callable[[Path], Path], needs: int = 0
) -> None:
    """Make the folder `target`, unless the file `marker` in it says that it is complete.

    `make` gets a scratch folder and returns the finished one inside it, which is renamed.
    Processes that want the same target wait for the first; what it raises passes through and
    leaves nothing. Whoever may read the folder may read what is in it. `doing` begins the scratch
    folder's name. Raises PlaceError for a place that cannot be written, DiskSpaceError if fewer
    than `needs` bytes are free or the disk runs full.
    """
    target = target.absolute()
    if (target / marker).is_file():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _try_writing(target.parent)
        lock = file_lock(_lock(target))
        lock.acquire()
    except OSError as error:
        raise PlaceError(
            f"cannot write to {target.parent}: {error.strerror}; {doing} {target.name} needs a "
            "folder that can be written (TRUSTEVAL_CACHE names the cache)"
        ) from error
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
            made = make(Path(scratch))
            _open_to_others(made)
            made.rename(target)
    finally:
        lock.release()


@contextmanager
def _explaining_full_disk(target: Path, doing: str) -> Iterator[None]:
    """Raise DiskSpaceError for a disk that runs full; safetensors has an error of its own."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError) as error:
        if getattr(error, "errno", None) not in _FULL and _NO_SPACE not in str(error):
            raise
        raise DiskSpaceError(f"{doing} {target.name}: no space left in {target.parent}") from error


def _open_to_others(made: Path) -> None:
    """Let others read what the umask lets them read; safetensors writes for its user alone."""
    with half_written(made / "probe") as (probe, _):
        usual = stat.S_IMODE(probe.stat().st_mode)
    for file in made.rglob("*"):
        if file.is_file() and not file.is_symlink():
            file.chmod(stat.S_IMODE(file.stat().st_mode) | usual)


def _try_writing(folder: Path) -> None:
    """Raise OSError for a folder that holds a lock we may take, and nothing else of ours."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno not in _FULL:  # said with what was wanted
            raise


def _lock(target: Path) -> Path:
    return target.parent / f"{target.name}.lock"


def _remove_debris(target: Path, doing: str) -> None:
    """Remove what killed runs left: the scratch folders whose lock is ours, or nobody's."""
    from filelock import Timeout

    shutil.rmtree(target, ignore_errors=True)
    if not target.is_dir() or target.is_symlink():  # a link goes, what it names stays
        target.unlink(missing_ok=True)
    for debris in target.parent.glob(f".{doing}-*"):
        name = debris.name.removeprefix(f".{doing}-").rpartition("-")[0]
        if name == target.name:
            shutil.rmtree(debris, ignore_errors=True)
            continue
        try:
            with file_lock(_lock(target.parent / name), timeout=0):
                shutil.rmtree(debris, ignore_errors=True)
        except (Timeout, OSError):
            continue


def _refuse_full_disk(target: Path, doing: str, needs: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < needs:
        raise DiskSpaceError(
            f"{doing} {target.name} needs up to {needs / _GB:.2f} GB in {target.parent}, "
            f"{free / _GB:.2f} GB are free; make room or choose another place (TRUSTEVAL_CACHE)"
        )
