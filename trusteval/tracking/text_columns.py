"""Texts of a run as plain values: what was asked, what was said, and what its readings rest on.

Every text stands once; codes say where. Whoever rebuilds them raises ValueError, KeyError or
TypeError for what is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trusteval.answers.grounds import Grounds
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import Codes
from trusteval.types import Message, Prompt, Role

# -- prompts -------------------------------------------------------------------------------


def of_prompts(prompts: Sequence[Prompt]) -> dict[str, Any]:
    """Return the different texts of all messages; each prompt is its turns: who, and which text."""
    known: dict[str, int] = {}
    turns = [
        [[turn.role.value, known.setdefault(turn.content, len(known))] for turn in prompt]
        for prompt in prompts
    ]
    return {"texts": list(known), "turns": turns}


def prompts(plain: Mapping[str, Any], *, n: int) -> tuple[Prompt, ...]:
    """Rebuild what was asked about `n` items."""
    texts, turns = whole_texts(plain["texts"]), plain["turns"]
    if len(turns) != n:
        raise ValueError(f"expected {n} prompts, got {len(turns)}")
    codes_below([place for prompt in turns for _, place in prompt], below=len(texts))
    return tuple(
        tuple(Message(Role(role), texts[place]) for role, place in prompt) for prompt in turns
    )


# -- responses and what readings rest on -----------------------------------------------------


def of_said(said: ResponseTable) -> dict[str, Any]:
    """Return the different texts, which was said to each item, and which rows were cut off."""
    return {
        "texts": list(said.texts),
        "code": said.code.tolist(),
        "cut": np.flatnonzero(said.cut).tolist(),
    }


def said(plain: Mapping[str, Any], *, n: int) -> ResponseTable:
    """Rebuild the responses to `n` items."""
    texts = whole_texts(plain["texts"])
    cut = np.zeros(n, np.bool_)
    cut[codes_below(plain["cut"], below=n)] = True
    return ResponseTable(texts, codes_below(plain["code"], below=len(texts), n=n), cut)


def of_grounds(grounds: Grounds) -> dict[str, Any]:
    """Return the different rules and spans, and which belongs to each item."""
    return {
        "rules": list(grounds.rules),
        "rule": grounds.rule.tolist(),
        "spans": list(grounds.spans),
        "span": grounds.span.tolist(),
    }


def grounds(plain: Mapping[str, Any], *, n: int) -> Grounds:
    """Rebuild what the readings of `n` items rest on."""
    rules, spans = whole_texts(plain["rules"]), whole_texts(plain["spans"])
    return Grounds(
        rules,
        codes_below(plain["rule"], below=len(rules), n=n),
        spans,
        codes_below(plain["span"], below=len(spans), n=n),
    )


def whole_texts(plain: Sequence[Any]) -> tuple[str, ...]:
    """Demand texts alone; raises TypeError for anything else."""
    if not all(isinstance(text, str) for text in plain):
        raise TypeError("expected texts")
    return tuple(plain)


def codes_below(plain: Sequence[int], *, below: int, n: int | None = None) -> Codes:
    """Check numbers of texts or rows, `n` of them, each from 0 to under `below`."""
    codes = np.array(plain, np.int64)
    if n not in (None, len(codes)) or (len(codes) and not 0 <= codes.min() <= codes.max() < below):
        raise ValueError(f"expected {n} numbers under {below}, got {len(codes)}")
    return codes
