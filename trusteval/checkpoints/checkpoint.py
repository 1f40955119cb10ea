"""Reads what a checkpoint holds, without torch and without its data: method, bits, tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.checkpoints.config_counts import refuse_uncountable
from trusteval.checkpoints.config_files import (
    MOST_CONFIG,
    MOST_LISTED,
    read_object,
    refuse_no_file,
)
from trusteval.checkpoints.fingerprints import TOKEN_LISTS, TOKENIZER_FILES
from trusteval.checkpoints.header import TensorInfo, read_headers
from trusteval.checkpoints.named_code import (
    NamedCode,
    is_within,
    keys_of,
    named_code,
    refuse_other_files,
)
from trusteval.checkpoints.packed_layout import PARTS, PackedLayer, packed_layers
from trusteval.checkpoints.pointers import refuse_pointer
from trusteval.checkpoints.quantization import Quantization, read_quantization
from trusteval.errors import ModelError
from trusteval.printable import printable
from trusteval.system.files import abbreviated

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_QUANTIZATION_FILES = ("quantize_config.json", "quant_config.json")
_INDEX = "model.safetensors.index.json"
DENSE_BITS = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model directory that may be loaded.

    `config` is its config.json, `tensors` what its weight files declare, `quantization` None for
    dense weights. `named_code` is what its configs want to be run.
    """

    path: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, TensorInfo]
    quantization: Quantization | None
    layers: tuple[PackedLayer, ...] = ()
    named_code: tuple[NamedCode, ...] = ()

    @property
    def method(self) -> str:
        return self.quantization.method if self.quantization else "dense"

    @property
    def bits(self) -> int:
        return self.quantization.bits if self.quantization else DENSE_BITS

    @property
    def weight_files(self) -> list[Path]:
        return sorted({info.file for info in self.tensors.values()})

    @property
    def dense_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every tensor, with a weight [out, in] in place of a packed layer."""
        packed = {f"{layer.name}.{part}" for layer in self.layers for part in PARTS}
        shapes = {name: info.shape for name, info in self.tensors.items() if name not in packed}
        weights = {f"{x.name}.weight": (x.out_features, x.in_features) for x in self.layers}
        return {**shapes, **weights}

    @property
    def context_length(self) -> int | None:
        """How many tokens it reads and writes at most, None where its config does not say."""
        text = self.config.get("text_config")
        config = text if isinstance(text, dict) else self.config
        declared = config.get("max_position_embeddings", config.get("n_positions"))
        return declared if isinstance(declared, int) and declared > 0 else None

    @property
    def remote_code(self) -> tuple[str, ...]:
        """The code that its configs name: its own, "file.Class", or a kernel of the hub."""
        return tuple(sorted({printable(named.code)[:200] for named in self.named_code}))


def inspect_checkpoint(path: Path) -> Checkpoint:
    """Read the configuration of the checkpoint at `path` and the headers of its weight files.

    Raises ModelError if the directory is missing, holds no config.json or no safetensors, an
    adapter or files that were never fetched, is truncated, is quantized in a way trusteval cannot
    read, or if config and tensors disagree.
    """
    if not path.is_dir():
        raise ModelError(
            f"no model directory at {path}; expected one with config.json and *.safetensors"
        )
    _refuse_adapter(path)
    for name in ("config.json", *TOKENIZER_FILES):
        refuse_no_file(path / name, most=MOST_LISTED if name in TOKEN_LISTS else MOST_CONFIG)
        refuse_pointer(path / name)
    config = read_object(path / "config.json")
    files = _weight_files(path)
    _refuse_other_weights(path, config, files)
    refuse_other_files(path)
    for file in files:
        refuse_pointer(file)
    tensors = read_headers(files)
    quantization = declared_quantization(path)
    layers = () if quantization is None else tuple(packed_layers(tensors, quantization))
    packed = next((name for name in tensors if name.endswith(".qweight")), None)
    if quantization is None and packed is not None:
        raise ModelError(
            f"{path} holds quantized weights ({packed}), but neither config.json nor "
            f"{' nor '.join(_QUANTIZATION_FILES)} says how"
        )
    refuse_uncountable(path, config, n_tensors=len(tensors))
    return Checkpoint(path, config, tensors, quantization, layers, named_code(path))


def declared_quantization(path: Path) -> Quantization | None:
    """Return how the configs in `path` say that its weights are quantized; None for dense ones.

    Raises ModelError for a method, layout or bit width that trusteval does not read.
    """
    _refuse_adapter(path)
    config = read_object(path / "config.json")
    declared = config.get("quantization_config")
    _refuse_nested_quantization(path, config)
    for name in _QUANTIZATION_FILES:
        if declared is None and (path / name).is_file():
            declared = read_object(path / name)
    if declared is None:
        return None
    if not isinstance(declared, dict):
        raise ModelError(f"{path / 'config.json'}: quantization_config is no object")
    try:
        return read_quantization(declared)
    except ValueError as error:
        raise ModelError(f"{path} {error}") from error


def refuse_remote_code(checkpoint: Checkpoint) -> None:
    """Raise ModelError if the checkpoint wants code of its own to run."""
    if checkpoint.named_code:
        code = checkpoint.remote_code
        shown = ", ".join(code[:5]) + (f" and {len(code) - 5} more" if len(code) > 5 else "")
        raise ModelError(
            f"{checkpoint.path} wants to run code of its own ({shown}),"
            " which could do anything here; read it and pass --trust-remote-code, or remove "
            f"{keys_of(checkpoint.named_code)} from its configs if transformers knows the "
            "architecture itself"
        )


def _refuse_nested_quantization(path: Path, config: Mapping[str, Any]) -> None:
    """Raise ModelError for a part that is quantized in its own way, which is not read here."""
    for name, part in config.items():
        if isinstance(part, dict) and part.get("quantization_config") is not None:
            raise ModelError(
                f"{path / 'config.json'}: {abbreviated(name)} has a quantization_config of its "
                "own; trusteval reads one for the whole model"
            )


def _refuse_adapter(path: Path) -> None:
    """Raise ModelError for a LoRA: transformers would load another model in its place."""
    file = path / "adapter_config.json"
    if not file.is_file():
        return
    base = abbreviated(read_object(file).get("base_model_name_or_path"))
    if (path / "config.json").is_file() and not list(path.glob("adapter_model.*")):
        raise ModelError(
            f"{file} makes a loader put an adapter on {base} in place of this model; remove it if "
            "the weights here are merged"
        )
    raise ModelError(
        f"{path} holds an adapter (of {base}), not a model: merge it first, with peft: "
        "AutoPeftModelForCausalLM.from_pretrained(FOLDER).merge_and_unload()"
        ".save_pretrained(MERGED), and the base model's tokenizer beside it"
    )


def _refuse_other_weights(path: Path, config: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Raise ModelError if config.json makes transformers load other weights than are read here."""
    chosen = {file.name for file in files}
    parts = [config, *(part for part in config.values() if isinstance(part, dict))]
    named = next((part["transformers_weights"] for part in parts if _names_weights(part)), None)
    if named is not None and named not in [*chosen, _INDEX]:
        raise ModelError(
            f"{path / 'config.json'} names weights of its own (transformers_weights "
            f"{abbreviated(named)}), expected {', '.join(sorted(chosen)[:3])}; remove the others"
        )


def _names_weights(part: Mapping[str, Any]) -> bool:
    return part.get("transformers_weights") is not None


def _weight_files(path: Path) -> list[Path]:
    """Return the files that make up the weights, as transformers chooses among several saves."""
    if (path / "model.safetensors").is_file():
        return [path / "model.safetensors"]
    index = path / _INDEX
    if index.is_file():
        refuse_pointer(index)
        return [path / name for name in _listed(index)]
    files = sorted(path.glob("*.safetensors"))
    if files:
        return files
    pickled = sorted({file.name for pattern in _PICKLED for file in path.glob(pattern)})
    if pickled:
        raise ModelError(
            f"{path} holds pickled weights only ({', '.join(pickled)}), which can run code "
            "when loaded; expected *.safetensors. Convert them with save_pretrained on a "
            "machine you trust"
        )
    raise ModelError(f"{path} holds no weights; expected *.safetensors")


def _listed(index: Path) -> list[str]:
    """Return the files that an index names, each of them there, in its folder."""
    listed = read_object(index, most=MOST_LISTED).get("weight_map")
    if not isinstance(listed, dict):
        raise ModelError(f"{index} holds no weight_map; expected the file of each tensor")
    outside = [name for name in listed.values() if not is_within(name)]
    if outside:
        raise ModelError(
            f"{index} names weights outside its folder, {abbreviated(outside[0])}; expected the "
            "name of a file beside it"
        )
    names = sorted(set(listed.values()))
    missing = [name for name in names if not (index.parent / name).is_file()]
    if missing or not names:
        raise ModelError(f"{index} names weights that are not there: {', '.join(missing[:3])}")
    return names
