"""Whether a checkpoint's tensors are those of the architecture in its config.json.

What disagrees is refused here, where loaders would go on with random, dropped or other weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.checkpoint import Checkpoint
from trusteval.checkpoints.packed_layout import n_groups
from trusteval.checkpoints.packed_weights import read_tensors
from trusteval.errors import ModelError

if TYPE_CHECKING:
    import torch

_ITS_CONFIG = {".gguf": "its header"}


def check_shapes(checkpoint: Checkpoint, model: Any, state: Mapping[str, torch.Tensor]) -> None:
    """Raise ModelError unless the tensors are those of the architecture in config.json."""
    shapes = checkpoint.dense_shapes
    tied = set(model.all_tied_weights_keys)
    refuse_disagreement(
        checkpoint.path,
        missing=[name for name in state if name not in shapes and name not in tied],
        unexpected=[
            name
            for name in shapes
            if name not in state
            and not name.endswith(".inv_freq")
            and not _is_extra_bias(checkpoint, name)
        ],
        mismatched=[
            name for name in state if name in shapes and shapes[name] != tuple(state[name].shape)
        ],
    )


def check_values(checkpoint: Checkpoint, model: Any, state: Mapping[str, torch.Tensor]) -> None:
    """Raise ModelError for values that a loader would drop, overwrite or misread in silence."""
    import torch

    tensors = checkpoint.tensors
    biases = [name for name in tensors if name not in state and _is_extra_bias(checkpoint, name)]
    refuse_disagreement(
        checkpoint.path,
        unexpected=[name for name, bias in read_tensors(tensors, biases) if bool(bias.any())],
    )
    for name, source in model.all_tied_weights_keys.items():
        if name in tensors and source in tensors:
            one, other = (tensor for _, tensor in read_tensors(tensors, [name, source]))
            if not torch.equal(one, other):
                raise ModelError(
                    f"{checkpoint.path}: config.json and weights disagree; {name} differs from "
                    f"{source}, to which tie_word_embeddings ties it"
                )
    _check_groups(checkpoint)


def _check_groups(checkpoint: Checkpoint) -> None:
    """Raise ModelError if a layer names groups that have no scale: kernels do not look."""
    assert checkpoint.quantization is not None
    last = {
        f"{layer.name}.g_idx": n_groups(layer.in_features, checkpoint.quantization) - 1
        for layer in checkpoint.layers
        if layer.has_groups
    }
    for name, groups in read_tensors(checkpoint.tensors, last):
        low, high = int(groups.min()), int(groups.max())
        if low < 0 or high > last[name]:
            raise ModelError(
                f"{checkpoint.path} is damaged: {name} names groups {low} to {high}; there are "
                f"0 to {last[name]}"
            )


def refuse_disagreement(
    path: Path,
    *,
    missing: Iterable[str] = (),
    unexpected: Iterable[str] = (),
    mismatched: Iterable[str] = (),
) -> None:
    """Raise ModelError naming the tensors that disagree, if any do."""
    for what, found in (
        ("lacks", missing),
        ("has the unknown", unexpected),
        ("has with another shape", mismatched),
    ):
        names = sorted(found)
        if names:
            shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
            raise ModelError(
                f"{path}: {_ITS_CONFIG.get(path.suffix, 'config.json')} and weights disagree; the "
                f"checkpoint {what} {len(names)} tensors: {shown}"
            )


def refuse_not_finite(path: Path, model: Any) -> None:
    """Raise ModelError if any of the model's numbers is NaN or infinite."""
    import torch

    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            count = int((~torch.isfinite(tensor)).sum())
            raise ModelError(
                f"{path} is damaged: {name} holds {count} values that are not finite (NaN or Inf)"
            )


def _is_extra_bias(checkpoint: Checkpoint, name: str) -> bool:
    """Whether this is the bias of zeros that GPTQ writers add to packed layers without one."""
    layer = name.removesuffix(".bias")
    return layer != name and f"{layer}.qweight" in checkpoint.tensors
