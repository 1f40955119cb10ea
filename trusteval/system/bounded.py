"""The one way to read a file: only what is a file, no more of it than its kind can hold.

What others wrote may be a pipe that never ends, a device, a bomb that unpacks to gigabytes, or
JSON nested beyond what anything can walk. Each bound is named by the error that it raises.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import tomllib
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

MIB = 2**20
MOST_VALUES = 2**24
"""How many commas JSON may hold; the answers of a full run have three million."""
DEEPEST = 64
"""How deep JSON may be nested; nothing that trusteval reads goes beyond a dozen levels."""
_KEY = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{DEEPEST}}}")
"""A dotted key of so many parts, each of which would be a table in a table."""
_GZIP = 31
"""What zlib calls a gzip file of any window."""


def read_bytes(path: Path, *, most: int) -> bytes:
    """Return what a file holds, at most `most` bytes.

    Raises OSError: for what cannot be opened, what is no regular file (a pipe, a device, a
    directory), and for a file that holds more.
    """
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"more than {shown_size(most)}", str(path))
    return content


def read_lines(path: Path, *, longest: int) -> Iterator[bytes]:
    """Yield a file's lines with their ends, each at most `longest` bytes.

    Raises OSError as `read_bytes` does; ValueError for a longer line, which it names.
    """
    with opened(path) as file:
        number = 0
        while line := file.readline(longest + 1):
            number += 1
            if len(line) > longest:
                raise ValueError(f"line {number} has more than {shown_size(longest)}")
            yield line


def opened(path: Path) -> BufferedReader:
    """Open what is a regular file; raises OSError for anything else."""
    try:
        # A pipe that nobody writes to would keep a plain open() waiting.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:  # a NUL, or half a surrogate pair
        raise OSError(errno.EINVAL, "no name that a file can have", str(path)) from error
    try:
        refuse_special(os.fstat(handle).st_mode, path)
        return open(handle, "rb")  # noqa: PTH123  (the handle is what was looked at)
    except BaseException:
        os.close(handle)
        raise


def refuse_special(mode: int, path: Path) -> None:
    """Raise OSError for the mode of what is no regular file."""
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
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
    """Parse JSON.

    Raises ValueError for what is none, is nested more than DEEPEST levels or has more than
    MOST_VALUES values.
    """
    # An empty list takes three bytes of text and sixty of memory.
    if (text.count(",") if isinstance(text, str) else text.count(b",")) > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES:,} values")
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested beyond all bounds") from error
    if is_deeper(document, DEEPEST):
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    return document


def loads_toml(text: str) -> dict[str, Any]:
    """Parse TOML; raises ValueError for what is none, or is nested more than DEEPEST levels."""
    if _LONG_KEY.search(text):  # what reads it takes time that grows with the square of that
        raise ValueError(f"a key of more than {DEEPEST} parts")
    try:
        document = tomllib.loads(text)
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
