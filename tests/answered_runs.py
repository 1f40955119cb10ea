"""Builds runs that were answered: sixty questions of MMLU on astronomy, whose right answer is A."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.sheet import Roll, Sheet
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, read_document, write_document
from trusteval.types import Answer, InvalidReason, Label, Refusal, Sample
from trusteval.types import Invalid as InvalidAnswer

N = 60
ASTRONOMY = BENCHMARKS["mmlu"].setting("astronomy")
FACTS: Mapping[str, Any] = {
    "model": "/models/mine",
    "engine": "hf",
    "profile": "quick",
    "protocol": "strict",
    "prompts": {"origin": "prompts.toml", "sha256": "aaaa"},
}
HELD: Mapping[str, Any] = {
    "engine": "hf",
    "weights": "w1",
    "tokenizer": {"template": "t1"},
    "storage": "packed",
    "dtype": "bfloat16",
    "device": "cuda",
    "arithmetic": "packed batches 1",
    "versions": {"torch": "2.6"},
}
RIGHT: Answer = Label("A")
WRONG: Answer = Label("B")
REFUSED: Answer = Refusal()
INVALID: Answer = InvalidAnswer(InvalidReason.EMPTY)


def samples(ids: Iterable[int] = range(N)) -> list[Sample]:
    return [
        Sample(
            id=str(number),
            setting=ASTRONOMY,
            cluster=f"item {number}",
            target="A",
            stratum="astronomy",
            fields={"question": f"Which planet is number {number}?"},
        )
        for number in ids
    ]


def with_wrong(*wrong: int) -> list[Answer]:
    """Answer right but for some items."""
    return [WRONG if number in wrong else RIGHT for number in range(N)]


def run_of(
    said: Mapping[str, Iterable[Answer]],
    *,
    ids: Iterable[int] = range(N),
    data: str = "dddd",
    identities: Mapping[str, Mapping[str, Any]] | None = None,
    **facts: Any,
) -> AnsweredRun:
    """Build a run by what each subject said to the items `ids`."""
    roll = Roll.of(samples(ids))
    return AnsweredRun(
        facts={**FACTS, **facts},
        data={"mmlu": {"sha256": data}},
        identities={(subject, "mmlu"): (identities or {}).get(subject, HELD) for subject in said},
        sheets={(subject, "mmlu"): Sheet.of(roll, answers) for subject, answers in said.items()},
    )


def write_run(folder: Path, run: AnsweredRun) -> Path:
    """Write a run as a reports folder."""
    write_document(folder / NAME, run.to_document(with_texts=True))
    return folder


def rewrite(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a file of answers holds, as if it had been written so."""
    document = read_document(path)
    change(document)
    write_document(path, document)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a file of answers behind its digest's back."""
    document = json.loads(gzip.decompress(path.read_bytes()))
    change(document)
    path.write_bytes(gzip.compress(json.dumps(document).encode()))
