"""Puts files where none are: what is there stays, and nothing is left half done."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.system.files import write_files


def place(folder: Path, texts: Mapping[Path, str]) -> None:
    """Write files of a folder, none of which may be there, and the folders that they are in.

    Raises UsageError for a place that cannot be written; then nothing is left behind.
    """
    whole = {folder / path: text for path, text in texts.items()}
    there = [path for path in whole if is_taken(path)]
    if there:
        raise UsageError(f"cannot write {there[0]}: it is there already")
    with _folders(sorted({path.parent for path in whole})):
        write_files(whole, follows_links=False)


def is_taken(path: Path) -> bool:
    """Whether a name is taken, if only by a link that leads nowhere."""
    return os.path.lexists(path)


@contextmanager
def _folders(wanted: Iterable[Path]) -> Iterator[None]:
    """Make folders; take away again those that were made where what follows fails."""
    made: list[Path] = []
    try:
        for folder in wanted:
            for one in (*reversed(folder.parents), folder):
                if not one.is_dir():
                    _make(one)
                    made.append(one)
        yield
    except BaseException:
        for one in reversed(made):
            with suppress(OSError):  # somebody put a file of theirs into it
                one.rmdir()
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir()
    except FileExistsError as error:
        raise UsageError(
            f"cannot write into {folder}: it is no folder; move it away first"
        ) from error
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder}: {error.strerror}") from error
