"""Refuses a .gguf file that does not hold a whole model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trusteval.checkpoints.config_counts import refuse_uncountable
from trusteval.checkpoints.gguf_header import GGUFHeader, read_gguf_header, refuse_truncated
from trusteval.checkpoints.pointers import refuse_pointer
from trusteval.errors import ModelError

_PART = re.compile(r"-([0-9]{5})-of-([0-9]{5})\.gguf", re.IGNORECASE)
_BLOCK = re.compile(r"blk\.([0-9]+)\.")


def whole_gguf(file: Path) -> GGUFHeader:
    """Return the head of a .gguf file that holds a whole model.

    Raises ModelError if it is none, is one part of several, is shorter than it declares, lacks
    blocks, or the package gguf is not installed.
    """
    if not file.is_file():
        raise ModelError(f"no GGUF file at {file}")
    if find_spec("gguf") is None:
        raise ModelError(f"{file} needs the package gguf; install it with: pip install gguf")
    refuse_pointer(file)
    from gguf import GGML_QUANT_SIZES

    header = read_gguf_header(file)
    _refuse_part(file, header)
    sizes = {int(kind): size for kind, size in GGML_QUANT_SIZES.items()}
    refuse_truncated(file, header, block_sizes=sizes)
    _refuse_other_blocks(file, header)
    settings = {name.rpartition(".")[2]: value for name, value in _of_architecture(header)}
    refuse_uncountable(file, settings, n_tensors=len(header.tensors), what="its header")
    return header


def _of_architecture(header: GGUFHeader) -> Iterator[tuple[str, object]]:
    prefix = f"{header.settings.get('general.architecture')}."
    return (entry for entry in header.settings.items() if entry[0].startswith(prefix))


def _refuse_part(file: Path, header: GGUFHeader) -> None:
    """Raise ModelError for one part of a split file: its other layers would be random."""
    named = _PART.search(file.name)
    parts = max(header.integer("split.count") or 0, int(named[2]) if named else 0)
    if parts > 1:
        number = header.integer("split.no")
        place = int(named[1]) if named else 1 if number is None else number + 1
        ending = f"-00001-of-{parts:05}.gguf"
        first = _PART.sub(ending, file.name) if named else f"NAME{ending}"
        raise ModelError(
            f"{file} is part {place} of {parts} of a model; join them and name the whole: "
            f"llama-gguf-split --merge {first} whole.gguf"
        )


def _refuse_other_blocks(file: Path, header: GGUFHeader) -> None:
    """Raise ModelError unless the blocks there are those that the file says it has."""
    declared = header.integer(f"{header.settings.get('general.architecture')}.block_count")
    found = {int(match[1]) for t in header.tensors if (match := _BLOCK.match(t.name))}
    if declared is None or not header.tensors:
        raise ModelError(f"{file} holds no model: {len(header.tensors)} tensors, blocks {declared}")
    # Ahead of a loader, which builds as many blocks as are declared, however many.
    if len(found) < declared:
        missing = next(i for i in range(declared) if i not in found)
        raise ModelError(
            f"{file} lacks weights: it declares {declared} blocks and holds {len(found)}; the "
            f"first that is not there is blk.{missing}"
        )
    beyond = sorted(block for block in found if block >= declared)
    if beyond:
        raise ModelError(
            f"{file} holds weights of blk.{beyond[0]}, but declares {declared} blocks; the loader "
            "would leave them out"
        )


def unread_tensors(file: Path, model: Any) -> list[str]:
    """Return the tensors of the file that have no place in the model built for it.

    Empty for an architecture whose names the package gguf cannot tell one by one, such as mixtures
    of experts whose weights transformers fuses.
    """
    from gguf import MODEL_ARCH_NAMES, get_tensor_name_map

    header = read_gguf_header(file)
    name = header.settings.get("general.architecture")
    architecture = next((a for a, spelled in MODEL_ARCH_NAMES.items() if spelled == name), None)
    blocks = header.integer(f"{name}.block_count")
    if architecture is None or blocks is None:
        return []
    names = get_tensor_name_map(architecture, blocks)
    read = {_read_as(names, parameter) for parameter in model.state_dict()}
    if None in read:
        return []
    unread = [tensor.name for tensor in header.tensors if tensor.name not in read]
    return [name for name in unread if not (name == _ROPE and _are_ones(file, name))]


_ROPE = "rope_freqs.weight"
"""Factors of the rotary frequencies, which transformers does not read; ones change nothing."""


def _read_as(names: Any, parameter: str) -> str | None:
    stem, dot, suffix = parameter.rpartition(".")
    found = names.get_name(stem) if suffix in ("weight", "bias") else names.get_name(parameter)
    if found is None:
        return None
    return f"{found}{dot}{suffix}" if suffix in ("weight", "bias") else str(found)


def _are_ones(file: Path, name: str) -> bool:
    from gguf import GGUFReader

    tensors: Iterable[Any] = GGUFReader(file).tensors
    return all(bool((tensor.data == 1).all()) for tensor in tensors if tensor.name == name)
