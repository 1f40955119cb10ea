"""Asks torch and gptqmodel what they can do on a device, in a process of its own.

There a crash, a hang and all that they print stay away from the one who asks.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trusteval.system.bounded import MIB, read_text

DTYPES = ("bfloat16", "float16", "float32")
# Method -> the layout of its checkpoints and whether they are symmetric, as trusteval builds them.
_LAYOUTS = {"gptq": ("gptq", True), "awq": ("gemm", False)}
KERNELS = {f"{method}-{bits}": (method, bits) for method in _LAYOUTS for bits in (8, 4, 3)}
_MOST = 16 * MIB
"""What the other process may say."""
_TIME_LIMIT = 180.0  # seconds; on a GPU gptqmodel may compile kernels to see whether they work


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that torch sees; `memory` is in bytes."""

    name: str
    memory: int


@dataclass(frozen=True, slots=True)
class TorchFacts:
    """What torch says of itself and the device.

    `platform` is what its build computes with beside the processor ("CUDA 12.8", or empty);
    `failures` has for every dtype why it does not compute, empty if it does.
    """

    version: str
    platform: str
    gpus: tuple[Gpu, ...]
    has_bfloat16: bool
    failures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KernelChoice:
    """The packed kernel that gptqmodel chose, or None and the reason."""

    variant: str
    kernel: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Probed:
    """All that was answered; `failure` says why no more, empty if that was everything.

    `is_late` if the time was up.
    """

    torch: TorchFacts | None
    kernels: tuple[KernelChoice, ...]
    failure: str = ""
    is_late: bool = False


def probe(device: str) -> Probed:
    """Ask in a process of its own, which is given three minutes."""
    failure, is_late = "", False
    # gptqmodel leaves a folder of logs where it runs. Unbuffered (-u), what libraries print comes
    # before what ends the process, which is then the log's last line.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        answers, log = Path(scratch) / "answers.jsonl", Path(scratch) / "log.txt"
        with (
            answers.open("wb") as out,
            log.open("wb") as err,
            subprocess.Popen(
                [sys.executable, "-u", "-m", "trusteval.doctor.probe", device],
                cwd=scratch,
                stdout=out,
                stderr=err,
                start_new_session=True,
            ) as child,
        ):
            try:
                code = child.wait(timeout=_TIME_LIMIT)
            except subprocess.TimeoutExpired:
                failure, is_late = f"no answer within {_TIME_LIMIT:.0f} s", True
                os.killpg(child.pid, signal.SIGKILL)  # compilers that it started too
            except BaseException:
                os.killpg(child.pid, signal.SIGKILL)
                raise
            else:
                failure = _failure(code, read_text(log, most=_MOST, errors="replace"))
        torch, kernels = read_answers(read_text(answers, most=_MOST, errors="replace"))
    return Probed(torch, kernels, failure, is_late)


def read_answers(text: str) -> tuple[TorchFacts | None, tuple[KernelChoice, ...]]:
    """Read the lines that the process wrote; half a line, the last of a killed one, is left."""
    torch, kernels = None, []
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            continue
        answer = json.loads(line)
        if "variant" in answer:
            kernels.append(KernelChoice(**answer))
        else:
            gpus = tuple(Gpu(**gpu) for gpu in answer.pop("gpus"))
            torch = TorchFacts(gpus=gpus, **answer)
    return torch, tuple(kernels)


def _failure(code: int, log: str) -> str:
    if code == 0:
        return ""
    if code < 0:
        return f"crashed with {signal.Signals(-code).name}"
    lines = log.strip().splitlines()
    return lines[-1] if lines else f"exit code {code}"


# -- in the process ----------------------------------------------------------------------


def main(device: str) -> None:
    """Write what torch and gptqmodel answer to standard output, a JSON object a line."""
    from trusteval.quantizers.layerwise import prepare_gptqmodel

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log

    def answer(found: TorchFacts | KernelChoice) -> None:
        answers.write(json.dumps(asdict(found)) + "\n")
        answers.flush()

    prepare_gptqmodel()
    answer(_torch_facts(device))
    if find_spec("gptqmodel") is not None:
        for variant in KERNELS:
            answer(_kernel(variant, device))


def _torch_facts(device: str) -> TorchFacts:
    import torch

    from trusteval.system.machine import default_dtype

    seen = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
    if device.startswith("cuda"):
        has_bfloat16 = bool(seen) and torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has_bfloat16 = default_dtype(device) == "bfloat16"
    platform = ""
    for name, version in (("CUDA", torch.version.cuda), ("ROCm", torch.version.hip)):
        platform = f"{name} {version}" if version else platform
    return TorchFacts(
        version=str(torch.__version__),
        platform=platform,
        gpus=tuple(Gpu(gpu.name, gpu.total_memory) for gpu in seen),
        has_bfloat16=has_bfloat16,
        failures={name: _multiplication_failure(torch, name, device) for name in DTYPES},
    )


def _multiplication_failure(torch: Any, dtype: str, device: str) -> str:
    """Multiply two small matrices; returns what went wrong, empty if nothing."""
    try:
        ones = torch.ones(16, 16, dtype=getattr(torch, dtype), device=device)
        right = bool((ones @ ones == 16).all())
    except (RuntimeError, AssertionError) as error:  # the latter: a build without CUDA
        return str(error).strip().partition("\n")[0]
    return "" if right else "ones times ones gave other numbers than expected"


def _kernel(variant: str, device: str) -> KernelChoice:
    """Let gptqmodel choose, for groups of 128 weights and bfloat16 activations."""
    import torch
    from gptqmodel.utils.importer import select_quant_linear

    from trusteval.checkpoints.packed_loading import kernel_backend

    method, bits = KERNELS[variant]
    layout, symmetric = _LAYOUTS[method]
    try:
        kernel = select_quant_linear(
            bits=bits,
            group_size=128,
            desc_act=False,
            sym=symmetric,
            device=device,
            backend=kernel_backend(method, device=device),
            format=layout,
            quant_method=method,
            pack_dtype=torch.int32,
            dtype=torch.bfloat16,
        )
    except (ValueError, RuntimeError, ImportError) as error:  # it has none for these
        return KernelChoice(variant, None, _first_line(error))
    failure = loading_failure(kernel, bits=bits, symmetric=symmetric, device=device)
    return KernelChoice(variant, None if failure else kernel.__name__, failure)


def loading_failure(kernel: Any, *, bits: int, symmetric: bool, device: str) -> str:
    """Prepare a layer of zeros for the kernel; returns why it cannot be loaded, empty if it can.

    gptqmodel chooses by what a kernel supports, and fetches or compiles some only afterwards. One
    that takes more than an empty layer is believed.
    """
    import torch

    try:
        layer = kernel(
            bits=bits,
            group_size=128,
            sym=symmetric,
            desc_act=False,
            in_features=256,
            out_features=256,
            pack_dtype=torch.int32,
            register_buffers=True,
        )
        layer.to(device).post_init()
    except (TypeError, ValueError, AttributeError, LookupError, NotImplementedError):
        return ""
    except (OSError, RuntimeError, ImportError, subprocess.SubprocessError) as error:
        return f"{kernel.__name__} is chosen, but cannot be loaded: {_first_line(error)}"
    return ""


def _first_line(error: Exception) -> str:
    return (str(error) or repr(error)).strip().partition("\n")[0]


if __name__ == "__main__":
    main(sys.argv[1])
