"""Reads how a .gguf file is quantized from its own header; needs the package gguf."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from trusteval.checkpoints.checkpoint import DENSE_BITS
from trusteval.errors import ModelError

_BITS = re.compile(r"Q([1-8])_|TQ([12])_|MXFP(4)")


def inspect_gguf(file: Path) -> tuple[str, int]:
    """Return method ("gguf", or "dense" for float files) and bits of a .gguf file.

    Raises ModelError if it is none, does not say, or the package gguf is not installed.
    """
    if not file.is_file():
        raise ModelError(f"no GGUF file at {file}")
    if find_spec("gguf") is None:
        raise ModelError(f"{file} needs the package gguf; install it with: pip install gguf")
    from gguf import GGUFReader, LlamaFileType

    try:
        field = GGUFReader(file).get_field("general.file_type")
        kind = LlamaFileType(int(field.contents())).name if field is not None else ""
    except (OSError, ValueError, IndexError, KeyError, TypeError) as error:
        raise ModelError(f"{file} is no whole GGUF file: {error}") from error
    match = _BITS.search(kind)
    if match is not None:
        return "gguf", int(next(group for group in match.groups() if group))
    if "F16" in kind or "F32" in kind:
        return "dense", DENSE_BITS
    raise ModelError(f"{file} does not say how it is quantized (general.file_type {kind!r})")
