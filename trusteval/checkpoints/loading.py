"""Loads a checkpoint as a transformers model and its tokenizer.

Dequantized storage expands quantized weights once, so that every arm runs the same dense
matmuls; packed storage runs the quantized kernel.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.agreement import (
    check_shapes,
    check_values,
    refuse_disagreement,
    refuse_not_finite,
)
from trusteval.checkpoints.checkpoint import Checkpoint, inspect_checkpoint, refuse_remote_code
from trusteval.checkpoints.foreign import explaining, in_one_line, is_theirs, offline
from trusteval.checkpoints.gguf_file import unread_tensors, whole_gguf
from trusteval.checkpoints.skeleton import build_skeleton
from trusteval.errors import ModelError, TrustEvalError, UsageError
from trusteval.suggestion import meant
from trusteval.types import Storage

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_GGUF = "model.gguf"
_HALF = ("float16", "bfloat16")


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

    path, held = Path(path), _storage(storage)
    wanted = _dtype(dtype)
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
                if checkpoint.quantization is None:
                    model = _load_dense(checkpoint, wanted, trust_remote_code)
                elif held is Storage.DEQUANTIZED:
                    model = _load_expanded(checkpoint, wanted, device, trust_remote_code)
                else:
                    model = _load_packed(checkpoint, wanted, device, trust_remote_code)
            model = model.to(device).eval()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelError(f"{path} does not fit into the memory of {device}") from error
        refuse_not_finite(path, model)
    return model, tokenizer


def load_tokenizer(path: Path, *, trust_remote_code: bool = False) -> Any:
    """Load the tokenizer at `path` without its model; raises ModelError where it cannot be."""
    checkpoint = inspect_checkpoint(path)
    if not trust_remote_code:
        refuse_remote_code(checkpoint)
    with explaining(path, "has a tokenizer that cannot be loaded"):
        return _load_tokenizer(checkpoint, trust_remote_code)


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
    # transformers still takes the model for a quantized one and would refuse to save it.
    for name, value in (("hf_quantizer", None), ("is_quantized", False)):
        setattr(model, name, value)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model, tokenizer


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
        known = ("float32", *_HALF)
        raise UsageError(f"unknown dtype {dtype!r}; known: {', '.join(known)}{meant(dtype, known)}")
    return found


def _load_tokenizer(checkpoint: Checkpoint, trust_remote_code: bool) -> Any:
    from transformers import AutoTokenizer

    with _hub(trust_remote_code):
        return AutoTokenizer.from_pretrained(
            checkpoint.path, local_files_only=True, trust_remote_code=trust_remote_code
        )


def _hub(trust_remote_code: bool) -> AbstractContextManager[None]:
    """Close the hub to a checkpoint, unless it may run code, which may come from there."""
    return nullcontext() if trust_remote_code else offline()


def _load_dense(checkpoint: Checkpoint, dtype: torch.dtype | str, trust_remote_code: bool) -> Any:
    from transformers import AutoModelForCausalLM

    load: Any = AutoModelForCausalLM.from_pretrained
    with _hub(trust_remote_code):
        if not trust_remote_code:  # it may build what cannot be built without its numbers
            _skeleton(checkpoint, dtype, trust_remote_code)
        model, found = load(
            checkpoint.path,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            trust_remote_code=trust_remote_code,
        )
    # transformers would go on with random weights in their place, or without the unknown ones.
    refuse_disagreement(
        checkpoint.path,
        missing=found["missing_keys"],
        unexpected=[name for name in found["unexpected_keys"] if not name.endswith(".inv_freq")],
        mismatched=[str(entry[0]) for entry in found["mismatched_keys"]],
    )
    return model


def _load_expanded(
    checkpoint: Checkpoint, dtype: torch.dtype | str, device: str, trust_remote_code: bool
) -> Any:
    import torch

    from trusteval.checkpoints.packed_weights import expanded_tensors

    assert checkpoint.quantization is not None
    skeleton = _skeleton(checkpoint, dtype, trust_remote_code)
    check_shapes(checkpoint, skeleton, skeleton.state_dict())
    model = _empty_model(checkpoint, dtype, device, trust_remote_code)
    state = model.state_dict()
    check_values(checkpoint, model, state)
    tensors = expanded_tensors(
        checkpoint.tensors, checkpoint.layers, checkpoint.quantization, device=device
    )
    with torch.inference_mode():
        for name, tensor in tensors:
            if name in state:
                state[name].copy_(tensor)
    model.tie_weights()
    return model


def _load_packed(
    checkpoint: Checkpoint, dtype: torch.dtype | str, device: str, trust_remote_code: bool
) -> Any:
    import torch

    from trusteval.checkpoints.packed_loading import load_packed

    half = [getattr(torch, name) for name in _HALF]
    if dtype != "auto" and dtype not in half:
        raise UsageError(
            f"packed kernels compute in {' or '.join(_HALF)}, got {dtype}; choose one of them or "
            "storage=dequantized"
        )
    if find_spec("gptqmodel") is None:
        raise ModelError(
            f"{checkpoint.path} needs gptqmodel to run packed, which is not installed; "
            "pip install 'trusteval[quantize]', or pass --trust-storage=dequantized"
        )
    skeleton = _skeleton(checkpoint, torch.float16, trust_remote_code)
    state = skeleton.state_dict()
    check_shapes(checkpoint, skeleton, state)
    check_values(checkpoint, skeleton, state)
    try:
        return load_packed(
            checkpoint,
            device=device,
            dtype=dtype if isinstance(dtype, torch.dtype) else torch.float16,
            trust_remote_code=trust_remote_code,
        )
    except (torch.OutOfMemoryError, MemoryError, TrustEvalError):
        raise
    except BaseException as error:
        if not is_theirs(error):
            raise
        # No kernel for these bits, groups, shapes; or one that could not be fetched or compiled.
        raise ModelError(
            f"{checkpoint.path} has no packed kernel that runs here; "
            f"--trust-storage=dequantized loads it without one: {in_one_line(error)}"
        ) from error


def _empty_model(
    checkpoint: Checkpoint, dtype: torch.dtype | str, device: str, trust_remote_code: bool
) -> Any:
    """Build the dense architecture; its weights hold no values yet."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.initialization import no_init_weights

    config, resolved = _architecture(checkpoint, dtype, trust_remote_code)
    build: Any = AutoModelForCausalLM.from_config
    with _hub(trust_remote_code), no_init_weights(), torch.device(device):
        return build(config, dtype=resolved, trust_remote_code=trust_remote_code)


def _skeleton(checkpoint: Checkpoint, dtype: torch.dtype | str, trust_remote_code: bool) -> Any:
    """Build the dense architecture without memory; raises ModelError if it is another model's."""
    config, resolved = _architecture(checkpoint, dtype, trust_remote_code)
    with _hub(trust_remote_code):
        return build_skeleton(
            checkpoint.path,
            config,
            shapes=checkpoint.dense_shapes.values(),
            dtype=resolved,
            trust_remote_code=trust_remote_code,
        )


def _architecture(
    checkpoint: Checkpoint, dtype: torch.dtype | str, trust_remote_code: bool
) -> tuple[Any, torch.dtype]:
    """Return the config of the dense architecture, and its numbers' type."""
    import torch
    from transformers import AutoConfig

    with _hub(trust_remote_code):
        config = AutoConfig.from_pretrained(
            checkpoint.path, local_files_only=True, trust_remote_code=trust_remote_code
        )
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    own = config.dtype if isinstance(config.dtype, torch.dtype) else torch.float32
    return config, dtype if isinstance(dtype, torch.dtype) else own


def _silence_progress_bars() -> None:
    from transformers.utils import logging

    silence: Any = logging.disable_progress_bar
    silence()
