"""Reads what a safetensors file declares, without its data: names, shapes, types, lengths."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import ModelError, PlaceError

_LONGEST_HEADER = 100_000_000
_UNREADABLE = (
    *(OSError, ValueError, KeyError, TypeError, AttributeError),
    *(RecursionError, OverflowError),  # a nesting, or an Infinity for a length
)


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor as its file declares it; `dtype` in safetensors' spelling ("F16", "I32")."""

    file: Path
    dtype: str
    shape: tuple[int, ...]


def read_headers(files: Iterable[Path]) -> dict[str, TensorInfo]:
    """Return every tensor of the files by name.

    Raises ModelError for a file that is no safetensors, is shorter than it declares, or
    repeats a name.
    """
    tensors: dict[str, TensorInfo] = {}
    for file in files:
        for name, info in _read_header(file).items():
            if name in tensors:
                raise ModelError(
                    f"{file}: tensor {name} is in {tensors[name].file.name} too; remove the files "
                    "of another save"
                )
            tensors[name] = info
    return tensors


def _read_header(file: Path) -> dict[str, TensorInfo]:
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 8 or not 0 < length <= min(size - 8, _LONGEST_HEADER):
                raise ModelError(f"{file} is no whole safetensors file: {size} bytes")
            header = json.loads(stream.read(length))
        declared = {name: value for name, value in header.items() if name != "__metadata__"}
        tensors = {
            name: TensorInfo(file, str(value["dtype"]), tuple(map(int, value["shape"])))
            for name, value in declared.items()
        }
        ends = [int(value["data_offsets"][1]) for value in declared.values()]
    except PermissionError as error:
        raise PlaceError(
            f"{file} cannot be read: {error.strerror}; its owner can let others read it "
            f"(chmod -R a+rX {file.parent})"
        ) from error
    except _UNREADABLE as error:
        raise ModelError(f"{file} is no safetensors file: {error!r}") from error
    expected = 8 + length + max(ends, default=0)
    if size != expected:
        what = "is truncated" if size < expected else "is longer than it says"
        raise ModelError(f"{file} {what}: {size} bytes, its header declares {expected}")
    return tensors
