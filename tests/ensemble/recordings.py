"""Writes answers as the interchange format has them: MMLU's astronomy, whose answer is always A."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.answered_runs import N, words
from trusteval.types import Answer

SETTING = {"benchmark": "mmlu", "setting": "astronomy"}
OPTIONS = ["Mars", "Venus", "Saturn", "Pluto"]


def write_recording(
    path: Path,
    answers: Iterable[Answer],
    *,
    items: Iterable[int] = range(N),
    **other: Mapping[str, object] | str,
) -> Path:
    """Write an answer to each of the items; `other` keys take the place of a line's own."""
    lines = [
        {
            **SETTING,
            "item": item,
            "response": words(answer),
            "target": "A",
            "options": OPTIONS,
            **other,
        }
        for item, answer in zip(items, answers, strict=True)
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path
