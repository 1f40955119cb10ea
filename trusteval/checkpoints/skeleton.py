"""Builds the architecture of a config without its weights, and no more of it than they can fill.

A config may ask for more modules than there are tensors, or for larger ones: loaders would make
them before they compare, with random numbers in the memory of the machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.errors import ModelError
from trusteval.system.bounded import shown_size

if TYPE_CHECKING:
    import torch

_MODULES_PER_TENSOR, _SPARE_MODULES = 16, 4096
_LARGEST_NUMBER = 8
_SPARE_BYTES = 2**30
"""For buffers that no file holds, such as masks of attention."""


def build_skeleton(
    path: Path,
    config: Any,
    *,
    shapes: Iterable[tuple[int, ...]],
    dtype: torch.dtype,
    trust_remote_code: bool = False,
) -> Any:
    """Return the architecture on torch's meta device, where it holds no numbers.

    Raises ModelError if it has many more modules or numbers than the tensors of `shapes`.
    """
    import torch
    from transformers import AutoModelForCausalLM, initialization

    known = list(shapes)
    build: Any = AutoModelForCausalLM.from_config
    safe_creation: Any = getattr(initialization, "meta_device_safe_creation_ops", None)
    with ExitStack() as building:
        building.enter_context(initialization.no_init_weights())
        building.enter_context(torch.device("meta"))
        if safe_creation is not None:
            building.enter_context(safe_creation())
        building.enter_context(_counting_modules(path, n_tensors=len(known)))
        model = build(config, dtype=dtype, trust_remote_code=trust_remote_code)
    needed = sum(x.numel() * x.element_size() for x in (*model.parameters(), *model.buffers()))
    most = _LARGEST_NUMBER * sum(map(math.prod, known)) + _SPARE_BYTES
    if needed > most:
        raise ModelError(
            f"{path}: its config and weights disagree; the config describes a model of "
            f"{shown_size(needed)}, its weights can be at most {shown_size(most)}"
        )
    return model


@contextmanager
def _counting_modules(path: Path, *, n_tensors: int) -> Iterator[None]:
    """Raise ModelError from within the building of a model that has many more modules."""
    from torch.nn.modules import module as hooks

    most = _MODULES_PER_TENSOR * n_tensors + _SPARE_MODULES
    built = 0

    def count(*_: object) -> None:
        nonlocal built
        built += 1
        if built > most:
            raise ModelError(
                f"{path}: its config and weights disagree; the config describes more than {most} "
                f"modules, the weights are {n_tensors} tensors"
            )

    counted = (
        hooks.register_module_module_registration_hook(count),
        hooks.register_module_parameter_registration_hook(count),
    )
    try:
        yield
    finally:
        for handle in counted:
            handle.remove()
