"""Checks a bundle: digests, statements, and figures against the answers; signs and trusts nothing.

Whoever may change a bundle may change its manifest too: that it is the one that was made shows
the signature of a statement, which names the digest of every file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.report.bundle.archive import MANIFEST, unpacked
from trusteval.report.bundle.configuration import GATES, sha256_of
from trusteval.report.bundle.evidence import evidence_of
from trusteval.report.bundle.manifest import manifest_findings, read_manifest
from trusteval.report.bundle.overview import OVERVIEW, LeftOut, asked_digests, overview
from trusteval.report.bundle.rederiving import rederive
from trusteval.report.bundle.result import judged_run
from trusteval.report.bundle.statements import FOLDER, differences, statements_of
from trusteval.report.finished_run import FinishedRun
from trusteval.report.ledger import Ending
from trusteval.system.bounded import loads
from trusteval.system.shape import or_none, record, table_of, text
from trusteval.tracking.answers_file import NAME as ANSWERS
from trusteval.types import Unavailable

_LEFT_OUT = record(
    {"left_out": table_of(text), "asked": table_of(text)}, answers_sha256=or_none(text)
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What of a bundle does not agree, none where it is intact; what it says; what was not checked.

    `word` is what its run came to, None where that cannot be read.
    """

    findings: tuple[str, ...]
    word: str | None = None
    notes: tuple[str, ...] = field(default=())


def check_bundle(path: Path) -> Checked:
    """Check a bundle; raises UsageError for what cannot be read as one."""
    found = unpacked(path)
    findings = list(manifest_findings(found, read_manifest(found, origin=path)))
    content = {name: raw for name, raw in found.files.items() if name != MANIFEST}
    plain = {name: raw for name, raw in content.items() if not name.startswith(FOLDER)}
    try:
        evidence = evidence_of(plain, origin=Path())
    except UsageError as error:
        return Checked((*findings, str(error)))
    notes = [] if found.is_ours else ["the archive was packed anew: its own bytes are not checked"]
    findings += _run_findings(evidence, plain)
    findings += _overview_findings(evidence, plain)
    stated = statements_of(evidence, plain)
    findings += _statement_findings(stated.documents, content)
    notes += [f"no statement of {name}: {why}" for name, why in stated.missing.items()]
    if isinstance(evidence.answers, Unavailable):
        notes.append(f"no figure was made again: {evidence.answers.why}")
    else:
        again = rederive(evidence.record, evidence.answers)
        findings += again.findings
        notes += [f"made again from the answers: {', '.join(again.agreed) or 'nothing'}"]
        notes += [f"not made again, {why}" for why in again.not_made]
    word = judged_run(evidence.record, exit_status=evidence.exit_status).word
    return Checked(tuple(findings), word, tuple(notes))


def _run_findings(evidence: FinishedRun, files: Mapping[str, bytes]) -> Iterator[str]:
    """Say what of the run's files does not belong together."""
    record, answers = evidence.record, evidence.answers
    if record.ending is Ending.UNFINISHED:
        yield f"verdicts.json: {record.ending.sentence}; no bundle is made of that"
    if isinstance(answers, Unavailable):
        return
    if answers.facts != record.facts:
        yield f"{ANSWERS}: its facts are not those of verdicts.json"
    if dict(answers.ledger) != record.ledger():
        yield f"{ANSWERS}: its ledger is not that of verdicts.json"
    judged_by = record.facts.gates_sha256
    if GATES in files and sha256_of(files[GATES]) != judged_by:
        yield f"{GATES}: it is not the file that judged, whose sha256 is {judged_by}"


def _overview_findings(evidence: FinishedRun, files: Mapping[str, bytes]) -> Iterator[str]:
    """Say what evidence.json says otherwise than the run's files, or of files that are there."""
    if OVERVIEW not in files:
        yield f"{OVERVIEW}: it is missing"
        return
    try:
        said = loads(files[OVERVIEW])
        _LEFT_OUT(said, "")
    except ValueError as error:
        yield f"{OVERVIEW}: it cannot be read: {error}"
        return
    left_out = LeftOut(said["left_out"], said["asked"], said.get("answers_sha256"))
    for name, value in overview(evidence, left_out).items():
        if said.get(name) != value:
            yield f"{OVERVIEW}: {name!r} is not what the run's files come to"
    yield from _left_out_findings(evidence, left_out, files)


def _left_out_findings(
    evidence: FinishedRun, left_out: LeftOut, files: Mapping[str, bytes]
) -> Iterator[str]:
    for name in sorted(left_out.why.keys() & files.keys()):
        yield f"{OVERVIEW}: it says that {name} is not included, and it is"
    if GATES not in files and GATES not in left_out.why:
        yield f"{OVERVIEW}: it does not say why {GATES} is not included"
    if "texts" not in left_out.why:
        if dict(left_out.asked) != asked_digests(evidence):
            yield f"{OVERVIEW}: its digests of prompts are not those of {ANSWERS}"
        if ANSWERS in files and left_out.answers_sha256 != sha256_of(files[ANSWERS]):
            yield f"{OVERVIEW}: its answers_sha256 is not that of {ANSWERS}"
    elif not isinstance(evidence.answers, Unavailable) and evidence.answers.said:
        yield f"{OVERVIEW}: it says that texts are left out, and {ANSWERS} holds some"


def _statement_findings(
    expected: Mapping[str, Mapping[str, Any]], files: Mapping[str, bytes]
) -> Iterator[str]:
    """Say which statements are missing, further, or not what the run's files come to."""
    there = {name for name in files if name.startswith(FOLDER)}
    for name in sorted(expected.keys() - there):
        yield f"{name}: it is missing: the run's files come to this statement"
    for name in sorted(there - expected.keys()):
        yield f"{name}: the run's files come to no such statement"
    for name in sorted(there & expected.keys()):
        try:
            said = loads(files[name])
        except ValueError as error:
            yield f"{name}: it cannot be read: {error}"
            continue
        yield from (f"{name}: {wrong}" for wrong in differences(said, expected[name]))
