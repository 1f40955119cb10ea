"""Loads a checkpoint as a transformers model and its tokenizer.

Dequantized storage expands quantized weights once, so that every arm runs the same dense
matmuls; packed storage runs the quantized kernel.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.agreement import refuse_not_finite
from trusteval.checkpoints.architecture import Architecture, hub_access
from trusteval.checkpoints.checkpoint import Checkpoint, inspect_checkpoint, refuse_remote_code
from trusteval.checkpoints.dense_loading import load_dense, load_expanded
from trusteval.checkpoints.foreign import explaining
from trusteval.checkpoints.gguf_loading import load_gguf
from trusteval.checkpoints.packed_loading import HALF, load_packed
from trusteval.errors import ModelError, UsageError
from trusteval.suggestion import meant
from trusteval.types import Storage

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load_model(
    path: Path | str,
    *,
    storage: Storage | str = Storage.DEQUANTIZED,
    device: str = "cpu",
    dtype: torch.dtype | str | None = None,
    trust_remote_code: bool = False,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load the model and tokenizer at `path`, ready for inference.

    `path` is a checkpoint directory, dense or quantized by GPTQ or AWQ, or a .gguf file, which is
    always expanded. `storage` says how quantized weights are held: "dequantized" expands them once
    into dense matmuls, "packed" runs gptqmodel's kernel. `dtype` ("float32", "bfloat16",
    "float16" or torch's own) is that of activations and dense weights, by default the
    checkpoint's own; packed kernels take the 16-bit ones only and float16 by default.

    Raises ModelError for a checkpoint that cannot be loaded, whose config and tensors disagree,
    whose weights are not finite, or that brings code of its own without `trust_remote_code`;
    UsageError for a storage or dtype that does not exist.
    """
    # Threads that spin while they wait take the cores from other work: beside a second busy
    # process a run took three times as long. OpenMP reads this when torch is first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    path, held, wanted = Path(path), _storage(storage), _dtype(dtype)
    checkpoint = None if path.suffix == ".gguf" else inspect_checkpoint(path)
    if checkpoint is not None and not trust_remote_code:
        refuse_remote_code(checkpoint)
    _silence_progress_bars()
    with explaining(path):
        try:
            if checkpoint is None:
                model, tokenizer = load_gguf(path, dtype=wanted)
            else:
                tokenizer = _load_tokenizer(checkpoint, trust_remote_code)
                architecture = Architecture(checkpoint, wanted, trust_remote_code)
                model = _load(architecture, storage=held, device=device)
            model = model.to(device).eval()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelError(f"{path} does not fit into the memory of {device}") from error
        refuse_not_finite(path, model)
    return model, tokenizer


def _load(architecture: Architecture, *, storage: Storage, device: str) -> Any:
    if architecture.checkpoint.quantization is None:
        return load_dense(architecture)
    if storage is Storage.DEQUANTIZED:
        return load_expanded(architecture, device=device)
    return load_packed(architecture, device=device)


def load_tokenizer(path: Path, *, trust_remote_code: bool = False) -> Any:
    """Load the tokenizer at `path` without its model; raises ModelError where it cannot be."""
    checkpoint = inspect_checkpoint(path)
    if not trust_remote_code:
        refuse_remote_code(checkpoint)
    with explaining(path, "has a tokenizer that cannot be loaded"):
        return _load_tokenizer(checkpoint, trust_remote_code)


def _load_tokenizer(checkpoint: Checkpoint, trust_remote_code: bool) -> Any:
    from transformers import AutoTokenizer

    with hub_access(trust_remote_code=trust_remote_code):
        return AutoTokenizer.from_pretrained(
            checkpoint.path, local_files_only=True, trust_remote_code=trust_remote_code
        )


def _storage(storage: Storage | str) -> Storage:
    if storage not in list(Storage):
        raise UsageError(
            f"unknown storage {storage!r}; known: {', '.join(Storage)}{meant(storage, Storage)}"
        )
    return Storage(storage)


def _dtype(dtype: torch.dtype | str | None) -> torch.dtype | str:
    """Return torch's own type, or "auto"."""
    import torch

    if dtype is None or isinstance(dtype, torch.dtype):
        return "auto" if dtype is None else dtype
    found = getattr(torch, dtype, None)
    if not isinstance(found, torch.dtype) or not found.is_floating_point:
        known = ("float32", *HALF)
        raise UsageError(f"unknown dtype {dtype!r}; known: {', '.join(known)}{meant(dtype, known)}")
    return found


def _silence_progress_bars() -> None:
    from transformers.utils import logging

    silence: Any = logging.disable_progress_bar
    silence()
