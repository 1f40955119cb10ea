"""Looks at what lies around a run: memory, GPU device files, models, data and the cache."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from trusteval.checkpoints.models import DEMO, refuse_missing_model
from trusteval.doctor.finding import Finding, Status, Topic
from trusteval.doctor.hardware import Memory, Placement
from trusteval.errors import ModelError, UsageError
from trusteval.suite.data_check import BenchmarkFiles, State, check_data, data_lines
from trusteval.suite.origin import ENVIRONMENT
from trusteval.system.files import explaining_places, may_use, with_home
from trusteval.system.machine import cache_directory, default_device, default_dtype

_GB = 10**9
_LITTLE_SPACE = 5 * _GB
_OFFLINE = "HF_HUB_OFFLINE"


def find_placement() -> Placement:
    """Find where models run by default and whether the machine has an NVIDIA GPU."""
    device = default_device()
    return Placement(
        device=device,
        dtype=default_dtype(device),
        has_gpu=any(Path("/dev").glob("nvidia[0-9]*")),
        is_hidden=os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"),
    )


def find_memory() -> Memory | None:
    """Return the memory that processes here may use, None where the system does not tell."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total, free = os.sysconf("SC_PHYS_PAGES") * page, os.sysconf("SC_AVPHYS_PAGES") * page
    except (ValueError, OSError):
        return None
    for line in _text("/proc/meminfo").splitlines():  # counts what caches would give back
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            free = int(amount.split()[0]) * 1024
    limit, used = _text("/sys/fs/cgroup/memory.max"), _text("/sys/fs/cgroup/memory.current")
    if limit.isdecimal() and used.isdecimal() and int(limit) < total:
        total, free = int(limit), min(free, max(0, int(limit) - int(used)))
    return Memory(total, free)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def model_findings() -> Iterator[Finding]:
    """Tell whether the demo model is installed, and what expands it and other .gguf files."""
    try:
        refuse_missing_model(DEMO)
    except ModelError as error:
        detail, _, fix = str(error).partition("; install it with: ")
        yield Finding(Topic.MODELS, Status.WARNING, detail, fix)
    else:
        yield Finding(Topic.MODELS, Status.OK, "the demo model is installed")
    if find_spec("gguf") is None:
        detail = "gguf is not installed: neither .gguf files nor the demo model can be expanded"
        yield Finding(Topic.MODELS, Status.WARNING, detail, "pip install 'trusteval[gguf]'")
    else:
        yield Finding(Topic.MODELS, Status.OK, "gguf is installed: .gguf files can be expanded")


def data_findings(directory: Path | None, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Tell what the data directory holds, or what is read in its place."""
    named = environment.get(ENVIRONMENT)
    directory = directory or (with_home(named) if named else None)
    if directory is None:
        yield _hub_finding(environment.get(_OFFLINE, ""))
    else:
        yield from _directory_findings(directory)
    yield Finding(Topic.DATA, Status.OK, "the demo profile needs none: its slice is shipped")


def _hub_finding(offline: str) -> Finding:
    detail = f"{ENVIRONMENT} is not set: the files come from the Hugging Face hub"
    if offline.upper() not in ("1", "ON", "YES", "TRUE"):  # as huggingface_hub reads it
        return Finding(Topic.DATA, Status.OK, detail)
    return Finding(
        Topic.DATA,
        Status.WARNING,
        f"{detail}, but {_OFFLINE}={offline} leaves only what was fetched before",
        f"unset {_OFFLINE}, or name a folder with the benchmarks' files by {ENVIRONMENT}",
    )


def _directory_findings(directory: Path) -> Iterator[Finding]:
    try:
        found = check_data(directory)
    except UsageError as error:
        detail, _, fix = str(error).partition("; ")
        yield Finding(Topic.DATA, Status.PROBLEM, detail, fix)
        return
    if not any(setting.rows for benchmark in found for setting in benchmark.settings):
        detail = f"{directory} holds no benchmark's files"
        fix = "docs/benchmarks.md tells which files go where"
        yield Finding(Topic.DATA, Status.PROBLEM, detail, fix)
        return
    look = f"trusteval data check {shlex.quote(str(directory))}"
    for benchmark in found:
        yield _benchmark_finding(benchmark, look=look)


def _benchmark_finding(found: BenchmarkFiles, *, look: str) -> Finding:
    detail = next(data_lines([found]))
    if found.is_damage:
        detail += "; a file is malformed or deviates"
        return Finding(Topic.DATA, Status.PROBLEM, detail, f"{look} names it")
    if any(setting.state is State.ABSENT for setting in found.settings):
        return Finding(Topic.DATA, Status.WARNING, detail, f"{look} names the missing files")
    return Finding(Topic.DATA, Status.OK, detail)


def own_cache_finding() -> Finding:
    """Tell whether the cache this user has can be written."""
    try:
        with explaining_places():
            return cache_finding(cache_directory())
    except UsageError as error:
        detail, _, fix = str(error).partition("; ")
        return Finding(Topic.CACHE, Status.PROBLEM, detail, fix)


def _can_be_listed(folder: Path) -> bool:
    try:
        next(folder.iterdir(), None)
    except OSError:
        return False
    return True


def cache_finding(cache: Path) -> Finding:
    """Tell whether models and checkpoints can be kept in `cache`, which may not exist yet."""
    there = next(path for path in (cache, *cache.absolute().parents) if path.exists())
    if not may_use(there, os.W_OK | os.X_OK) and _can_be_listed(cache):
        return Finding(
            Topic.CACHE,
            Status.WARNING,
            f"{cache} can be read, not written: what is in it is used, nothing new is kept",
            "name another one by TRUSTEVAL_CACHE, and by --trust-store a file for new answers",
        )
    if not there.is_dir() or not may_use(there, os.W_OK | os.X_OK):
        return Finding(
            Topic.CACHE,
            Status.PROBLEM,
            f"{cache} cannot be written: {there} is no folder that you may write to",
            "name another one by TRUSTEVAL_CACHE",
        )
    free = shutil.disk_usage(there).free
    detail = f"{cache}, {free / _GB:.1f} GB free"
    if free < _LITTLE_SPACE:
        fix = "make room, or name a folder on another disk by TRUSTEVAL_CACHE"
        return Finding(Topic.CACHE, Status.WARNING, detail, fix)
    return Finding(Topic.CACHE, Status.OK, detail)
