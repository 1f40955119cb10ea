"""The peer: lm-evaluation-harness's transformers backend, on the same loaded model."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

BATCH_SIZES = (1, 8, 16, 32, 64)


def version() -> str:
    """Return the peer's name and version."""
    from importlib.metadata import version

    return f"lm-evaluation-harness {version('lm_eval')}, hf backend"


def answer(
    model: Any, tokenizer: Any, texts: Sequence[str], *, max_new_tokens: int, batch_size: int
) -> list[str]:
    """Answer rendered prompts greedily, as the harness's generate_until tasks do."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    harness = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=batch_size)
    how = {"until": [], "max_gen_toks": max_new_tokens, "do_sample": False}
    asked = [
        Instance(request_type="generate_until", doc={}, arguments=(text, how), idx=index)
        for index, text in enumerate(texts)
    ]
    return [str(text) for text in harness.generate_until(asked, disable_tqdm=True)]
