"""The one way to read a file: only what is a file, no more of it than its kind can hold.

What others wrote may be a pipe that never ends, a device, a bomb that unpacks to gigabytes, or
JSON nested beyond what anything can walk. Each bound is named by the error that it raises.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import zlib
from io import BufferedReader
from pathlib import Path
from typing import Any

MIB = 2**20
DEEPEST = 64
"""How deep JSON may be nested; nothing that trusteval reads goes beyond a dozen levels."""
_GZIP = 31
"""What zlib calls a gzip file of any window."""


def read_bytes(path: Path, *, most: int) -> bytes:
    """Return what a file holds, at most `most` bytes.

    Raises OSError: for what cannot be opened, what is no regular file (a pipe, a device, a
    directory), and for a file that holds more.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"more than {shown_size(most)}", str(path))
    return content


def open_regular(path: Path) -> BufferedReader:
    """Open a file to be read in parts, as weights are.

    Raises OSError for what cannot be opened, and for what is no regular file.
    """
    # A pipe that nobody writes to would keep a plain open() waiting.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return open(handle, "rb")  # noqa: PTH123  (the handle is what was looked at)
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "a pipe or device, expected a file", str(path))


def read_text(path: Path, *, most: int, errors: str = "strict") -> str:
    """Return a file's UTF-8 text with its line breaks as `\\n`; raises as `read_bytes` does.

    Raises UnicodeDecodeError for what is none, unless `errors` names another way.
    """
    text = read_bytes(path, most=most).decode("utf-8", errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path, *, most: int) -> Any:
    """Return the JSON that a file holds.

    Raises OSError as `read_bytes` does, ValueError as `loads` does.
    """
    return loads(read_bytes(path, most=most))


def loads(text: str | bytes) -> Any:
    """Parse JSON; raises ValueError for what is none, or is nested more than DEEPEST levels."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested beyond all bounds") from error
    if is_deeper(document, DEEPEST):
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    return document


def is_deeper(document: object, levels: int) -> bool:
    """Whether lists and objects are nested deeper than `levels`."""
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(levels):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def gunzip(packed: bytes, *, most: int) -> bytes:
    """Unpack gzip, at most `most` bytes.

    Raises ValueError for what is no whole gzip file, or unpacks to more.
    """
    unpacked, rest = bytearray(), packed
    while rest or not unpacked:
        member = zlib.decompressobj(_GZIP)
        try:
            unpacked += member.decompress(rest, most + 1 - len(unpacked))
        except zlib.error as error:
            raise ValueError(f"truncated or no gzip file ({error})") from error
        if len(unpacked) > most:
            raise ValueError(f"unpacks to more than {shown_size(most)}")
        if not member.eof:
            raise ValueError("a truncated gzip file")
        rest = member.unused_data
        if not rest:
            break
    return bytes(unpacked)


def shown_size(n_bytes: int) -> str:
    """Show a number of bytes in whole MiB, or as it is where it is none."""
    return f"{n_bytes // MIB} MiB" if n_bytes >= MIB else f"{n_bytes} bytes"
