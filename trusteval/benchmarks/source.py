"""Where benchmark files come from: reads the original formats and fingerprints every file.

A malformed row is a DataError that names the file and the line, or the place in a JSON text.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tokenize import TokenError
from typing import Any, NoReturn

from trusteval.errors import DataError, MissingDataError
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.files import abbreviated, decode, parse_json

MOST = 64 * MIB
"""What a benchmark's file may hold; the largest published one has 4 MiB."""
_NUMPY = b"\x93NUMPY"
# An array's header is a Python literal: what is wrong with one takes many shapes.
_NO_ARRAY = (
    *(ValueError, EOFError, TokenError, SyntaxError, TypeError, KeyError, IndexError),
    *(AttributeError, RecursionError, NotImplementedError, OverflowError, MemoryError),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a data file, knowing where it stands."""

    place: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return the non-empty text under `key`."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.malformed(f"a non-empty text under {key!r}", value)
        return value

    def one_of(self, key: str, choices: Mapping[Any, str]) -> str:
        """Map the value under `key`, refusing one that is not declared."""
        value = self.values.get(key)
        if not isinstance(value, str | int) or isinstance(value, bool) or value not in choices:
            known = ", ".join(repr(choice) for choice in choices)
            self.malformed(f"one of {known} under {key!r}", value)
        return choices[value]

    def choices(self) -> tuple[str, ...]:
        """Return the four options under "choices"."""
        found = self.values.get("choices")
        if not isinstance(found, list) or [type(choice) for choice in found] != [str] * 4:
            self.malformed("four texts under 'choices'", found)
        return tuple(found)

    def malformed(self, expected: str, got: object) -> NoReturn:
        raise DataError(f"{self.place}: expected {expected}, got {abbreviated(got)}")


@dataclass(frozen=True, slots=True)
class DataSource:
    """A directory of benchmark files in their original layout.

    `sha256` fills with the digest of every file read, by its name below the root; `substitutes`
    with what was read in place of what. `revisions` are the hub commits the files were made of.
    """

    root: Path
    revisions: Mapping[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    substitutes: dict[str, str] = field(default_factory=dict)
    _parsed: dict[str, Any] = field(default_factory=dict, repr=False)
    _rows: dict[tuple[str, ...], list[Row]] = field(default_factory=dict, repr=False)

    def first_of(self, name: str, *, substitute: str) -> str:
        """Return `name`, or its substitute where only that is there."""
        if (self.root / name).exists() or not (self.root / substitute).exists():
            return name
        self.substitutes[name] = substitute
        return substitute

    def holds(self, name: str) -> bool:
        """Say whether there is something of that name."""
        return (self.root / name).exists()

    def json_object(self, name: str) -> Row:
        """Return the object that a JSON file is."""
        if name not in self._parsed:
            self._parsed[name] = parse_json(self._text(name), path=self.root / name)
        return _row(str(self.root / name), self._parsed[name])

    def json_rows(self, name: str, *path: str) -> list[Row]:
        """Return the list of objects found under the keys `path` of a JSON file."""
        if name not in self._parsed:
            self._parsed[name] = parse_json(self._text(name), path=self.root / name)
        if (name, *path) not in self._rows:
            found, where = self._parsed[name], "/".join(path)
            for key in path:
                found = found.get(key) if isinstance(found, dict) else None
            if not isinstance(found, list):
                kind = MissingDataError if found is None else DataError
                raise kind(f"{self.root / name}: expected a list of objects under {where}")
            self._rows[name, *path] = [
                _row(f"{self.root / name} {where}[{index}]", item)
                for index, item in enumerate(found)
            ]
        return self._rows[name, *path]

    def jsonl_rows(self, name: str) -> list[Row]:
        """Parse one JSON object per line."""
        # Not splitlines: a JSON text may hold a line separator of Unicode's.
        lines = self._text(name).removesuffix("\n").split("\n")
        return [
            _row(
                f"{self.root / name}, line {number}",
                parse_json(line, path=self.root / name, first_line=number),
            )
            for number, line in enumerate(lines, start=1)
        ]

    def csv_rows(self, name: str, *, columns: tuple[str, ...], header: bool) -> list[Row]:
        """Parse a CSV file with the given columns, in the header's order where it has one."""
        if (name, *columns) not in self._rows:
            self._rows[name, *columns] = self._csv_rows(name, columns, header=header)
        return self._rows[name, *columns]

    def _csv_rows(self, name: str, columns: tuple[str, ...], *, header: bool) -> list[Row]:
        reader = csv.reader(io.StringIO(self._text(name), newline=""), strict=True)
        rows = list(self._csv(reader, name))
        if header:
            if not rows:
                raise DataError(f"{self.root / name}: expected a header, got an empty file")
            names = tuple(rows[0][1])
            absent = [column for column in columns if column not in names]
            if absent:
                raise DataError(
                    f"{self.root / name}, line 1: expected the columns {', '.join(columns)}, "
                    f"got {', '.join(names)}"
                )
            rows = rows[1:]
        else:
            names = columns
        parsed = []
        for line, cells in rows:
            row = Row(f"{self.root / name}, line {line}", dict(zip(names, cells, strict=False)))
            if len(cells) != len(names):
                row.malformed(f"{len(names)} columns", cells)
            parsed.append(row)
        return parsed

    def table_rows(self, name: str, *, columns: tuple[str, ...], comment: str) -> list[Row]:
        """Parse lines of values parted by a comma and a blank, without blank and comment lines."""
        rows = []
        for number, line in enumerate(self._text(name).split("\n"), start=1):
            if not line.strip() or line.startswith(comment):
                continue
            cells = [cell.strip() for cell in line.split(",")]
            place = f"{self.root / name}, line {number}"
            row = Row(place, dict(zip(columns, cells, strict=False)))
            if len(cells) != len(columns):
                row.malformed(f"{len(columns)} values", line)
            rows.append(row)
        return rows

    def array(self, name: str) -> list[Any]:
        """Load a one-dimensional NumPy array, refusing one that needs pickle."""
        import numpy as np

        raw = self._bytes(name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of headers written oddly
                _refuse_more_than(raw)
                loaded = np.load(io.BytesIO(raw), allow_pickle=False)
        except _NO_ARRAY as error:
            reason = str(error).partition("\n")[0]
            raise DataError(f"{self.root / name}: not a plain NumPy array: {reason}") from error
        is_plain = isinstance(loaded, np.ndarray) and loaded.dtype.kind in "biufUS"
        if is_plain and loaded.dtype.kind == "U" and not _are_characters(loaded):
            raise DataError(f"{self.root / name}: holds numbers where characters are due")
        if not is_plain or loaded.ndim != 1 or loaded.size > len(raw):
            raise DataError(f"{self.root / name}: expected one list of values as a NumPy array")
        return list(loaded.tolist())

    def _csv(self, reader: Any, name: str) -> Iterator[tuple[int, list[str]]]:
        try:
            line = 1
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise DataError(f"{self.root / name}, line {reader.line_num}: {error}") from error

    def _text(self, name: str) -> str:
        return decode(self._bytes(name), path=self.root / name)

    def _bytes(self, name: str) -> bytes:
        try:
            raw = read_bytes(self.root / name, most=MOST)
        except FileNotFoundError as error:
            raise MissingDataError(
                f"{self.root / name}: {error.strerror}. Point --trust-data (trusteval score: "
                f"--data) or TRUSTEVAL_DATA at a directory that holds {name}"
            ) from error
        except OSError as error:
            raise DataError(f"{self.root / name}: {error.strerror}") from error
        self.sha256[name] = hashlib.sha256(raw).hexdigest()
        return raw


def demo_source() -> DataSource:
    """Open the slice of benchmark items that trusteval ships, written for it."""
    return DataSource(Path(str(files("trusteval.demo") / "data")))


def _row(place: str, values: Any) -> Row:
    row = Row(place, values if isinstance(values, dict) else {})
    if not isinstance(values, dict):
        row.malformed("a JSON object", values)
    return row


def _are_characters(texts: Any) -> bool:
    """Whether an array of texts holds no number that is no character: NumPy does not look."""
    import numpy as np

    numbers = np.frombuffer(texts.astype(texts.dtype.newbyteorder("=")).tobytes(), np.uint32)
    return not len(numbers) or int(numbers.max()) <= sys.maxunicode


def _refuse_more_than(raw: bytes) -> None:
    """Raise ValueError for an array that declares more values than its file has bytes.

    Values of no width would be made as many as the header says, of one character each.
    """
    from numpy.lib import format as npy

    layout: Any = npy  # it has no types
    if not raw.startswith(_NUMPY):
        raise ValueError("it does not begin as one")
    file = io.BytesIO(raw)
    read = {(1, 0): layout.read_array_header_1_0, (2, 0): layout.read_array_header_2_0}
    version = layout.read_magic(file)
    if version not in read:
        raise ValueError(f"version {version} of the format")
    shape, _, _ = read[version](file)
    if math.prod(shape) > len(raw):
        raise ValueError(f"it declares {math.prod(shape)} values in {len(raw)} bytes")
