"""evidence.json: what was judged, made of what and where, with what result; what is not included.

A pure function of the run's files, so that a check makes it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trusteval.report.bundle.configuration import data_of
from trusteval.report.bundle.judged_artifacts import Artifact, judged_artifact
from trusteval.report.bundle.result import Judged, judged_run, judged_subject
from trusteval.report.finished_run import FinishedRun
from trusteval.system.digests import digest
from trusteval.system.plain import said
from trusteval.tracking.text_columns import of_prompts
from trusteval.types import Unavailable

OVERVIEW = "evidence.json"
KIND = "trusteval evidence"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a bundle lacks, by name, and why; `asked` are the digests of prompts, by benchmark.

    Without texts `asked` and `answers_sha256`, that of the file with them, are what is left of
    them.
    """

    why: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    answers_sha256: str | None = None


def asked_digests(evidence: FinishedRun) -> dict[str, str]:
    """Return the sha256 over the prompts of each benchmark, as the engine was given them."""
    if isinstance(evidence.answers, Unavailable):
        return {}
    prompts = evidence.answers.prompts
    return {name: digest(of_prompts(asked)) for name, asked in sorted(prompts.items())}


def overview(evidence: FinishedRun, left_out: LeftOut) -> dict[str, Any]:
    """Return the document."""
    record, told = evidence.record, evidence.circumstances
    whole = judged_run(record, exit_status=evidence.exit_status)
    return {
        "kind": KIND,
        "schema": SCHEMA_VERSION,
        "result": whole.result.value,
        "complete": record.is_complete,
        "ending": record.ending.value,
        "reasons": list(whole.reasons),
        "reservations": list(whole.reservations),
        "run": {
            "started": told.started,
            "commit": told.commit,
            "command": list(told.command),
            "exit_status": evidence.exit_status,
            "machine": dict(told.machine),
            "versions": dict(told.versions),
        },
        "facts": record.facts.to_document(),
        "data": {name: data.to_document() for name, data in sorted(data_of(record).items())},
        "asked": dict(left_out.asked),
        "subjects": {name: dict(_subject(evidence, name)) for name in record.subjects},
        "left_out": dict(left_out.why),
        "answers_sha256": left_out.answers_sha256,
    }


def overview_bytes(document: Mapping[str, Any]) -> bytes:
    """Return what the file holds."""
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def _subject(evidence: FinishedRun, name: str) -> Iterator[tuple[str, Any]]:
    match judged_subject(evidence.record, name, exit_status=evidence.exit_status):
        case Judged() as judged:
            yield "result", judged.result.value
            yield "reasons", list(judged.reasons)
        case Unavailable(why):
            yield "result", None
            yield "reasons", [why]
    match judged_artifact(evidence.answers, name):
        case Artifact() as artifact:
            yield "artifact", said(artifact)
        case Unavailable(why):
            yield "artifact", None
            yield "why_unknown", why
