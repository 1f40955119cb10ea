"""Loads a checkpoint directory as a transformers model and its tokenizer.

Dequantized storage expands quantized weights once, so that every arm runs the same dense
matmuls; packed storage runs the quantized kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoint import Checkpoint, inspect_checkpoint
from trusteval.errors import ModelError
from trusteval.types import Storage

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load_model(
    path: Path | str,
    *,
    storage: Storage | str = Storage.DEQUANTIZED,
    device: str = "cpu",
    dtype: str | None = None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load the model and tokenizer at `path`, ready for inference.

    `storage` says how quantized weights are held, `dtype` ("float32", "bfloat16", "float16") is
    that of the activations and of dense weights, by default the checkpoint's own. Raises
    ModelError for a directory that cannot be loaded; code from the checkpoint is never run.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    checkpoint = inspect_checkpoint(Path(path))
    wanted: Any = "auto" if dtype is None else getattr(torch, dtype)
    try:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint.path, local_files_only=True)
        if not checkpoint.quantization:
            model = AutoModelForCausalLM.from_pretrained(
                checkpoint.path, dtype=wanted, local_files_only=True
            )
        elif Storage(storage) is Storage.DEQUANTIZED:
            model = _load_expanded(checkpoint, wanted)
        else:
            model = _load_packed(checkpoint, wanted, device)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"{checkpoint.path} cannot be loaded: {error}") from error
    return model.to(device).eval(), tokenizer


def _load_expanded(checkpoint: Checkpoint, dtype: torch.dtype | str) -> PreTrainedModel:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from trusteval.packed_weights import expand_gptq

    config = AutoConfig.from_pretrained(checkpoint.path, local_files_only=True)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    resolved = dtype if isinstance(dtype, torch.dtype) else config.dtype or torch.float32
    quantization = checkpoint.quantization
    layout = quantization.get("checkpoint_format") or quantization.get("format") or "gptq"
    state = dict(
        expand_gptq(
            _tensors(checkpoint),
            bits=checkpoint.bits,
            zeros_off_by_one=layout != "gptq_v2",
            dtype=resolved,
        )
    )
    model = AutoModelForCausalLM.from_config(config, dtype=resolved)
    absent, surplus = model.load_state_dict(state, strict=False)
    tied = set(getattr(model, "all_tied_weights_keys", None) or ())
    absent = [name for name in absent if name not in tied and not name.endswith(".inv_freq")]
    surplus = [name for name in surplus if not name.endswith((".bias", ".inv_freq"))]
    if absent or surplus:
        raise ModelError(
            f"{checkpoint.path}: config and tensors disagree; missing: {absent[:3]}, "
            f"unexpected: {surplus[:3]}"
        )
    model.tie_weights()
    return model


def _load_packed(checkpoint: Checkpoint, dtype: torch.dtype | str, device: str) -> Any:
    import os

    import torch

    # gptqmodel's loader asks for two workers of a pool that has one on small machines.
    os.environ.setdefault("GPTQMODEL_CPU_WORKERS", str(max(2, os.cpu_count() or 2)))
    from gptqmodel import GPTQModel

    # Its kernels take half precision activations only.
    half = dtype if dtype in (torch.float16, torch.bfloat16) else torch.bfloat16
    return GPTQModel.load(str(checkpoint.path), device=device, dtype=half).model


def _tensors(checkpoint: Checkpoint) -> Iterator[tuple[str, torch.Tensor]]:
    from safetensors import safe_open

    for file in checkpoint.weight_files:
        with safe_open(file, framework="pt") as tensors:
            for name in tensors.keys():  # noqa: SIM118  (safe_open is no mapping)
                yield name, tensors.get_tensor(name)
