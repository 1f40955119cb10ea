"""Damages checkpoints on disk, and asks how they are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.packers import write_json
from trusteval import load_model
from trusteval.checkpoints.models import method_and_bits
from trusteval.errors import ModelError


def refusal(path: Path, **options: object) -> str:
    """Return the one line with which the checkpoint is refused; it has to name it."""
    with pytest.raises(ModelError) as raised:
        load_model(path, **options)
    text = str(raised.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def inspection_refusal(path: Path) -> str:
    """Return the one line with which the checkpoint is refused before anything is loaded."""
    with pytest.raises(ModelError) as raised:
        method_and_bits(str(path))
    text = str(raised.value)
    assert "\n" not in text
    return text


def weight_file(folder: Path) -> Path:
    (file,) = folder.glob("*.safetensors")
    return file


def edit_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    write_json(folder / "config.json", {**config, **changes})


def declare(folder: Path, **changes: object) -> None:
    """Change what config.json says of the quantization."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    edit_config(folder, quantization_config={**config["quantization_config"], **changes})


def edit_tensor(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray | None]) -> None:
    """Replace a tensor by what `change` makes of it; by nothing where that is None."""
    from safetensors.numpy import load_file, save_file

    tensors = dict(load_file(weight_file(folder)))
    changed = change(tensors.pop(name))
    if changed is not None:
        tensors[name] = changed
    save_file(tensors, weight_file(folder), metadata={"format": "pt"})


def with_first(value: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return a change that puts `value` into a tensor's first place."""

    def change(tensor: np.ndarray) -> np.ndarray:
        tensor = tensor.copy()
        tensor.flat[0] = value
        return tensor

    return change
