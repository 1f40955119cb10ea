"""Reads text and JSON so that every fault names its file and line; writes all files or none."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from trusteval.errors import DataError, PlaceError, UsageError
from trusteval.system.bounded import loads
from trusteval.system.replacing import half_written, replace_file


def abbreviated(value: object) -> str:
    """Show a value in at most 80 characters."""
    try:
        shown = repr(value)
    except (ValueError, RecursionError):  # a number of too many digits, a nesting beyond all bounds
        shown = f"a {type(value).__name__} too large to show"
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def malformed(place: object, expected: str, got: object) -> NoReturn:
    """Raise DataError for what stands at a place of a file."""
    raise DataError(f"{place}: expected {expected}, got {abbreviated(got)}")


def decode(raw: bytes, *, path: Path) -> str:
    """Decode UTF-8; raises DataError naming the line that is none."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: not valid UTF-8") from error


def parse_json(text: str, *, path: Path, first_line: int = 1) -> Any:
    """Parse JSON that starts at `first_line` of a file; raises DataError naming the line."""
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise DataError(f"{path}, line {line}: not valid JSON: {error.msg}") from error
    except ValueError as error:  # a number or a nesting beyond all bounds
        raise DataError(f"{path}, line {first_line}: not valid JSON: {error}") from error


def may_use(path: Path, mode: int) -> bool:
    """Say whether this process may use `path` so: os.access for who it acts as.

    Without `effective_ids` the system answers for its user alone and leaves out what it is allowed
    beyond that, as in a container whose user may search every folder.
    """
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def real_path(path: Path) -> Path:
    """Return where a path leads, through its links; raises OSError for a loop of them."""
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return real


def with_home(path: str | Path) -> Path:
    """Put the home directory in place of a leading ~.

    Raises UsageError where none is known, and for what no file can be called.
    """
    refuse_unnameable(str(path))
    if not str(path).startswith("~"):  # ./~x is a file of that name
        return Path(path)
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{path}: whose home {Path(path).parts[0]} is cannot be found out on this machine; "
            "write the whole path (./ before a file of that name)"
        ) from error


def is_there(path: Path) -> bool:
    """Whether a file or folder is called so; nothing has a name that is too long for one.

    Raises PermissionError where that cannot be found out.
    """
    try:
        return path.exists()
    except PermissionError:
        raise
    except OSError:
        return False


def refuse_unnameable(text: str) -> None:
    """Raise UsageError for a text that the system cannot be given: a NUL, half a surrogate pair."""
    try:
        is_nameable = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        is_nameable = False
    if not is_nameable:
        raise UsageError(f"{abbreviated(text)}: no name that a file can have")


@contextmanager
def explaining_places() -> Iterator[None]:
    """Raise PlaceError where a file or folder cannot be got at, whoever looked at it."""
    try:
        yield
    except PermissionError as error:
        raise PlaceError(
            f"{error.filename or 'a file'} is closed to this user: {error.strerror}; have it "
            "opened, or name another place (TRUSTEVAL_CACHE names the cache, options their paths)"
        ) from error
    except FileNotFoundError as error:
        if error.filename is not None:
            raise PlaceError(_place(error)) from error
        raise PlaceError(
            "the folder that this was started in is not there any more; change to another"
        ) from error
    except OSError as error:
        if error.filename is None:  # a stream: whoever writes to it knows what that means
            raise
        raise PlaceError(_place(error)) from error


def _place(error: OSError) -> str:
    # A name that is too long for a file is too long for a line.
    return f"{abbreviated(str(error.filename))}: {error.strerror}; name another place"


def refuse_unwritable(folder: Path, *, what: str, cure: str) -> None:
    """Raise PlaceError, with `cure`, if a folder cannot be written to.

    It may not be there yet: the nearest one that is there is tried, and nothing is left behind.
    """
    there = folder
    try:
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        if error.errno == errno.ENOSPC:  # what is too little is found out when it is written
            return
        raise PlaceError(
            f"{what} cannot be written to {folder}: {error.strerror} ({there}); {cure}"
        ) from error


def write_files(texts: Mapping[Path, str], *, follows_links: bool = True) -> None:
    """Write texts to files, each ending with a newline, once all of them could be written.

    A file that the user named may be a link, which is followed, or a pipe, which is written to as
    it is. Of a name that is ours in a folder of theirs neither is expected: without
    `follows_links` what is there is replaced. Raises UsageError for a place that cannot be
    written; then nothing is left behind.
    """
    path = Path()
    try:
        with ExitStack() as unfinished:
            halves: dict[Path, Path] = {}
            for path, text in texts.items():
                if path.is_dir() and (follows_links or not path.is_symlink()):
                    raise UsageError(f"cannot write {path}: it is a directory")
                whole = _encoded(text.removesuffix("\n") + "\n")
                real = real_path(path) if follows_links else path
                if follows_links and real.exists() and not real.is_file():
                    _write_through(real, whole)
                    continue
                halves[real], file = unfinished.enter_context(half_written(real))
                file.write(whole)
                file.flush()
            for path, half in halves.items():
                half.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _write_through(path: Path, content: bytes) -> None:
    """Write to a pipe or device; OSError for a pipe that nobody reads, which would never open."""
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    os.set_blocking(handle, True)
    with open(handle, "wb") as file:  # noqa: PTH123  (the handle is what was opened)
        file.write(content)


def write_atomically(path: Path, text: str) -> None:
    """Write one text file by renaming a finished one into place; OSError passes through."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, _encoded(text))


def _encoded(text: str) -> bytes:
    # A name of a file may hold half a surrogate pair, which JSON escapes like this.
    return text.encode(errors="backslashreplace")
