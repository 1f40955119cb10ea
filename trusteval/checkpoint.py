"""Reads what a checkpoint directory holds, without torch: method, bits, files, fingerprints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import ModelError

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_TOKENIZER_FILES = (
    *("tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt"),
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("chat_template.jinja", "chat_template.json", "generation_config.json"),
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model directory that may be loaded.

    `quantization` is its quantization config, empty for dense weights; `bits` per weight, 16
    for dense.
    """

    path: Path
    method: str
    bits: int
    quantization: Mapping[str, Any]

    @property
    def weight_files(self) -> list[Path]:
        return sorted(self.path.glob("*.safetensors"))


def inspect_checkpoint(path: Path) -> Checkpoint:
    """Read the configuration of the checkpoint at `path`.

    Raises ModelError if the directory is missing, holds no config.json or no safetensors, or is
    quantized in a way trusteval cannot read.
    """
    if not path.is_dir():
        raise ModelError(
            f"no model directory at {path}; expected one with config.json and *.safetensors"
        )
    config = _read_json(path / "config.json")
    if not any(path.glob("*.safetensors")):
        pickled = sorted({file.name for pattern in _PICKLED for file in path.glob(pattern)})
        if pickled:
            raise ModelError(
                f"{path} holds pickled weights only ({', '.join(pickled)}), which can run code "
                "when loaded; expected *.safetensors. Convert them with save_pretrained on a "
                "machine you trust"
            )
        raise ModelError(f"{path} holds no weights; expected *.safetensors")
    quantization = config.get("quantization_config")
    if quantization is None and (path / "quantize_config.json").is_file():
        quantization = _read_json(path / "quantize_config.json")
    if quantization is None:
        return Checkpoint(path, "dense", 16, {})
    if not isinstance(quantization, dict):
        raise ModelError(f"{path / 'config.json'}: quantization_config is no object")
    method = str(quantization.get("quant_method") or quantization.get("method") or "gptq").lower()
    bits = quantization.get("bits")
    if method != "gptq" or not isinstance(bits, int) or bits not in (2, 3, 4, 8):
        raise ModelError(
            f"{path} is quantized with {method!r} at {bits!r} bit; trusteval reads gptq at 2, 3, "
            "4 and 8 bit"
        )
    return Checkpoint(path, method, bits, quantization)


def weights_fingerprint(files: Iterable[Path], *, cache: Path) -> str:
    """Return the sha256 over the weight files' digests, each cached by path, size and mtime."""
    known_path = cache / "fingerprints.json"
    try:
        known = json.loads(known_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    total, learned = hashlib.sha256(), False
    for file in files:
        stat = file.stat()
        key = f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}"
        if key not in known:
            known[key] = _sha256(file)
            learned = True
        total.update(f"{file.name} {known[key]}\n".encode())
    if learned:
        write_atomically(known_path, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return total.hexdigest()


def tokenizer_fingerprint(path: Path) -> str:
    """Return the sha256 over every file that decides how text becomes tokens and back."""
    total = hashlib.sha256()
    for name in _TOKENIZER_FILES:
        if (path / name).is_file():
            total.update(f"{name} {_sha256(path / name)}\n".encode())
    return total.hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write a text file by renaming a finished one into place."""
    import os
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
