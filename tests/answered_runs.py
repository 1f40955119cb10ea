"""Builds runs that were answered: sixty questions of MMLU on astronomy, whose right answer is A."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trusteval.answers.grounds import Grounds
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.protocols import PROTOCOLS
from trusteval.reading.reader import READER_VERSION
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, read_document, write_document
from trusteval.tracking.run_facts import PromptFacts, RunFacts
from trusteval.types import (
    Answer,
    FinishReason,
    InvalidReason,
    Label,
    Refusal,
    Response,
    Sample,
)
from trusteval.types import Invalid as InvalidAnswer

N = 60
ASTRONOMY = BENCHMARKS["mmlu"].setting("astronomy")
FACTS = RunFacts(
    model="/models/mine",
    engine="hf",
    profile="quick",
    protocol="strict",
    reader=READER_VERSION,
    prompts=PromptFacts("prompts.toml", "aaaa"),
)
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
            unit=f"item {number}",
            target="A",
            stratum="astronomy",
            options=("Mars", "Venus", "Saturn", "Pluto"),
            fields={"question": f"Which planet is number {number}?"},
        )
        for number in ids
    ]


def with_wrong(*wrong: int) -> list[Answer]:
    """Answer right but for some items."""
    return [WRONG if number in wrong else RIGHT for number in range(N)]


def words(answer: Answer) -> str:
    """Return words that are read as an answer."""
    match answer:
        case Label(value):
            return value
        case Refusal():
            return "I cannot say."
        case InvalidAnswer():
            return ""


def run_of(
    said: Mapping[str, Sequence[Answer]],
    *,
    ids: Iterable[int] = range(N),
    data: str = "dddd",
    identities: Mapping[str, Mapping[str, Any]] | None = None,
    **facts: Any,
) -> AnsweredRun:
    """Build a run by what each subject answered to the items `ids`, in words read so."""
    sample_table = SampleTable.of(samples(ids))
    told = {
        (subject, "mmlu"): [Response(words(answer), FinishReason.END, 0, 0) for answer in answers]
        for subject, answers in said.items()
    }
    strict = PROTOCOLS["strict"]
    return AnsweredRun(
        facts=replace(FACTS, **facts),
        data={"mmlu": DataFacts(sha256=data)},
        identities={(subject, "mmlu"): (identities or {}).get(subject, HELD) for subject in said},
        answer_tables={
            (subject, "mmlu"): AnswerTable.of(sample_table, answers)
            for subject, answers in said.items()
        },
        said={key: ResponseTable.of(responses) for key, responses in told.items()},
        grounds={
            key: Grounds.of(list(map(strict.read, sample_table.samples, responses)))
            for key, responses in told.items()
        },
    )


def as_schema_1(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as the first schema had it: without responses, readings and reader."""
    facts = {name: fact for name, fact in document["facts"].items() if name != "reader"}
    subjects = {
        subject: {
            benchmark: {
                **{name: part[name] for name in ("identity", "code")},
                "said": part["answers"],
            }
            for benchmark, part in parts.items()
        }
        for subject, parts in document["subjects"].items()
    }
    benchmarks = {
        name: {column: values for column, values in items.items() if column != "options"}
        for name, items in document["benchmarks"].items()
    }
    return {
        **document,
        "schema": 1,
        "facts": facts,
        "benchmarks": benchmarks,
        "subjects": subjects,
    }


def refused_by_reader_1(document: dict[str, Any]) -> None:
    """Have a reader of then take every answer of a document for a refusal."""
    document["facts"]["reader"] = 1
    for parts in document["subjects"].values():
        for part in parts.values():
            part["answers"] = [["refusal"] for _ in part["answers"]]


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
