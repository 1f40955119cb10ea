"""Reads what a safetensors file declares, without its data: names, shapes, types, lengths.

The package's own reader words a file that is cut off and one that is too long alike, and says of
neither how long it is and should be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import ModelError, PlaceError
from trusteval.system.bounded import MIB, loads, opened
from trusteval.system.files import abbreviated

_LONGEST_HEADER = 32 * MIB
"""A hundred bytes and more for each of 200,000 tensors."""
_MOST_DIMENSIONS = 8
_BITS = {
    **{"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8},
    **{"I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32},
    **{"I64": 64, "U64": 64, "F64": 64, "C64": 64},
}


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
        size, length, header = _parsed(file)
        tensors = {
            name: TensorInfo(file, str(value["dtype"]), _shape(value["shape"]))
            for name, value in header.items()
        }
        ends = [_end(tensors[name], value["data_offsets"]) for name, value in header.items()]
    except PermissionError as error:
        raise PlaceError(
            f"{file} cannot be read: {error.strerror}; its owner can let others read it "
            f"(chmod -R a+rX {file.parent})"
        ) from error
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{file} is no safetensors file: {abbreviated(error)}") from error
    expected = 8 + length + max(ends, default=0)
    if size != expected:
        what = "is truncated" if size < expected else "is longer than it says"
        raise ModelError(f"{file} {what}: {size} bytes, its header declares {expected}")
    return tensors


def _parsed(file: Path) -> tuple[int, int, dict[str, Any]]:
    """Return the file's size, its header's length, and what the header says of each tensor."""
    with opened(file) as stream:
        size = file.stat().st_size
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or not 0 < length <= size - 8:
            raise ModelError(f"{file} is no whole safetensors file: {size} bytes")
        if length > _LONGEST_HEADER:
            raise ValueError(f"a header of {length} bytes, expected at most {_LONGEST_HEADER}")
        header = loads(stream.read(length))
    if not isinstance(header, dict):
        raise TypeError(f"a header that is {type(header).__name__}, expected an object")
    return size, length, {name: v for name, v in header.items() if name != "__metadata__"}


def _shape(declared: Any) -> tuple[int, ...]:
    shape = tuple(_natural(length) for length in declared)
    if len(shape) > _MOST_DIMENSIONS:
        raise ValueError(f"a tensor of {len(shape)} dimensions")
    return shape


def _end(tensor: TensorInfo, offsets: Any) -> int:
    """Return where a tensor's bytes end, which have to be as many as its shape needs."""
    begin, end = map(_natural, offsets)
    bits = _BITS.get(tensor.dtype)
    if bits is not None and (end - begin) * 8 != bits * math.prod(tensor.shape):
        raise ValueError(f"bytes {begin} to {end} for {tensor.dtype} of {list(tensor.shape)}")
    if end < begin:
        raise ValueError(f"a tensor from byte {begin} to {end}")
    return end


def _natural(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{abbreviated(number)} where a whole number is expected")
    return number
