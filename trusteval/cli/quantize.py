"""Builds several checkpoints of one model into a folder, without judging them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trusteval.checkpoints.checkpoint import inspect_checkpoint, refuse_remote_code
from trusteval.checkpoints.models import model_directory
from trusteval.errors import UsageError
from trusteval.quantizers.building import (
    Build,
    Source,
    build_record,
    folder_name,
    write_checkpoint,
)
from trusteval.quantizers.calibration import load_calibration
from trusteval.system.progress import ProgressBar, no_progress
from trusteval.types import Recipe

_REMARKS = {
    Source.BUILT: "",
    Source.CACHED: "; copied from the cache",
    Source.THERE: "; was there",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What to build of which model, where; `cache` keeps what the model itself needs."""

    model: str
    recipes: tuple[Recipe, ...]
    out: Path
    cache: Path
    calibration: Path | None = None
    device: str = "cpu"
    trust_remote_code: bool = False


def build_order(order: Order, *, progress: ProgressBar = no_progress) -> Iterator[str]:
    """Build recipe by recipe, each as a folder of `out`; yield a line about each.

    What is there already, of the same model, recipe and calibration, is left as it is, and what
    the cache holds is copied. Raises
    UsageError if something else is in the way, QuantizationError if a build fails.
    """
    dense = model_directory(order.model, cache=order.cache)
    checkpoint = inspect_checkpoint(dense)
    if checkpoint.quantization is not None:
        raise UsageError(
            f"{order.model} is quantized already ({checkpoint.quantization}); quantize the dense "
            "model it was made from"
        )
    if not order.trust_remote_code:
        refuse_remote_code(checkpoint)
    calibration = load_calibration(order.calibration)
    for recipe in order.recipes:
        folder = order.out / folder_name(recipe)
        build = Build(
            recipe=recipe,
            dense=dense,
            calibration=calibration,
            cache=order.cache,
            device=order.device,
            trust_remote_code=order.trust_remote_code,
        )
        source = write_checkpoint(build, folder, progress=progress)
        yield f"{recipe}: {folder} ({_described(folder)}{_REMARKS[source]})"


def _described(folder: Path) -> str:
    record = build_record(folder)
    return (
        f"{record['quantization']}; {record['seconds']} s, peak memory "
        f"{record['peak_memory_mib']} MiB"
    )
