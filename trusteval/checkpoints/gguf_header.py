"""Reads what a .gguf file declares, without its data: settings, tensors, and how long it is.

A count that the file cannot hold is refused before it is followed, so that no file hangs us.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import ModelError
from trusteval.system.bounded import MIB, opened
from trusteval.system.files import abbreviated

Value = int | float | bool | str | None
"""A setting; None stands for a list, which nobody asks for here."""

_SCALARS = dict(enumerate("BbHhIif?", start=0)) | {10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_VERSIONS = (2, 3)
_LEAST_SETTING, _LEAST_TENSOR = 8 + 4 + 1, 8 + 4 + 8 + 4 + 8
_MOST_DIMENSIONS = 8
_MOST_SETTINGS, _MOST_TENSORS = 2**16, 2**17
_MOST_LISTED = 2**22
"""How many values all lists hold together; a vocabulary of 250,000 tokens makes a million."""
_LONGEST_TEXT, _LONGEST_HEADER = 16 * MIB, 256 * MIB


@dataclass(frozen=True, slots=True)
class GGUFTensor:
    """One tensor as declared; `kind` is ggml's number, `offset` counts from the data's start."""

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """The head of a .gguf file; `data_start` is where its tensors' bytes begin."""

    settings: Mapping[str, Value]
    tensors: tuple[GGUFTensor, ...]
    data_start: int

    def integer(self, name: str) -> int | None:
        """Return a setting that is a whole number, None if there is none."""
        value = self.settings.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_gguf_header(file: Path) -> GGUFHeader:
    """Read the head of a .gguf file.

    Raises ModelError for a file that is none, ends too early, or declares what cannot be.
    """
    try:
        with (
            opened(file) as stream,
            mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as raw,
        ):
            return _Cursor(raw).header()
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, struct.error, OverflowError) as error:
        raise ModelError(f"{file} is no whole GGUF file: {error}") from error


class _Cursor:
    """A place in the file that moves on as values are read."""

    def __init__(self, raw: mmap.mmap) -> None:
        self._raw = raw
        self._at = 0
        self._listed = 0

    def header(self) -> GGUFHeader:
        if self._raw[:4] != b"GGUF":
            raise ValueError(f"it begins with {bytes(self._raw[:4])!r}, expected b'GGUF'")
        self._at = 4
        version = self._number("I")
        if version not in _VERSIONS:
            raise ValueError(f"version {version}, known are {_VERSIONS}")
        n_tensors, n_settings = self._number("Q"), self._number("Q")
        self._refuse_more_than_fit(n_settings, _LEAST_SETTING, "settings")
        _refuse_more(n_settings, _MOST_SETTINGS, "settings")
        _refuse_more(n_tensors, _MOST_TENSORS, "tensors")
        settings: dict[str, Value] = {}
        for _ in range(n_settings):
            name = self._text()
            if name in settings:  # readers differ in which of the two they take
                raise ValueError(f"it says {abbreviated(name)} twice")
            settings[name] = self._value(self._number("I"))
        self._refuse_more_than_fit(n_tensors, _LEAST_TENSOR, "tensors")
        tensors = tuple(self._tensor() for _ in range(n_tensors))
        if len({tensor.name for tensor in tensors}) < n_tensors:
            raise ValueError("it declares a tensor twice")
        alignment = settings.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
            raise ValueError(f"its data is aligned to {alignment!r}")
        _refuse_more(self._at, _LONGEST_HEADER, "bytes before its tensors")
        return GGUFHeader(settings, tensors, -(-self._at // alignment) * alignment)

    def _refuse_more_than_fit(self, count: int, least: int, what: str) -> None:
        if count * least > len(self._raw) - self._at:
            raise ValueError(
                f"it declares {count} {what}, more than its {len(self._raw)} bytes hold"
            )

    def _value(self, kind: int) -> Value:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            self._skip_array()
            return None
        if kind not in _SCALARS:
            raise ValueError(f"it holds a value of the unknown kind {kind}")
        return self._number(_SCALARS[kind])

    def _skip_array(self) -> None:
        kind, count = self._number("I"), self._number("Q")
        if kind == _STRING:
            self._refuse_more_than_fit(count, 8, "texts")
            self._count_listed(count)
            for _ in range(count):
                self._skip(self._number("Q"))
        elif kind in _SCALARS:
            self._skip(count * struct.calcsize(f"<{_SCALARS[kind]}"))
            self._count_listed(count)
        else:
            raise ValueError(f"it holds a list of the unknown kind {kind}")

    def _count_listed(self, count: int) -> None:
        self._listed += count
        _refuse_more(self._listed, _MOST_LISTED, "values in lists")

    def _tensor(self) -> GGUFTensor:
        name, n_dimensions = self._text(), self._number("I")
        if n_dimensions > _MOST_DIMENSIONS:
            raise ValueError(f"a tensor has {n_dimensions} dimensions")
        shape = tuple(self._number("Q") for _ in range(n_dimensions))
        return GGUFTensor(name, shape, self._number("I"), self._number("Q"))

    def _number(self, code: str) -> int:
        start = self._at
        self._skip(struct.calcsize(f"<{code}"))
        (value,) = struct.unpack_from(f"<{code}", self._raw, start)
        return value  # type: ignore[no-any-return]

    def _text(self) -> str:
        length = self._number("Q")
        _refuse_more(length, _LONGEST_TEXT, "bytes of one text")
        start = self._at
        self._skip(length)
        return self._raw[start : self._at].decode("utf-8", errors="replace")

    def _skip(self, n_bytes: int) -> None:
        if n_bytes > len(self._raw) - self._at:
            raise ValueError(f"it ends within its header, after {len(self._raw)} bytes")
        self._at += n_bytes


def _refuse_more(count: int, most: int, what: str) -> None:
    if count > most:
        raise ValueError(f"it declares {count} {what}, expected at most {most}")


def refuse_truncated(
    file: Path, header: GGUFHeader, *, block_sizes: Mapping[int, tuple[int, int]]
) -> None:
    """Raise ModelError if the file is shorter than its tensors.

    `block_sizes` has for ggml's kinds how many values a block holds, in how many bytes.
    """
    size = file.stat().st_size
    for tensor in header.tensors:
        if tensor.kind not in block_sizes:
            raise ModelError(f"{file}: {tensor.name} is of the unknown kind {tensor.kind}")
        values, n_bytes = block_sizes[tensor.kind]
        end = header.data_start + tensor.offset + math.prod(tensor.shape) // values * n_bytes
        if end > size:
            raise ModelError(
                f"{file} is no whole GGUF file: {size} bytes, {tensor.name} ends at {end}"
            )
