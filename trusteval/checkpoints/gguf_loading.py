"""Loads a .gguf file as a transformers model, its weights expanded."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.agreement import refuse_disagreement
from trusteval.checkpoints.foreign import offline
from trusteval.checkpoints.gguf_file import unread_tensors, whole_gguf
from trusteval.checkpoints.skeleton import build_skeleton

if TYPE_CHECKING:
    import torch

_GGUF = "model.gguf"


def load_gguf(file: Path, *, dtype: torch.dtype | str) -> tuple[Any, Any]:
    """Load a .gguf file with its weights expanded to `dtype`.

    Raises ModelError if it does not hold a whole model; transformers' own errors pass through.
    """
    header = whole_gguf(file)
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    load: Any = AutoModelForCausalLM.from_pretrained
    # Alone in a folder: configs beside it would name code, or another model, to be loaded.
    with tempfile.TemporaryDirectory(prefix="trusteval-gguf-") as folder, offline():
        (Path(folder) / _GGUF).symlink_to(file.absolute())
        alone: dict[str, Any] = {
            "gguf_file": _GGUF,
            "local_files_only": True,
            "trust_remote_code": False,
        }
        config = AutoConfig.from_pretrained(folder, **alone)
        shapes = [tensor.shape for tensor in header.tensors]
        build_skeleton(file, config, shapes=shapes, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(folder, **alone)
        model, found = load(
            folder,
            **alone,
            dtype=dtype,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    # transformers would go on with random weights in their place, or without the unknown ones.
    refuse_disagreement(
        file,
        missing=found["missing_keys"],
        unexpected=unread_tensors(file, model),
        mismatched=[str(entry[0]) for entry in found["mismatched_keys"]],
    )
    _call_dense(model)
    return model, tokenizer


def _call_dense(model: Any) -> None:
    """Undo that transformers takes the model for a quantized one, which it refuses to save."""
    for name, value in (("hf_quantizer", None), ("is_quantized", False)):
        setattr(model, name, value)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
