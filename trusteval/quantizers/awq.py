"""AWQ (Lin et al. 2023, arXiv 2306.00978) through gptqmodel."""

from __future__ import annotations

from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.errors import QuantizationError
from trusteval.quantizers.job import Advance, Job
from trusteval.quantizers.layerwise import prepare_gptqmodel, quantize_layers

_ROWS = 64
_UNCLIPPED = ("q_", "k_", "query", "key", "Wqkv")


def build(job: Job, advance: Advance) -> None:
    """Do the job, with zero points unless its recipe is symmetric; see quantize_layers."""
    prepare_gptqmodel()
    import torch
    from gptqmodel import BACKEND
    from gptqmodel.quantization import AWQConfig

    recipe = job.recipe
    _refuse_narrow_layers(job)

    def configure(group_size: int) -> AWQConfig:
        return AWQConfig(bits=recipe.bits, group_size=group_size, sym=recipe.symmetric is True)

    quantize_layers(
        job,
        advance,
        configure=configure,
        # The kernel that gptqmodel would choose packs 4 bit only, and on a GPU only.
        backend=BACKEND.AWQ_TORCH,
        # It packs in the dtype of the weights. bfloat16 cannot tell 255 from 256, so that the
        # largest 8-bit values wrapped around to the smallest: perplexity 104 instead of 27.
        dtype=torch.float16,
    )


def _refuse_narrow_layers(job: Job) -> None:
    """Raise QuantizationError where gptqmodel would fail an assertion: it clips 64 rows at once."""
    for name, info in sorted(inspect_checkpoint(job.dense).tensors.items()):
        is_clipped = ".layers." in name and not any(part in name for part in _UNCLIPPED)
        if is_clipped and len(info.shape) == 2 and info.shape[0] % _ROWS:
            raise QuantizationError(
                f"awq needs layers whose outputs are multiples of {_ROWS}; {name} has "
                f"{info.shape[0]}"
            )
