"""With what a run was made: the files that a statement names, each by its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from trusteval.report.record import RunRecord
from trusteval.suite.data_facts import DataFacts

GATES = "gates.toml"
_MEDIA = {
    ".json": "application/json",
    ".gz": "application/gzip",
    ".md": "text/markdown",
    ".html": "text/html",
    ".toml": "application/toml",
}


def configuration(record: RunRecord, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return in-toto resource descriptors: the bundle's files, then what is not among them."""
    return [
        *(_descriptor(name, sha256_of(files[name])) for name in sorted(files)),
        *_elsewhere(record, files),
    ]


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def data_of(record: RunRecord) -> dict[str, DataFacts]:
    """Return which rows of each benchmark were asked."""
    return {line.benchmark: line.data for line in record.lines}


def _elsewhere(record: RunRecord, files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    """Describe what decided the run and is not in its bundle."""
    facts = record.facts
    if facts.gates_sha256 is not None and GATES not in files:
        yield _descriptor(GATES, facts.gates_sha256, in_bundle=False)
    if facts.prompts_sha256 is not None:
        yield _descriptor("prompts.toml", facts.prompts_sha256, in_bundle=False)
    for benchmark, data in sorted(data_of(record).items()):
        if data.sha256 is not None:
            yield _descriptor(f"rows of {benchmark}", data.sha256, in_bundle=False)


def _descriptor(name: str, sha256: str, *, in_bundle: bool = True) -> dict[str, Any]:
    kind = next((kind for end, kind in _MEDIA.items() if name.endswith(end)), None)
    return {
        "name": name,
        "digest": {"sha256": sha256},
        **({} if kind is None else {"mediaType": kind}),
        "annotations": {"in_bundle": in_bundle},
    }
