"""Runs a packed checkpoint on gptqmodel's kernels, whoever wrote it.

gptqmodel refuses configs and zero points of older writers, so it is given a folder of links with
a config of its own making; the user's files stay as they are.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.agreement import check_shapes, check_values
from trusteval.checkpoints.architecture import Architecture
from trusteval.checkpoints.checkpoint import Checkpoint
from trusteval.checkpoints.foreign import in_one_line, is_theirs
from trusteval.checkpoints.packed_layout import PARTS, PackedLayer
from trusteval.checkpoints.packed_weights import interleaved, pack, read_tensors, unpacked
from trusteval.checkpoints.quantization import Layout, Quantization
from trusteval.errors import ModelError, TrustEvalError, UsageError

if TYPE_CHECKING:
    import torch

HALF = ("float16", "bfloat16")
"""What packed kernels compute in."""
_REPLACED = ("config.json", "quantize_config.json", "quant_config.json")
_KEPT = ("lm_head", "meta")
_IN_BLOCK = re.compile(r"(.+\.\d+\..+)\.weight")


def load_packed(architecture: Architecture, *, device: str) -> Any:
    """Load a quantized checkpoint with its packed kernels.

    Raises ModelError where config and tensors disagree or nothing here runs it, UsageError for
    numbers that no packed kernel computes in.
    """
    import torch

    checkpoint, dtype = architecture.checkpoint, architecture.dtype
    if dtype != "auto" and dtype not in [getattr(torch, name) for name in HALF]:
        raise UsageError(
            f"packed kernels compute in {' or '.join(HALF)}, got {dtype}; choose one of them or "
            "storage=dequantized"
        )
    if find_spec("gptqmodel") is None:
        raise ModelError(
            f"{checkpoint.path} needs gptqmodel to run packed, which is not installed; "
            "pip install 'trusteval[quantize]', or pass --trust-storage=dequantized"
        )
    skeleton = architecture.skeleton(dtype=torch.float16)
    state = skeleton.state_dict()
    check_shapes(checkpoint, skeleton, state)
    check_values(checkpoint, skeleton, state)
    try:
        return _on_kernels(architecture, device=device)
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


def _on_kernels(architecture: Architecture, *, device: str) -> Any:
    """Load what was checked; whatever gptqmodel raises passes through."""
    # gptqmodel's loader asks for two workers of a pool that has one on small machines.
    os.environ.setdefault("GPTQMODEL_CPU_WORKERS", str(max(2, os.cpu_count() or 2)))
    import torch
    from gptqmodel import GPTQModel

    checkpoint, dtype = architecture.checkpoint, architecture.dtype
    assert checkpoint.quantization is not None
    with tempfile.TemporaryDirectory(prefix="trusteval-packed-") as scratch:
        folder = _presentable(checkpoint, checkpoint.quantization, Path(scratch))
        return GPTQModel.load(
            str(folder),
            device=device,
            dtype=dtype if isinstance(dtype, torch.dtype) else torch.float16,
            backend=kernel_backend(checkpoint.method, device=device),
            trust_remote_code=architecture.trust_remote_code,
        ).model


def kernel_backend(method: str, *, device: str) -> Any:
    """Return which of gptqmodel's kernels to run: on a GPU the one it prefers.

    On a CPU it would take a 4-bit kernel that rounds scales to bfloat16: logits were off by up to
    5 %. The torch kernel computes with the checkpoint's own numbers.
    """
    from gptqmodel import BACKEND

    exact = {"gptq": BACKEND.GPTQ_TORCH, "awq": BACKEND.AWQ_TORCH}
    return exact[method] if device == "cpu" else BACKEND.AUTO


def _presentable(checkpoint: Checkpoint, quantization: Quantization, folder: Path) -> Path:
    """Fill `folder` with links to the checkpoint's files and a config gptqmodel accepts."""
    layout = _accepted_layout(quantization)
    if layout is quantization.layout:
        _link_weights(checkpoint, folder)
    else:
        _write_weights(checkpoint, quantization, folder / "model.safetensors")
    declared = checkpoint.config.get("quantization_config") or {}
    normalised: Mapping[str, Any] = {
        **{key: declared[key] for key in _KEPT if declared.get(key) is not None},
        "quant_method": quantization.method,
        "bits": quantization.bits,
        "group_size": quantization.group_size,
        "sym": quantization.symmetric,
        "desc_act": quantization.act_order,
        "checkpoint_format": layout.value,
        "format": layout.value,
        # It would keep a temporary folder of its own for as long as the model lives.
        "offload_to_disk": False,
        "dynamic": {f"-:^{re.escape(layer)}$": {} for layer in _left_dense(checkpoint)},
    }
    config = {**checkpoint.config, "quantization_config": normalised}
    for name, values in (("config.json", config), ("quantize_config.json", normalised)):
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    for file in checkpoint.path.iterdir():
        is_weight = ".safetensors" in file.name
        if not is_weight and file.name not in _REPLACED:
            (folder / file.name).symlink_to(file.absolute())
    return folder


def _left_dense(checkpoint: Checkpoint) -> list[str]:
    """Return the matrices within blocks that are not packed.

    gptqmodel would run them packed, on memory that nothing filled, unless told by name: it does
    not read modules_to_not_convert, and some writers leave no list at all.
    """
    matrices = [name for name, info in checkpoint.tensors.items() if len(info.shape) == 2]
    return [match[1] for name in matrices if (match := _IN_BLOCK.fullmatch(name))]


def _accepted_layout(quantization: Quantization) -> Layout:
    """Return the layout in which gptqmodel takes the weights.

    It trusts asymmetric zero points of the classic layout only where it wrote them itself, and
    has GEMV kernels for some GPUs alone.
    """
    if quantization.layout is Layout.GPTQ and not quantization.symmetric:
        own = quantization.writer.startswith("gptqmodel")
        return Layout.GPTQ if own else Layout.GPTQ_V2
    return Layout.GEMM if quantization.layout is Layout.GEMV else quantization.layout


def _link_weights(checkpoint: Checkpoint, folder: Path) -> None:
    files = checkpoint.weight_files
    if len(files) == 1:
        (folder / "model.safetensors").symlink_to(files[0].absolute())
        return
    for file in files:
        (folder / file.name).symlink_to(file.absolute())
    weight_map = {name: info.file.name for name, info in checkpoint.tensors.items()}
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": weight_map}), encoding="utf-8"
    )


def _write_weights(checkpoint: Checkpoint, quantization: Quantization, target: Path) -> None:
    """Write the weights in the layout that gptqmodel takes."""
    from safetensors.torch import save_file

    tensors = dict(read_tensors(checkpoint.tensors, checkpoint.tensors))
    for layer in checkpoint.layers:
        parts = {p: tensors[f"{layer.name}.{p}"] for p in PARTS if f"{layer.name}.{p}" in tensors}
        for part, tensor in _repacked(parts, layer, quantization).items():
            tensors[f"{layer.name}.{part}"] = tensor.contiguous()
    save_file(tensors, target, metadata={"format": "pt"})


def _repacked(
    parts: Mapping[str, torch.Tensor], layer: PackedLayer, quantization: Quantization
) -> dict[str, torch.Tensor]:
    """Return the parts of a layer that change: GPTQ's zero points, or all of GEMV's."""
    bits = quantization.bits
    q, zeros, scales = unpacked(parts, layer, quantization)
    if quantization.layout is Layout.GPTQ:
        if int(zeros.max()) >> bits:
            raise ValueError(
                f"AutoGPTQ wrote zero points of layer {layer.name} as 0 and reads them as "
                f"{1 << bits}, which does not fit into {bits} bit"
            )
        return {"qzeros": pack(zeros.T, bits).T}
    packed = {"qweight": q, "qzeros": zeros}
    return {
        **{part: pack(interleaved(v, bits).T, bits).T for part, v in packed.items()},
        "scales": scales,
    }
