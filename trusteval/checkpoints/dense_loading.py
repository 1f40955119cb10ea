"""Loads a dense checkpoint, and a quantized one with its weights expanded once."""

from __future__ import annotations

from typing import Any

from trusteval.checkpoints.agreement import check_shapes, check_values, refuse_disagreement
from trusteval.checkpoints.architecture import Architecture, hub_access


def load_dense(architecture: Architecture) -> Any:
    """Load a checkpoint as it is; raises ModelError if config and tensors disagree."""
    from transformers import AutoModelForCausalLM

    path, trusted = architecture.checkpoint.path, architecture.trust_remote_code
    load: Any = AutoModelForCausalLM.from_pretrained
    with hub_access(trust_remote_code=trusted):
        if not trusted:  # it may build what cannot be built without its numbers
            architecture.skeleton()
        model, found = load(
            path,
            dtype=architecture.dtype,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            trust_remote_code=trusted,
        )
    # transformers would go on with random weights in their place, or without the unknown ones.
    refuse_disagreement(
        path,
        missing=found["missing_keys"],
        unexpected=[name for name in found["unexpected_keys"] if not name.endswith(".inv_freq")],
        mismatched=[str(entry[0]) for entry in found["mismatched_keys"]],
    )
    return model


def load_expanded(architecture: Architecture, *, device: str) -> Any:
    """Load a quantized checkpoint into dense matmuls, on the device that expands it."""
    import torch

    from trusteval.checkpoints.packed_weights import expanded_tensors

    checkpoint = architecture.checkpoint
    assert checkpoint.quantization is not None
    skeleton = architecture.skeleton()
    check_shapes(checkpoint, skeleton, skeleton.state_dict())
    model = architecture.without_values(device=device)
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
