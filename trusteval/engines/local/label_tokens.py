"""How labels are written at the start of an answer, in a model's own tokens.

A label goes on where the prompt's text ends: directly after white space or a special token, as
chat templates end, after one space behind anything else, as "Answer:". It is tokenized together
with the end of that text, since many tokenizers write what begins a text otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from trusteval.engines.local.encoding import encode
from trusteval.types import LabelLogs

LabelTokens = tuple[tuple[int, ...], ...]
"""The tokens of each label, in the order of the labels."""
_TAIL = 64
"""How many characters of the prompt's text a label is tokenized with."""


def label_tokens(texts: Sequence[str], labels: Sequence[str], tokenizer: Any) -> list[LabelTokens]:
    """Return the tokens of every label after each prompt's text.

    Raises EngineError for whatever the tokenizer raises.
    """
    special = tuple(filter(None, getattr(tokenizer, "all_special_tokens", ())))
    tails = [text[-_TAIL:] for text in texts]
    known = {tail: _tokens(tail, labels, tokenizer, special) for tail in set(tails)}
    return [known[tail] for tail in tails]


def label_logs(labels: Sequence[str], tokens: LabelTokens, sums: Sequence[float]) -> LabelLogs:
    """Return the sums over the labels' tokens; unknown where there are none, or no chance."""
    unknown = ""
    log: list[float | None] = []
    for label, own, total in zip(labels, tokens, sums, strict=True):
        if not own:
            unknown = f"the tokenizer makes no tokens of {label!r}"
        elif total == -math.inf:
            unknown = f"the model gives no probability at all to {label!r}"
        log.append(total if own and total > -math.inf else None)
    return LabelLogs(tuple(labels), tuple(log), unknown)


def _tokens(
    tail: str, labels: Sequence[str], tokenizer: Any, special: tuple[str, ...]
) -> LabelTokens:
    gap = "" if tail[-1:].isspace() or tail.endswith(special) else " "
    alone = [gap + label for label in labels]
    joint = [tail + text for text in alone]
    before, *found = encode([(text, False) for text in (tail, *joint, *alone)], tokenizer)
    ends, wholes = found[: len(labels)], found[len(labels) :]
    return tuple(
        # Where the label changes the last token of the prompt, it stands as if on its own.
        tuple(end[len(before) :] if end[: len(before)] == before else whole)
        for end, whole in zip(ends, wholes, strict=True)
    )
