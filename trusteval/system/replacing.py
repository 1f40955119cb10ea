"""The one way to write a file: a finished one is put in its place, or nothing changes there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | os.O_CLOEXEC


@contextmanager
def half_written(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a new file beside `path`, under a name that nobody can guess; remove it at the end.

    Who renames it first keeps it. It is never somebody else's file and never a link; whoever the
    umask lets may read it. OSError passes through.
    """
    half = path.parent / f".unfinished-{uuid.uuid4().hex}"
    handle = os.open(half, _NEW, 0o666)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  (the handle is what was made)
            yield half, file
    finally:
        half.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path`, whole or not at all; OSError passes through.

    A link in that place is replaced, not followed: who wants to follow it resolves it first.
    """
    with half_written(path) as (half, file):
        file.write(content)
        file.flush()
        half.replace(path)
