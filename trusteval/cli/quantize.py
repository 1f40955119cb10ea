"""`trusteval quantize`: several checkpoints of one model in a folder, without judging them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.errors import UsageError
from trusteval.system.printing import say
from trusteval.system.progress import ProgressBar, no_progress, terminal_progress

if TYPE_CHECKING:
    from trusteval.quantizers.building import Source
    from trusteval.types import Recipe


def add_quantize(commands: Any) -> None:
    """Declare `trusteval quantize`."""
    quantize = commands.add_parser("quantize", help="build quantized checkpoints, without judging")
    add = quantize.add_argument
    add("model", help="a dense model: directory, hub id, .gguf file, or demo")
    add(
        "--variants",
        required=True,
        metavar="LIST",
        help="METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED],... for example gptq-8,awq-3",
    )
    add("--out", type=Path, required=True, help="the folder they go into, one folder each")
    add("--calibration", type=Path, help="calibration text, paragraphs separated by blank lines")
    add("--device", default="auto", help="cpu, cuda, cuda:1, auto")
    add("--trust-remote-code", action="store_true", help="run code that the model brings")
    quantize.set_defaults(run=_quantize)


def _quantize(asked: argparse.Namespace) -> int:
    from trusteval.run.subjects import parse_variants
    from trusteval.system.machine import cache_directory, default_device
    from trusteval.system.url_secrets import refuse_secrets

    refuse_secrets(asked.model, "model")
    variants = parse_variants(asked.variants)
    foreign = [v.name for v in variants if v.recipe is None or v.draw is not None]
    if foreign or not variants:
        got = ", ".join(foreign) or "none"
        raise UsageError(f"--variants: expected recipes such as gptq-4, got {got}")
    order = Order(
        model=asked.model,
        recipes=tuple(variant.recipe for variant in variants if variant.recipe is not None),
        out=asked.out,
        cache=cache_directory(),
        calibration=asked.calibration,
        device=default_device() if asked.device == "auto" else asked.device,
        trust_remote_code=asked.trust_remote_code,
    )

    def draw(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    is_watched = sys.stderr is not None and sys.stderr.isatty()
    progress = terminal_progress(draw) if is_watched else no_progress
    for line in build_order(order, progress=progress):
        say([line])
        sys.stdout.flush()
    return 0


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
    from trusteval.checkpoints.checkpoint import inspect_checkpoint, refuse_remote_code
    from trusteval.checkpoints.models import model_directory
    from trusteval.quantizers.building import Build, folder_name, write_checkpoint
    from trusteval.quantizers.calibration import load_calibration

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
        yield f"{recipe}: {folder} ({_described(folder)}{_remark(source)})"


def _remark(source: Source) -> str:
    from trusteval.quantizers.building import Source

    match source:
        case Source.BUILT:
            return ""
        case Source.CACHED:
            return "; copied from the cache"
        case Source.THERE:
            return "; was there"


def _described(folder: Path) -> str:
    from trusteval.quantizers.building import build_record

    record = build_record(folder)
    return (
        f"{record['quantization']}; {record['seconds']} s, peak memory "
        f"{record['peak_memory_mib']} MiB"
    )
