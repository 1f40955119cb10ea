"""Builds a quantized checkpoint once, whole or not at all, in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from textwrap import indent
from typing import Any

from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.checkpoints.fingerprints import weights_fingerprint
from trusteval.errors import DiskSpaceError, QuantizationError, TrustEvalError, UsageError
from trusteval.quantizers import QUANTIZERS
from trusteval.quantizers.calibration import Calibration
from trusteval.quantizers.job import Job
from trusteval.system.atomic_folder import make_once
from trusteval.system.bounded import MIB, read_json, read_text
from trusteval.system.digests import digest
from trusteval.system.machine import package_version
from trusteval.system.progress import ProgressBar, no_progress
from trusteval.types import Recipe

BUILD_FILE = "trusteval_build.json"
_MOST_NOTED, _MOST_LOGGED = MIB, 64 * MIB
_JOB_FILE = "job.json"
_OUT_OF_SPACE = "No space left on device"


@dataclass(frozen=True, slots=True)
class Build:
    """A checkpoint to be made: `recipe` over the dense directory, calibrated on texts.

    `cache` remembers fingerprints; `device` computes it, which changes no key.
    """

    recipe: Recipe
    dense: Path
    calibration: Calibration
    cache: Path
    device: str = "cpu"
    trust_remote_code: bool = False

    @property
    def texts(self) -> list[str]:
        return self.calibration.draw(self.recipe.seed)

    @property
    def key(self) -> str:
        """Hash everything that decides the weights: the dense ones, the recipe, the texts."""
        files = inspect_checkpoint(self.dense).weight_files
        return digest(
            {
                "dense": weights_fingerprint(files, cache=self.cache),
                "recipe": asdict(self.recipe),
                "texts": self.texts,
                "version": QUANTIZERS[self.recipe.method].version,
            }
        )


def cached_checkpoint(build: Build, *, progress: ProgressBar = no_progress) -> Path:
    """Return the checkpoint directory in the cache, building it if absent.

    Processes that want the same one wait for the first. Raises QuantizationError with the end
    of the log if the build fails; then nothing is left in the cache.
    """
    key = build.key
    target = _cached(build, key)
    _make(build, key, target, progress)
    return target


def checkpoint_at_hand(build: Build) -> Path | None:
    """Return the checkpoint directory in the cache, None if it was not built yet."""
    target = _cached(build, build.key)
    return target if (target / BUILD_FILE).is_file() else None


class Source(StrEnum):
    """Where the checkpoint in a folder came from."""

    BUILT = "built"
    CACHED = "cached"
    THERE = "there"


def write_checkpoint(build: Build, out: Path, *, progress: ProgressBar = no_progress) -> Source:
    """Write the checkpoint as the folder `out`: built, or copied from the cache if it is there.

    Raises UsageError if something else is there, QuantizationError if the build fails.
    """
    key = build.key
    if out.exists():
        if build_record(out).get("key") == key:
            return Source.THERE
        raise UsageError(
            f"{out} exists and is not {build.recipe} of {build.dense}, calibrated on "
            f"{build.calibration.origin}; remove it or choose another --out"
        )
    cached = _cached(build, key)
    if build_record(cached).get("key") != key:
        _make(build, key, out, progress)
        return Source.BUILT
    make_once(
        out,
        marker=BUILD_FILE,
        doing="copying",
        make=lambda scratch: Path(shutil.copytree(cached, scratch / "checkpoint")),
        needs=sum(file.stat().st_size for file in cached.iterdir()),
    )
    return Source.CACHED


def _cached(build: Build, key: str) -> Path:
    return build.cache / "checkpoints" / f"{folder_name(build.recipe)}-{key[:16]}"


def folder_name(recipe: Recipe) -> str:
    """Spell a recipe so that every file system takes it."""
    return str(recipe).replace(":", "_").replace("@", "_")


def build_record(checkpoint: Path) -> dict[str, Any]:
    """Return what a build noted beside its weights; empty for a checkpoint made elsewhere."""
    try:
        record = read_json(checkpoint / BUILD_FILE, most=_MOST_NOTED)
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _make(build: Build, key: str, target: Path, progress: ProgressBar) -> None:
    files = inspect_checkpoint(build.dense).weight_files
    make_once(
        target,
        marker=BUILD_FILE,
        doing="building",
        make=lambda scratch: _build(build, key, scratch, progress),
        needs=sum(file.stat().st_size for file in files),
    )


def _build(build: Build, key: str, scratch: Path, progress: ProgressBar) -> Path:
    needs = QUANTIZERS[build.recipe.method].needs
    if needs is not None and find_spec(needs) is None:
        raise UsageError(
            f"building {build.recipe} needs {needs}, which is not installed; "
            "pip install 'trusteval[quantize]'"
        )
    started = time.monotonic()
    out = scratch / "checkpoint"
    texts = build.texts
    job = Job(build.dense.absolute(), build.recipe, tuple(texts), out, build.trust_remote_code)
    job.write(scratch / _JOB_FILE)
    peak_memory_mib = _run_worker(build, scratch, progress)
    if not list(out.glob("*.safetensors")):
        raise QuantizationError(f"building {build.recipe} from {build.dense} wrote no weights")
    record = {
        "key": key,
        "recipe": str(build.recipe),
        "quantization": str(inspect_checkpoint(out).quantization or "plain weights"),
        "dense": str(build.dense),
        "calibration": {
            "origin": build.calibration.origin,
            "texts": len(texts),
            "seed": build.recipe.seed,
        },
        "seconds": round(time.monotonic() - started, 1),
        "peak_memory_mib": peak_memory_mib,
        "versions": {
            name: package_version(name) for name in ("gptqmodel", "torch", "transformers")
        },
        "machine": platform.platform(),
        "device": build.device,
    }
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    (out / BUILD_FILE).write_text(text, encoding="utf-8")
    return out


def _run_worker(build: Build, scratch: Path, progress: ProgressBar) -> int:
    """Build in a process of its own; returns its peak memory in MiB."""
    recipe, peak_memory_mib = build.recipe, 0
    command = [sys.executable, "-m", "trusteval.quantizers.worker", str(scratch / _JOB_FILE)]
    log_path = scratch / "log.txt"
    with (
        log_path.open("w", encoding="utf-8") as log,
        progress(f"quantizing {recipe}", 100) as advance,
        subprocess.Popen(
            command,
            # In its own folder: gptqmodel leaves a folder of logs where it runs.
            cwd=scratch,
            env=worker_environment(build.device),
            # Open as long as we live: when it closes, the worker knows that we died.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as worker,
    ):
        try:
            for line in worker.stdout or ():
                report = json.loads(line)
                peak_memory_mib = report.get("peak_memory_mib", peak_memory_mib)
                if "done" in report:
                    advance(100 * report["done"] // report["total"])
        except BaseException:
            worker.kill()
            raise
    if worker.returncode != 0:
        raise _failure(recipe, worker.returncode, log_path)
    return peak_memory_mib


def _failure(recipe: Recipe, status: int, log_path: Path) -> TrustEvalError:
    """Return what to raise for a worker that failed, from the end of its log."""
    last = _logged(log_path).strip()[-2000:]
    if _OUT_OF_SPACE in last:
        disk = log_path.parent.parent
        return DiskSpaceError(f"building {recipe}: no space left on the disk of {disk}")
    reason = last.rpartition("\n")[2]
    return QuantizationError(
        f"building {recipe} failed (exit {status}): {reason}\nIts log ends:\n{indent(last, '    ')}"
    )


def _logged(path: Path) -> str:
    try:
        return read_text(path, most=_MOST_LOGGED, errors="replace")
    except OSError as error:
        return f"its log cannot be read: {error.strerror}"


def worker_environment(device: str) -> dict[str, str]:
    """Return the environment in which gptqmodel sees the device and no other."""
    environment = dict(os.environ)
    kind, _, index = device.partition(":")
    if kind == "cpu":
        environment["CUDA_VISIBLE_DEVICES"] = ""
    elif index:
        visible = environment.get("CUDA_VISIBLE_DEVICES", "").split(",")
        named = visible[int(index)] if int(index) < len(visible) else ""
        environment["CUDA_VISIBLE_DEVICES"] = named or index
    return environment
