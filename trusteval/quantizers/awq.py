"""AWQ (Lin et al. 2023, arXiv 2306.00978) through gptqmodel."""

from __future__ import annotations

from trusteval.quantizers.job import Advance, Job
from trusteval.quantizers.layerwise import prepare_gptqmodel, quantize_layers


def build(job: Job, advance: Advance) -> None:
    """Do the job, with zero points unless its recipe is symmetric; see quantize_layers."""
    prepare_gptqmodel()
    import torch
    from gptqmodel import BACKEND
    from gptqmodel.quantization import AWQConfig

    recipe = job.recipe

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
