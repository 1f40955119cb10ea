"""The places that exports are written to: whole or not at all, in one line where they cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from trusteval.errors import UsageError
from trusteval.system.files import real_path
from trusteval.system.replacing import half_written


@contextmanager
def file_at(out: Path) -> Iterator[BinaryIO]:
    """Open what takes the place of a file once all of it is written.

    Raises UsageError for a place that cannot be written; then nothing changes there.
    """
    try:
        real = real_path(out)
        if real.exists() and not real.is_file():
            raise UsageError(f"cannot write {out}: it is there and no file")
        with half_written(real) as (half, file):
            yield file
            file.flush()
            half.replace(real)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from error


def folder_at(out: Path) -> Path:
    """Make a folder, unless it is there; UsageError where that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
    return out


def refuse_foreign(out: Path, *, begins: bytes) -> None:
    """Raise UsageError for a file that is there and does not begin as an export of its kind does.

    An empty file may be replaced.
    """
    if not out.is_file():
        return
    try:
        with out.open("rb") as file:
            start = file.read(len(begins))
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
    if start not in (b"", begins):
        raise UsageError(f"{out} is there, and is no earlier export: name another, or remove it")
