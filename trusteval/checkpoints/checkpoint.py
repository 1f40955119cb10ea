"""Reads what a checkpoint holds, without torch and without its data: method, bits, tensors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.checkpoints.fingerprints import TOKENIZER_FILES
from trusteval.checkpoints.header import TensorInfo, read_headers
from trusteval.checkpoints.packed_layout import PARTS, PackedLayer, packed_layers
from trusteval.checkpoints.pointers import refuse_pointer
from trusteval.checkpoints.quantization import Quantization, read_quantization
from trusteval.errors import ModelError
from trusteval.files import abbreviated

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_QUANTIZATION_FILES = ("quantize_config.json", "quant_config.json")
_ATTENTION_KEYS = ("attn_implementation", "_attn_implementation", "experts_implementation")
_INDEX = "model.safetensors.index.json"
DENSE_BITS = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model directory that may be loaded.

    `config` is its config.json, `tensors` what its weight files declare, `quantization` None for
    dense weights.
    """

    path: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, TensorInfo]
    quantization: Quantization | None
    layers: tuple[PackedLayer, ...] = ()

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
        """The code that the checkpoint names: its own, "file.Class", or a kernel of the hub."""
        tokenizer = self.path / "tokenizer_config.json"
        configs = [self.config, _read_json(tokenizer) if tokenizer.is_file() else {}]
        named = [config.get("auto_map") for config in configs]
        maps = [entries for entries in named if isinstance(entries, dict)]
        flat = [str(code) for entries in maps for code in entries.values()]
        flat += [str(self.config[key]) for key in _kernel_keys(self.config)]
        return tuple(sorted({code.encode("unicode_escape").decode() for code in flat}))


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
        refuse_pointer(path / name)
    config = _read_json(path / "config.json")
    files = _weight_files(path)
    _refuse_other_weights(path, config, files)
    for file in files:
        refuse_pointer(file)
    tensors = read_headers(files)
    quantization = declared_quantization(path)
    if quantization is not None:
        layers = tuple(packed_layers(tensors, quantization))
        _refuse_more_layers(path, config, tensors)
        return Checkpoint(path, config, tensors, quantization, layers)
    packed = next((name for name in tensors if name.endswith(".qweight")), None)
    if packed is not None:
        raise ModelError(
            f"{path} holds quantized weights ({packed}), but neither config.json nor "
            f"{' nor '.join(_QUANTIZATION_FILES)} says how"
        )
    _refuse_more_layers(path, config, tensors)
    return Checkpoint(path, config, tensors, None)


def declared_quantization(path: Path) -> Quantization | None:
    """Return how the configs in `path` say that its weights are quantized; None for dense ones.

    Raises ModelError for a method, layout or bit width that trusteval does not read.
    """
    _refuse_adapter(path)
    declared = _read_json(path / "config.json").get("quantization_config")
    for name in _QUANTIZATION_FILES:
        if declared is None and (path / name).is_file():
            declared = _read_json(path / name)
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
    if checkpoint.remote_code:
        kernels = _kernel_keys(checkpoint.config)
        named = (*(["auto_map"] if len(checkpoint.remote_code) > len(kernels) else []), *kernels)
        raise ModelError(
            f"{checkpoint.path} wants to run code of its own ({', '.join(checkpoint.remote_code)}),"
            " which could do anything here; read it and pass --trust-remote-code, or remove "
            f"{' and '.join(named)} from its configs if transformers knows the architecture itself"
        )


def _kernel_keys(config: Mapping[str, Any]) -> list[str]:
    """Return the keys that name an attention kernel to be fetched from the hub, and run."""
    return [key for key in _ATTENTION_KEYS if "/" in str(config.get(key))]


def _refuse_adapter(path: Path) -> None:
    """Raise ModelError for a LoRA: transformers would load another model in its place."""
    file = path / "adapter_config.json"
    if not file.is_file():
        return
    base = abbreviated(_read_json(file).get("base_model_name_or_path"))
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
    named = config.get("transformers_weights")
    chosen = {file.name for file in files}
    if named is not None and named not in chosen | {_INDEX}:
        raise ModelError(
            f"{path / 'config.json'} names weights of its own (transformers_weights "
            f"{abbreviated(named)}), expected {', '.join(sorted(chosen)[:3])}; remove the others"
        )


def _refuse_more_layers(
    path: Path, config: Mapping[str, Any], tensors: Mapping[str, TensorInfo]
) -> None:
    """Raise ModelError if there are more layers than tensors, ahead of whoever builds them all."""
    text = config.get("text_config")
    for values in (config, text if isinstance(text, dict) else {}):
        layers = values.get("num_hidden_layers")
        if isinstance(layers, int) and layers > len(tensors):
            raise ModelError(
                f"{path}: config.json and weights disagree; it names {layers} layers, the weights "
                f"are {len(tensors)} tensors"
            )


def _weight_files(path: Path) -> list[Path]:
    """Return the files that make up the weights, as transformers chooses among several saves."""
    if (path / "model.safetensors").is_file():
        return [path / "model.safetensors"]
    index = path / _INDEX
    if index.is_file():
        refuse_pointer(index)
        listed = _read_json(index).get("weight_map")
        names = sorted(set(map(str, listed.values()))) if isinstance(listed, dict) else []
        missing = [name for name in names if not (path / name).is_file()]
        if missing or not names:
            raise ModelError(f"{index} names weights that are not there: {', '.join(missing[:3])}")
        return [path / name for name in names]
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


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path.parent} holds no {path.name}; it is no model directory") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(values, dict):
        raise ModelError(f"{path}: expected a JSON object, got {type(values).__name__}")
    return values
