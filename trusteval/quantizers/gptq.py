"""GPTQ (Frantar et al. 2022, arXiv 2210.17323) through gptqmodel."""

from __future__ import annotations

from trusteval.quantizers.job import Advance, Job
from trusteval.quantizers.layerwise import prepare_gptqmodel, quantize_layers


def build(job: Job, advance: Advance) -> None:
    """Do the job, symmetric unless its recipe says otherwise; see quantize_layers."""
    prepare_gptqmodel()
    from gptqmodel import BACKEND
    from gptqmodel.quantization import GPTQConfig

    recipe = job.recipe

    def configure(group_size: int) -> GPTQConfig:
        return GPTQConfig(
            bits=recipe.bits,
            group_size=group_size,
            sym=recipe.symmetric is not False,
            desc_act=recipe.act_order,
            # Its way of having act-order's accuracy without its cost; needs groups.
            act_group_aware=not recipe.act_order and group_size != -1,
        )

    quantize_layers(job, advance, configure=configure, backend=BACKEND.AUTO)
