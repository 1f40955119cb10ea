"""Finds logs of inspect and reads them: JSON as it is, `.eval` through inspect_ai's own reader."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.checkpoints.foreign import in_one_line
from trusteval.errors import TrackingError, TrustEvalError
from trusteval.results.documents import Entry, read_document
from trusteval.results.inspect_log.samples import SAMPLE_FIELDS
from trusteval.system.bounded import MIB, opened, shown_size

_HEAD = re.compile(rb'\s*\{\s*"(?:version"\s*:\s*\d+\s*,\s*"status"|eval"\s*:\s*\{)')
_HEADER = {"version", "status", "eval", "plan", "results", "error"}
_LARGEST_UNPACKED = 4096 * MIB
"""What a `.eval` may unpack to; its samples are read one after the other."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log: its header, and its samples, which are read on demand."""

    path: Path
    header: Entry
    samples: Iterable[Entry]


def is_log(path: Path) -> bool:
    """Whether a file is a log of inspect, by its name, of JSON by its first bytes."""
    if path.suffix == ".eval":
        return path.is_file()
    if path.suffix != ".json":
        return False
    try:
        with opened(path) as file:
            return bool(_HEAD.match(file.read(256)))
    except OSError:
        return False


def logs_of(folder: Path) -> list[Path]:
    """Return the logs of a folder; of one that is there as `.eval` and as JSON, the JSON."""
    logs = [path for path in sorted(folder.iterdir()) if is_log(path)]
    dumped = {path.stem for path in logs if path.suffix == ".json"}
    return [path for path in logs if path.suffix == ".json" or path.stem not in dumped]


def read_log(path: Path) -> Log:
    """Read a log.

    Raises TrackingError for one that is damaged, without samples, or of another version; for
    `.eval` also where inspect_ai is not installed.
    """
    return _read_eval(path) if path.suffix == ".eval" else _read_json(path)


def _read_json(path: Path) -> Log:
    document = read_document(path)  # what is too large for that can be read as .eval
    samples = document.optional_items("samples")
    header = Entry(str(path), {key: document.values.get(key) for key in _HEADER})
    entries = [_sample(path, number, values) for number, values in enumerate(samples)]
    return Log(path, header, entries)


def _sample(path: Path, number: int, values: Any) -> Entry:
    place = f"{path}, sample {number}"
    if not isinstance(values, dict):
        Entry(place, {}).malformed("an object", values)
    return Entry(place, {key: values.get(key) for key in SAMPLE_FIELDS})


def _read_eval(path: Path) -> Log:
    try:
        from inspect_ai.log import read_eval_log
    except ImportError as error:
        raise TrackingError(
            f"{path}: a .eval is read by inspect_ai, which is not installed; install it with: pip "
            "install 'trusteval[inspect]', or name the JSON that `inspect log dump` writes"
        ) from error
    _refuse_bomb(path)
    with _explaining(path):
        header = read_eval_log(str(path), header_only=True).model_dump(mode="json")
    return Log(path, Entry(str(path), header), _eval_samples(path))


def _eval_samples(path: Path) -> Iterator[Entry]:
    from inspect_ai.log import read_eval_log_samples

    with _explaining(path):
        samples = read_eval_log_samples(str(path), all_samples_required=False)
        for number, sample in enumerate(samples):
            yield _sample(path, number, sample.model_dump(mode="json", include=set(SAMPLE_FIELDS)))


def _refuse_bomb(path: Path) -> None:
    """Raise TrackingError for what is no zip file, or says that it unpacks beyond all bounds."""
    try:
        with opened(path) as file, zipfile.ZipFile(file) as packed:
            size = sum(member.file_size for member in packed.infolist())
    except OSError as error:
        raise TrackingError(f"{path}: {error.strerror}") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from error
    if size > _LARGEST_UNPACKED:
        raise TrackingError(f"{path}: unpacks to more than {shown_size(_LARGEST_UNPACKED)}")


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except TrustEvalError:
        raise
    except Exception as error:  # what a library raises for a damaged file has no end
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> TrackingError:
    return TrackingError(
        f"{path}: no whole log ({in_one_line(error)}); it is half written, damaged, or by a newer "
        "inspect than the one that is installed: copy it again, or update inspect_ai"
    )
