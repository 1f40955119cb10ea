"""Judges what was found of the processor, the GPUs and the packed kernels; looks at nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trusteval.doctor.finding import Finding, Status, Topic
from trusteval.doctor.probe import DTYPES, KERNELS, Probed, TorchFacts

_GIB = 2**30
_DEQUANTIZED = "--trust-storage=dequantized"


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory in bytes, of the machine or of the container it is lent to."""

    total: int
    available: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where models run by default, whether a GPU is in the machine and hidden from programs."""

    device: str
    dtype: str
    has_gpu: bool = False
    is_hidden: bool = False


def machine_finding(described: Mapping[str, str | int], memory: Memory | None) -> Finding:
    """Name the processor, its cores, the memory and Python; `memory` is None if not known."""
    words = [f"{described['processor']}", f"{described['cores']} cores"]
    if memory is not None:
        total, available = memory.total / _GIB, memory.available / _GIB
        words.append(f"{total:.1f} GiB memory ({available:.1f} GiB available)")
    words.append(f"Python {described['python']}")
    return Finding(Topic.MACHINE, Status.OK, ", ".join(words))


def device_findings(placement: Placement, probed: Probed) -> Iterator[Finding]:
    """Tell where models run and why, and name every GPU that torch sees."""
    torch = probed.torch
    if torch is None:
        yield Finding(
            Topic.DEVICE,
            Status.PROBLEM,
            f"torch cannot be used: {probed.failure}",
            "pip install --force-reinstall torch, for your GPU as "
            "https://pytorch.org/get-started/locally says",
        )
        return
    yield _device_finding(placement, torch)
    for number, gpu in enumerate(torch.gpus):
        detail = f"GPU {number}: {gpu.name}, {gpu.memory / _GIB:.1f} GiB"
        yield Finding(Topic.DEVICE, Status.OK, detail)


def _device_finding(placement: Placement, torch: TorchFacts) -> Finding:
    build = f"torch {torch.version} is built for {torch.platform or 'processors only'}"
    if placement.device != "cpu":
        if torch.gpus:
            return Finding(Topic.DEVICE, Status.OK, f"{placement.device} ({build})")
        return Finding(
            Topic.DEVICE,
            Status.PROBLEM,
            f"{placement.device} ({build}), but torch sees no GPU",
            "see that nvidia-smi lists the GPU, then update its driver or install a torch built "
            "for the CUDA version it names (https://pytorch.org/get-started/locally)",
        )
    if torch.gpus:
        return Finding(
            Topic.DEVICE,
            Status.WARNING,
            f"cpu, although torch sees a GPU ({build})",
            "pass --trust-device=cuda",
        )
    if placement.has_gpu and placement.is_hidden:
        return Finding(
            Topic.DEVICE,
            Status.WARNING,
            "cpu (CUDA_VISIBLE_DEVICES hides the GPU)",
            "unset CUDA_VISIBLE_DEVICES, if that was not intended",
        )
    if placement.has_gpu:
        return Finding(
            Topic.DEVICE,
            Status.PROBLEM,
            f"cpu, although there is a GPU ({build})",
            "install a torch built for your GPU: https://pytorch.org/get-started/locally",
        )
    return Finding(Topic.DEVICE, Status.OK, f"cpu (no GPU; {build})")


def dtype_findings(placement: Placement, torch: TorchFacts) -> Iterator[Finding]:
    """Tell which dtype is chosen and which compute on the device."""
    chosen, device = placement.dtype, placement.device
    works = [dtype for dtype in DTYPES if not torch.failures[dtype]]
    for dtype in DTYPES:
        failure = torch.failures[dtype]
        detail = f"{dtype}, the default" if dtype == chosen else dtype
        if failure:
            is_needed = dtype == chosen
            yield Finding(
                Topic.DTYPES,
                Status.PROBLEM if is_needed else Status.WARNING,
                f"{detail}: does not compute on {device}: {failure}",
                f"pass --trust-dtype={works[0]}" if is_needed and works else "",
            )
        elif dtype == "bfloat16" and not torch.has_bfloat16:
            other = "float16" if device != "cpu" and not torch.failures["float16"] else "float32"
            yield Finding(
                Topic.DTYPES,
                Status.WARNING,
                f"{detail}: computes on {device} without support of the hardware, slowly",
                f"pass --trust-dtype={other}" if dtype == chosen else "",
            )
        else:
            yield Finding(Topic.DTYPES, Status.OK, f"{detail}: computes on {device}")


def kernel_findings(probed: Probed, *, has_gptqmodel: bool) -> Iterator[Finding]:
    """Tell which kernel would run each method's packed weights."""
    if not has_gptqmodel:
        yield Finding(
            Topic.KERNELS,
            Status.WARNING,
            "gptqmodel is not installed: nothing can be quantized and no packed kernel runs",
            "pip install 'trusteval[quantize]'",
        )
        return
    for choice in probed.kernels:
        if choice.kernel is not None:
            detail = f"{choice.variant}: {choice.kernel}"
            yield Finding(Topic.KERNELS, Status.OK, detail)
        else:
            detail = f"{choice.variant}: none ({choice.reason})"
            yield Finding(Topic.KERNELS, Status.WARNING, detail, f"pass {_DEQUANTIZED}")
    answered = {choice.variant for choice in probed.kernels}
    unknown = [variant for variant in KERNELS if variant not in answered]
    if unknown and probed.torch is not None:
        yield Finding(
            Topic.KERNELS,
            Status.WARNING if probed.is_late else Status.PROBLEM,
            f"gptqmodel did not tell for {', '.join(unknown)}: {probed.failure}",
            f"pass {_DEQUANTIZED}, which needs no kernel (gptqmodel may be compiling one)"
            if probed.is_late
            else "reinstall it: pip install --force-reinstall 'trusteval[quantize]'",
        )
