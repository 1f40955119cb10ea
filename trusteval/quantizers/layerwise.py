"""Quantizes a dense checkpoint layer by layer with gptqmodel, calibrated on texts.

Runs in a process of its own (quantizers.worker).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from trusteval.quantizers.job import Advance, Job
from trusteval.system.bounded import MIB, read_json

_GROUP_SIZES = (128, 64, 32, 16)
_BATCH = 4


def prepare_gptqmodel() -> None:
    """Set what gptqmodel and torch read from the environment when they are imported."""
    # With two cores or fewer its pool has one worker and its loader asks for two.
    os.environ.setdefault("GPTQMODEL_CPU_WORKERS", str(max(2, os.cpu_count() or 2)))
    # Packing in C++ would be compiled first, for longer than it saves; the result is the same.
    os.environ.setdefault("GPTQMODEL_DISABLE_PACK_EXT", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # see trusteval.checkpoints.loading


def quantize_layers(
    job: Job,
    advance: Advance,
    *,
    configure: Callable[[int], Any],
    backend: Any,
    dtype: Any = "auto",
) -> None:
    """Quantize a dense checkpoint, computing in `dtype`.

    `configure` makes gptqmodel's configuration for a group size. Any error of gptqmodel passes
    through.
    """
    from gptqmodel import GPTQModel

    config = read_json(job.dense / "config.json", most=16 * MIB)
    config = config.get("text_config") or config
    layers = int(config.get("num_hidden_layers", 1))
    group_size = job.recipe.group_size or default_group_size(config)
    model = GPTQModel.load(
        str(job.dense),
        configure(group_size),
        dtype=dtype,
        trust_remote_code=job.trust_remote_code,
    )

    def layer_complete(*, layer_idx: int, submodule_finalized: bool) -> None:
        advance(layer_idx + 1, layers)

    model.layer_callback = layer_complete
    model.quantize(list(job.texts), batch_size=_BATCH, backend=backend)
    model.save(str(job.out))


def default_group_size(config: dict[str, object]) -> int:
    """Return the largest usual group size that divides every projection's input width.

    -1, one group per channel, if none does.
    """
    widths = [config.get("hidden_size"), config.get("intermediate_size")]
    heads, head_dim = config.get("num_attention_heads"), config.get("head_dim")
    if isinstance(heads, int) and isinstance(head_dim, int):
        widths.append(heads * head_dim)
    known = [width for width in widths if isinstance(width, int)]
    return next((g for g in _GROUP_SIZES if all(width % g == 0 for width in known)), -1)
