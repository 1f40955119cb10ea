"""Files that a clone left as pointers of git-lfs: the weights themselves were never fetched."""

from __future__ import annotations

from pathlib import Path

from trusteval.errors import ModelError
from trusteval.system.bounded import read_bytes

_BEGINNING = b"version https://git-lfs.github.com/spec/"
_LONGEST = 1024  # bytes; the specification allows no longer pointer


def refuse_pointer(file: Path) -> None:
    """Raise ModelError with the cure if the file is a git-lfs pointer; one that is absent is none.

    A file that cannot be read is left to its reader.
    """
    try:
        is_pointer = read_bytes(file, most=_LONGEST).startswith(_BEGINNING)
    except OSError:
        return
    if is_pointer:
        raise ModelError(
            f"{file} is a git-lfs pointer, not the file itself; fetch it: install git-lfs, then "
            f"git -C {file.parent} lfs pull"
        )
