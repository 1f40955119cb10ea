"""In-toto statements of a run's results, one of every artifact and one over all, unsigned.

Statement v1 with the predicate test-result v0.1 (github.com/in-toto/attestation); what goes beyond
stands under `trusteval`, which readers may ignore. A vote's digest is of its own kind: by a digest
of a member's, a statement of the vote would be taken for one of that member.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trusteval.report.artifacts import VERDICTS
from trusteval.report.bundle.configuration import configuration, sha256_of
from trusteval.report.bundle.judged_artifacts import Artifact, judged_artifact
from trusteval.report.bundle.result import Judged, judged_run, judged_subject
from trusteval.report.finished_run import FinishedRun
from trusteval.system.files import abbreviated
from trusteval.types import Unavailable

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
FOLDER = "statements/"
_SUFFIX = ".intoto.json"
_SCHEMA = 1
_UNSAFE = re.compile(r"[^A-Za-z0-9._~#@+-]")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements by the names of their files; `missing` says of whom there is none, and why."""

    documents: Mapping[str, Mapping[str, Any]]
    missing: Mapping[str, str]

    @property
    def files(self) -> dict[str, bytes]:
        """The exact bytes to be signed."""
        return {name: _bytes(document) for name, document in self.documents.items()}


def statements_of(evidence: FinishedRun, files: Mapping[str, bytes]) -> Statements:
    """State what a run came to, and each of its subjects whose artifact and result are known.

    `files` are the others of the bundle: every statement names all of them.
    """
    record, status = evidence.record, evidence.exit_status
    found, missing = dict[str, tuple[Artifact, Judged]](), dict[str, str]()
    for subject in record.subjects:
        judged = judged_subject(record, subject, exit_status=status)
        artifact = judged_artifact(evidence.answers, subject)
        match judged, artifact:
            case (Unavailable(why), _) | (_, Unavailable(why)):
                missing[subject] = why
            case Judged(), Artifact():
                found[subject] = artifact, judged
    with_what = configuration(record, files)
    documents = {
        _file_name(number, subject, judged): _statement(
            evidence, [_subject(subject, artifact)], judged, with_what
        )
        for number, (subject, (artifact, judged)) in enumerate(found.items(), start=1)
    }
    whole = judged_run(record, exit_status=status)
    about = [_subject(subject, artifact) for subject, (artifact, _) in found.items()]
    if not about:
        about = [{"name": VERDICTS, "digest": {"sha256": sha256_of(files[VERDICTS])}}]
    name = f"{FOLDER}run.{whole.word}{_SUFFIX}"
    return Statements({name: _statement(evidence, about, whole, with_what), **documents}, missing)


def _subject(name: str, artifact: Artifact) -> dict[str, Any]:
    told: dict[str, Any] = {"digest_of": artifact.digest_of}
    if artifact.members:
        told["members"] = dict(artifact.members)
    return {"name": name, "digest": {"sha256": artifact.sha256}, "annotations": told}


def _statement(
    evidence: FinishedRun,
    about: list[dict[str, Any]],
    judged: Judged,
    with_what: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "_type": STATEMENT,
        "subject": about,
        "predicateType": PREDICATE,
        "predicate": {
            "result": judged.result.value,
            "configuration": with_what,
            "passedTests": list(judged.passed),
            "warnedTests": list(judged.warned),
            "failedTests": list(judged.failed),
            "trusteval": dict(_told(evidence, judged)),
        },
    }


def _told(evidence: FinishedRun, judged: Judged) -> Iterator[tuple[str, Any]]:
    """Yield what the predicate has no place for."""
    facts, told = evidence.record.facts, evidence.circumstances
    yield "schema", _SCHEMA
    yield "complete", judged.is_complete
    yield "reasons", list(judged.reasons)
    yield "not_run", list(judged.not_run)
    yield "no_gate", list(judged.no_gate)
    yield "reservations", list(judged.reservations)
    yield "started", told.started
    yield "commit", told.commit
    yield "version", told.versions.get("trusteval")
    yield "profile", facts.profile
    yield "protocol", facts.protocol


def _file_name(number: int, subject: str, judged: Judged) -> str:
    shown = _UNSAFE.sub("_", subject)[:_LONGEST_NAME]
    return f"{FOLDER}{number:02}-{shown}.{judged.word}{_SUFFIX}"


def _bytes(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


_KNOWN = ("_type", "subject", "predicateType")
_KNOWN_PREDICATE = ("result", "passedTests", "warnedTests", "failedTests")


def differences(said: Any, expected: Mapping[str, Any]) -> Iterator[str]:
    """Say what of a statement is not as it should be; further keys are let be."""
    if not isinstance(said, dict) or not isinstance(said.get("predicate"), dict):
        yield "it is no in-toto statement of a result"
        return
    yield from _differing(said, expected, _KNOWN)
    yield from _differing(said["predicate"], expected["predicate"], _KNOWN_PREDICATE)
    named = said["predicate"].get("configuration")
    yield from _misnamed(
        named if isinstance(named, list) else [], expected["predicate"]["configuration"]
    )
    told = said["predicate"].get("trusteval")
    ours = expected["predicate"]["trusteval"]
    yield from _differing(told if isinstance(told, dict) else {}, ours, tuple(ours))


def _misnamed(said: list[Any], expected: list[dict[str, Any]]) -> Iterator[str]:
    """Say which files a statement names otherwise than they are, or not at all."""
    for one in expected:
        if one not in said:
            yield f"it does not name {one['name']} as it is"
    for other in said:
        if other not in expected:
            named = other.get("name") if isinstance(other, dict) else other
            yield f"it names {abbreviated(named)}, which is not so"


def _differing(
    said: Mapping[str, Any], expected: Mapping[str, Any], names: tuple[str, ...]
) -> Iterator[str]:
    for name in names:
        if said.get(name) != expected[name]:
            shown = json.dumps(said.get(name))[:80], json.dumps(expected[name])[:80]
            yield f"its {name} is {shown[0]}, the run's files come to {shown[1]}"
