"""Builds GPTQ checkpoints through gptqmodel; runs in a process of its own (quantizers.worker)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from trusteval.types import Recipe

_GROUP_SIZES = (128, 64, 32, 16)
_BATCH = 4


def build(
    dense: Path,
    recipe: Recipe,
    texts: Sequence[str],
    out: Path,
    advance: Callable[[int, int], None],
) -> None:
    """Quantize the dense checkpoint by `recipe`, calibrated on `texts`, into `out`.

    `advance` is called with (layers done, layers). Any error of gptqmodel passes through.
    """
    # With two cores or fewer gptqmodel's pool has one worker and its loader asks for two; it
    # reads this when it is imported.
    os.environ.setdefault("GPTQMODEL_CPU_WORKERS", str(max(2, os.cpu_count() or 2)))
    # Packing in C++ would be compiled first, for longer than it saves; the result is the same.
    os.environ.setdefault("GPTQMODEL_DISABLE_PACK_EXT", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # see trusteval.loading
    from gptqmodel import GPTQModel, QuantizeConfig

    config = json.loads((dense / "config.json").read_text(encoding="utf-8"))
    layers = int(config.get("num_hidden_layers", 1))
    model = GPTQModel.load(
        str(dense),
        QuantizeConfig(
            bits=recipe.bits,
            group_size=recipe.group_size or default_group_size(config),
            sym=recipe.symmetric,
            desc_act=recipe.act_order,
            act_group_aware=not recipe.act_order,
        ),
        trust_remote_code=False,
    )

    def layer_complete(*, layer_idx: int, submodule_finalized: bool) -> None:
        advance(layer_idx + 1, layers)

    model.layer_callback = layer_complete
    model.quantize(list(texts), batch_size=_BATCH)
    model.save(str(out))


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
