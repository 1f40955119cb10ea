"""What this machine computes with, found out without importing torch."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from trusteval.errors import UsageError
from trusteval.system.files import with_home

CACHE = "TRUSTEVAL_CACHE"
PLACES = (CACHE, "TRUSTEVAL_DATA")
"""The variables of the environment that name a folder."""


def settle_places(names: Iterable[str] = PLACES) -> None:
    """Make the folders that the environment names absolute, before anything changes directory.

    What is started later inherits them. A home that is not known is left to whoever needs it.
    """
    for name in names:
        if named := os.environ.get(name):
            with suppress(UsageError):
                os.environ[name] = str(with_home(named).absolute())


def cache_directory() -> Path:
    """Return where models, checkpoints and responses are kept: TRUSTEVAL_CACHE or the user's.

    Raises UsageError for a user without a home directory who names none.
    """
    if chosen := os.environ.get(CACHE):
        return with_home(chosen)
    try:
        found = platformdirs.user_cache_dir("trusteval")
    except RuntimeError:
        found = "~"
    if found.startswith("~"):
        raise UsageError(
            f"no home directory to keep models and answers in (HOME is not set, user {os.getuid()} "
            f"has none); name a folder by {CACHE}"
        )
    return Path(found)


def default_device() -> str:
    """Return "cuda" where a GPU and a torch built for it are present, else "cpu"."""
    torch = find_spec("torch")
    roots = [Path(root) for root in (torch.submodule_search_locations or ())] if torch else []
    built_for_cuda = any((root / "lib" / "libtorch_cuda.so").exists() for root in roots)
    return "cuda" if built_for_cuda and visible_gpus() else "cpu"


def visible_gpus() -> int:
    """Return how many NVIDIA GPUs this process may use."""
    present = sum(path.name[6:].isdigit() for path in Path("/dev").glob("nvidia*"))
    return count_visible(present, chosen=os.environ.get("CUDA_VISIBLE_DEVICES"))


def count_visible(present: int, *, chosen: str | None) -> int:
    """Return how many of the GPUs present CUDA_VISIBLE_DEVICES leaves; None leaves all.

    CUDA stops reading at the first entry that names no device.
    """
    if chosen is None or not present:
        return present
    names = [name.strip() for name in chosen.split(",")]
    return next((i for i, name in enumerate(names) if name in ("", "-1")), len(names))


def refusal_of_device(device: str) -> str | None:
    """Say why models cannot run on a device; None where they can.

    torch is asked only where no such GPU is seen without it.
    """
    kind, _, number = device.partition(":")
    if device in ("auto", "cpu"):
        return None
    if kind != "cuda" or (":" in device and not (number.isascii() and number.isdigit())):
        return f"expected auto, cpu, cuda or cuda:N, got {device!r}"
    wanted = int(number or 0)
    if default_device() == "cuda" and wanted < visible_gpus():
        return None
    import torch

    present = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if wanted < present:
        return None
    seen = f"GPUs 0 to {present - 1} are" if present > 1 else "GPU 0 is" if present else "no GPU is"
    built = "" if torch.version.cuda or present else " (this torch is built without CUDA)"
    return f"{device!r} is not there: {seen}{built}; `trusteval doctor` tells what this machine has"


def worker_device(asked: str, *, worker: str, gpus: int) -> str:
    """Return the device of an xdist worker: worker gwI runs on GPU I modulo their number.

    `asked` is what the user chose; a processor or a GPU by number stays as it is.
    """
    if asked not in ("auto", "cuda") or not gpus:
        return asked
    return f"cuda:{int(worker.removeprefix('gw')) % gpus}"


def share_out(*, workers: int, among: Sequence[str]) -> dict[str, int]:
    """Return how many workers each name gets, at least one, the first ones a rest."""
    spare = max(0, workers - len(among))
    return {
        name: 1 + spare // len(among) + (place < spare % len(among))
        for place, name in enumerate(among)
    }


def total_memory(device: str) -> int:
    """Return the bytes of memory of a GPU such as "cuda:1", or of the machine."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.get_device_properties(device).total_memory)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def default_dtype(device: str) -> str:
    """Return "bfloat16" on a GPU and on a processor with bfloat16 arithmetic, else "float32"."""
    if device.startswith("cuda"):
        return "bfloat16"
    flags = _cpu_flags()
    return "bfloat16" if flags & {"avx512_bf16", "amx_bf16", "bf16"} else "float32"


def describe_machine() -> dict[str, str | int]:
    """Return what a reader needs to place timings: processor, cores, system, Python."""
    return {
        "processor": _cpu_model(),
        "cores": os.cpu_count() or 1,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def package_version(name: str) -> str:
    """Return an installed package's version, or "absent"."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _cpu_flags() -> set[str]:
    for line in _cpuinfo():
        key, _, values = line.partition(":")
        if key.strip() in ("flags", "Features"):
            return set(values.split())
    return set()


def _cpu_model() -> str:
    for line in _cpuinfo():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _cpuinfo() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
