"""Turns texts into the tokens a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def encode(texts: Sequence[tuple[str, bool]], tokenizer: Any) -> list[list[int]]:
    """Return the tokens of each rendered text, with special tokens where they are to be added."""
    encoded: dict[int, list[int]] = {}
    for special in {special for _, special in texts}:
        some = [i for i, (_, adds) in enumerate(texts) if adds is special]
        tokens = tokenizer([texts[i][0] for i in some], add_special_tokens=special)
        encoded |= zip(some, tokens["input_ids"], strict=True)
    return [encoded[i] for i in range(len(texts))]
