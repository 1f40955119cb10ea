"""Loads a checkpoint directory as a transformers model and its tokenizer.

Dequantized storage expands quantized weights once, so that every arm runs the same dense
matmuls; packed storage runs the quantized kernel.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
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
    # Threads that spin while they wait take the cores from other work: beside a second busy
    # process a run took three times as long. OpenMP reads this when torch is first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch
    from transformers import AutoTokenizer

    _silence_progress_bars()
    checkpoint = inspect_checkpoint(Path(path))
    wanted: torch.dtype | str = "auto" if dtype is None else getattr(torch, dtype)
    try:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint.path, local_files_only=True)
        if not checkpoint.quantization:
            model = _load_dense(checkpoint, wanted)
        elif Storage(storage) is Storage.DEQUANTIZED:
            model = _load_expanded(checkpoint, wanted)
        else:
            model = _load_packed(checkpoint, wanted, device)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"{checkpoint.path} cannot be loaded: {error}") from error
    return model.to(device).eval(), tokenizer


def _load_dense(checkpoint: Checkpoint, dtype: torch.dtype | str) -> Any:
    from transformers import AutoModelForCausalLM

    load: Any = AutoModelForCausalLM.from_pretrained
    model, found = load(
        checkpoint.path, dtype=dtype, local_files_only=True, output_loading_info=True
    )
    # transformers would go on with random weights in their place.
    _refuse_disagreement(checkpoint, missing=found["missing_keys"], unexpected=[])
    return model


def _load_expanded(checkpoint: Checkpoint, dtype: torch.dtype | str) -> Any:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.initialization import no_init_weights

    from trusteval.packed_weights import expand_gptq

    config = AutoConfig.from_pretrained(checkpoint.path, local_files_only=True)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    resolved = dtype if isinstance(dtype, torch.dtype) else config.dtype or torch.float32
    quantization = checkpoint.quantization
    layout = quantization.get("checkpoint_format") or quantization.get("format") or "gptq"
    expanded = expand_gptq(
        _tensors(checkpoint),
        bits=checkpoint.bits,
        zeros_off_by_one=layout != "gptq_v2",
        dtype=resolved,
    )
    with no_init_weights():
        build: Any = AutoModelForCausalLM.from_config
        model = build(config, dtype=resolved)
    known = model.state_dict()
    # GPTQ writers add a bias of zeros to layers that have none.
    state = {
        name: tensor
        for name, tensor in expanded
        if name in known or not name.endswith(".bias") or bool(tensor.any())
    }
    missing, unexpected = model.load_state_dict(state, strict=False)
    tied = set(model.all_tied_weights_keys)
    _refuse_disagreement(
        checkpoint,
        missing=[name for name in missing if name not in tied],
        unexpected=[name for name in unexpected if not name.endswith(".inv_freq")],
    )
    model.tie_weights()
    return model


def _refuse_disagreement(
    checkpoint: Checkpoint, *, missing: Iterable[str], unexpected: Iterable[str]
) -> None:
    for what, names in (("lacks", sorted(missing)), ("has the unknown", sorted(unexpected))):
        if names:
            shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
            raise ModelError(
                f"{checkpoint.path}: config.json and weights disagree; the file {what} "
                f"{len(names)} tensors: {shown}"
            )


def _silence_progress_bars() -> None:
    from transformers.utils import logging

    silence: Any = logging.disable_progress_bar
    silence()


def _load_packed(checkpoint: Checkpoint, dtype: torch.dtype | str, device: str) -> Any:
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
