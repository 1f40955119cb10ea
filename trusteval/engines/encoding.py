"""Turns prompts into the tokens a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.engines.chat import render
from trusteval.types import Prompt


def encode(prompts: Sequence[Prompt], tokenizer: Any) -> list[list[int]]:
    """Return the tokens of each prompt, as the tokenizer's chat template lays it out."""
    texts = [render(prompt, tokenizer) for prompt in prompts]
    encoded: dict[int, list[int]] = {}
    for special in {special for _, special in texts}:
        some = [i for i, (_, adds) in enumerate(texts) if adds is special]
        tokens = tokenizer([texts[i][0] for i in some], add_special_tokens=special)
        encoded |= zip(some, tokens["input_ids"], strict=True)
    return [encoded[i] for i in range(len(prompts))]
