"""Turns texts into the tokens a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.checkpoints.foreign import in_one_line, is_theirs
from trusteval.errors import EngineError
from trusteval.printable import printable


def encode(texts: Sequence[tuple[str, bool]], tokenizer: Any) -> list[list[int]]:
    """Return the tokens of each rendered text, with special tokens where they are to be added.

    Raises EngineError for whatever the tokenizer raises.
    """
    encoded: dict[int, list[int]] = {}
    for special in {special for _, special in texts}:
        some = [i for i, (_, adds) in enumerate(texts) if adds is special]
        try:
            tokens = tokenizer([texts[i][0] for i in some], add_special_tokens=special)["input_ids"]
        except BaseException as error:
            if not is_theirs(error) or isinstance(error, MemoryError):
                raise
            raise EngineError(f"the tokenizer fails: {printable(in_one_line(error))}") from error
        encoded |= zip(some, tokens, strict=True)
    return [encoded[i] for i in range(len(texts))]
