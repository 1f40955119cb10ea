"""Reads what other tools wrote: bounded, and each fault with its file, its line and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from trusteval.errors import TrackingError
from trusteval.system.bounded import MIB, loads, read_bytes, read_lines
from trusteval.system.files import abbreviated

LARGEST = 512 * MIB
"""What a document may hold; a log of MMLU without its events has some 60 MiB."""
LONGEST_LINE = 64 * MIB
MOST_LINES = 2**21
"""Lines of one task; that of the largest known one has 200,000 items."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A JSON object that a tool wrote, and where it stands.

    Every getter raises TrackingError for what is there and is of another type.
    """

    place: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return a text; raises TrackingError where there is none."""
        return self._typed(key, str, "a text", needed=True) or ""

    def optional_text(self, key: str) -> str:
        """Return a text, "" where there is none."""
        return self._typed(key, str, "a text", needed=False) or ""

    def items(self, key: str) -> list[Any]:
        """Return a list; raises TrackingError where there is none."""
        return self._typed(key, list, "a list", needed=True) or []

    def optional_items(self, key: str) -> list[Any]:
        """Return a list, an empty one where there is none."""
        return self._typed(key, list, "a list", needed=False) or []

    def part(self, key: str) -> Entry:
        """Return an object; raises TrackingError where there is none."""
        return Entry(self.place, self._typed(key, dict, "an object", needed=True) or {})

    def optional_part(self, key: str) -> Entry:
        """Return an object, an empty one where there is none."""
        return Entry(self.place, self._typed(key, dict, "an object", needed=False) or {})

    def malformed(self, expected: str, got: object) -> NoReturn:
        """Raise TrackingError for what stands here."""
        raise TrackingError(
            f"{self.place}: expected {expected}, got {abbreviated(got)}; damaged, or by a version "
            "of the tool that is not read: docs/importing.md names those that are"
        )

    def _typed(self, key: str, kind: type, what: str, *, needed: bool) -> Any:
        value = self.values.get(key)
        if value is None and (key in self.values or not needed) and not needed:
            return None
        if not isinstance(value, kind):
            self.malformed(f"{what} under {key!r}", "nothing" if value is None else value)
        return value


def read_document(path: Path) -> Entry:
    """Return the object that a JSON file holds; raises TrackingError for what is none."""
    try:
        raw = read_bytes(path, most=LARGEST)
    except OSError as error:
        raise TrackingError(f"{path}: {error.strerror}") from error
    return _entry(raw, place=str(path))


def read_objects(path: Path) -> Iterator[Entry]:
    """Yield the object of every line, blank ones skipped; raises TrackingError naming the line."""
    try:
        for number, raw in enumerate(read_lines(path, longest=LONGEST_LINE), start=1):
            if number > MOST_LINES:
                raise TrackingError(f"{path}: more than {MOST_LINES:,} lines; split the task")
            if raw.strip():
                yield _entry(raw, place=f"{path}, line {number}")
    except OSError as error:
        raise TrackingError(f"{path}: {error.strerror}") from error
    except ValueError as error:  # a line beyond all bounds, which it names
        raise TrackingError(f"{path}, {error}") from error


def _entry(raw: bytes, *, place: str) -> Entry:
    try:
        values = loads(raw.decode("utf-8"))
    except ValueError as error:  # of UnicodeDecodeError and JSONDecodeError too
        raise TrackingError(
            f"{place}: no whole JSON ({error}); the file is half written or damaged: record it "
            "or copy it again"
        ) from error
    if not isinstance(values, dict):
        raise TrackingError(f"{place}: expected a JSON object, got {abbreviated(values)}")
    return Entry(place, values)
